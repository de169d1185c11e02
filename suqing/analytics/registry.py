"""What a figure is: its definition, what it counts, and which rows of which table it is counted from.

A measure counts rows of one source (contacts, calls, cases, their limits).  Where the moment that places a row in time lies within
the period and the population holds, the row counts.  The registry is filled by the ``measures`` modules that
``config.measures`` lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from suqing.analytics.conditions import EVERYTHING, Condition, within
from suqing.analytics.facts import Source
from suqing.analytics.periods import Period

N_ = str  # marks an English message id for the catalogue; the page translates it


class Unit(StrEnum):
    """What one of the number is; 件, 人次, 人 and 起 are never added."""

    CASES = "件"
    PERSON_TIMES = "人次"
    PERSONS = "人"
    EVENTS = "起"
    CALLS = "次"
    DAYS = "天"
    SECONDS = "秒"
    YUAN = "元"
    PERCENT = "%"


class Counts(StrEnum):
    """What the number is a number of."""

    CASES = "cases"
    SUBMISSIONS = "submissions"
    PERSONS = "persons"
    EVENTS = "events"
    CALLS = "calls"
    MONEY = "money"
    TIME = "time"
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


class Basis(StrEnum):
    """Whose the formula is."""

    COUNT = "count"
    PUBLISHED = "published"
    NAMED = "named"
    LOCAL = "local"


BASIS_LABELS = {
    Basis.COUNT: N_("counts what its definition says"),
    Basis.PUBLISHED: N_("formula as published"),
    Basis.NAMED: N_("name as published; the formula is not published and is local policy"),
    Basis.LOCAL: N_("local policy"),
}
UNIT_LABELS = {
    Unit.CASES: N_("cases"),
    Unit.PERSON_TIMES: N_("contacts"),
    Unit.PERSONS: N_("persons"),
    Unit.EVENTS: N_("events"),
    Unit.CALLS: N_("calls"),
    Unit.DAYS: N_("days"),
    Unit.SECONDS: N_("seconds"),
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


Stock = Callable[[Period], Condition]


@dataclass(frozen=True, slots=True)
class Measure:
    """The definition of a figure.  ``name``, ``definition`` and ``formula`` are English message ids.

    ``moment`` is the fact that places a row in time.  ``stock`` replaces it for what stands at the end of a period.
    ``numerator`` makes it a share in per cent of the population; ``summed`` makes it a sum of that fact, ``averaged``
    the mean of it in units of ``per``, for which the population must know the fact.  ``distinct`` counts each value of
    that fact once.  Facts are columns of the source, as ``facts`` declares them.  ``by_policy`` gives it the
    conditions of local policy as it is now; without asking it they are as the policy is shipped.
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
    population: Condition = EVERYTHING
    stock: Stock | None = None
    numerator: Condition | None = None
    summed: str = ""
    distinct: str = ""
    averaged: str = ""
    per: int = 1
    by_policy: Callable[[Measure], Measure] | None = None
    places: int = 0
    basis: Basis = Basis.COUNT
    reference: str = ""  # what it is called elsewhere, and the articles it follows

    @property
    def is_local(self) -> bool:
        """Whether the formula is this centre's own."""
        return self.basis in (Basis.NAMED, Basis.LOCAL)

    @property
    def is_share(self) -> bool:
        """A share is not a sum of its parts."""
        return self.numerator is not None

    @property
    def is_ratio(self) -> bool:
        """A share or a mean: two numbers are counted for it, and the whole is not the sum of its parts."""
        return self.is_share or bool(self.averaged)

    @property
    def spreads(self) -> bool:
        """One of the number may lie in several cases, so that it is counted in several parts: they do not add up."""
        return self.counts in (Counts.PERSONS, Counts.EVENTS)

    def as_policy_is(self) -> Measure:
        """The measure with the conditions that local policy sets."""
        return self if self.by_policy is None else replace(self.by_policy(self), by_policy=None)

    def within(self, period: Period) -> Condition:
        """Where a row must lie in time."""
        if self.stock is not None:
            return self.stock(period)
        return within(self.moment, *period.bounds)


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
