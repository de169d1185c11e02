"""Conditions over flat facts, as values: one definition that every executor reads.  Pure.

A condition holds for a row or does not, there is no third answer: what is unknown (NULL) is never equal to anything,
never early and never late, and its opposite holds.  ``holds`` is the meaning; the executors' translations to
SQL must agree with it, which a randomised test checks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

Scalar = str | int | bool
Bound = datetime | int | Decimal


class Condition:
    """What a row must be; joined by ``&`` and ``|``, turned round by ``~``."""

    __slots__ = ()

    def __and__(self, other: Condition) -> Condition:
        return AllOf((self, other))

    def __or__(self, other: Condition) -> Condition:
        return AnyOf((self, other))

    def __invert__(self) -> Condition:
        return Not(self)


@dataclass(frozen=True, slots=True)
class Is(Condition):
    """The column has one of the values."""

    column: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Missing(Condition):
    """The column is unknown."""

    column: str


@dataclass(frozen=True, slots=True)
class Has(Condition):
    """The list in the column holds one of the values."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Empty(Condition):
    """The list in the column holds nothing."""

    column: str


@dataclass(frozen=True, slots=True)
class AtLeast(Condition):
    """The column is the bound or later, or more."""

    column: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class Below(Condition):
    """The column is earlier, or less, than the bound."""

    column: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class NotAfter(Condition):
    """The one column is known and not later, or not more, than the other."""

    column: str
    other: str


@dataclass(frozen=True, slots=True)
class AtHour(Condition):
    """The moment in the column lies in one of the hours of the day, ``offset`` ahead of UTC."""

    column: str
    hours: tuple[int, ...]
    offset: timedelta


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class AllOf(Condition):
    """Every part holds; of no parts, every row."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    """At least one part holds; of no parts, no row."""

    parts: tuple[Condition, ...]


EVERYTHING = AllOf(())
NOTHING = AnyOf(())


def equal(column: str, *values: Scalar) -> Condition:
    """The column has one of the values."""
    return Is(column, values)


def within(column: str, start: datetime, end: datetime) -> Condition:
    """The moment lies in the half-open range."""
    return AllOf((AtLeast(column, start), Below(column, end)))


def columns_of(condition: Condition) -> set[str]:
    """The names of all columns that the condition looks at."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return set().union(*map(columns_of, parts))
        case Not(part):
            return columns_of(part)
        case NotAfter(column, other):
            return {column, other}
        case _:
            return {condition.column}  # type: ignore[attr-defined]


def holds(condition: Condition, row: Mapping[str, Any]) -> bool:
    """Whether the condition holds for a row, given as values by column; moments are aware."""
    match condition:
        case AllOf(parts):
            return all(holds(part, row) for part in parts)
        case AnyOf(parts):
            return any(holds(part, row) for part in parts)
        case Not(part):
            return not holds(part, row)
        case NotAfter(column, other):
            return row[column] is not None and row[other] is not None and bool(row[column] <= row[other])
        case _:
            return _leaf_holds(condition, row[condition.column])  # type: ignore[attr-defined]


def _leaf_holds(condition: Condition, value: Any) -> bool:
    match condition:
        case Missing():
            return value is None
        case Empty():
            return not value
        case Has(_, values):
            return not set(values).isdisjoint(value or ())
        case Is(_, values):
            return value is not None and value in values
        case AtLeast(_, bound):
            return value is not None and bool(value >= bound)
        case Below(_, bound):
            return value is not None and bool(value < bound)
        case AtHour(_, hours, offset):
            return value is not None and (value + offset - (value.utcoffset() or timedelta())).hour in hours
    raise TypeError(f"{condition!r} is no condition over one column")


def one_of(column: str, values: Collection[Scalar]) -> Condition:
    """As ``equal``, from a collection; the order of the values does not matter."""
    return Is(column, tuple(sorted(values, key=str)))
