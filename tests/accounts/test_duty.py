"""Duty: the hours of the week, who is entered beyond them, who is there, and who stands above whom."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.accounts import queries
from suqing.accounts.actions import BadDuty, NotInForce, appoint, end_duty, set_duty
from suqing.accounts.duty_hours import ZONE, BadHours, DutyTimes, read_week
from suqing.accounts.models import Duty, Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import NotPermitted
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.ledger.policy import BadSetting
from tests.cast import AT, SHANGHAI, SYSTEM, Cast

TUESDAY = datetime(2020, 2, 4, 10, 0, tzinfo=SHANGHAI)
WEEK = read_week([*([["09:00", "17:30"]] * 5), [], []])


def moment(day: int, hour: int, minute: int = 0, month: int = 2) -> datetime:
    return datetime(2020, month, day, hour, minute, tzinfo=SHANGHAI)


def duty(cast: Cast, person: Person, since: datetime, hours: int = 8, **changes: object) -> Duty:
    given = {"unit": cast.gusu, "by": cast.supervisor, "at": AT}
    return set_duty(
        person=person,
        since=since,
        until=since + timedelta(hours=hours),
        **{**given, **changes},  # type: ignore[arg-type]
    )


# The hours of the week


@pytest.mark.parametrize(
    "bad",
    [
        [],
        [[]] * 7,
        [["09:00", "17:30"]] * 6,
        [["17:30", "09:00"]] * 7,
        [["09:00"]] * 7,
        [["nine", "five"]] * 7,
        "MTWTFSS",
        None,
    ],
)
def test_a_week_without_sense_is_refused(bad: object) -> None:
    with pytest.raises(BadHours):
        read_week(bad)


def test_the_policy_of_hours_is_checked_and_obeyed(centre: Cast) -> None:
    with pytest.raises(BadSetting):
        change_setting("duty.hours", [[]] * 7, by=SYSTEM, at=AT)
    change_setting("duty.hours", [*([["08:00", "20:00"]] * 5), [], []], by=SYSTEM, at=AT)
    assert queries.in_duty_hours(moment(4, 19))
    assert not queries.in_duty_hours(moment(4, 20))


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (moment(4, 8, 59), False),
        (moment(4, 9), True),
        (moment(4, 17, 29), True),
        (moment(4, 17, 30), False),
        (moment(8, 10), False),  # a Saturday
        (moment(24, 10, month=1), False),  # the holiday, prolonged to 2 February
        (moment(2, 10), False),
        (moment(3, 9), True),
        (moment(19, 10, month=1), True),  # a Sunday worked in exchange
    ],
)
def test_hours_hold_on_working_days_of_the_calendar(centre: Cast, at: datetime, inside: bool) -> None:
    assert queries.in_duty_hours(at) is inside


def test_the_next_duty_moment_is_now_or_the_next_morning(centre: Cast) -> None:
    assert queries.next_duty_moment(centre.handler, TUESDAY) == TUESDAY
    assert queries.next_duty_moment(centre.handler, moment(4, 20)) == moment(5, 9)
    assert queries.next_duty_moment(centre.handler, moment(7, 18)) == moment(10, 9)
    assert queries.next_duty_moment(centre.handler, moment(23, 22, month=1)) == moment(3, 9)


def test_the_caller_may_bring_another_test_of_a_working_day(centre: Cast) -> None:
    assert queries.in_duty_hours(moment(8, 10), works=lambda _day: True)
    assert not queries.in_duty_hours(TUESDAY, works=lambda day: day.day != 4)


@given(
    start=st.integers(0, 20 * 24 * 60),
    first=st.integers(0, 40 * 60),
    second=st.integers(0, 40 * 60),
    extra=st.lists(st.tuples(st.integers(0, 30 * 24 * 60), st.integers(1, 24 * 60)), max_size=3),
)
def test_duty_time_adds_up(start: int, first: int, second: int, extra: list[tuple[int, int]]) -> None:
    origin = datetime(2020, 2, 3, 0, 0, tzinfo=ZONE)
    spans = [
        (origin + timedelta(minutes=begin), origin + timedelta(minutes=begin + length))
        for begin, length in extra
    ]
    times, at = DutyTimes(WEEK, extra=spans), origin + timedelta(minutes=start)
    half = times.after(at, timedelta(minutes=first))
    assert times.covers(half)
    assert half >= at
    assert times.after(half, timedelta(minutes=second)) == times.after(at, timedelta(minutes=first + second))


# Who is entered, by whom


def test_who_is_on_duty_is_there_outside_the_ordinary_hours(centre: Cast) -> None:
    duty(centre, centre.handler, AT)
    assert queries.on_duty(centre.gusu, AT) == [centre.handler]
    assert queries.on_duty(centre.gusu, AT + timedelta(hours=8)) == []
    assert queries.on_duty(centre.wuzhong, AT) == []
    assert queries.in_duty_hours(AT, centre.handler)
    assert not queries.in_duty_hours(AT, centre.head)
    assert queries.next_duty_moment(centre.handler, AT - timedelta(hours=5)) == AT


def test_in_the_ordinary_hours_all_people_of_the_unit_are_there(centre: Cast) -> None:
    assert set(queries.on_duty(centre.gusu, TUESDAY)) == {centre.handler, centre.head}
    found = queries.on_duty(centre.bureau, TUESDAY, holding=Permission.CASE_HANDLE)
    assert set(found) == {centre.superior}


def test_a_person_from_elsewhere_on_duty_counts_only_with_the_right(centre: Cast) -> None:
    duty(centre, centre.analyst, AT)
    assert queries.on_duty(centre.gusu, AT) == [centre.analyst]
    assert queries.on_duty(centre.gusu, AT, holding=Permission.CASE_HANDLE) == []


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("supervisor", True),
        ("administrator", True),
        ("head", True),
        ("superior", True),
        ("handler", False),
        ("dispatcher", False),
        ("inspector", False),
        ("stranger", False),
    ],
)
def test_the_supervisor_the_administrator_and_the_head_set_duty(centre: Cast, name: str, may: bool) -> None:
    by = getattr(centre, name)
    if may:
        assert duty(centre, centre.handler, AT, by=by).pk
    else:
        with pytest.raises(NotPermitted):
            duty(centre, centre.handler, AT, by=by)
        assert not Duty.objects.exists()


def test_a_head_sets_duty_in_the_own_unit_only(centre: Cast) -> None:
    with pytest.raises(NotPermitted):
        duty(centre, centre.other_handler, AT, unit=centre.wuzhong, by=centre.head)


@pytest.mark.parametrize(("hours", "reason"), [(0, "backward"), (-3, "backward"), (32 * 24, "too_long")])
def test_a_duty_without_sense_is_refused(centre: Cast, hours: int, reason: str) -> None:
    with pytest.raises(BadDuty, match=reason):
        duty(centre, centre.handler, AT, hours=hours)


def test_two_duties_of_one_person_in_a_unit_do_not_overlap(centre: Cast) -> None:
    first = duty(centre, centre.handler, AT)
    with pytest.raises(BadDuty, match="overlaps"):
        duty(centre, centre.handler, AT + timedelta(hours=7))
    duty(centre, centre.handler, AT + timedelta(hours=8))
    end_duty(duty=first, by=centre.supervisor, at=AT - timedelta(hours=1))
    duty(centre, centre.handler, AT)


def test_ending_a_duty_ends_it_now_and_one_to_come_is_taken_back(centre: Cast) -> None:
    running, to_come = duty(centre, centre.handler, AT), duty(centre, centre.head, AT + timedelta(hours=4))
    noon = AT + timedelta(hours=2)
    end_duty(duty=running, by=centre.supervisor, at=noon)
    end_duty(duty=to_come, by=centre.supervisor, at=noon)
    assert Duty.objects.get(pk=running.pk).until == noon
    assert queries.on_duty(centre.gusu, noon) == []
    assert queries.on_duty(centre.gusu, AT + timedelta(hours=5)) == []
    assert [row.pk for row in queries.duties_of([centre.gusu], AT, AT + timedelta(days=1))] == [running.pk]
    for duty_over in (running, to_come):
        with pytest.raises(NotInForce):
            end_duty(duty=duty_over, by=centre.supervisor, at=noon + timedelta(hours=1))
    verbs = Event.objects.filter(verb__startswith="person.duty").values_list("verb", flat=True)
    assert sorted(verbs) == ["person.duty_ended"] * 2 + ["person.duty_set"] * 2


def test_who_has_left_is_not_set_on_duty(centre: Cast) -> None:
    Person.objects.filter(pk=centre.handler.pk).update(is_active=False)
    with pytest.raises(NotInForce):
        duty(centre, centre.handler, AT)


# The ladder


def test_the_ladder_climbs_from_the_handler_to_the_superior_head(centre: Cast) -> None:
    assert queries.ladder(centre.gusu, centre.handler) == [
        [centre.handler],
        [centre.head],
        [centre.supervisor],
        [centre.superior],
    ]


def test_without_a_handler_the_first_rung_is_everybody_who_handles(centre: Cast) -> None:
    assert set(queries.ladder(centre.gusu)[0]) == {centre.handler, centre.head}


def test_a_unit_without_a_head_has_an_empty_rung(centre: Cast) -> None:
    assert queries.ladder(centre.wuzhong) == [
        [centre.other_handler],
        [],
        [centre.supervisor],
        [centre.superior],
    ]


def test_a_second_supervisor_stands_on_the_same_rung(centre: Cast) -> None:
    appoint(person=centre.leader, unit=centre.centre, role="supervisor", by=SYSTEM, at=AT)
    assert queries.ladder(centre.gusu)[2] == [centre.supervisor, centre.leader]
