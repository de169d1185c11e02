"""The pages of bulk changes: ticking on the work list, preview, making, undo, register, story of a case."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import translation

from suqing.accounts.models import Person
from suqing.cases.actions import complaints
from suqing.cases.models import BulkChange, Case
from suqing.cases.queries import timeline
from suqing.ledger.actions import set_centre_clock
from suqing.web.desks.timeline_words import tell
from tests.cases.examples import one_case
from tests.cases.test_bulk_changes import DAY, in_gusu, node
from tests.cast import SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=DAY + timedelta(hours=1), speed=1.0, by=SYSTEM)
    return centre


def begun(person: Person, kind: str, **given: object) -> BulkChange:
    answer = seat(person).post("/bulk-changes/new/", {"kind": kind, "list": "view=open", **given})
    assert answer.status_code == 302
    change = BulkChange.objects.latest("pk")
    assert answer.headers["Location"] == f"/bulk-changes/{change.ref}/"
    return change


def page(person: Person, address: str) -> str:
    answer = seat(person).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("head", ["assign"]),
        ("supervisor", ["remind", "reclassify"]),
        ("handler", []),
        ("analyst", []),
    ],
)
def test_the_list_offers_what_the_person_may_do(centre: Cast, name: str, offered: list[str]) -> None:
    case = in_gusu(centre, 1)[0]
    shown = page(getattr(centre, name), "/cases/")
    assert re.findall(r'name="kind" value="(\w+)"', shown.partition('class="sq-bulk"')[2]) == offered
    assert (f'name="case" value="{case.number}"' in shown) is bool(offered)


def test_ticked_cases_are_assigned_after_a_preview_and_given_back(centre: Cast) -> None:
    cases, client = in_gusu(centre), seat(centre.head)
    change = begun(centre.head, "assign", case=[one.number for one in cases[:2]])
    address = f"/bulk-changes/{change.ref}/"
    assert "2 件工单" in page(centre.head, address)
    values = {"unit": centre.gusu.code, "handler": centre.handler.pk}
    assert client.post(f"{address}preview/", values).status_code == 302
    shown = page(centre.head, address)
    assert "<b>2</b> 将变更" in shown
    assert not Case.objects.filter(handler=centre.handler).exists()
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen is not None
    done = client.post(f"{address}make/", {"seen": seen[1]}, follow=True).content.decode()
    assert "已变更 2 件工单" in done
    assert f'data-undo-url="{address}undo/"' in done
    assert Case.objects.filter(handler=centre.handler).count() == 2
    client.post(f"{address}make/", {"seen": seen[1]})
    assert BulkChange.objects.get().changed == 2
    assert "交办" in page(centre.head, "/bulk-changes/")
    assert "已撤销" in client.post(f"{address}undo/", follow=True).content.decode()
    assert not Case.objects.filter(handler=centre.handler).exists()
    assert "已撤销" in page(centre.head, "/bulk-changes/")


def test_a_whole_list_is_taken_over_by_its_filters(centre: Cast) -> None:
    cases = in_gusu(centre)
    complaints.accept(case=cases[0], by=centre.handler, at=DAY)
    counted = page(centre.head, "/bulk-changes/count/?view=to_decide")
    assert 'data-list-count="2"' in counted
    change = begun(centre.head, "assign", all="1", list="view=to_decide", case=cases[0].number)
    assert (change.asked, change.is_list) == (2, True)
    assert change.filters == {"waiting": "to_decide"}


def test_a_reminder_is_previewed_at_once_and_says_why_not(centre: Cast) -> None:
    cases = [*in_gusu(centre, 1), one_case(centre.call_taker, at=DAY)]
    change = begun(centre.supervisor, "remind", case=[one.number for one in cases])
    shown = page(centre.supervisor, f"/bulk-changes/{change.ref}/")
    assert "<b>1</b> 将变更" in shown
    assert "<b>1</b> 不能变更" in shown
    assert "工单在中心" in shown
    assert cases[1].number in shown


def test_a_preview_that_is_not_the_newest_is_not_made(centre: Cast) -> None:
    case, client = in_gusu(centre, 1)[0], seat(centre.supervisor)
    change = begun(centre.supervisor, "remind", case=case.number)
    answer = client.post(f"/bulk-changes/{change.ref}/make/", {"seen": DAY.isoformat()}, follow=True)
    assert "预览" in answer.content.decode()
    change.refresh_from_db()
    assert change.at is None


@pytest.mark.parametrize(
    "given", [{"kind": "assign"}, {"kind": "nonsense", "case": "x"}, {"kind": "assign", "case": "TS0"}, {}]
)
def test_what_cannot_begin_is_said_on_the_list(centre: Cast, given: dict[str, str]) -> None:
    answer = seat(centre.head).post("/bulk-changes/new/", given, follow=True)
    assert answer.redirect_chain[0][0].startswith("/cases/")
    assert "is-bad" in answer.content.decode()
    assert not BulkChange.objects.exists()


def test_a_form_without_a_choice_says_so_beside_the_field(centre: Cast) -> None:
    case = in_gusu(centre, 1)[0]
    change = begun(centre.head, "assign", case=case.number)
    answer = seat(centre.head).post(f"/bulk-changes/{change.ref}/preview/", {"unit": ""})
    assert answer.status_code == 422
    change = begun(centre.dispatcher, "reclassify", case=case.number)
    answer = seat(centre.dispatcher).post(f"/bulk-changes/{change.ref}/preview/", {})
    assert answer.status_code == 422
    assert "请至少选择一个类别" in answer.content.decode()


def test_another_persons_draft_is_not_there(centre: Cast) -> None:
    change = begun(centre.supervisor, "remind", case=in_gusu(centre, 1)[0].number)
    for person in (centre.dispatcher, centre.head):
        client = seat(person)
        assert client.get(f"/bulk-changes/{change.ref}/").status_code == 404
        for act in ("preview", "make", "undo"):
            assert client.post(f"/bulk-changes/{change.ref}/{act}/").status_code == 404


def test_nothing_is_changed_without_the_token_of_the_form(centre: Cast) -> None:
    client = seat(centre.head, enforce_csrf_checks=True)
    assert client.post("/bulk-changes/new/", {"kind": "assign"}).status_code == 403


def test_the_register_has_an_end_and_a_beginning(centre: Cast) -> None:
    assert "还没有批量变更" in page(centre.supervisor, "/bulk-changes/")


def test_the_story_of_a_case_tells_both_codings_and_the_way_back(centre: Cast) -> None:
    old, new = node("object", 1), node("object", 2)
    case = one_case(centre.call_taker, at=DAY, object_class=old.pk)
    change, client = begun(centre.dispatcher, "reclassify", case=case.number), seat(centre.dispatcher)
    client.post(f"/bulk-changes/{change.ref}/preview/", {"object": new.code, "note": "登记有误"})
    client.post(f"/bulk-changes/{change.ref}/make/")
    client.post(f"/bulk-changes/{change.ref}/undo/")
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told = tell(case, timeline(case, with_texts=True), group="", now=DAY)[-2:]
            assert f"{old.label} → {new.label}" in told[0].title
            assert told[0].text == "登记有误"
            assert f"{new.label} → {old.label}" in told[1].title
            assert told[0].title.startswith("金分派")
