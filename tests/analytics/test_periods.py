"""Periods of every kind: which days they hold, what lies beside them, and what they are compared with."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suqing.analytics import period_codes
from suqing.analytics.lunar import LunarYearMissing
from suqing.analytics.period_kinds import KINDS, NoCounterpart, PeriodKind
from suqing.analytics.periods import CENTRE_ZONE, Against, Period

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
WEEK, TEN_DAYS, MONTH = PeriodKind.WEEK, PeriodKind.TEN_DAYS, PeriodKind.MONTH
QUARTER, YEAR, LUNAR_WEEK = PeriodKind.QUARTER, PeriodKind.YEAR, PeriodKind.LUNAR_WEEK

kinds = st.sampled_from(KINDS)
days = st.dates(min_value=date(1993, 1, 1), max_value=date(2049, 12, 31))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CENTRE_ZONE)


def spread(period: Period) -> tuple[str, str]:
    return period.first.isoformat(), period.last.isoformat()


def test_chosen_days_consist_of_themselves() -> None:
    january = Period.containing(MONTH, date(2020, 1, 5))
    assert january.split(PeriodKind.SPAN) == [Period(date(2020, 1, 1), date(2020, 1, 31))]


# Every moment has its place


@given(kinds, days, st.integers(0, 86_399_999_999))
def test_every_moment_lies_in_exactly_one_period_of_each_kind(
    kind: PeriodKind, day: date, micro: int
) -> None:
    moment = (datetime.combine(day, datetime.min.time(), CENTRE_ZONE) + micro * TICK).astimezone(UTC)
    found = Period.containing(kind, moment)
    around = (found.previous(), found, found.following())
    assert [one.bounds[0] <= moment < one.bounds[1] for one in around] == [False, True, False]


@given(kinds, days)
def test_midnight_belongs_to_the_period_that_begins_and_the_tick_before_to_the_one_that_ends(
    kind: PeriodKind, day: date
) -> None:
    found = Period.containing(kind, day)
    start, end = found.bounds
    assert Period.containing(kind, start) == found == Period.containing(kind, end - TICK)
    assert Period.containing(kind, start - TICK) == found.previous()
    assert Period.containing(kind, end) == found.following()


@given(kinds, days)
def test_the_period_before_the_next_is_the_period_itself(kind: PeriodKind, day: date) -> None:
    found = Period.containing(kind, day)
    assert found.following().previous() == found == found.previous().following()
    assert found.is_whole
    assert found.previous().bounds[1] == found.bounds[0]


@given(kinds, days, st.integers(0, 800))
def test_the_parts_of_a_range_touch_each_other_and_fill_it(
    kind: PeriodKind, first: date, length: int
) -> None:
    whole = Period(first, first + length * DAY)
    parts = whole.split(kind)
    assert (parts[0].bounds[0], parts[-1].bounds[1]) == whole.bounds
    assert all(one.bounds[1] == later.bounds[0] for one, later in pairwise(parts))
    assert all(part.is_whole for part in parts[1:-1])
    assert {part.kind for part in parts} == {kind}


@given(kinds, days, st.integers(0, 400), st.integers(0, 86_399))
def test_the_last_part_of_a_range_ends_where_the_range_is_cut_off(
    kind: PeriodKind, first: date, length: int, second: int
) -> None:
    last = first + length * DAY
    now = datetime.combine(last, datetime.min.time(), CENTRE_ZONE) + timedelta(seconds=second)
    parts = Period(first, last, now).split(kind)
    assert [part.until for part in parts] == [None] * (len(parts) - 1) + [now]


@given(kinds, days, st.integers(0, 86_399))
def test_what_runs_now_is_compared_with_as_much_and_with_nothing_of_itself(
    kind: PeriodKind, day: date, second: int
) -> None:
    now = datetime.combine(day, datetime.min.time(), CENTRE_ZONE) + timedelta(seconds=second)
    running = Period.containing(kind, day, now)
    base = running.previous()
    assert running.bounds[1] == now
    assert base.bounds[1] <= running.bounds[0]
    assert base.length <= running.length + (2 if kind is QUARTER else 1 if kind is YEAR else 0)
    if base.until is not None:
        assert base.until.astimezone(CENTRE_ZONE).time() == now.time()


@given(kinds, days, st.sampled_from(Against))
def test_a_base_lies_before_and_is_about_as_long(kind: PeriodKind, day: date, against: Against) -> None:
    found = Period.containing(kind, day)
    try:
        base = found.base(against)
    except NoCounterpart:
        assume(False)
    assert base.last < found.first
    assert abs(base.length - found.length) <= (3 if kind is not LUNAR_WEEK else 6)


# Lengths of months, ends of years, leap days


@pytest.mark.parametrize(
    ("kind", "day", "first", "last", "label"),
    [
        (WEEK, "2021-01-03", "2020-12-28", "2021-01-03", "week 53 of 2020"),
        (WEEK, "2019-12-30", "2019-12-30", "2020-01-05", "week 1 of 2020"),
        (TEN_DAYS, "2020-01-10", "2020-01-01", "2020-01-10", "month 1 of 2020, days 1 to 10"),
        (TEN_DAYS, "2020-01-11", "2020-01-11", "2020-01-20", "month 1 of 2020, days 11 to 20"),
        (TEN_DAYS, "2020-02-29", "2020-02-21", "2020-02-29", "month 2 of 2020, day 21 to the end"),
        (TEN_DAYS, "2020-01-31", "2020-01-21", "2020-01-31", "month 1 of 2020, day 21 to the end"),
        (MONTH, "2021-02-28", "2021-02-01", "2021-02-28", "month 2 of 2021"),
        (QUARTER, "2020-12-31", "2020-10-01", "2020-12-31", "quarter 4 of 2020"),
        (YEAR, "2020-12-31", "2020-01-01", "2020-12-31", "year 2020"),
        (LUNAR_WEEK, "2020-01-25", "2020-01-25", "2020-01-31", "week 1 from the lunar new year of 2020"),
        (LUNAR_WEEK, "2020-01-24", "2020-01-18", "2020-01-24", "week 1 before the lunar new year of 2020"),
        (PeriodKind.DAY, "2020-02-29", "2020-02-29", "2020-02-29", "2020-2-29"),
    ],
)
def test_a_period_holds_these_days_and_is_called_so(
    kind: PeriodKind, day: str, first: str, last: str, label: str
) -> None:
    found = Period.containing(kind, date.fromisoformat(day))
    assert spread(found) == (first, last)
    assert found.label.said() == label


@pytest.mark.parametrize(
    ("kind", "day", "before", "year_before"),
    [
        (MONTH, "2020-03-01", ("2020-02-01", "2020-02-29"), ("2019-03-01", "2019-03-31")),
        (MONTH, "2020-02-01", ("2020-01-01", "2020-01-31"), ("2019-02-01", "2019-02-28")),
        (MONTH, "2021-02-01", ("2021-01-01", "2021-01-31"), ("2020-02-01", "2020-02-29")),
        (TEN_DAYS, "2020-03-05", ("2020-02-21", "2020-02-29"), ("2019-03-01", "2019-03-10")),
        (TEN_DAYS, "2020-01-25", ("2020-01-11", "2020-01-20"), ("2019-01-21", "2019-01-31")),
        (WEEK, "2020-01-01", ("2019-12-23", "2019-12-29"), ("2018-12-31", "2019-01-06")),
        (QUARTER, "2020-01-01", ("2019-10-01", "2019-12-31"), ("2019-01-01", "2019-03-31")),
        (YEAR, "2020-01-01", ("2019-01-01", "2019-12-31"), ("2019-01-01", "2019-12-31")),
        (PeriodKind.DAY, "2020-02-29", ("2020-02-28", "2020-02-28"), ("2019-02-28", "2019-02-28")),
        (LUNAR_WEEK, "2020-01-25", ("2020-01-18", "2020-01-24"), ("2019-01-25", "2019-01-31")),
    ],
)
def test_a_whole_period_is_compared_with_whole_ones(
    kind: PeriodKind, day: str, before: tuple[str, str], year_before: tuple[str, str]
) -> None:
    found = Period.containing(kind, date.fromisoformat(day))
    assert (spread(found.previous()), spread(found.same_last_year())) == (before, year_before)
    assert found.previous().is_whole
    assert found.same_last_year().is_whole


def test_a_53rd_week_has_nothing_to_compare_with_after_a_year_of_52() -> None:
    last = Period.containing(WEEK, date(2020, 12, 31))
    with pytest.raises(NoCounterpart, match="2019 has no week 53"):
        last.same_last_year()
    assert spread(last.previous()) == ("2020-12-21", "2020-12-27")


def test_chosen_days_are_compared_with_as_many_before_and_with_the_same_calendar_days() -> None:
    found = Period(date(2020, 2, 20), date(2020, 2, 29), at("2020-02-29T10:00"))
    assert spread(found.previous()) == ("2020-02-10", "2020-02-19")
    assert found.previous().until == at("2020-02-19T10:00")
    assert spread(found.same_last_year()) == ("2019-02-20", "2019-02-28")
    assert spread(Period(date(2020, 2, 20), date(2020, 2, 29)).following()) == ("2020-03-01", "2020-03-10")


# Cut off


@pytest.mark.parametrize(
    ("kind", "now", "before", "until"),
    [
        (MONTH, "2020-11-23T10:00", ("2020-10-01", "2020-10-23"), "2020-10-23T10:00"),
        (MONTH, "2021-03-30T10:00", ("2021-02-01", "2021-02-28"), None),
        (MONTH, "2021-02-28T10:00", ("2021-01-01", "2021-01-28"), "2021-01-28T10:00"),
        (TEN_DAYS, "2020-01-31T10:00", ("2020-01-11", "2020-01-20"), None),
        (TEN_DAYS, "2020-03-02T10:00", ("2020-02-21", "2020-02-22"), "2020-02-22T10:00"),
        (QUARTER, "2021-05-15T10:00", ("2021-01-01", "2021-02-15"), "2021-02-15T10:00"),
        (QUARTER, "2021-05-31T10:00", ("2021-01-01", "2021-02-28"), None),
        (YEAR, "2021-03-01T10:00", ("2020-01-01", "2020-03-01"), "2020-03-01T10:00"),
        (YEAR, "2020-02-29T10:00", ("2019-01-01", "2019-02-28"), None),
        (WEEK, "2020-01-01T00:00", ("2019-12-23", "2019-12-25"), "2019-12-25T00:00"),
        (LUNAR_WEEK, "2020-01-27T10:00", ("2020-01-18", "2020-01-20"), "2020-01-20T10:00"),
        (PeriodKind.DAY, "2020-01-27T10:00", ("2020-01-26", "2020-01-26"), "2020-01-26T10:00"),
    ],
)
def test_what_is_not_over_is_compared_up_to_the_same_place(
    kind: PeriodKind, now: str, before: tuple[str, str], until: str | None
) -> None:
    base = Period.containing(kind, at(now), at(now)).previous()
    assert spread(base) == before
    assert base.until == (at(until) if until else None)


def test_a_period_that_is_over_is_not_cut_off() -> None:
    found = Period.containing(MONTH, date(2020, 1, 5), at("2020-02-03T10:00"))
    assert spread(found) == ("2020-01-01", "2020-01-31")
    assert found.is_whole


def test_a_part_of_a_month_is_called_by_its_days_and_compared_with_the_same_part() -> None:
    part = Period(date(2020, 3, 5), date(2020, 3, 31), kind=MONTH)
    assert part.label.said() == "2020-03-05 to 2020-03-31"
    assert not part.is_whole
    assert spread(part.previous()) == ("2020-02-05", "2020-02-29")
    with pytest.raises(NoCounterpart):
        Period(date(2021, 3, 30), date(2021, 3, 31), kind=MONTH).previous()


def test_days_of_two_months_are_no_month() -> None:
    with pytest.raises(ValueError, match="more than one month"):
        Period(date(2020, 1, 20), date(2020, 2, 1), kind=MONTH)
    with pytest.raises(ValueError, match="not found by one"):
        Period.containing(PeriodKind.SPAN, date(2020, 1, 1))


# Aligned to the lunar new year


def test_days_are_compared_with_those_as_far_from_new_years_day() -> None:
    three = Period(date(2020, 1, 25), date(2020, 1, 27), at("2020-01-27T15:30"))
    assert spread(three.base(Against.LUNAR_YEAR)) == ("2019-02-05", "2019-02-07")
    assert three.base(Against.LUNAR_YEAR).until == at("2019-02-07T15:30")


def test_a_week_of_the_lunar_year_is_compared_with_the_week_of_the_same_number() -> None:
    found = Period.containing(LUNAR_WEEK, date(2020, 1, 30))
    assert found.base(Against.LUNAR_YEAR) == Period.containing(LUNAR_WEEK, date(2019, 2, 5))
    running = Period.containing(LUNAR_WEEK, date(2020, 1, 20), at("2020-01-20T08:00"))
    assert running.base(Against.LUNAR_YEAR).kind is LUNAR_WEEK
    assert spread(running.base(Against.LUNAR_YEAR)) == ("2019-01-29", "2019-01-31")


def test_days_longer_than_a_lunar_year_are_not_compared_with_themselves() -> None:
    with pytest.raises(NoCounterpart, match="reach into each other"):
        Period.containing(YEAR, date(2020, 6, 1)).base(Against.LUNAR_YEAR)


def test_a_year_without_a_known_new_year_is_refused() -> None:
    with pytest.raises(LunarYearMissing):
        Period.of_day(date(1990, 3, 1)).base(Against.LUNAR_YEAR)


# One chosen day is a day; kept and named


def test_one_chosen_day_is_a_day_and_more_days_are_chosen_again() -> None:
    monday = date(2020, 1, 27)
    assert Period(monday, monday) == Period.of_day(monday)
    assert Period.of_day(monday).extended_back(6).kind is PeriodKind.SPAN


@given(kinds, days, st.booleans())
def test_a_period_survives_json_and_old_json_is_still_read(kind: PeriodKind, day: date, is_cut: bool) -> None:
    now = datetime.combine(day, datetime.min.time(), CENTRE_ZONE) if is_cut else None
    found = Period.containing(kind, day, now)
    assert Period.from_json(found.to_json()) == found
    assert Period.from_json({"first": "2020-01-01", "last": "2020-01-31"}).kind is PeriodKind.SPAN


@given(kinds, days)
def test_the_short_name_of_a_period_finds_it_again(kind: PeriodKind, day: date) -> None:
    found = Period.containing(kind, day)
    again = period_codes.parse(period_codes.code(found))
    assert spread(again) == spread(found)
    assert found.length == 1 or again == found


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2020-01-27", "2020-01-27", "2020-01-27"),
        ("2020-W53", "2020-12-28", "2021-01-03"),
        ("2020-02-T3", "2020-02-21", "2020-02-29"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2020-Q4", "2020-10-01", "2020-12-31"),
        ("2020", "2020-01-01", "2020-12-31"),
        ("2020-L-1", "2020-01-18", "2020-01-24"),
        ("2020-01-20..2020-02-03", "2020-01-20", "2020-02-03"),
    ],
)
def test_short_names_mean_these_days(name: str, first: str, last: str) -> None:
    assert spread(period_codes.parse(name)) == (first, last)
    assert period_codes.code(period_codes.parse(name)) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "2020-13",
        "2019-02-29",
        "2019-W53",
        "2020-Q5",
        "2020-L0",
        "2020-L99",
        "2020-02-03..2020-01-01",
        "今天",
    ],
)
def test_a_name_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(period_codes.BadPeriodCode):
        period_codes.parse(name)
