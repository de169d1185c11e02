"""The time a figure speaks of: whole local days, the last one cut off where it is not over yet.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from suqing.kit import dates

CENTRE_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Period:
    """Local days ``first`` to ``last``, both included; ``until`` (aware) ends it earlier within the last day."""

    first: date
    last: date
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} lies before {self.first}")
        if self.until is not None and dates.local_day(self.until, CENTRE_ZONE) != self.last:
            raise ValueError(f"{self.until} does not lie within {self.last}")

    @classmethod
    def of_day(cls, day: date, now: datetime | None = None) -> Period:
        """The day, up to ``now`` if it is not over by then."""
        if now is not None and dates.local_day(now, CENTRE_ZONE) == day:
            return cls(day, day, until=now)
        return cls(day, day)

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

    def previous(self) -> Period:
        """The period of equal length just before (环比), cut off at the same time of day."""
        return self._moved(self.first - self.length * dates.DAY, self.last - self.length * dates.DAY)

    def same_last_year(self) -> Period:
        """The same calendar days a year before (同比); 29 February becomes the 28th."""
        return self._moved(dates.same_day_last_year(self.first), dates.same_day_last_year(self.last))

    def _moved(self, first: date, last: date) -> Period:
        if self.until is None:
            return replace(self, first=first, last=last)
        until = datetime.combine(last, self.until.astimezone(CENTRE_ZONE).time(), CENTRE_ZONE)
        return Period(first, last, until)

    def extended_back(self, days: int) -> Period:
        """The period and so many days before it."""
        return replace(self, first=self.first - timedelta(days=days))

    def to_json(self) -> dict[str, str]:
        """JSON-safe data that ``from_json`` reads."""
        found = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return found | ({"until": self.until.isoformat()} if self.until else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Period:
        """Read what ``to_json`` wrote."""
        until = data.get("until")
        return cls(
            date.fromisoformat(data["first"]),
            date.fromisoformat(data["last"]),
            datetime.fromisoformat(until) if until else None,
        )
