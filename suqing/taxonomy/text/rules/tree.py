"""What a rule says, as a tree; every part knows where it stands in the rule's text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

MAX_GAP = 200  # characters between two sides of NEAR


@dataclass(frozen=True, slots=True)
class Span:
    """A range of the rule's text, half-open."""

    start: int
    end: int


NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Word:
    """The text holds these characters, compared in normalised, case-folded form."""

    text: str
    at: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class WordList:
    """The text holds a word of the list with this name; ``words`` are what the list held when the rule was read."""

    name: str
    words: tuple[str, ...]
    at: Span = field(default=NOWHERE, compare=False)


class FactName(StrEnum):
    """What a rule may ask of a case beside its words."""

    KIND = "kind"
    CLASS = "class"
    DISTRICT = "district"
    OPERATOR = "operator"
    AMOUNT = "amount"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Is:
    """A fact of the case is this one; ``value`` is a code, of an operator a part of its name."""

    fact: FactName
    value: str
    at: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Between:
    """An amount in yuan, or the local day of the contact, lies between two bounds, both included; None is open."""

    fact: FactName
    least: Decimal | date | None
    most: Decimal | date | None
    at: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Words of neighbouring sides stand at most so many characters apart, in either order; ``gaps[i]`` is between sides
    ``i`` and ``i + 1``.  The one word of a side is near both its neighbours."""

    sides: tuple[Words, ...]
    gaps: tuple[int, ...]
    at: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Rule
    at: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Rule, ...]
    at: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Rule, ...]
    at: Span = field(default=NOWHERE, compare=False)


Words: TypeAlias = "Word | WordList | Any"  # of NEAR's sides; an Any holds nothing but words there
Rule: TypeAlias = "Word | WordList | Is | Between | Near | Not | All | Any"


def parts_of(rule: Rule) -> tuple[Rule, ...]:
    """The parts directly below."""
    match rule:
        case All(parts) | Any(parts):
            return parts
        case Not(part):
            return (part,)
        case Near(sides):
            return sides
        case _:
            return ()


def words_of(rule: Rule, *, positive_only: bool = False) -> Iterator[str]:
    """Every word that the rule looks for, lists included; without those under a NOT if so asked."""
    match rule:
        case Word(text):
            yield text
        case WordList(_, words):
            yield from words
        case Not() if positive_only:
            return
        case _:
            for part in parts_of(rule):
                yield from words_of(part, positive_only=positive_only)


def asks_facts(rule: Rule) -> bool:
    """Whether the rule asks something of the case beside its words."""
    return isinstance(rule, (Is, Between)) or any(map(asks_facts, parts_of(rule)))


def facts_asked(rule: Rule) -> Iterator[Is]:
    """Every part that asks for a kind, a class, a district or an operator."""
    if isinstance(rule, Is):
        yield rule
    for part in parts_of(rule):
        yield from facts_asked(part)


def asks_for_something(rule: Rule) -> bool:
    """Whether nothing is matched by saying nothing: in every branch a word or a fact must be there."""
    match rule:
        case Not():
            return False
        case All(parts):
            return any(asks_for_something(part) for part in parts)
        case Any(parts):
            return all(asks_for_something(part) for part in parts)
        case _:
            return True
