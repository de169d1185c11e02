"""Cases, persons and events of one period are three counts that differ as they should and lead to their cases."""

from __future__ import annotations

import pytest

from suqing.analytics.periods import Period
from suqing.analytics.queries import case_ids, cases_behind, figure, table
from suqing.analytics.registry import Counts, Unit, get
from suqing.cases.actions import groups
from suqing.cases.intake import PartyInput
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from tests.analytics.days import MONDAY, moment
from tests.cases.examples import WANG, matter, registered
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DAY = Period.of_day(MONDAY)
CODES = ("cases_registered", "persons_registered", "events_registered")
LI = PartyInput("李四", "13900005678")


def case(cast: Cast, party: PartyInput = WANG, kind: Kind = Kind.COMPLAINT, **changes: object) -> Case:
    at = moment(MONDAY)
    return registered(cast.call_taker, matter(kind, **changes), at=at, party=party).cases.get()


def counts(**more: object) -> tuple[object, ...]:
    return tuple(figure(code, period=DAY, **more).value for code in CODES)  # type: ignore[arg-type]


@pytest.fixture
def day(cast: Cast) -> list[Case]:
    """Wang twice, Li twice, and a report by nobody; three of the five are one event."""
    cases = [case(cast), case(cast), case(cast, LI), case(cast, LI, Kind.REPORT)]
    cases.append(case(cast, WANG, Kind.REPORT, is_real_name=False))
    at = moment(MONDAY, "12:00")
    groups.make_group(cases=cases[1:4], title="口罩涨价", by=cast.dispatcher, at=at)
    return cases


def test_five_cases_two_persons_and_three_events(day: list[Case]) -> None:
    assert counts() == (5, 2, 3)
    assert [get(code).unit for code in CODES] == [Unit.CASES, Unit.PERSONS, Unit.EVENTS]
    assert [get(code).counts for code in CODES] == [Counts.CASES, Counts.PERSONS, Counts.EVENTS]


def test_events_are_the_groups_and_the_cases_in_none_and_without_groups_every_case_is_one(
    cast: Cast, day: list[Case]
) -> None:
    event = day[1].events.get().group
    inside = event.members.filter(removed_at=None).count()
    assert figure("events_registered", period=DAY).value == 1 + len(day) - inside
    for one in day[1:4]:
        groups.leave_group(group=event, case=one, by=cast.dispatcher, at=moment(MONDAY, "13:00"))
    assert counts() == (5, 2, 5)


def test_all_three_lead_to_the_same_cases(day: list[Case]) -> None:
    for code in CODES:
        found = figure(code, period=DAY)
        assert case_ids(found) == [one.pk for one in day]
        assert set(cases_behind(found)) == set(day)


def test_each_reader_counts_what_is_in_sight(cast: Cast, day: list[Case]) -> None:
    assert counts(person=cast.dispatcher) == (5, 2, 3)
    assert counts(person=cast.inspector) == (3, 2, 2)  # without the two reports
    Case.objects.filter(pk=day[2].pk).update(responsible_unit=cast.gusu)
    assert counts(person=cast.handler) == (1, 1, 1)


def test_parts_by_kind_may_hold_one_event_twice_and_the_total_says_how_many_there_are(
    day: list[Case],
) -> None:
    for code, parts in (
        ("cases_registered", {"complaint": 3, "report": 2}),
        ("persons_registered", {"complaint": 2, "report": 1}),
        ("events_registered", {"complaint": 2, "report": 2}),
    ):
        found = table(code, by=["kind"], period=DAY)
        assert {row.values[0]: row.figure.value for row in found.rows} == parts
        assert found.total.value == figure(code, period=DAY).value
