"""Days of the script: how they follow one another and on which of them offices work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from suqing.lawclock.calendars import WorkCalendar, shipped_calendar

DAY = timedelta(days=1)


class OutOfScript(ValueError):
    """The script has no such day."""

    def __init__(self, day: date, *known: tuple[date, date]) -> None:
        covered = " and ".join(f"{first} to {last}" for first, last in known)
        super().__init__(f"the script covers {covered}, not {day}")
        self.day = day


def days(first: date, last: date) -> Iterator[date]:
    """Give the days from the first to the last, both included."""
    while first <= last:
        yield first
        first += DAY


@lru_cache(maxsize=20_000)
def is_office_day(day: date) -> bool:
    """Say whether the bureaus' offices work on this day (the State Council's notices, as shipped)."""
    return _calendar().is_working_day(day)


@lru_cache(maxsize=20_000)
def is_holiday(day: date) -> bool:
    """Say whether the day is off by a notice, not as an ordinary weekend."""
    return _calendar().is_declared_off(day)


@lru_cache(maxsize=1)
def _calendar() -> WorkCalendar:
    return shipped_calendar()
