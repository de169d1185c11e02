"""What a figure is: its definition, what it counts, and which rows of which table it is counted from.

A measure counts rows of one source (contacts, cases, clocks).  Where the moment that places a row in time lies within
the period and the population holds, the row counts.  The registry is filled by the ``measures`` modules that
``config.measures`` lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Expression, Model, Q

from suqing.analytics.periods import Period

N_ = str  # marks an English message id for the catalogue; the page translates it


class Unit(StrEnum):
    """What one of the number is; 件, 人次, 人 and 起 are never added."""

    CASES = "件"
    PERSON_TIMES = "人次"
    PERSONS = "人"
    EVENTS = "起"
    YUAN = "元"
    PERCENT = "%"


class Counts(StrEnum):
    """What the number is a number of."""

    CASES = "cases"
    SUBMISSIONS = "submissions"
    PERSONS = "persons"
    EVENTS = "events"
    MONEY = "money"
    SHARE = "share"


class Stage(StrEnum):
    """Where in its life a matter is counted: registered, accepted and closed are different numbers."""

    RECEIVED = "received"
    REGISTERED = "registered"
    DUE = "due"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FILED = "filed"
    CLOSED = "closed"


UNIT_LABELS = {
    Unit.CASES: N_("cases"),
    Unit.PERSON_TIMES: N_("contacts"),
    Unit.PERSONS: N_("persons"),
    Unit.EVENTS: N_("events"),
    Unit.YUAN: N_("yuan"),
    Unit.PERCENT: N_("per cent"),
}
STAGE_LABELS = {
    Stage.RECEIVED: N_("received"),
    Stage.REGISTERED: N_("registered"),
    Stage.DUE: N_("due"),
    Stage.ACCEPTED: N_("accepted"),
    Stage.REFUSED: N_("not accepted"),
    Stage.FILED: N_("filed for investigation"),
    Stage.CLOSED: N_("closed"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A table that rows are counted from; ``case`` is the path from a row to its case, None where a row has none."""

    name: str
    model: type[Model]
    case: str | None

    def path(self, field: str) -> str:
        """The path to a field of the case."""
        return f"{self.case}__{field}" if self.case else field


Population = Callable[[], Q]
Stock = Callable[[Period], Q]


@dataclass(frozen=True, slots=True)
class Measure:
    """The definition of a figure.  ``name``, ``definition`` and ``formula`` are English message ids.

    ``moment`` is the field that places a row in time.  ``stock`` replaces it for what stands at the end of a period.
    ``numerator`` makes it a share in per cent of the population; ``summed`` makes it a sum of that field.
    ``distinct`` counts each value of that field, or of that expression over a row of the source, once.
    """

    code: str
    name: str
    definition: str
    formula: str
    unit: Unit
    counts: Counts
    stage: Stage
    source: Source
    moment: str
    population: Population
    stock: Stock | None = None
    numerator: Population | None = None
    summed: str = ""
    distinct: str | Expression = ""
    places: int = 0
    is_local: bool = False

    @property
    def is_share(self) -> bool:
        """A share is not a sum of its parts."""
        return self.numerator is not None

    @property
    def spreads(self) -> bool:
        """One of the number may lie in several cases, so that it is counted in several parts: they do not add up."""
        return self.counts in (Counts.PERSONS, Counts.EVENTS)

    def within(self, period: Period) -> Q:
        """Where a row must lie in time."""
        if self.stock is not None:
            return self.stock(period)
        start, end = period.bounds
        return Q(**{f"{self.moment}__gte": start, f"{self.moment}__lt": end})


class UnknownMeasure(KeyError):
    """No measure has this code."""


_measures: dict[str, Measure] = {}


def register(measure: Measure) -> Measure:
    """Add a measure.  Raise ValueError for a code that another one has."""
    if _measures.setdefault(measure.code, measure) is not measure:
        raise ValueError(f"two measures are called {measure.code}")
    return measure


def get(code: str) -> Measure:
    """The measure of this code, or UnknownMeasure."""
    try:
        return _measures[code]
    except KeyError:
        raise UnknownMeasure(code) from None


def all_measures() -> Iterator[Measure]:
    """Every measure in the order of registration."""
    return iter(_measures.values())
