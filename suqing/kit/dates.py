"""Calendar days and the moments at which they begin and end in a time zone."""

from __future__ import annotations

from calendar import monthrange
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
    return first, first.replace(day=monthrange(day.year, day.month)[1])


def third_of_month(day: date) -> int:
    """Say which third of its month (旬) the day lies in, 0 to 2: days 1 to 10, 11 to 20, 21 to the end."""
    return min((day.day - 1) // 10, 2)


def ten_days_range(day: date) -> tuple[date, date]:
    """Give the first and the last day of the day's third of a month."""
    first, last = month_range(day)
    third = third_of_month(day)
    return first + 10 * third * DAY, last if third == 2 else first + (10 * third + 9) * DAY


def quarter_range(day: date) -> tuple[date, date]:
    """Give the first and the last day of the day's quarter."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    return first, month_range(date(day.year, first.month + 2, 1))[1]


def year_range(day: date) -> tuple[date, date]:
    """Give the first and the last day of the day's calendar year."""
    return date(day.year, 1, 1), date(day.year, 12, 31)


def week_range(day: date) -> tuple[date, date]:
    """Give the Monday and the Sunday of the day's week."""
    return week_start(day), week_start(day) + 6 * DAY


def month_away(day: date, months: int) -> date:
    """Give the same day of the month so many months away, or the last one of a month that is too short."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first, last = month_range(date(years, month + 1, 1))
    return min(first + (day.day - 1) * DAY, last)


def day_number(day: date) -> int:
    """Say how many days the day is after 1 January 1970."""
    return (day - date(1970, 1, 1)).days
