"""Calendar days and the moments at which they begin and end in a time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

DAY = timedelta(days=1)


def day_bounds(day: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """Give the first moment of the day and that of the next: a half-open range."""
    return datetime.combine(day, time.min, tz), datetime.combine(day + DAY, time.min, tz)


def range_bounds(first: date, last: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """Give the half-open range of moments of both days and all between.  Raise ValueError if reversed."""
    if last < first:
        raise ValueError(f"{last} lies before {first}")
    return day_bounds(first, tz)[0], day_bounds(last, tz)[1]


def local_day(at: datetime, tz: tzinfo) -> date:
    """Say which day it is in the zone at that moment.  Raise ValueError for a moment without a zone."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at.astimezone(tz).date()


def days(first: date, last: date) -> Iterator[date]:
    """Walk from the first day to the last, both included; nothing if reversed."""
    for offset in range((last - first).days + 1):
        yield first + offset * DAY


def same_day_last_year(day: date) -> date:
    """Give the same month and day a year before; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def week_start(day: date) -> date:
    """Give the Monday of the day's week."""
    return day - day.weekday() * DAY


def month_range(day: date) -> tuple[date, date]:
    """Give the first and the last day of the day's month."""
    first = day.replace(day=1)
    following = (first + 31 * DAY).replace(day=1)
    return first, following - DAY
