"""The shapes that measures come in: a number of cases, a share, a sum, a mean."""

from __future__ import annotations

from typing import Any

from suqing.analytics.conditions import Condition
from suqing.analytics.facts import CASES, Source
from suqing.analytics.registry import Basis, Counts, Measure, Stage, Unit, register

N_ = str
NUMBER_OF_CASES = N_("Number of cases.")
DAY_SECONDS = 86_400


def number(
    code: str,
    name: str,
    definition: str,
    population: Condition,
    *,
    stage: Stage = Stage.REGISTERED,
    moment: str = "received_at",
    basis: Basis = Basis.COUNT,
    reference: str = "",
) -> Measure:
    """A number of cases."""
    return register(
        Measure(code, name, definition, NUMBER_OF_CASES, Unit.CASES, Counts.CASES, stage, CASES, moment, population,
                basis=basis, reference=reference)
    )  # fmt: skip


def share(
    code: str,
    name: str,
    definition: str,
    formula: str,
    population: Condition,
    numerator: Condition,
    *,
    source: Source = CASES,
    stage: Stage = Stage.REGISTERED,
    moment: str = "received_at",
    places: int = 2,
    basis: Basis = Basis.NAMED,
    **more: Any,
) -> Measure:
    """A part of the rows of a population, in per cent."""
    return register(
        Measure(code, name, definition, formula, Unit.PERCENT, Counts.SHARE, stage, source, moment, population,
                numerator=numerator, places=places, basis=basis, **more)
    )  # fmt: skip


def money(
    code: str, name: str, definition: str, formula: str, population: Condition, column: str, **more: Any
) -> Measure:
    """A sum in yuan over the cases closed."""
    return register(
        Measure(code, name, definition, formula, Unit.YUAN, Counts.MONEY, Stage.CLOSED, CASES, "closed_at", population,
                summed=column, places=2, **more)
    )  # fmt: skip


def mean_days(
    code: str, name: str, definition: str, population: Condition, column: str, *, stage: Stage, moment: str
) -> Measure:
    """A mean of seconds between two moments of a case, in days of 24 hours."""
    formula = N_("Sum of the times ÷ number of cases, in days of 24 hours; days off count too.")
    return register(
        Measure(code, name, definition, formula, Unit.DAYS, Counts.TIME, stage, CASES, moment, population,
                averaged=column, per=DAY_SECONDS, places=1, basis=Basis.LOCAL)
    )  # fmt: skip
