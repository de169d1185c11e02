"""The answers of the law clock: plain values, ready to store or to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from suqing.lawclock.calendars import DayFact
from suqing.lawclock.policies import Unit

BEIJING = ZoneInfo("Asia/Shanghai")


def end_of_day(day: date) -> datetime:
    """Give the last moment of a day in Beijing; to the microsecond, the database's own resolution."""
    return datetime.combine(day, time.max, tzinfo=BEIJING)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a limit ends.  All dates are days in Beijing; the limit is kept until the due day is over.

    ``due_on`` is the statutory last day; ``unrolled_on`` the last day before it moved past a holiday;
    ``internal_due_on`` the day to work towards (the unrolled day, or an earlier one set by local policy).
    ``excluded`` are the merged (first, last) periods that were left out, ``assumed_years`` the years counted
    without a published calendar: then the dates are provisional.
    """

    limit_id: str
    regime: str
    start: date
    due_on: date
    unrolled_on: date
    internal_due_on: date
    amount: int
    unit: Unit
    articles: tuple[str, ...]
    expiry: str
    is_local: bool
    extended_by: int = 0
    excluded: tuple[tuple[date, date], ...] = ()
    assumed_years: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """The limit's stored name, as in ``Limit.key``."""
        return f"{self.limit_id}@{self.regime}"

    @property
    def is_rolled(self) -> bool:
        """Whether the last day moved because it was a day off."""
        return self.due_on != self.unrolled_on

    @property
    def is_provisional(self) -> bool:
        """Whether a year without a published calendar was counted."""
        return bool(self.assumed_years)

    @property
    def due_at(self) -> datetime:
        """The due moment: the last one of the due day in Beijing, still in time."""
        return end_of_day(self.due_on)

    @property
    def internal_due_at(self) -> datetime:
        """The last moment of the internal due day, which reminders count towards."""
        return end_of_day(self.internal_due_on)

    def is_kept(self, done_at: datetime) -> bool:
        """Whether something done at this (aware) moment was in time."""
        return done_at <= self.due_at

    def to_json(self) -> dict[str, Any]:
        """Give the deadline as JSON-safe data, for events and pages."""
        return {
            "limit": self.limit_id,
            "regime": self.regime,
            "start": self.start.isoformat(),
            "due_on": self.due_on.isoformat(),
            "unrolled_on": self.unrolled_on.isoformat(),
            "internal_due_on": self.internal_due_on.isoformat(),
            "amount": self.amount,
            "unit": self.unit.value,
            "articles": list(self.articles),
            "extended_by": self.extended_by,
            "excluded": [[first.isoformat(), last.isoformat()] for first, last in self.excluded],
            "assumed_years": list(self.assumed_years),
        }


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left after today: 0 on the due day, negative once it is over."""

    working_days: int
    calendar_days: int
    unit: Unit

    @property
    def days(self) -> int:
        """What is left in the limit's own unit (years are told in calendar days)."""
        return self.working_days if self.unit is Unit.WORKING_DAY else self.calendar_days

    @property
    def is_overdue(self) -> bool:
        """Whether the due day is over."""
        return self.calendar_days < 0


@dataclass(frozen=True, slots=True)
class Paused:
    """A clock that stands still: what was counted before ``since`` and what is left for afterwards."""

    since: date
    used: int
    left: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the count; ``number`` is set when it is counted, ``reason`` is a key of DAY_REASONS."""

    day: date
    is_counted: bool
    number: int | None
    reason: str
    fact: DayFact
    span_kinds: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The holiday that the notice names this day for, empty on days it does not name."""
        return self.fact.name


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an explanation: an English message id, the values in it, the articles it cites."""

    text: str
    values: tuple[tuple[str, str | int], ...] = ()
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A deadline with its whole count.  The last line is the due day; counted numbers are 1, 2, 3 …

    A limit in years has a line per anniversary instead of a line per day.
    """

    deadline: Deadline
    days: tuple[DayLine, ...]
    sentences: tuple[Sentence, ...]
