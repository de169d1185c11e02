"""Which events are hot: by size, by growth, by severity, and by all three together.  Pure: counts in, order out.

No published list of hot issues says how its order was found, let alone how right it is (asks.md, 4.4); so each of the three
stands on the page by itself, and the sum is ours and says so:

- size: cases received within seven days;
- growth: how many times as many cases came within 24 hours as on a day of the seven before, both drawn together by
  ``CAUTION`` case, so that one case after none is not "infinitely more" (a Gamma prior on both rates);
- severity: the share of its cases that the radar marked, drawn towards none by ``CAUTION`` case;
- heat: log2(1 + size) × (1 + log2 of the growth where it grew) × (1 + severity).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import log2

CAUTION = 1.0
DAYS_BEFORE = 7


class Order(StrEnum):
    """What the list is ordered by."""

    HEAT = "heat"
    SIZE = "size"
    GROWTH = "growth"
    SEVERITY = "severity"


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases of one event: received within 24 hours, in the seven days before those, within seven days, marked of all."""

    day: int
    before: int
    week: int
    sensitive: int
    cases: int


@dataclass(frozen=True, slots=True)
class Heat:
    """How hot an event is; ``growth`` is a ratio (1: as before), ``severity`` a share."""

    size: int
    growth: float
    severity: float

    @property
    def heat(self) -> float:
        """The three together, without a unit."""
        return log2(1 + self.size) * (1 + max(0.0, log2(self.growth))) * (1 + self.severity)

    def by(self, order: Order) -> float:
        """The value that an order compares."""
        return float(getattr(self, order))


def heat_of(counts: Counts) -> Heat:
    """Judge one event by its counts."""
    growth = (counts.day + CAUTION) / (counts.before / DAYS_BEFORE + CAUTION)
    return Heat(counts.week, growth, counts.sensitive / (counts.cases + CAUTION))


def hottest(events: Iterable[tuple[int, Counts]], order: Order) -> list[tuple[int, Heat]]:
    """Events by their keys in the order asked for; where it is equal, the hotter, then the lower key first."""
    judged = [(key, heat_of(counts)) for key, counts in events]
    return sorted(judged, key=lambda one: (-one[1].by(order), -one[1].heat, one[0]))
