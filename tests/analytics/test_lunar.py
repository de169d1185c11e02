"""The lunar new year and the weeks counted from it."""

import csv
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.analytics import lunar
from tests.analytics import sky
from tests.cast import SHARED_DATA

DAY = timedelta(days=1)
covered = st.dates(min_value=date(1990, 1, 1), max_value=date(2050, 12, 31))


def test_every_new_years_day_is_the_one_reckoned_from_the_sun_and_the_moon() -> None:
    assert len(lunar.new_years()) == 62
    assert {year: sky.new_year(year) for year in lunar.new_years()} == lunar.new_years()


def test_every_new_years_day_is_a_day_off_for_the_spring_festival_where_the_state_council_named_it() -> None:
    path = SHARED_DATA / "holidays" / "holidays_2007_2026.csv"
    if not path.exists():
        pytest.skip("shared/data is not here")
    with path.open(encoding="utf-8-sig") as file:
        off = {
            row["date"] for row in csv.DictReader(file) if row["is_off_day"] == "1" and "春节" in row["name"]
        }
    assert all(lunar.new_year(year).isoformat() in off for year in range(2007, 2027))


def test_the_first_week_begins_on_new_years_day_and_the_first_before_ends_on_the_eve() -> None:
    new, eve = date(2020, 1, 25), date(2020, 1, 24)
    assert lunar.week_of(new) == lunar.LunarWeek(2020, 1, new, date(2020, 1, 31))
    assert lunar.week_of(eve) == lunar.LunarWeek(2020, -1, date(2020, 1, 18), eve)
    assert lunar.week_of(date(2019, 12, 31)).number == -4


@given(covered)
def test_a_day_lies_in_its_week_and_the_weeks_before_and_after_touch_it(day: date) -> None:
    found = lunar.week_of(day)
    assert found.first <= day <= found.last
    assert (
        lunar.week_of(found.first)
        == lunar.week_of(found.last)
        == found
        == lunar.week(found.year, found.number)
    )
    later = lunar.week_of(found.last + DAY)
    assert later.first == found.last + DAY
    assert (later.year, later.number) in {
        (found.year, 1 if found.number == -1 else found.number + 1),
        (found.year + 1, -lunar.WEEKS_BEFORE),
    }


def test_only_the_week_before_the_turn_of_the_lunar_year_is_cut_short() -> None:
    days = [date(1990, 1, 1) + timedelta(days=number) for number in range(365 * 60)]
    weeks = sorted({lunar.week_of(day) for day in days}, key=lambda week: week.first)
    short = [(one, later) for one, later in pairwise(weeks) if (one.last - one.first).days != 6]
    assert short
    assert all(one.number > 20 and later.number == -lunar.WEEKS_BEFORE for one, later in short)


def test_days_are_aligned_by_their_distance_from_new_years_day() -> None:
    assert lunar.aligned(date(2020, 1, 25), date(2020, 1, 27)) == (date(2019, 2, 5), date(2019, 2, 7))
    assert lunar.aligned(date(2020, 1, 20), date(2020, 1, 20)) == (date(2019, 1, 31), date(2019, 1, 31))
    assert lunar.aligned(date(2019, 2, 5), date(2019, 2, 5), years=1) == (
        date(2020, 1, 25),
        date(2020, 1, 25),
    )


def test_days_with_a_new_year_among_them_are_measured_from_it_however_far_back_they_begin() -> None:
    assert lunar.anchor(date(2019, 3, 1), date(2020, 1, 25)) == date(2020, 1, 25)
    assert lunar.anchor(date(2019, 3, 1), date(2020, 1, 24)) == date(2019, 2, 5)
    assert lunar.anchor(date(2020, 1, 25), date(2021, 6, 1)) == date(2020, 1, 25)


@pytest.mark.parametrize("day", [date(1989, 1, 1), date(2051, 2, 11), date(2100, 1, 1)])
def test_a_day_outside_the_table_is_refused_with_the_years_that_are_known(day: date) -> None:
    with pytest.raises(lunar.LunarYearMissing, match="1990 to 2051"):
        lunar.week_of(day)


def test_a_week_that_a_lunar_year_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no week 40"):
        lunar.week(2020, 40)
    with pytest.raises(ValueError, match="no week 0"):
        lunar.week(2020, 0)
