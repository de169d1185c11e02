"""Files on the case page: who sees what, each look logged, downloads that no browser runs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suqing.accounts.models import Person, PersonalLook
from suqing.cases.actions import dispatching
from suqing.cases.models import Case, CaseAttachment
from suqing.cases.vocabulary import Kind
from suqing.files.storage import object_key
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast
from tests.files import samples
from tests.web.seats import seat
from tests.web.test_uploads import uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(centre: Cast) -> Cast:
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def dispatched(centre: Cast, kind: Kind = Kind.COMPLAINT, **changes: object) -> Case:
    case = one_case(centre.call_taker, kind, **changes)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)


def attached(centre: Cast, case: Case, data: bytes = b"", name: str = "小票.jpg") -> CaseAttachment:
    ref = uploaded(centre.handler, data or samples.jpg(), name)
    answer = seat(centre.handler).post(f"/cases/{case.number}/files/", {"uploads": ref})
    assert answer.status_code == 302
    return CaseAttachment.objects.filter(case=case).latest("id")


def address(row: CaseAttachment, tail: str = "") -> str:
    return f"/cases/{row.case.number}/files/{row.pk}/{tail}"


def looks(person: Person, row: CaseAttachment) -> int:
    return PersonalLook.objects.filter(person=person, subject=f"case_attachment:{row.pk}").count()


def shown(client: Any, source: str) -> tuple[int, str]:
    """Status and type of a picture of a page."""
    answer = client.get(source.replace("&amp;", "&"))
    b"".join(answer.streaming_content)
    return answer.status_code, answer.headers["Content-Type"]


def test_several_files_are_attached_at_once_with_and_without_script(centre: Cast) -> None:
    case, client = dispatched(centre), seat(centre.handler)
    refs = [
        uploaded(centre.handler, samples.jpg(), "一.jpg"),
        uploaded(centre.handler, samples.pdf(), "二.pdf"),
    ]
    plain = [SimpleUploadedFile("三.png", samples.png()), SimpleUploadedFile("四.jpg", samples.HTML)]
    page = client.post(
        f"/cases/{case.number}/files/", {"uploads": refs, "uploads-file": plain}, follow=True
    ).content.decode()
    assert sorted(CaseAttachment.objects.values_list("name", flat=True)) == ["一.jpg", "三.png", "二.pdf"]
    assert "HTML" in page, "the one that was refused is said"


def test_uploads_of_others_are_not_attached(centre: Cast) -> None:
    case, ref = dispatched(centre), uploaded(centre.other_handler, samples.jpg(), "a.jpg")
    seat(centre.handler).post(f"/cases/{case.number}/files/", {"uploads": [ref, "../../x"]})
    assert not CaseAttachment.objects.exists()


def test_who_sees_personal_data_sees_files_and_each_opening_is_logged(centre: Cast) -> None:
    row = attached(centre, dispatched(centre))
    client = seat(centre.handler)
    page = client.get(f"/cases/{row.case.number}/").content.decode()
    assert "小票.jpg" in page
    small = re.search(r'<img src="([^"]+)"', page)
    assert small is not None
    assert shown(client, small[1]) == (200, "image/jpeg")
    assert looks(centre.handler, row) == 0, "the look at the page is logged, its small pictures log no more"
    viewer = client.get(address(row)).content.decode()
    assert looks(centre.handler, row) == 1
    drawn = re.search(r'<img src="([^"]+pages/1/[^"]+)"', viewer)
    assert drawn is not None
    assert shown(client, drawn[1])[0] == 200
    assert looks(centre.handler, row) == 1
    shown(client, address(row, "download/"))
    shown(client, address(row, "pages/1/"))
    assert looks(centre.handler, row) == 3, "addresses without the proof of a look are looks of their own"


def test_who_may_unmask_gives_a_reason_first(centre: Cast) -> None:
    row = attached(centre, dispatched(centre))
    client = seat(centre.supervisor)
    page = client.get(f"/cases/{row.case.number}/").content.decode()
    assert "小票" not in page and address(row) in page
    for tail in ("", "download/"):
        asked = client.get(address(row, tail))
        assert "理由" in asked.content.decode() and "小票" not in asked.content.decode()
        assert client.post(address(row, tail), {"reason": ""}).status_code == 422
    assert client.get(address(row, "pages/1/")).status_code == 403
    assert looks(centre.supervisor, row) == 0
    viewer = client.post(address(row), {"reason": "核对购物凭证"}).content.decode()
    assert "小票.jpg" in viewer
    assert looks(centre.supervisor, row) == 1
    drawn = re.search(r'<img src="([^"]+)"', viewer.split("sq-file-pages")[1])
    assert drawn is not None
    assert shown(client, drawn[1])[0] == 200
    picture = drawn[1].replace("&amp;", "&")
    assert seat(centre.dispatcher).get(picture).status_code == 403, "the proof is this person's only"
    assert client.get(picture + "x").status_code == 403


def test_masked_roles_learn_how_many_and_nothing_else(centre: Cast) -> None:
    row = attached(centre, dispatched(centre))
    client = seat(centre.analyst)
    page = client.get(f"/cases/{row.case.number}/").content.decode()
    assert "1 个文件" in page
    assert "小票" not in page and address(row) not in page
    for tail in ("", "download/", "pages/0/", "pages/1/"):
        assert client.get(address(row, tail)).status_code == 403


def test_files_of_other_units_and_of_reports_out_of_sight_are_not_there(centre: Cast) -> None:
    row = attached(centre, dispatched(centre))
    client = seat(centre.other_handler)
    for tail in ("", "download/", "pages/1/"):
        assert client.get(address(row, tail)).status_code == 404
    for tail in ("remove/", "restore/", "read/"):
        assert client.post(address(row, tail)).status_code == 404
    other = dispatched(centre)
    assert seat(centre.handler).get(f"/cases/{other.number}/files/{row.pk}/").status_code == 404
    secret = attached(centre, dispatched(centre, Kind.REPORT), samples.png(), "线索.png")
    assert seat(centre.inspector).get(f"/cases/{secret.case.number}/").status_code == 404


def test_files_of_an_anonymous_report_ask_everybody_for_a_reason(centre: Cast) -> None:
    case = dispatched(centre, Kind.REPORT, is_real_name=False)
    row = attached(centre, case)
    client = seat(centre.handler)
    assert "小票" not in client.get(f"/cases/{case.number}/").content.decode()
    assert "理由" in client.get(address(row)).content.decode()
    assert client.get(address(row, "pages/1/")).status_code == 403


def test_a_download_is_as_it_was_sent_and_inert(centre: Cast) -> None:
    polyglot = samples.jpg() + samples.HTML
    row = attached(centre, dispatched(centre), polyglot, '"><script>.jpg')
    answer = seat(centre.handler).get(address(row, "download/"))
    assert b"".join(answer.streaming_content) == polyglot  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith('attachment; filename="file.jpg"')
    assert "<" not in answer["Content-Disposition"]
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer["Cache-Control"]
    page = seat(centre.handler).get(f"/cases/{row.case.number}/").content.decode()
    assert '"><script>.jpg' not in page and "&lt;script&gt;.jpg" in page


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=90-", 90, None), ("bytes=-5", -5, None), ("bytes=5-9999999", 5, None)],
)
def test_films_are_sent_in_the_range_that_was_asked_for(
    centre: Cast, wanted: str, first: int, last: int | None
) -> None:
    data = samples.mp4()
    row = attached(centre, dispatched(centre), data, "现场.mp4")
    answer: Any = seat(centre.handler).get(address(row, "download/"), headers={"range": wanted})
    part = data[first : last + 1 if last is not None else None]
    assert (answer.status_code, answer["Content-Length"]) == (206, str(len(part)))
    assert b"".join(answer.streaming_content) == part
    start = first % len(data)
    assert answer["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{len(data)}"


@pytest.mark.parametrize(
    ("wanted", "status"),
    [("bytes=99999-", 416), ("bytes=9-1", 416), ("bytes=0-1,3-4", 200), ("lines=1-2", 200)],
)
def test_ranges_that_are_none_or_many(centre: Cast, wanted: str, status: int) -> None:
    row = attached(centre, dispatched(centre), samples.mp4(), "现场.mp4")
    answer = seat(centre.handler).get(address(row, "download/"), headers={"range": wanted})
    b"".join(getattr(answer, "streaming_content", ()))
    assert answer.status_code == status


def test_nothing_is_served_by_its_place_in_the_storage(centre: Cast) -> None:
    row = attached(centre, dispatched(centre))
    assert row.file is not None
    client = seat(centre.handler)
    for path in (object_key(row.file.digest), f"store/{object_key(row.file.digest)}", row.file.digest):
        for front in ("/", "/static/", "/media/", "/files/", "/static/../var/files/"):
            assert client.get(front + path).status_code == 404
    assert Client().get(address(row, "download/")).status_code == 302


def test_a_file_is_removed_and_brought_back(centre: Cast) -> None:
    row, client = attached(centre, dispatched(centre)), seat(centre.handler)
    page = client.post(address(row, "remove/"), follow=True).content.decode()
    assert f'data-undo-url="{address(row, "restore/")}"' in page
    row.refresh_from_db()
    assert row.removed_by == centre.handler
    client.post(address(row, "restore/"))
    row.refresh_from_db()
    assert row.removed_at is None


def test_what_a_receipt_says_is_offered_and_taken_over_by_a_person(centre: Cast) -> None:
    row, client = attached(centre, dispatched(centre)), seat(centre.handler)
    CaseAttachment.objects.filter(pk=row.pk).update(
        text="日期：2020-01-26\n合计：128.00元", text_state="read"
    )
    page = client.get(f"/cases/{row.case.number}/").content.decode()
    offer = re.search(r'href="([^"]+facts/\?amount=128[^"]*)"', page)
    assert offer is not None and "facts/?incident_on=2020-01-26" in page
    form = client.get(offer[1]).content.decode()
    assert 'value="128.00"' in form
    revision = Case.objects.get(pk=row.case_id).revision
    sent = {"amount": "128.00", "incident_on": "2020-01-26", "revision": revision}
    assert client.post(f"/cases/{row.case.number}/facts/", sent).status_code == 302
    case = Case.objects.get(pk=row.case_id)
    assert (str(case.amount), str(case.incident_on)) == ("128.00", "2020-01-26")
    assert client.post(f"/cases/{row.case.number}/facts/", sent).status_code == 409
    bad = client.post(f"/cases/{row.case.number}/facts/", {"amount": "x", "revision": case.revision})
    assert bad.status_code == 422
    page = client.get(f"/cases/{row.case.number}/").content.decode()
    assert "facts/?amount=128" not in page, "what stands already is not offered"
    assert "更正" in page


def test_a_page_without_the_right_to_attach_has_no_form(centre: Cast) -> None:
    case = dispatched(centre)
    assert (
        f'action="/cases/{case.number}/files/"'
        in seat(centre.handler).get(f"/cases/{case.number}/").content.decode()
    )
    assert 'id="files"' not in seat(centre.analyst).get(f"/cases/{case.number}/").content.decode()
    assert seat(centre.analyst).post(f"/cases/{case.number}/files/").status_code == 403
