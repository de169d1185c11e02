"""The lunar new year (正月初一), and the weeks that are counted from it.  Pure.

Only the new year's days are known here, from ``data/lunar_new_year.json`` with its source; no other lunar date is
reckoned.  Every day of 1990 to 2050 is covered, a day outside raises ``LunarYearMissing``.

The weeks tile all time: the first week after begins on new year's day itself, the first week before ends on the eve.
The WEEKS_BEFORE weeks that lead up to a new year are whole; the last week after the new year before them is cut short
where they begin, in July or August, far from any festival.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from suqing.kit.dates import DAY

TABLE = Path(__file__).parent / "data" / "lunar_new_year.json"
WEEKS_BEFORE = 26


class LunarYearMissing(ValueError):
    """The table of new year's days does not reach to this year."""

    def __init__(self, year: int) -> None:
        known = new_years()
        super().__init__(f"no lunar new year's day is known for {year}, only {min(known)} to {max(known)}")
        self.year = year


@dataclass(frozen=True, slots=True)
class LunarWeek:
    """A week counted from the new year's day of ``year``: 1, 2, … from that day on, -1, -2, … before it."""

    year: int
    number: int
    first: date
    last: date


@cache
def new_years() -> dict[int, date]:
    """New year's day of every year that is known, oldest first."""
    days = map(date.fromisoformat, json.loads(TABLE.read_text(encoding="utf-8"))["days"])
    return {day.year: day for day in days}


def new_year(year: int) -> date:
    """New year's day of the lunar year that begins in this year.  Raise LunarYearMissing."""
    try:
        return new_years()[year]
    except KeyError:
        raise LunarYearMissing(year) from None


def anchor(first: date, last: date) -> date:
    """The new year's day that some days are measured from: the first one among them, else the one whose weeks the
    first of them lies in."""
    position = bisect_right(_known(), first - DAY)
    if position < len(_known()) and _known()[position] <= last:
        return _known()[position]
    return _anchor(first)


def aligned(first: date, last: date, *, years: int = -1) -> tuple[date, date]:
    """The days at the same distance in days from the new year so many years away."""
    here = anchor(first, last)
    moved = new_year(here.year + years) - here
    return first + moved, last + moved


def week_of(day: date) -> LunarWeek:
    """The week that the day lies in."""
    new = _anchor(day)
    weeks = (day - new).days // 7  # below zero before the new year
    first = new + 7 * weeks * DAY
    last = first + 6 * DAY
    if weeks >= 0:
        last = min(last, _turn(new_year(new.year + 1)) - DAY)
    return LunarWeek(new.year, weeks + 1 if weeks >= 0 else weeks, first, last)


def week(year: int, number: int) -> LunarWeek:
    """The week of this number.  Raise ValueError where the year has none."""
    weeks = number - 1 if number > 0 else number
    found = week_of(new_year(year) + 7 * weeks * DAY)
    if (found.year, found.number) != (year, number):
        raise ValueError(f"the lunar year {year} has no week {number}")
    return found


def turns() -> tuple[date, ...]:
    """The days on which the weeks before each new year begin: weeks are counted in sevens from the last of them.  The
    last known new year's day ends what is covered."""
    return tuple(_turn(day) for day in _known())


def end() -> date:
    """The first day that is not covered."""
    return _known()[-1]


def _anchor(day: date) -> date:
    position = bisect_right(_known(), day + 7 * WEEKS_BEFORE * DAY) - 1
    if position < 0 or day >= _known()[-1]:
        raise LunarYearMissing(day.year)
    return _known()[position]


def _turn(new: date) -> date:
    """The day on which the weeks before a new year begin."""
    return new - 7 * WEEKS_BEFORE * DAY


@cache
def _known() -> tuple[date, ...]:
    return tuple(new_years().values())
