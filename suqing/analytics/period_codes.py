"""Short names of periods, the same in every language: for addresses, files and the command line.  Pure.

2020-01-27              a day                2020-Q1                a quarter
2020-W05                an ISO week          2020                   a year
2020-01-T1              days 1 to 10         2020-L1, 2020-L-1      the weeks from and before 正月初一
2020-01                 a month              2020-01-03..2020-01-09 chosen days, and a part of any of these
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from suqing.analytics import lunar
from suqing.analytics.period_kinds import PeriodKind
from suqing.analytics.periods import Period

_Match = re.Match[str]


class BadPeriodCode(ValueError):
    """No period is called so."""


def code(period: Period) -> str:
    """The short name of a period's days; where they are cut off within the last one is not told by it."""
    first, last = period.first, period.last
    if first == last:
        return first.isoformat()
    if (first, last) != period.whole or period.kind is PeriodKind.SPAN:
        return f"{first}..{last}"
    return _CODES[period.kind](first)


def parse(text: str) -> Period:
    """The whole period of this name.  Raise BadPeriodCode, also for a day or a week that does not exist."""
    for pattern, make in _PATTERNS:
        if match := pattern.fullmatch(text.strip()):
            try:
                return make(match)
            except ValueError as wrong:
                raise BadPeriodCode(f"{text}: {wrong}") from None
    raise BadPeriodCode(f"{text} is no period")


def _week_code(first: date) -> str:
    year, week, _ = first.isocalendar()
    return f"{year}-W{week:02}"


def _lunar_code(first: date) -> str:
    found = lunar.week_of(first)
    return f"{found.year}-L{found.number}"


_CODES: dict[PeriodKind, Callable[[date], str]] = {
    PeriodKind.WEEK: _week_code,
    PeriodKind.TEN_DAYS: lambda first: f"{first:%Y-%m}-T{first.day // 10 + 1}",
    PeriodKind.MONTH: lambda first: f"{first:%Y-%m}",
    PeriodKind.QUARTER: lambda first: f"{first.year}-Q{first.month // 3 + 1}",
    PeriodKind.YEAR: lambda first: f"{first.year}",
    PeriodKind.LUNAR_WEEK: _lunar_code,
}


def _of(kind: PeriodKind) -> Callable[[_Match], Period]:
    """A maker of periods from year, month and day, of which the last ones may be missing."""

    def make(match: _Match) -> Period:
        year, *rest = (int(part) for part in match.groups())
        month, day = (*rest, 1, 1)[:2]
        return Period.containing(kind, date(year, month, day))

    return make


def _week(match: _Match) -> Period:
    return Period.containing(PeriodKind.WEEK, date.fromisocalendar(int(match[1]), int(match[2]), 1))


def _third(match: _Match) -> Period:
    return Period.containing(PeriodKind.TEN_DAYS, date(int(match[1]), int(match[2]), int(match[3]) * 10 - 9))


def _quarter(match: _Match) -> Period:
    return Period.containing(PeriodKind.QUARTER, date(int(match[1]), int(match[2]) * 3, 1))


def _lunar_week(match: _Match) -> Period:
    return Period.containing(PeriodKind.LUNAR_WEEK, lunar.week(int(match[1]), int(match[2])).first)


def _span(match: _Match) -> Period:
    return Period(date.fromisoformat(match[1]), date.fromisoformat(match[2]))


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[_Match], Period]], ...] = tuple(
    (re.compile(pattern, re.ASCII), make)
    for pattern, make in (
        (r"(\d{4})-(\d\d)-(\d\d)", _of(PeriodKind.DAY)),
        (r"(\d{4})-W(\d\d)", _week),
        (r"(\d{4})-(\d\d)-T([123])", _third),
        (r"(\d{4})-(\d\d)", _of(PeriodKind.MONTH)),
        (r"(\d{4})-Q([1-4])", _quarter),
        (r"(\d{4})", _of(PeriodKind.YEAR)),
        (r"(\d{4})-L(-?\d{1,2})", _lunar_week),
        (r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", _span),
    )
)
