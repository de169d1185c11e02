"""The kinds of period: which days belong together, what a period is called, and where it lies in another one.  Pure.

Every day lies in exactly one period of each kind.  ``SPAN`` is the exception: days that somebody chose, which have no
neighbours of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from suqing.analytics import lunar
from suqing.kit import dates
from suqing.kit.dates import DAY

N_ = str  # marks an English message id for the catalogue; the page translates it


class PeriodKind(StrEnum):
    """What the days of a period are to each other."""

    SPAN = "span"
    DAY = "day"
    WEEK = "week"  # ISO 8601: Monday to Sunday
    TEN_DAYS = "ten_days"  # 旬
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    LUNAR_WEEK = "lunar_week"  # counted from 正月初一


Range = tuple[date, date]

KIND_LABELS = {
    PeriodKind.SPAN: N_("chosen days"),
    PeriodKind.DAY: N_("day"),
    PeriodKind.WEEK: N_("week"),
    PeriodKind.TEN_DAYS: N_("ten days"),
    PeriodKind.MONTH: N_("month"),
    PeriodKind.QUARTER: N_("quarter"),
    PeriodKind.YEAR: N_("year"),
    PeriodKind.LUNAR_WEEK: N_("week of the lunar year"),
}

# Those that are made of calendar months.
MONTHS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)


class NoCounterpart(ValueError):
    """There is no such period to compare with: no 53rd week, or no such day in the shorter month."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a period is called: an English message id and what is put into it."""

    text: str
    values: Mapping[str, int | str] = field(default_factory=dict)

    def said(self, translate: Callable[[str], str] = str) -> str:
        """The words in the language of ``translate``, which takes a message id."""
        return translate(self.text) % self.values


def _lunar_range(day: date) -> Range:
    found = lunar.week_of(day)
    return found.first, found.last


_RANGES: dict[PeriodKind, Callable[[date], Range]] = {
    PeriodKind.DAY: lambda day: (day, day),
    PeriodKind.WEEK: dates.week_range,
    PeriodKind.TEN_DAYS: dates.ten_days_range,
    PeriodKind.MONTH: dates.month_range,
    PeriodKind.QUARTER: dates.quarter_range,
    PeriodKind.YEAR: dates.year_range,
    PeriodKind.LUNAR_WEEK: _lunar_range,
}

KINDS = tuple(_RANGES)  # those that tile time


def whole(kind: PeriodKind, day: date) -> Range:
    """The first and the last day of the period of this kind that the day lies in.  Raise LunarYearMissing."""
    return _RANGES[kind](day)


def before(kind: PeriodKind, first: date) -> Range:
    """The whole period before the one that ``first`` lies in."""
    return whole(kind, whole(kind, first)[0] - DAY)


def after(kind: PeriodKind, last: date) -> Range:
    """The whole period after the one that ``last`` lies in."""
    return whole(kind, whole(kind, last)[1] + DAY)


def year_before(kind: PeriodKind, first: date) -> Range:
    """The whole period of the same name a year before: the same ISO week, the same third of the same month.

    A day and a week of the lunar year have no name in a calendar year: theirs are the same calendar days.
    Raise NoCounterpart for an ISO week 53 after a year of 52 weeks.
    """
    begin, end = whole(kind, first)
    if kind is PeriodKind.WEEK:
        year, week, _ = begin.isocalendar()
        try:
            monday = date.fromisocalendar(year - 1, week, 1)
        except ValueError:
            raise NoCounterpart(f"{year - 1} has no week {week}") from None
        return monday, monday + 6 * DAY
    if kind in (PeriodKind.DAY, PeriodKind.LUNAR_WEEK):
        return dates.same_day_last_year(begin), dates.same_day_last_year(end)
    return whole(kind, begin.replace(year=begin.year - 1))


def place(kind: PeriodKind, day: date, here: date, there: Range) -> tuple[date, bool]:
    """The day that lies within ``there`` as ``day`` lies within the period that begins ``here``, and True; where there
    is none, the last one before it and False.

    Periods made of months keep the day of the month, all others count days.
    """
    if kind in MONTHS:
        months = (there[0].year - here.year) * 12 + there[0].month - here.month
        found = dates.month_away(day, months)
        return found, found.day == day.day
    found = there[0] + (day - here)
    return min(found, there[1]), found <= there[1]


def label(kind: PeriodKind, first: date, last: date) -> Label:
    """What the whole period of these days is called; chosen days are called by their ends."""
    if kind is PeriodKind.SPAN:
        return Label(N_("%(first)s to %(last)s"), {"first": first.isoformat(), "last": last.isoformat()})
    return _LABELS[kind](first)


def _day_label(first: date) -> Label:
    return Label(
        N_("%(year)d-%(month)d-%(day)d"), {"year": first.year, "month": first.month, "day": first.day}
    )


def _week_label(first: date) -> Label:
    year, week, _ = first.isocalendar()
    return Label(N_("week %(week)d of %(year)d"), {"year": year, "week": week})


_THIRDS = (
    N_("month %(month)d of %(year)d, days 1 to 10"),
    N_("month %(month)d of %(year)d, days 11 to 20"),
    N_("month %(month)d of %(year)d, day 21 to the end"),
)


def _third_label(first: date) -> Label:
    return Label(_THIRDS[dates.third_of_month(first)], {"year": first.year, "month": first.month})


def _month_label(first: date) -> Label:
    return Label(N_("month %(month)d of %(year)d"), {"year": first.year, "month": first.month})


def _quarter_label(first: date) -> Label:
    return Label(
        N_("quarter %(quarter)d of %(year)d"), {"year": first.year, "quarter": (first.month + 2) // 3}
    )


def _year_label(first: date) -> Label:
    return Label(N_("year %(year)d"), {"year": first.year})


def _lunar_label(first: date) -> Label:
    found = lunar.week_of(first)
    values = {"year": found.year, "week": abs(found.number)}
    if found.number < 0:
        return Label(N_("week %(week)d before the lunar new year of %(year)d"), values)
    return Label(N_("week %(week)d from the lunar new year of %(year)d"), values)


_LABELS: dict[PeriodKind, Callable[[date], Label]] = {
    PeriodKind.DAY: _day_label,
    PeriodKind.WEEK: _week_label,
    PeriodKind.TEN_DAYS: _third_label,
    PeriodKind.MONTH: _month_label,
    PeriodKind.QUARTER: _quarter_label,
    PeriodKind.YEAR: _year_label,
    PeriodKind.LUNAR_WEEK: _lunar_label,
}
