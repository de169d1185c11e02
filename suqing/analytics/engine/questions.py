"""What every executor is asked and what it answers: the same question, counted in PostgreSQL or in the mirror.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from suqing.analytics.conditions import EVERYTHING, NOTHING, Condition, Is, one_of
from suqing.analytics.facts import Source
from suqing.analytics.periods import Period
from suqing.analytics.registry import Measure

Number = Decimal | int
REPORT = "report"


@dataclass(frozen=True, slots=True)
class Filter:
    """Keep rows whose value of a dimension is one of these; "" is the unknown."""

    dimension: str
    values: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"dimension": self.dimension, "values": list(self.values)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Filter:
        return cls(data["dimension"], tuple(data["values"]))


Filters = tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose eyes a figure is counted for: the units whose cases are seen, those of them whose reports are seen (None
    for all), and the key of the person, who always sees the calls they took."""

    units: frozenset[int] | None = None
    report_units: frozenset[int] | None = None
    person: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is hidden."""
        return self.units is None and self.report_units is None

    @property
    def of_cases(self) -> Condition:
        """The cases in sight."""
        found = EVERYTHING if self.units is None else one_of("unit_id", self.units)
        if self.report_units is None or self.report_units == self.units:
            return found
        return found & (~Is("kind", (REPORT,)) | one_of("unit_id", self.report_units))

    @property
    def of_barren_contacts(self) -> Condition:
        """The contacts in sight among those that became no case."""
        return EVERYTHING if self.units is None else one_of("unit_id", self.units)

    @property
    def of_calls(self) -> Condition:
        """Who does not see every case sees the calls they took."""
        if self.is_whole:
            return EVERYTHING
        return NOTHING if self.person is None else Is("agent_id", (self.person,))


WHOLE_SIGHT = Sight()


@dataclass(frozen=True, slots=True)
class Question:
    """How many, how much or which share: a measure over a period, of the rows that ``kept`` holds for and that are in
    sight.  ``part`` stands in for the numerator of the measure, ``within`` for its place in time."""

    measure: Measure
    period: Period
    kept: Condition = EVERYTHING
    sight: Sight = WHOLE_SIGHT
    within: Condition | None = None
    part: Condition | None = None

    @property
    def placed(self) -> Condition:
        """Where a row must lie in time."""
        return self.measure.within(self.period) if self.within is None else self.within

    @property
    def counted(self) -> Condition:
        """The rows that are counted, sight left aside."""
        return self.placed & self.measure.population & self.kept

    @property
    def numerator(self) -> Condition | None:
        """Which of the counted rows are the part of a share; None where there is no share."""
        return self.measure.numerator if self.part is None else self.part


@dataclass(frozen=True, slots=True)
class Counted:
    """A number as it was counted, before rounding; of a share, the part and the whole; of a mean, the sum and how many."""

    value: Number = 0
    whole: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its value of each dimension, its number, and the rows behind it where they were asked for."""

    values: tuple[str, ...]
    counted: Counted
    keys: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows behind a figure, in order.  ``cases`` is empty for contacts and calls, ``amounts`` for all but sums."""

    cases: tuple[int, ...] = ()
    submissions: tuple[int, ...] = ()
    calls: tuple[int, ...] = ()
    numerator: tuple[int, ...] = ()
    amounts: tuple[Decimal, ...] = ()

    @classmethod
    def of(cls, source: Source, keys: tuple[int, ...], *, numerator: tuple[int, ...] = ()) -> Rows:
        """Rows of a source by the keys of their cases, or by their own where they have none."""
        if source.case is not None:
            return cls(cases=keys, numerator=numerator)
        if source.name == "contacts":
            return cls(submissions=keys, numerator=numerator)
        return cls(calls=keys, numerator=numerator)


class Engine(Protocol):
    """An executor.  All of them give equal answers at one position of the events."""

    def totals(self, questions: Sequence[Question]) -> list[Counted]:
        """One number a question, in their order."""

    def cut(self, question: Question, by: Sequence[str], *, with_keys: bool = False) -> list[Line]:
        """The number for each value of one or more dimensions, in no order."""

    def rows(self, question: Question) -> Rows:
        """The rows that were counted."""
