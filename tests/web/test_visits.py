"""The page of return visits, the visit and the redo from the case page, the archive in the list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.models import Person, PersonalLook
from suqing.cases.actions.visits import archive, reopen, visit
from suqing.cases.models import Case, ReturnVisit
from suqing.cases.vocabulary import State
from suqing.ledger.actions import set_centre_clock
from suqing.web.desks import keyset
from tests.cases.endings import LATER, refused, sent, unfiled
from tests.cases.examples import WANG
from tests.cast import SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
DAY2 = LATER + timedelta(days=1)
HTMX = {"hx-request": "true"}


@pytest.fixture
def centre(centre: Cast) -> Cast:
    """A centre at work two days after the contact."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=DAY2, speed=1.0, by=SYSTEM)
    return centre


def text(person: Person, address: str) -> str:
    answer = seat(person).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def step(person: Person, case: Case, code: str, **typed: Any) -> Any:
    data = {"revision": case.revision, **typed}
    return seat(person).post(f"/cases/{case.number}/steps/{code}/", data, headers=HTMX)


# The queue


def test_ended_cases_wait_the_longest_ended_first(centre: Cast) -> None:
    late, early = refused(centre, at=LATER + timedelta(hours=3)), refused(centre)
    under_way = sent(centre)
    page = text(centre.call_taker, "/visits/")
    assert page.index(early.number) < page.index(late.number)
    assert under_way.number not in page
    assert f"/cases/{early.number}/steps/visit/" in page
    case_page = text(centre.call_taker, f"/cases/{early.number}/")
    assert "记录回访" in case_page, "and is not called a personal visit"


def test_the_queue_is_cut_into_pages_that_lead_forth_and_back(centre: Cast, monkeypatch: Any) -> None:
    monkeypatch.setitem(keyset.page.__kwdefaults__, "size", 2)
    cases = [refused(centre, at=LATER + timedelta(minutes=number)) for number in range(5)]
    first = text(centre.call_taker, "/visits/")
    assert [case.number in first for case in cases] == [True, True, False, False, False]
    second = text(centre.call_taker, link(first, "next"))
    assert [case.number in second for case in cases] == [False, False, True, True, False]
    third = text(centre.call_taker, link(second, "next"))
    assert [case.number in third for case in cases] == [False, False, False, False, True]
    back = text(centre.call_taker, link(third, "prev"))
    assert [case.number in back for case in cases] == [False, False, True, True, False]


def link(page: str, rel: str) -> str:
    head = page.split(f'rel="{rel}"')[0]
    return head.rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")


def test_nobody_to_call_says_so(centre: Cast) -> None:
    assert "这里没有需要回访的工单" in text(centre.call_taker, "/visits/?view=second")


def test_the_number_shows_one_at_a_time_and_the_look_is_logged(centre: Cast) -> None:
    case = refused(centre)
    page = text(centre.call_taker, "/visits/")
    assert WANG.phone not in page
    assert "138****1234" in page
    assert not PersonalLook.objects.exists()
    shown = seat(centre.call_taker).post(f"/visits/{case.number}/number/", headers=HTMX).content.decode()
    assert WANG.phone in shown
    assert "<html" not in shown
    look = PersonalLook.objects.get()
    assert (look.person, look.subject) == (centre.call_taker, f"party:{case.party_id}")
    assert case.number in look.reason
    whole = seat(centre.supervisor).post(f"/visits/{case.number}/number/")
    assert WANG.phone in whole.content.decode()
    assert PersonalLook.objects.count() == 2


def test_numbers_of_cases_under_way_or_out_of_sight_are_not_shown_here(centre: Cast) -> None:
    under_way = sent(centre)
    assert seat(centre.call_taker).post(f"/visits/{under_way.number}/number/").status_code == 404
    assert seat(centre.handler).post(f"/visits/{under_way.number}/number/").status_code == 403
    assert seat(centre.call_taker).post("/visits/TS20200127999999/number/").status_code == 404
    assert seat(centre.call_taker).get(f"/visits/{under_way.number}/number/").status_code == 405
    assert not PersonalLook.objects.exists()


def test_the_queue_asks_the_same_number_of_queries_however_long(centre: Cast) -> None:
    client = seat(centre.call_taker)

    def count() -> int:
        client.get("/visits/")
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/visits/").status_code == 200
        return len(caught)

    refused(centre)
    one = count()
    for _number in range(4):
        refused(centre)
    assert count() == one <= 16


# Visit and redo from the case page


def test_a_visit_is_recorded_and_shown(centre: Cast) -> None:
    case = refused(centre)
    form = seat(centre.call_taker).get(f"/cases/{case.number}/steps/visit/", headers=HTMX).content.decode()
    assert form.count('name="grade"') == 5, "four grades and: not reached"
    answer = step(centre.call_taker, case, "visit", grade="satisfied", note="谢谢")
    assert answer.status_code == 200, answer.content.decode()
    page = text(centre.supervisor, f"/cases/{case.number}/")
    assert "回访：满意" in page
    assert "<dt>回访</dt><dd>满意</dd>" in page
    assert case.number not in text(centre.call_taker, "/visits/")


def test_dissatisfaction_without_words_is_refused_beside_the_field(centre: Cast) -> None:
    answer = step(centre.call_taker, refused(centre), "visit", grade="dissatisfied", note="")
    assert answer.status_code == 422
    assert 'id="id_note_error"' in answer.content.decode()
    assert not ReturnVisit.objects.exists()


def test_who_was_not_reached_stays_in_the_queue(centre: Cast) -> None:
    case = refused(centre)
    assert step(centre.call_taker, case, "visit", grade="not_reached", note="").status_code == 200
    page = text(centre.call_taker, "/visits/")
    assert case.number in page
    assert "已联系1次" in page


def test_dissatisfaction_leads_to_the_redo_and_the_second_visit(centre: Cast) -> None:
    case = visit(case=refused(centre), grade="dissatisfied", note="仍不退款", by=centre.call_taker, at=DAY2)
    address = "/visits/?view=dissatisfied"
    assert f"/cases/{case.number}/steps/reopen/" in text(centre.supervisor, address)
    seen = text(centre.call_taker, address)
    assert case.number in seen
    assert "/steps/reopen/" not in seen, "a call taker reports it, the supervisor orders it"
    form = text(centre.supervisor, f"/cases/{case.number}/steps/reopen/")
    assert 'name="to_unit"' not in form, "the unit that had it last"
    answer = step(centre.supervisor, case, "reopen", note="请重新核实", redo_until="2020-02-10")
    assert answer.status_code == 200, answer.content.decode()
    case.refresh_from_db()
    assert (case.state, case.responsible_unit) == (State.DISPATCHED, centre.gusu)
    page = text(centre.handler, f"/cases/{case.number}/")
    assert "要求姑苏区市场监督管理局在2020-02-10前重新办理" in page
    assert "/steps/accept/" in page
    assert "不满意" in page


@pytest.mark.parametrize("name", ["handler", "head", "dispatcher", "call_taker", "analyst"])
def test_others_are_not_offered_the_redo(centre: Cast, name: str) -> None:
    case = refused(centre)
    assert "/steps/reopen/" not in text(getattr(centre, name), f"/cases/{case.number}/")


def test_an_anonymous_reporter_is_not_offered_for_a_visit(centre: Cast) -> None:
    case = unfiled(centre, is_real_name=False, is_told=False)
    assert "/steps/visit/" not in text(centre.call_taker, f"/cases/{case.number}/")
    assert "/steps/visit/" in text(centre.call_taker, f"/cases/{unfiled(centre).number}/")
    answer = step(centre.call_taker, case, "visit", grade="fair", note="")
    assert answer.status_code == 422
    assert "匿名举报，无法回访" in answer.content.decode()


# The archive


def test_the_archive_leaves_the_list_and_has_its_own_view(centre: Cast) -> None:
    case = refused(centre)
    assert step(centre.handler, case, "archive").status_code == 200
    assert case.number not in text(centre.handler, "/cases/?view=all")
    assert case.number in text(centre.handler, "/cases/?view=archived")
    page = text(centre.handler, f"/cases/{case.number}/")
    assert "归档时间" in page
    assert "/steps/" not in page, "only reopening is left, and that is the supervisor's"
    supervisor = text(centre.supervisor, f"/cases/{case.number}/")
    assert "/steps/reopen/" in supervisor
    assert "/steps/supervise/" not in supervisor


def test_a_refusal_to_archive_names_the_article(centre: Cast) -> None:
    answer = step(centre.handler, unfiled(centre, is_told=False), "archive")
    assert answer.status_code == 422
    assert "第七十八条" in answer.content.decode()


def test_a_search_finds_what_is_archived(centre: Cast) -> None:
    case = archive(case=refused(centre), by=centre.handler, at=DAY2)
    assert case.number in text(centre.supervisor, "/cases/?q=口罩")
    reopen(case=case, note="复查", by=centre.supervisor, at=DAY2)
    assert case.number in text(centre.supervisor, "/cases/")


def test_no_number_is_shown_of_whom_nobody_is_to_call(centre: Cast) -> None:
    """A call back is a reason to look; where there is none, the look needs one in words."""
    anonymous, filed_away, reached = unfiled(centre), refused(centre), refused(centre)
    Case.objects.filter(pk=anonymous.pk).update(is_real_name=False)
    archive(case=filed_away, by=centre.supervisor, at=DAY2)
    visit(case=reached, grade="satisfied", by=centre.call_taker, at=DAY2)
    for case in (anonymous, filed_away, reached):
        for person in (centre.call_taker, centre.supervisor):
            answer = seat(person).post(f"/visits/{case.number}/number/", headers=HTMX)
            assert answer.status_code == 404
            assert WANG.phone not in answer.content.decode()
    assert not PersonalLook.objects.exists()
