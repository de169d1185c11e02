"""What belongs to another district stays there, at every address of files, events, operators, similar cases and jobs;
and what people name things never becomes part of a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from suqing.analytics.models import Export
from suqing.cases.actions import groups
from suqing.cases.intake import EntityInput
from suqing.cases.models import BulkChange, Case, CaseAttachment, EventGroup, ImportRun, MarketEntity
from suqing.ledger.actions import set_centre_clock
from tests.cases.imported import national
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat
from tests.web.test_case_files import attached, dispatched
from tests.web.test_imports import begun, table

pytestmark = pytest.mark.django_db

NASTY = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>"
RAW = ("<img src=x", "<script>alert(2)", "onerror=alert(1)>")


@pytest.fixture
def centre(centre: Cast, settings: Any, tmp_path: Path) -> Cast:
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.SUQING_FILES = tmp_path / "files"
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def drained(answer: Any) -> int:
    """Read a file to its end, as browsers do; the answer's status."""
    if answer.streaming:
        b"".join(answer)
    return int(answer.status_code)


def of_a_case(case: Case, other: Case, file: CaseAttachment) -> list[str]:
    at = f"/cases/{case.number}/"
    files = [f"{at}files/{file.pk}/{tail}" for tail in ("", "download/", "pages/1/")]
    return [
        at,
        f"{at}preview/",
        f"{at}files/",
        *files,
        f"{at}similar/",
        f"{at}beside/{other.number}/",
    ]


def test_a_handler_opens_nothing_of_another_district(centre: Cast) -> None:
    case, other = dispatched(centre), dispatched(centre)
    file = attached(centre, case)
    group = groups.make_group(cases=[case, other], title="口罩", by=centre.supervisor, at=AT)
    addresses = [*of_a_case(case, other, file), f"/events/{group.number}/"]
    ours, theirs = seat(centre.handler), seat(centre.other_handler)
    for address in addresses:
        assert drained(ours.get(address)) in (200, 302), address
        assert theirs.get(address).status_code == 404, address
    for tail in ("remove/", "restore/", "read/"):
        assert theirs.post(f"/cases/{case.number}/files/{file.pk}/{tail}").status_code == 404
    for act in ("join", "merge", "apart"):
        assert theirs.post(f"/cases/{case.number}/beside/{other.number}/{act}/").status_code in (403, 404)
    assert theirs.post(f"/events/{group.number}/rename/", {"title": "x"}).status_code in (403, 404)
    assert EventGroup.objects.get().title == "口罩" and CaseAttachment.objects.get().removed_at is None


def test_jobs_are_open_to_who_ordered_them(centre: Cast) -> None:
    case = dispatched(centre)
    head = seat(centre.supervisor)
    head.post("/bulk-changes/new/", {"kind": "reclassify", "list": "", "case": [case.number]})
    bulk = BulkChange.objects.get()
    drained(head.post("/exports/new/", {"list": "cases", "query": "", "way": "csv"}))
    export = Export.objects.get()
    for person in (centre.handler, centre.other_handler, centre.analyst, centre.stranger):
        client = seat(person)
        for tail in ("", "preview/", "make/", "undo/"):
            assert client.post(f"/bulk-changes/{bulk.ref}/{tail}").status_code in (302, 403, 404, 405)
        assert client.get(f"/bulk-changes/{bulk.ref}/").status_code in (302, 403, 404)
        assert client.get(f"/exports/{export.ref}/file/").status_code in (302, 403, 404)
        client.post(f"/exports/{export.ref}/remove/")
    bulk.refresh_from_db()
    assert bulk.changed == 0 and Export.objects.filter(pk=export.pk).exists()


def test_names_that_people_give_stay_texts_on_every_page(centre: Cast) -> None:
    entity = EntityInput(NASTY)
    case, other = dispatched(centre, entity=entity, address=NASTY), dispatched(centre, entity=entity)
    file = attached(centre, case, name=f"{NASTY}.jpg")
    group = groups.make_group(cases=[case, other], title=NASTY, note=NASTY, by=centre.supervisor, at=AT)
    header = [NASTY, *(f"列{number}" for number in range(1, len(national(1))))]
    run = begun(centre.supervisor, table([NASTY, *national(1)[1:]], header=tuple(header)))
    ImportRun.objects.filter(pk=run.pk).update(file_name=NASTY)
    client = seat(centre.supervisor)
    client.post("/bulk-changes/new/", {"kind": "reclassify", "list": "", "case": [case.number]})
    bulk = BulkChange.objects.get()
    operator = MarketEntity.objects.filter(cases=case).get()
    addresses = [
        *of_a_case(case, other, file), "/cases/", f"/cases/?q={NASTY}", "/events/", f"/events/{group.number}/",
        "/entities/", f"/entities/?q={NASTY}", f"/entities/{operator.pk}/", f"/entities/{operator.pk}/correct/",
        f"/entities/{operator.pk}/others/", f"/entities/{operator.pk}/split/", "/imports/", f"/imports/{run.ref}/",
        f"/imports/{run.ref}/columns/", f"/bulk-changes/{bulk.ref}/", "/bulk-changes/", "/exports/", "/inbox/", "/",
    ]  # fmt: skip
    seen = 0
    for address in addresses:
        answer = client.get(address)
        if answer.streaming or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        text = answer.content.decode()
        assert not [raw for raw in RAW if raw in text], address
        seen += "onerror=alert(1)&gt;" in text
    assert seen >= 10  # the name does stand on these pages
