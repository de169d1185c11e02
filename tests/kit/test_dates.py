"""Days and their bounds."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.kit import dates

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_day_begins_at_local_midnight_and_ends_where_the_next_begins() -> None:
    start, end = dates.day_bounds(date(2020, 1, 27), SHANGHAI)
    assert start.astimezone(UTC) == datetime(2020, 1, 26, 16, tzinfo=UTC)
    assert end == dates.day_bounds(date(2020, 1, 28), SHANGHAI)[0]


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 30)), st.integers(0, 86_399))
def test_every_moment_lies_in_the_bounds_of_its_own_day(day: date, second: int) -> None:
    start, end = dates.day_bounds(day, SHANGHAI)
    moment = start + timedelta(seconds=second)
    assert start <= moment < end
    assert dates.local_day(moment.astimezone(UTC), SHANGHAI) == day


def test_a_moment_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        dates.local_day(datetime(2020, 1, 1), SHANGHAI)  # noqa: DTZ001 - that is what is tested


def test_the_day_a_year_before_a_leap_day_is_the_28th() -> None:
    assert dates.same_day_last_year(date(2020, 2, 29)) == date(2019, 2, 28)
    assert dates.same_day_last_year(date(2020, 3, 1)) == date(2019, 3, 1)


def test_days_weeks_and_months() -> None:
    assert list(dates.days(date(2020, 2, 28), date(2020, 3, 1)))[1] == date(2020, 2, 29)
    assert list(dates.days(date(2020, 2, 2), date(2020, 2, 1))) == []
    assert dates.week_start(date(2020, 2, 2)) == date(2020, 1, 27)
    assert dates.month_range(date(2020, 2, 10)) == (date(2020, 2, 1), date(2020, 2, 29))
    assert dates.month_range(date(2020, 12, 31)) == (date(2020, 12, 1), date(2020, 12, 31))


def test_a_range_covers_both_its_days_and_refuses_to_run_backwards() -> None:
    start, end = dates.range_bounds(date(2020, 1, 24), date(2020, 1, 25), SHANGHAI)
    assert end - start == timedelta(days=2)
    with pytest.raises(ValueError, match="before"):
        dates.range_bounds(date(2020, 1, 25), date(2020, 1, 24), SHANGHAI)


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2020, 3, 31), -1, date(2020, 2, 29)),
        (date(2021, 3, 31), -1, date(2021, 2, 28)),
        (date(2020, 1, 15), -1, date(2019, 12, 15)),
        (date(2020, 11, 30), 3, date(2021, 2, 28)),
        (date(2020, 2, 29), -12, date(2019, 2, 28)),
    ],
)
def test_a_month_away_is_the_same_day_or_the_last_one_of_a_shorter_month(
    day: date, months: int, found: date
) -> None:
    assert dates.month_away(day, months) == found


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 30)))
def test_the_thirds_of_a_month_tile_it(day: date) -> None:
    first, last = dates.ten_days_range(day)
    assert first <= day <= last
    assert first.day in {1, 11, 21}
    assert dates.ten_days_range(last + dates.DAY)[0] == last + dates.DAY
    assert dates.quarter_range(day)[0] <= day <= dates.quarter_range(day)[1]
    assert dates.year_range(day) == (date(day.year, 1, 1), date(day.year, 12, 31))
