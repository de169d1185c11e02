"""The shipped years against the table of the domain book, and the calendar as a value."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from suqing.lawclock.calendars import (
    SHIPPED,
    BadYearFile,
    CalendarMissing,
    DayReason,
    DayRule,
    WorkCalendar,
    read_year,
    shipped_calendar,
    shipped_years,
)
from tests.cast import SHARED_DATA

CALENDAR = shipped_calendar()

# The table of the domain book, copied by hand: off ranges and make-up working days of each year's notice.
OFF = {
    2019: "2018-12-30..2019-01-01 02-04..02-10 04-05 05-01..05-04 06-07 09-13 10-01..10-07",
    2020: "01-01 01-24..02-02 04-04..04-06 05-01..05-05 06-25..06-27 10-01..10-08",
    2021: "01-01..01-03 02-11..02-17 04-03..04-05 05-01..05-05 06-12..06-14 09-19..09-21 10-01..10-07",
    2022: "01-01..01-03 01-31..02-06 04-03..04-05 04-30..05-04 06-03..06-05 09-10..09-12 10-01..10-07",
    2023: "2022-12-31..2023-01-02 01-21..01-27 04-05 04-29..05-03 06-22..06-24 09-29..10-06",
    2024: "01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10 09-15..09-17 10-01..10-07",
    2025: "01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
    2026: "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07",
}
MAKE_UP = {
    2019: "2018-12-29 02-02 02-03 04-28 05-05 09-29 10-12",
    2020: "01-19 04-26 05-09 06-28 09-27 10-10",
    2021: "02-07 02-20 04-25 05-08 09-18 09-26 10-09",
    2022: "01-29 01-30 04-02 04-24 05-07 10-08 10-09",
    2023: "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}


def days_of(text: str, year: int) -> set[date]:
    found = set()
    for part in text.split():
        ends = [date.fromisoformat(end if len(end) == 10 else f"{year}-{end}") for end in part.split("..")]
        found |= {ends[0] + timedelta(days=n) for n in range((ends[-1] - ends[0]).days + 1)}
    return found


@pytest.mark.parametrize("year", OFF)
def test_each_year_is_as_the_domain_book_says(year: int) -> None:
    rules = next(file for file in shipped_years() if file.year == year).rules
    assert {rule.day for rule in rules if rule.is_off} == days_of(OFF[year], year)
    make_up = {rule.day for rule in rules if not rule.is_off and rule.day.weekday() >= 5}
    assert make_up == days_of(MAKE_UP[year], year)


def test_the_years_2007_to_2026_ship_with_their_notices() -> None:
    assert CALENDAR.years == frozenset(range(2007, 2027))
    assert all(paper.startswith("http") for file in shipped_years() for paper in file.papers)


def test_the_shipped_files_are_unchanged_copies() -> None:
    origin = SHARED_DATA / "holidays"
    if not origin.exists():
        pytest.skip(f"no {origin}")
    for path in SHIPPED.glob("[12]*.json"):
        assert json.loads(path.read_text()) == json.loads((origin / path.name).read_text()), path.name
    assert (SHIPPED / "LICENSE").read_text() == (origin / "LICENSE").read_text()


@pytest.mark.parametrize(
    ("day", "works", "reason", "name"),
    [
        ("2020-01-19", True, DayReason.MAKEUP_DAY, "春节"),
        ("2020-01-31", False, DayReason.HOLIDAY, "春节"),
        ("2020-02-01", False, DayReason.HOLIDAY, "春节"),
        ("2020-02-03", True, DayReason.WORKING_DAY, "春节"),
        ("2020-02-08", False, DayReason.WEEKEND, ""),
        ("2020-02-10", True, DayReason.WORKING_DAY, ""),
        ("2018-12-29", True, DayReason.MAKEUP_DAY, "元旦"),
    ],
)
def test_a_day_tells_its_reason(day: str, works: bool, reason: DayReason, name: str) -> None:
    fact = CALENDAR.describe(date.fromisoformat(day))
    assert (fact.is_working, fact.reason, fact.name) == (works, reason, name)


def test_the_notice_of_a_day_is_known() -> None:
    assert "content_5472352" in CALENDAR.describe(date(2020, 2, 2)).notice


@pytest.mark.parametrize(("year", "expected"), [(2020, 249), (2024, 251), (2026, 248)])
def test_the_working_days_of_a_year_are_weekdays_less_holidays_plus_make_up_days(
    year: int, expected: int
) -> None:
    # 2020 had 251 as first planned; the longer Spring Festival took 31 January and the make-up day of 1 February.
    assert CALENDAR.working_days(date(year - 1, 12, 31), date(year, 12, 31)) == expected


def test_no_days_lie_between_a_day_and_an_earlier_one() -> None:
    assert CALENDAR.working_days(date(2020, 2, 3), date(2020, 2, 3)) == 0
    assert CALENDAR.working_days(date(2020, 2, 3), date(2020, 1, 1)) == 0


def test_every_question_about_a_missing_year_is_loud() -> None:
    questions = [
        lambda: CALENDAR.is_working_day(date(2027, 1, 4)),
        lambda: CALENDAR.describe(date(2027, 1, 4)),
        lambda: CALENDAR.is_declared_off(date(2027, 1, 4)),
        lambda: CALENDAR.working_days(date(2026, 12, 1), date(2027, 1, 4)),
        lambda: CALENDAR.nth_working_day(date(2026, 12, 1), 60),
        lambda: CALENDAR.nth_working_day(date(2026, 12, 31), 1),
    ]
    for question in questions:
        with pytest.raises(CalendarMissing, match="2027 is missing"):
            question()
    with pytest.raises(CalendarMissing, match="2006 is missing"):
        CALENDAR.is_working_day(date(2006, 12, 30))


def test_a_gap_between_loaded_years_is_found() -> None:
    gap = WorkCalendar((), [2025, 2027])
    with pytest.raises(CalendarMissing) as missing:
        gap.nth_working_day(date(2025, 12, 1), 40)
    assert missing.value.year == 2026


def test_an_empty_calendar_names_the_year_asked_for() -> None:
    with pytest.raises(CalendarMissing, match="2020 is missing"):
        WorkCalendar((), ()).nth_working_day(date(2020, 1, 1), 1)


def test_a_number_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        CALENDAR.nth_working_day(date(2020, 1, 1), 0)


def test_edits_give_a_new_calendar_and_leave_the_old_one() -> None:
    day = date(2020, 2, 7)
    closed = CALENDAR.with_day(DayRule(day, is_off=True, name="停工", notice="通告", is_local=True))
    assert (CALENDAR.is_working_day(day), closed.is_working_day(day)) == (True, False)
    assert (CALENDAR.is_local(day), closed.is_local(day)) == (False, True)
    assert closed.without_day(day).is_working_day(day)


def test_a_year_is_added_from_its_file() -> None:
    file = read_year(
        {
            "year": 2027,
            "papers": ["https://example.org/notice"],
            "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}],
        }
    )
    longer = CALENDAR.assuming(2027).with_year(file)
    assert longer.nth_working_day(date(2026, 12, 31), 1) == date(2027, 1, 4)
    assert not longer.assumed


GOOD_DAY = {"name": "元旦", "date": "2027-01-01", "isOffDay": True}


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({}, "needs year, papers"),
        ({"year": 2027, "papers": [], "days": [GOOD_DAY]}, "papers is empty"),
        ({"year": 2027, "papers": ["x"], "days": []}, "no days"),
        ({"year": 2027, "papers": ["x"], "days": [GOOD_DAY, GOOD_DAY]}, "twice"),
        ({"year": 2027, "papers": ["x"], "days": [{**GOOD_DAY, "isOffDay": "yes"}]}, "true or false"),
        ({"year": 2027, "papers": ["x"], "days": [{**GOOD_DAY, "date": "2027-02-30"}]}, "cannot read"),
        ({"year": 2027, "papers": ["x"], "days": [{**GOOD_DAY, "date": "2025-10-01"}]}, "does not belong"),
        ({"year": 2027, "papers": ["x"], "days": ["2027-01-01"]}, "cannot read"),
    ],
)
def test_a_wrong_file_is_refused_with_the_entry(data: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadYearFile, match=complaint):
        read_year(data)
