"""Two people at one case: they see each other, what is new is marked, and what both write is merged or kept twice."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from suqing.accounts.models import Person
from suqing.cases.actions import complaints, dispatching, looks, notes
from suqing.cases.actions.corrections import Clash, Facts, correct_facts
from suqing.cases.actions.moving import NotYours, Refused
from suqing.cases.models import Case, CaseLook
from suqing.cases.queries.looks import HERE, newest_event, others_here
from suqing.cases.vocabulary import State
from suqing.ledger.actions import set_centre_clock
from suqing.ledger.models import Event
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


@pytest.fixture
def centre(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


@pytest.fixture
def case(centre: Cast) -> Case:
    """A complaint in the hands of Gusu."""
    made = one_case(centre.call_taker, amount=Decimal("25"), incident_on=date(2020, 1, 26))
    return dispatching.dispatch(case=made, to_unit=centre.gusu, by=centre.dispatcher, at=AT)


def page_of(person: Person, case: Case) -> str:
    answer = seat(person).get(f"/cases/{case.number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def is_there(person: Person, case: Case, **said: str):  # type: ignore[no-untyped-def]
    return seat(person).post(f"/cases/{case.number}/present/", said, headers=HTMX)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1].replace("&quot;", '"')


def opened(person: Person, case: Case, step: str) -> dict[str, str]:
    """What the form of a step sends beside what is typed."""
    page = seat(person).get(f"/cases/{case.number}/steps/{step}/", headers=HTMX).content.decode()
    return {name: hidden(page, name) for name in ("revision", "upto", "was")}


def send(person: Person, case: Case, step: str, **typed: str):  # type: ignore[no-untyped-def]
    return seat(person).post(f"/cases/{case.number}/steps/{step}/", typed, headers=HTMX)


# Who else is here


def test_two_people_see_each_other_until_one_goes(centre: Cast, case: Case) -> None:
    page_of(centre.handler, case)
    page = page_of(centre.head, case)
    assert "sq-others" in page and centre.handler.display_name in page
    told = is_there(centre.handler, case).content.decode()
    assert centre.head.display_name in told
    assert is_there(centre.head, case, leave="1").status_code == 204
    assert centre.head.display_name not in is_there(centre.handler, case).content.decode()


def test_who_says_nothing_for_a_minute_is_not_there(centre: Cast, case: Case) -> None:
    page_of(centre.handler, case)
    now = timezone.now()
    assert [one.name for one in others_here(centre.head, case, now)] == [centre.handler.display_name]
    assert others_here(centre.head, case, now)[0].unit == centre.gusu.name
    assert others_here(centre.head, case, now + HERE + timedelta(seconds=1)) == []
    assert others_here(centre.handler, case, now) == []


def test_nobody_hears_of_a_case_out_of_their_sight(centre: Cast, case: Case) -> None:
    page_of(centre.handler, case)
    assert is_there(centre.other_handler, case).status_code == 404
    assert not CaseLook.objects.filter(person=centre.other_handler).exists()
    assert seat(centre.handler).get(f"/cases/{case.number}/present/").status_code == 405


def test_being_there_writes_no_event_and_is_told_in_four_queries(centre: Cast, case: Case) -> None:
    page_of(centre.handler, case)
    before = Event.objects.count()
    client = seat(centre.handler)
    client.post(f"/cases/{case.number}/present/", headers=HTMX)
    with CaptureQueriesContext(connection) as caught:
        client.post(f"/cases/{case.number}/present/", headers=HTMX)
    assert Event.objects.count() == before
    looks_asked = [one["sql"] for one in caught if "cases_caselook" in one["sql"]]
    assert len(looks_asked) == 2, looks_asked


def test_the_page_hears_that_the_case_has_moved_on(centre: Cast, case: Case) -> None:
    page_of(centre.head, case)
    assert "案件已有变动" not in is_there(centre.head, case, revision=str(case.revision)).content.decode()
    complaints.accept(case=case, by=centre.handler, at=AT)
    assert "案件已有变动" in is_there(centre.head, case, revision=str(case.revision)).content.decode()


# What is new


def come_back(person: Person, case: Case) -> str:
    """The page at the next visit."""
    past = timezone.now() - looks.SAME_VISIT - timedelta(seconds=5)
    CaseLook.objects.filter(case=case, person=person).update(heard_at=past)
    return page_of(person, case)


def test_what_others_did_since_the_last_visit_is_marked_counted_and_can_be_jumped_to(
    centre: Cast, case: Case
) -> None:
    assert "sq-news" not in page_of(centre.head, case), "nothing is new at the first visit"
    notes.note(case=case, note="商家来电", by=centre.handler, at=AT)
    correct_facts(case=case, amount=Decimal("30"), incident_on=case.incident_on, by=centre.handler, at=AT)
    page = come_back(centre.head, case)
    assert "2 条新记录" in page
    assert 'href="#new"' in page and page.count('id="new"') == 1
    assert page.count("sq-event is-new") + page.count("is-new") >= 2
    amount = page[page.index("<dt>争议金额</dt>") :][:200]
    assert "30" in amount and "sq-tag" in amount, "the fact itself is marked"
    assert "2 条新记录" in page_of(centre.head, case), "it stays marked for the whole visit"
    seat(centre.head).post(f"/cases/{case.number}/present/", {"read": "1"})
    assert "sq-news" not in page_of(centre.head, case)


def test_what_one_did_oneself_and_looks_are_no_news(centre: Cast, case: Case) -> None:
    page_of(centre.handler, case)
    notes.note(case=case, note="商家来电", by=centre.handler, at=AT)
    page_of(centre.head, case)
    assert "sq-news" not in come_back(centre.handler, case)


def test_the_page_asks_no_more_however_much_is_new(centre: Cast, case: Case) -> None:
    page_of(centre.head, case)
    client = seat(centre.head)

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/cases/{case.number}/").status_code == 200
        return len(caught)

    notes.note(case=case, note="来电", by=centre.handler, at=AT)
    count()
    few = count()
    for number in range(8):
        notes.note(case=case, note=f"第{number}次来电", by=centre.handler, at=AT)
    CaseLook.objects.update(heard_at=timezone.now() - timedelta(hours=1))
    assert count() == few


# A note


def test_a_note_is_taken_whatever_has_happened_and_stands_in_the_story(centre: Cast, case: Case) -> None:
    begun = opened(centre.handler, case, "note")
    complaints.accept(case=case, by=centre.head, at=AT)
    assert send(centre.handler, case, "note", **begun, note="商家愿意退款").status_code == 200
    assert "商家愿意退款" in page_of(centre.handler, case)
    case.refresh_from_db()
    assert case.state == State.ACCEPTED


def test_a_note_is_refused_to_others_and_for_ended_cases(centre: Cast, case: Case) -> None:
    with pytest.raises(NotYours):
        notes.note(case=case, note="问", by=centre.other_handler, at=AT)
    with pytest.raises(Refused):
        notes.note(case=case, note="  ", by=centre.handler, at=AT)
    complaints.refuse(case=case, ground="other", note="不属实", routes=[], by=centre.handler, at=AT)
    case.refresh_from_db()
    with pytest.raises(Refused):
        notes.note(case=case, note="问", by=centre.handler, at=AT)


# Both at once


def test_a_decision_goes_through_when_others_have_only_added(centre: Cast, case: Case) -> None:
    begun = opened(centre.handler, case, "accept")
    Case.objects.filter(pk=case.pk).update(revision=case.revision + 1)
    notes.note(case=case, note="商家来电", by=centre.head, at=AT)
    assert send(centre.handler, case, "accept", **begun, note="受理").status_code == 200
    case.refresh_from_db()
    assert case.state == State.ACCEPTED


def test_a_decision_on_changed_facts_is_refused_with_both_texts(centre: Cast, case: Case) -> None:
    begun = opened(centre.handler, case, "accept")
    notes.note(case=case, note="商家称已经退款", by=centre.head, at=AT)
    correct_facts(case=case, amount=Decimal("30"), incident_on=case.incident_on, by=centre.head, at=AT)
    answer = send(centre.handler, case, "accept", **begun, note="我写的理由")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "商家称已经退款" in page and page.count("我写的理由") >= 2, "theirs, mine, and mine in the form"
    assert hidden(page, "revision") == str(case.revision + 1)
    again = {name: hidden(page, name) for name in ("revision", "upto", "was")}
    assert send(centre.handler, case, "accept", **again, note="我写的理由").status_code == 200
    case.refresh_from_db()
    assert case.state == State.ACCEPTED


def test_a_field_that_both_changed_is_shown_twice_and_one_left_alone_follows(
    centre: Cast, case: Case
) -> None:
    begun = opened(centre.head, case, "assign")
    unit = str(case.responsible_unit_id)
    dispatching.assign(case=case, unit=centre.gusu, handler=centre.handler, by=centre.handler, at=AT)
    answer = send(centre.head, case, "assign", **begun, unit=unit, handler=str(centre.head.pk))
    page = answer.content.decode()
    case.refresh_from_db()
    assert answer.status_code == 409
    assert case.handler == centre.handler, "nothing is written over"
    clash = page[page.index("您的") :]
    assert centre.head.display_name in clash and centre.handler.display_name in clash


def test_two_corrections_of_different_fields_are_merged(centre: Cast, case: Case) -> None:
    was, old = Facts(case.amount, case.incident_on), case.revision
    correct_facts(case=case, amount=Decimal("30"), incident_on=case.incident_on, by=centre.head, at=AT)
    correct_facts(
        case=case,
        amount=was.amount,
        incident_on=date(2020, 1, 25),
        revision=old,
        was=was,
        by=centre.handler,
        at=AT,
    )
    case.refresh_from_db()
    assert (case.amount, case.incident_on) == (Decimal("30.00"), date(2020, 1, 25))


def test_two_corrections_of_one_field_are_shown_side_by_side_and_the_second_stays_typed(
    centre: Cast, case: Case
) -> None:
    client = seat(centre.handler)
    form = client.get(f"/cases/{case.number}/facts/").content.decode()
    names = ("revision", "was_amount", "was_incident_on")
    sent = {name: hidden(form, name) for name in names} | {"amount": "40", "incident_on": "2020-01-26"}
    correct_facts(case=case, amount=Decimal("30"), incident_on=date(2020, 1, 24), by=centre.head, at=AT)
    answer = client.post(f"/cases/{case.number}/facts/", sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert centre.head.display_name in page and "30" in page and 'value="40"' in page
    assert 'value="2020-01-24"' in page, "the day that only the other has changed follows"
    case.refresh_from_db()
    assert case.amount == Decimal("30.00")
    again = {name: hidden(page, name) for name in names} | {"amount": "40", "incident_on": "2020-01-24"}
    assert client.post(f"/cases/{case.number}/facts/", again).status_code == 302
    case.refresh_from_db()
    assert (case.amount, case.incident_on) == (Decimal("40.00"), date(2020, 1, 24))


def test_a_clash_names_its_fields(centre: Cast, case: Case) -> None:
    was, old = Facts(case.amount, case.incident_on), case.revision
    correct_facts(case=case, amount=Decimal("30"), incident_on=case.incident_on, by=centre.head, at=AT)
    with pytest.raises(Clash) as clash:
        correct_facts(
            case=case,
            amount=Decimal("40"),
            incident_on=case.incident_on,
            revision=old,
            was=was,
            by=centre.handler,
            at=AT,
        )
    assert clash.value.fields == ("amount",)


def test_every_step_of_a_case_has_a_key_of_its_own(centre: Cast, case: Case) -> None:
    complaints.accept(case=case, by=centre.handler, at=AT)
    for person in (centre.handler, centre.head, centre.supervisor, centre.dispatcher):
        page = page_of(person, case)
        panel = page[page.index('id="decide"') : page.index("</section>", page.index('id="decide"'))]
        buttons = re.findall(r"<a class=\"btn[^>]*>", panel)
        keys = [found[1] for one in buttons if (found := re.search(r'data-key="([^"]+)"', one))]
        assert len(keys) == len(buttons), "every button has its key"
        assert len(set(keys)) == len(keys), keys
    assert newest_event() > 0
