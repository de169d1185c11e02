"""Every way a case can end is counted where it belongs: closed, accepted, filed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from suqing.analytics.periods import Period
from suqing.analytics.queries import figure
from suqing.cases.actions import competence, complaints, dispatching, handling, reports
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind, Outcome
from tests.analytics.days import kettle_complaint, load, mask_report, moment, take
from tests.cast import Cast

pytestmark = pytest.mark.django_db

# A Monday under order no. 121.
DAY = date(2026, 5, 11)
AT = moment(DAY)
MEASURES = ("cases_closed", "complaints_accepted", "complaints_refused", "reports_filed")


@pytest.fixture
def cast(cast: Cast) -> Cast:
    return load(cast)


def report(cast: Cast) -> Case:
    case = take(cast, AT, mask_report()).cases.get()
    return dispatching.dispatch(case=case, to_unit=cast.gusu, by=cast.dispatcher, at=AT)


def complaint(cast: Cast) -> Case:
    case = take(cast, AT, kettle_complaint()).cases.get()
    return dispatching.dispatch(case=case, to_unit=cast.gusu, by=cast.dispatcher, at=AT)


def admonished(cast: Cast) -> None:
    case = reports.check(case=report(cast), by=cast.handler, at=AT)
    case = reports.file_case(case=case, note="属实", by=cast.handler, at=AT)
    handling.close(case=case, outcome=Outcome.ADMONITION, note="告诫", by=cast.handler, at=AT)


def admonished_unfiled(cast: Cast) -> None:
    case = reports.check(case=report(cast), by=cast.handler, at=AT)
    case = reports.not_file(case=case, note="轻微", by=cast.handler, at=AT)
    handling.close(case=case, outcome=Outcome.ADMONITION, note="告诫", by=cast.handler, at=AT)


def repeated(cast: Cast) -> None:
    first, again = report(cast), report(cast)
    reports.not_again(case=again, earlier=first, note="重复", by=cast.handler, at=AT)


def told_elsewhere(cast: Cast) -> None:
    competence.tell_elsewhere(
        case=report(cast), bureau="苏州工业园区局", note="已告知", by=cast.handler, at=AT
    )


def withdrawn_early(cast: Cast) -> None:
    complaints.withdraw(case=complaint(cast), note="撤回", by=cast.handler, at=AT)


def refused(cast: Cast) -> None:
    complaints.refuse(case=complaint(cast), ground="too_late", note="已过三年", by=cast.handler, at=AT)


@pytest.mark.parametrize(
    ("end", "counted"),
    [
        (admonished, (1, 0, 0, 1)),
        (admonished_unfiled, (1, 0, 0, 0)),
        (repeated, (1, 0, 0, 0)),
        (told_elsewhere, (1, 0, 0, 0)),
        (withdrawn_early, (1, 0, 0, 0)),
        (refused, (0, 0, 1, 0)),
    ],
)
def test_an_end_is_counted_where_it_belongs(
    cast: Cast, end: Callable[[Cast], None], counted: tuple[int, ...]
) -> None:
    end(cast)
    period = Period.of_day(DAY)
    assert tuple(figure(measure, period=period).value for measure in MEASURES) == counted


def test_what_ended_is_not_overdue_and_what_waits_for_it_is(cast: Cast) -> None:
    repeated(cast)
    later = Period.of_day(DAY + timedelta(days=60))
    assert figure("overdue_cases", period=later).value == 1, "the first report alone"
    assert Case.objects.filter(kind=Kind.REPORT).count() == 2
