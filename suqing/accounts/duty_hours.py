"""Duty hours: the ordinary ones of the week, and the hours that somebody is on duty beyond them.  Pure.

Which days are working days is law and therefore not known here: whoever asks hands in the test of a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
HORIZON = 60  # days within which there must be a duty hour; no holiday is nearly as long

Works = Callable[[date], bool]
Hours = tuple[time, time]
Span = tuple[datetime, datetime]


class BadHours(ValueError):
    """The week is not seven entries of a start and a later end, or has no hours at all."""


def weekdays_only(day: date) -> bool:
    """The test of a working day where no calendar is known."""
    return day.weekday() < 5


def read_week(given: object) -> tuple[Hours | None, ...]:
    """Read seven entries from Monday on: ["09:00", "17:30"] or [] for a day off.  Raise BadHours."""
    if not isinstance(given, list | tuple) or len(given) != 7:
        raise BadHours("a week has seven entries, from Monday on")
    week = tuple(_read_day(day) for day in given)
    if not any(week):
        raise BadHours("at least one day of the week has hours")
    return week


def _read_day(given: object) -> Hours | None:
    if not isinstance(given, list | tuple) or len(given) not in (0, 2):
        raise BadHours("a day has a start and an end, or nothing")
    if not given:
        return None
    try:
        start, end = (time.fromisoformat(str(part)) for part in given)
    except ValueError:
        raise BadHours("hours are written 09:00") from None
    if start >= end or start.tzinfo is not None or end.tzinfo is not None:
        raise BadHours("the end is later than the start")
    return start, end


@dataclass(frozen=True, slots=True)
class DutyTimes:
    """The ordinary hours on working days, and further spans in which somebody is on duty."""

    week: Sequence[Hours | None]
    works: Works = weekdays_only
    extra: Sequence[Span] = ()

    def covers(self, at: datetime) -> bool:
        """Whether the moment lies in duty hours; the end of a span does not."""
        return any(start <= at < end for start, end in self._spans(at))

    def next_moment(self, at: datetime) -> datetime:
        """The moment itself if it lies in duty hours, else the next beginning of some."""
        return self.after(at, timedelta(0))

    def after(self, at: datetime, amount: timedelta) -> datetime:
        """The moment at which so much duty time has passed since ``at``; never outside duty hours."""
        left = amount
        for start, end in self._spans(at):
            begin = max(start, at)
            if end <= at:
                continue
            if begin + left < end:
                return begin + left
            left -= end - begin
        return at + timedelta(days=HORIZON) + left  # nobody is on duty for two months: not never

    def _spans(self, at: datetime) -> list[Span]:
        """The spans from the day of ``at`` on, merged, in order."""
        first = at.astimezone(ZONE).date()
        days = (first + timedelta(days=number) for number in range(HORIZON))
        ordinary = (self._ordinary(day) for day in days)
        return _merged([*(span for span in ordinary if span), *(span for span in self.extra if span[1] > at)])

    def _ordinary(self, day: date) -> Span | None:
        if not self.works(day):
            return None
        # A Saturday or Sunday that is worked in exchange for another day has the hours of an ordinary day.
        hours = self.week[day.weekday()] or next(filter(None, self.week))
        start, end = hours
        return datetime.combine(day, start, ZONE), datetime.combine(day, end, ZONE)


def _merged(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
