"""The time a figure speaks of: whole local days, the last one cut off where it is not over yet.  Pure.

What is shown today is compared with as much of an earlier period: a month up to the 23rd at ten o'clock with the month
before up to its 23rd at ten o'clock.  Where the other period is too short for that, all of it is the base.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from suqing.analytics import lunar, period_kinds
from suqing.analytics.period_kinds import Label, NoCounterpart, PeriodKind, Range
from suqing.kit import dates

CENTRE_ZONE = ZoneInfo("Asia/Shanghai")
N_ = str


class Against(StrEnum):
    """What a period is compared with."""

    PREVIOUS = "previous"  # 环比
    LAST_YEAR = "last_year"  # 同比
    LUNAR_YEAR = "lunar_year"  # as far from 正月初一 as a year before


AGAINST_LABELS = {
    Against.PREVIOUS: N_("against the period before"),
    Against.LAST_YEAR: N_("against the year before"),
    Against.LUNAR_YEAR: N_("against the year before, aligned to the lunar new year"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """Local days ``first`` to ``last``, both included; ``until`` (aware) ends it earlier within the last day.

    A period of a kind is a whole one or the part of one that was asked for.  One chosen day is a day.
    """

    first: date
    last: date
    until: datetime | None = None
    kind: PeriodKind = PeriodKind.SPAN

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} lies before {self.first}")
        if self.until is not None and dates.local_day(self.until, CENTRE_ZONE) != self.last:
            raise ValueError(f"{self.until} does not lie within {self.last}")
        if self.kind is PeriodKind.SPAN and self.first == self.last:
            object.__setattr__(self, "kind", PeriodKind.DAY)
        if self.last > self.whole[1]:
            raise ValueError(f"{self.first} to {self.last} is more than one {self.kind}")

    # Making them

    @classmethod
    def of_day(cls, day: date, now: datetime | None = None) -> Period:
        """The day, up to ``now`` if it is not over by then."""
        return cls.containing(PeriodKind.DAY, day, now)

    @classmethod
    def containing(cls, kind: PeriodKind, day: date | datetime, now: datetime | None = None) -> Period:
        """The period of this kind that the day or the moment lies in, up to ``now`` if it is not over by then.

        Raise ValueError for a kind without neighbours, LunarYearMissing for a lunar week too far away.
        """
        if kind is PeriodKind.SPAN:
            raise ValueError("chosen days are not found by one of them")
        if isinstance(day, datetime):
            day = dates.local_day(day, CENTRE_ZONE)
        first, last = period_kinds.whole(kind, day)
        return cls(first, last, kind=kind)._up_to(now)

    def _up_to(self, now: datetime | None) -> Period:
        today = dates.local_day(now, CENTRE_ZONE) if now is not None else None
        if today is None or not self.first <= today <= self.last:
            return self
        return replace(self, last=today, until=now)

    # What it is

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The half-open range of moments."""
        start, end = dates.range_bounds(self.first, self.last, CENTRE_ZONE)
        return start, self.until or end

    @property
    def length(self) -> int:
        """How many days, the one that is cut off included."""
        return (self.last - self.first).days + 1

    @property
    def days(self) -> list[date]:
        return list(dates.days(self.first, self.last))

    @property
    def whole(self) -> Range:
        """The days of the whole period of this kind, of which this may be a part."""
        if self.kind is PeriodKind.SPAN:
            return self.first, self.last
        return period_kinds.whole(self.kind, self.first)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing of it."""
        return self.until is None and (self.first, self.last) == self.whole

    @property
    def is_named(self) -> bool:
        """Whether its days alone do not tell what it is: a month is more than the days from the 1st to the last."""
        return self.kind not in (PeriodKind.SPAN, PeriodKind.DAY)

    @property
    def label(self) -> Label:
        """What it is called; a part of a month is called by its days."""
        kind = self.kind if (self.first, self.last) == self.whole else PeriodKind.SPAN
        if self.first == self.last:
            kind = PeriodKind.DAY
        return period_kinds.label(kind, self.first, self.last)

    def split(self, kind: PeriodKind) -> list[Period]:
        """The periods of this kind that it consists of, in order; the first and the last may be parts.  Chosen days
        consist of themselves."""
        if kind is PeriodKind.SPAN:
            return [replace(self, kind=kind)]
        parts, day = [], self.first
        while day <= self.last:
            last = min(period_kinds.whole(kind, day)[1], self.last)
            parts.append(Period(day, last, kind=kind))
            day = last + dates.DAY
        parts[-1] = replace(parts[-1], until=self.until)
        return parts

    # Its neighbours and what it is compared with

    def previous(self) -> Period:
        """The period of its kind just before (环比), for chosen days as many just before; cut off at the same place."""
        if self.kind is PeriodKind.SPAN:
            return self._moved(self.first - self.length * dates.DAY, self.last - self.length * dates.DAY)
        return self._placed(period_kinds.before(self.kind, self.first))

    def following(self) -> Period:
        """The whole period of its kind just after, for chosen days as many just after."""
        if self.kind is PeriodKind.SPAN:
            first = self.last + dates.DAY
            return Period(first, first + (self.length - 1) * dates.DAY)
        first, last = period_kinds.after(self.kind, self.last)
        return Period(first, last, kind=self.kind)

    def same_last_year(self) -> Period:
        """The period of the same name a year before (同比), for chosen days the same calendar days; 29 February becomes
        the 28th.  Raise NoCounterpart for a 53rd week that the year before had not."""
        if self.kind is PeriodKind.SPAN:
            return self._moved(dates.same_day_last_year(self.first), dates.same_day_last_year(self.last))
        return self._placed(period_kinds.year_before(self.kind, self.first))

    def same_lunar_year_before(self) -> Period:
        """The days as far from the lunar new year (正月初一) of a year before.

        Raise LunarYearMissing, and NoCounterpart for so many days that both would have some in common.
        """
        first, last = lunar.aligned(self.first, self.last)
        if last >= self.first:
            raise NoCounterpart(f"{self.first} to {self.last} and a lunar year before reach into each other")
        begin = self.whole[0] + (first - self.first)
        is_kept = self.kind is PeriodKind.LUNAR_WEEK and last <= period_kinds.whole(self.kind, begin)[1]
        is_kept = is_kept and period_kinds.whole(self.kind, begin)[0] == begin
        return self._moved(first, last, self.kind if is_kept else PeriodKind.SPAN)

    def base(self, against: Against) -> Period:
        """What it is compared with.  Raise NoCounterpart or LunarYearMissing where there is nothing."""
        if against is Against.PREVIOUS:
            return self.previous()
        if against is Against.LAST_YEAR:
            return self.same_last_year()
        return self.same_lunar_year_before()

    def _placed(self, there: Range) -> Period:
        """What lies in the other days as this lies in its whole period: to the end, or up to the same place."""
        here = self.whole
        kind = self.kind if period_kinds.whole(self.kind, there[0]) == there else PeriodKind.SPAN
        first, is_there = period_kinds.place(self.kind, self.first, here[0], there)
        if not is_there:
            first += dates.DAY  # the missing day itself is no part of the base
        if self.last == here[1] and self.until is None:
            last, is_there = there[1], False
        else:
            last, is_there = period_kinds.place(self.kind, self.last, here[0], there)
        if last < first:
            raise NoCounterpart(f"{there[0]} to {there[1]} is too short for {self.first} to {self.last}")
        return self._moved(first, last, kind) if is_there else Period(first, last, kind=kind)

    def _moved(self, first: date, last: date, kind: PeriodKind = PeriodKind.SPAN) -> Period:
        if self.until is None:
            return Period(first, last, kind=kind)
        until = datetime.combine(last, self.until.astimezone(CENTRE_ZONE).time(), CENTRE_ZONE)
        return Period(first, last, until, kind)

    def extended_back(self, days: int) -> Period:
        """The chosen days that are the period and so many days before it."""
        return replace(self, first=self.first - timedelta(days=days), kind=PeriodKind.SPAN)

    # Keeping them

    def to_json(self) -> dict[str, str]:
        """JSON-safe data that ``from_json`` reads."""
        found = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        if self.until:
            found["until"] = self.until.isoformat()
        if self.is_named:
            found["kind"] = self.kind.value
        return found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Period:
        """Read what ``to_json`` wrote."""
        until = data.get("until")
        return cls(
            date.fromisoformat(data["first"]),
            date.fromisoformat(data["last"]),
            datetime.fromisoformat(until) if until else None,
            PeriodKind(data.get("kind", PeriodKind.SPAN)),
        )
