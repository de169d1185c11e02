"""How many days, and which day is the n-th: the counting under ``arithmetic``, without any law in it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from suqing.lawclock.calendars import ONE_DAY, WorkCalendar
from suqing.lawclock.policies import Rolling, Unit

Periods = Sequence[tuple[date, date]]


def count(unit: Unit, after: date, upto: date, calendar: WorkCalendar) -> int:
    """Count days of a unit later than ``after`` up to and including ``upto``."""
    if unit is Unit.WORKING_DAY:
        return calendar.working_days(after, upto)
    return max(0, (upto - after).days)


def nth(unit: Unit, start: date, number: int, calendar: WorkCalendar) -> date:
    """Give the ``number``-th day of a unit after the start day, or the same date ``number`` years later."""
    if unit is Unit.WORKING_DAY:
        return calendar.nth_working_day(start, number)
    if unit is Unit.CALENDAR_DAY:
        return start + timedelta(days=number)
    return same_date(start, number)


def same_date(start: date, years: int) -> date:
    """Give the same date some years later; 29 February becomes the last day of February."""
    year = start.year + years
    return date(year, start.month, min(start.day, monthrange(year, start.month)[1]))


def last_day(unit: Unit, start: date, number: int, calendar: WorkCalendar, excluded: Periods) -> date:
    """Give the day with the ``number``-th count, skipping the disjoint, ordered ``excluded`` periods.

    Each period that begins before the last day pushes it on by the days of the unit inside the period.
    """
    day = nth(unit, start, number, calendar)
    for first, last in excluded:
        if first > day:
            break
        number += count(unit, max(first - ONE_DAY, start), last, calendar)
        day = nth(unit, start, number, calendar)
    return day


def counted(unit: Unit, start: date, upto: date, calendar: WorkCalendar, excluded: Periods) -> int:
    """Count the days of a unit after ``start`` up to ``upto`` that lie outside the excluded periods."""
    total = count(unit, start, upto, calendar)
    for first, last in excluded:
        total -= count(unit, max(first - ONE_DAY, start), min(last, upto), calendar)
    return total


def roll(day: date, calendar: WorkCalendar, rolling: Rolling) -> date:
    """Move a last day past days off, as the policy says (O121 art. 45, PROC art. 80)."""
    if rolling is Rolling.DECLARED_OFF_DAYS:
        while calendar.is_declared_off(day):
            day += ONE_DAY
    elif rolling is Rolling.EVERY_OFF_DAY:
        while not calendar.is_working_day(day):
            day += ONE_DAY
    return day
