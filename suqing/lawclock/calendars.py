"""The working-day calendar: Monday to Friday, corrected by what the State Council's yearly notice declares.

A year is usable only when its notice was loaded; a missing year is an error that says how to add it.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "data" / "calendars"
ONE_DAY = timedelta(days=1)


class CalendarMissing(LookupError):
    """The working-day calendar of a year is not loaded, so a deadline that touches it cannot be counted."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            f"The working-day calendar of {year} is missing. Write the days of the State Council's holiday "
            f"notice for {year} into {year}.json (format: docs/law-clock.md) and load it with: "
            f"suqing calendars import {year}.json. Until the notice is out, suqing calendars assume {year} "
            f"counts Monday to Friday and marks every deadline that touches {year} as provisional."
        )


class BadYearFile(ValueError):
    """A year's file cannot be used; the message says which entry is wrong."""


class DayReason(StrEnum):
    """Why a day is a working day or not."""

    WORKING_DAY = "working_day"
    MAKEUP_DAY = "makeup_day"  # a Saturday or Sunday declared a working day (调休)
    WEEKEND = "weekend"
    HOLIDAY = "holiday"  # declared off in the notice


@dataclass(frozen=True, slots=True)
class DayRule:
    """One day that a notice, or a local edit, declares off or working."""

    day: date
    is_off: bool
    name: str = ""
    notice: str = ""
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class DayFact:
    """What the calendar knows about one day."""

    day: date
    is_working: bool
    reason: DayReason
    name: str = ""
    notice: str = ""
    is_local: bool = False
    is_assumed: bool = False


@dataclass(frozen=True, slots=True)
class YearFile:
    """One year's notice as data."""

    year: int
    papers: tuple[str, ...]
    rules: tuple[DayRule, ...]


class WorkCalendar:
    """Which days are working days; a value, never changed in place.

    ``years`` are those with a notice; ``assumed`` are years without one that somebody decided to count as
    plain Monday to Friday until the notice comes (see ``assuming``).
    """

    def __init__(
        self,
        rules: Iterable[DayRule],
        years: Iterable[int],
        *,
        assumed: Iterable[int] = (),
        version: int = 0,
    ) -> None:
        self._rules: Mapping[date, DayRule] = {rule.day: rule for rule in rules}
        self.years = frozenset(years)
        self.assumed = frozenset(assumed) - self.years
        self.version = version
        covered = self.years | self.assumed
        # A day of a year that is not covered must never be counted, even if a neighbour's notice names it.
        self._working = [
            number
            for year in sorted(covered)
            for number in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
            if self._works(date.fromordinal(number))
        ]

    def _works(self, day: date) -> bool:
        rule = self._rules.get(day)
        return day.weekday() < 5 if rule is None else not rule.is_off

    def covers(self, year: int) -> bool:
        """Whether days of this year may be counted."""
        return year in self.years or year in self.assumed

    def require(self, first: int, last: int) -> None:
        """Raise CalendarMissing for the first year in ``first..last`` that is not covered."""
        for year in range(first, last + 1):
            if not self.covers(year):
                raise CalendarMissing(year)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on this day."""
        self.require(day.year, day.year)
        return self._works(day)

    def is_declared_off(self, day: date) -> bool:
        """Whether a notice or local edit declares the day off; an ordinary weekend is not declared."""
        self.require(day.year, day.year)
        rule = self._rules.get(day)
        return rule is not None and rule.is_off

    def is_local(self, day: date) -> bool:
        """Whether a local edit, not the notice, says how this day is."""
        rule = self._rules.get(day)
        return rule is not None and rule.is_local

    def describe(self, day: date) -> DayFact:
        """Give the day's state with the reason, the holiday's name and the notice."""
        works = self.is_working_day(day)
        weekend = day.weekday() >= 5
        assumed = day.year in self.assumed
        rule = self._rules.get(day)
        if rule is None:
            plain = DayReason.WEEKEND if weekend else DayReason.WORKING_DAY
            return DayFact(day, works, plain, is_assumed=assumed)
        if rule.is_off:
            reason = DayReason.HOLIDAY
        else:
            reason = DayReason.MAKEUP_DAY if weekend else DayReason.WORKING_DAY
        return DayFact(day, works, reason, rule.name, rule.notice, rule.is_local, assumed)

    def working_days(self, after: date, upto: date) -> int:
        """Count the working days later than ``after`` up to and including ``upto``; 0 when there are none."""
        if upto <= after:
            return 0
        self.require((after + ONE_DAY).year, upto.year)
        return bisect_right(self._working, upto.toordinal()) - bisect_right(self._working, after.toordinal())

    def nth_working_day(self, after: date, number: int) -> date:
        """Give the ``number``-th working day later than ``after`` (1 = the next one)."""
        if number < 1:
            raise ValueError(f"number must be at least 1, not {number}")
        first = (after + ONE_DAY).year
        self.require(first, first)
        index = bisect_right(self._working, after.toordinal()) + number - 1
        if index >= len(self._working):
            self.require(first, max(self.years | self.assumed) + 1)
        found = date.fromordinal(self._working[index])
        self.require(first, found.year)
        return found

    def with_day(self, rule: DayRule) -> WorkCalendar:
        """Give a calendar in which this day is as the rule says."""
        return self._copy({**self._rules, rule.day: rule}.values(), self.assumed)

    def without_day(self, day: date) -> WorkCalendar:
        """Give a calendar in which nothing is declared about this day."""
        return self._copy([rule for rule in self._rules.values() if rule.day != day], self.assumed)

    def with_year(self, year: YearFile) -> WorkCalendar:
        """Give a calendar that also covers this year."""
        rules = {**self._rules, **{rule.day: rule for rule in year.rules}}
        return WorkCalendar(rules.values(), self.years | {year.year}, assumed=self.assumed)

    def assuming(self, *years: int) -> WorkCalendar:
        """Give a calendar that counts years without a notice as Monday to Friday.

        Every deadline counted through such a year says so (``Deadline.assumed_years``) and must be counted
        again when the notice is loaded.
        """
        return self._copy(self._rules.values(), self.assumed | set(years))

    def _copy(self, rules: Iterable[DayRule], assumed: Iterable[int]) -> WorkCalendar:
        return WorkCalendar(rules, self.years, assumed=assumed)


def read_year(data: Mapping[str, Any]) -> YearFile:
    """Read one year's file.  Raise BadYearFile when an entry is wrong."""
    try:
        year = int(data["year"])
        papers = tuple(str(paper) for paper in data["papers"])
        entries = list(data["days"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadYearFile("The file needs year, papers (a list) and days (a list).") from error
    if not papers:
        raise BadYearFile(f"{year}: papers is empty; name the notice the days were read from.")
    rules = tuple(_read_day(year, entry, " ".join(papers)) for entry in entries)
    if not rules:
        raise BadYearFile(f"{year}: no days; every year declares holidays.")
    if len({rule.day for rule in rules}) != len(rules):
        raise BadYearFile(f"{year}: a date occurs twice.")
    return YearFile(year, papers, rules)


def _read_day(year: int, entry: Any, notice: str) -> DayRule:
    try:
        day, is_off, name = date.fromisoformat(entry["date"]), entry["isOffDay"], str(entry["name"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadYearFile(f"{year}: cannot read the day {entry!r}.") from error
    if not isinstance(is_off, bool):
        raise BadYearFile(f"{year}: isOffDay of {day} must be true or false.")
    # A notice may reach into the last days of the year before or the first of the year after, never further.
    if not date(year - 1, 12, 1) <= day <= date(year + 1, 1, 31):
        raise BadYearFile(f"{year}: {day} does not belong to this year's notice.")
    return DayRule(day, is_off, name, notice)


def shipped_years() -> list[YearFile]:
    """Read the years that come with the product, oldest first."""
    files = sorted(SHIPPED.glob("[12]*.json"))
    return [read_year(json.loads(path.read_text(encoding="utf-8"))) for path in files]


def shipped_calendar() -> WorkCalendar:
    """Build the calendar of the shipped years, without local edits."""
    years = shipped_years()
    return WorkCalendar(
        [rule for year in years for rule in year.rules],
        [year.year for year in years],
    )
