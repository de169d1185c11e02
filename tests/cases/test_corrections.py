"""Correcting the amount and the day of a case."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import dispatching
from suqing.cases.actions.corrections import ARCHIVED, LATER, TOO_EARLY, correct_facts, may_correct
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.models import Case
from suqing.ledger.models import Event
from tests.cases.examples import one_case
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db
AMOUNT, DAY = Decimal("128.00"), date(2020, 1, 26)


def dispatched(centre: Cast) -> Case:
    case = one_case(centre.call_taker, amount=Decimal("12.80"))
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)


def test_what_stood_before_stays_in_the_event(centre: Cast) -> None:
    case = dispatched(centre)
    changed = correct_facts(case=case, amount=AMOUNT, incident_on=DAY, by=centre.handler, at=AT)
    assert (changed.amount, changed.incident_on, changed.revision) == (AMOUNT, DAY, case.revision + 1)
    event = Event.objects.get(verb="case.facts_corrected")
    assert event.data == {
        "before": {"amount": "12.80", "incident_on": None},
        "after": {"amount": "128.00", "incident_on": "2020-01-26"},
    }


def test_nothing_is_written_where_nothing_changes(centre: Cast) -> None:
    case = dispatched(centre)
    correct_facts(case=case, amount=case.amount, incident_on=None, by=centre.handler, at=AT)
    case.refresh_from_db()
    assert not Event.objects.filter(verb="case.facts_corrected").exists()


def test_who_corrects_registrations_and_who_handles_the_case_may(centre: Cast) -> None:
    case = dispatched(centre)
    for name in ("handler", "dispatcher", "supervisor"):
        assert may_correct(getattr(centre, name), case), name
    for name in ("other_handler", "call_taker", "analyst", "inspector"):
        assert not may_correct(getattr(centre, name), case), name
    with pytest.raises(NotYours):
        correct_facts(case=case, amount=AMOUNT, incident_on=DAY, by=centre.other_handler, at=AT)
    with pytest.raises(NotPermitted):
        correct_facts(case=case, amount=AMOUNT, incident_on=DAY, by=centre.analyst, at=AT)


@pytest.mark.parametrize(
    ("amount", "day", "message"),
    [
        (AMOUNT, AT.date() + timedelta(days=1), LATER),
        (AMOUNT, date(1970, 1, 1), TOO_EARLY),
        (Decimal("-1"), DAY, "An amount lies between 0 and %(limit)s yuan."),
        (Decimal("NaN"), DAY, "An amount lies between 0 and %(limit)s yuan."),
    ],
)
def test_what_cannot_be_is_refused(centre: Cast, amount: Decimal, day: date, message: str) -> None:
    with pytest.raises(Refused) as refused:
        correct_facts(case=dispatched(centre), amount=amount, incident_on=day, by=centre.handler, at=AT)
    assert refused.value.message == message


def test_a_page_that_is_out_of_date_overwrites_nothing(centre: Cast) -> None:
    case = dispatched(centre)
    correct_facts(case=case, amount=AMOUNT, incident_on=DAY, by=centre.handler, at=AT)
    with pytest.raises(Stale):
        correct_facts(
            case=case,
            amount=Decimal(1),
            incident_on=DAY,
            by=centre.dispatcher,
            at=AT,
            revision=case.revision,
        )


def test_an_archived_case_stays(centre: Cast) -> None:
    case = dispatched(centre)
    Case.objects.filter(pk=case.pk).update(archived_at=AT)
    with pytest.raises(Refused) as refused:
        correct_facts(case=case, amount=AMOUNT, incident_on=DAY, by=centre.handler, at=AT)
    assert refused.value.message == ARCHIVED
