"""What a form is, what one document says, and the blocks it is set from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from suqing.cases.vocabulary import Kind, Outcome, State, Step

LINE, TEXT = 200, 1000  # characters a line and a longer text may have: more would not stay on two pages


class SetCode(StrEnum):
    """Which set of forms; the regime of the case decides (2019: with O20; 2026: with O121)."""

    OF_2019 = "2019"
    OF_2026 = "2026"


class FieldKind(StrEnum):
    """How a field is typed and checked."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"  # ISO, written 2020年1月27日
    MOMENT = "moment"  # ISO to the minute, local time
    CHOICE = "choice"


class Audience(StrEnum):
    """Whom the paper goes to; decides what it may say."""

    FILE = "file"  # the authority's own registration
    UNIT = "unit"  # another unit of the authority
    PERSON = "person"  # the complainant or the reporter
    SIDES = "sides"  # both sides of a mediation, so also the respondent


@dataclass(frozen=True, slots=True)
class Field:
    """One field.  ``source`` names the fact of the case it is filled from, its own key unless told otherwise.

    A ``personal`` field says who somebody is or repeats their words; a ``fixed`` one always comes from the case.
    """

    key: str
    label: str  # English message id
    kind: FieldKind = FieldKind.LINE
    required: bool = False
    limit: int = LINE
    source: str = ""
    personal: bool = False
    fixed: bool = False
    choices: tuple[tuple[str, str], ...] = ()  # value, English message id
    help: str = ""  # English message id

    @property
    def fact(self) -> str:
        """The fact of the case that fills the field."""
        return self.source or self.key


@dataclass(frozen=True, slots=True)
class Form:
    """A form: when it is issued, by whose right, for whom, with which fields, and how its paper reads."""

    code: str
    title: str  # as printed
    name: str  # English message id
    sets: frozenset[SetCode]
    kinds: frozenset[Kind]
    states: frozenset[State]
    steps: frozenset[Step]  # the steps after which it is offered
    permission: str  # the right to the step that it tells of
    audience: Audience
    word: str  # the kind word of the number, local until a unit sets its own
    fields: tuple[Field, ...]
    body: Callable[[Content], tuple[Block, ...]]
    outcomes: frozenset[Outcome] | None = None  # of an ended case; None: any
    once: bool = False  # a decision: no second one while the first is valid
    needs_accepted: bool = False  # only of a complaint that was accepted

    def field(self, key: str) -> Field:
        """The field of this key.  Raise KeyError for an unknown one."""
        for one in self.fields:
            if one.key == key:
                return one
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Content:
    """What one document says: enough to make the same paper again, byte for byte."""

    form: str
    set: SetCode
    regime: str
    kind: Kind
    unit: str  # name of the issuing unit
    our: str  # how it speaks of itself: 我局, 我中心, 我单位
    number: str  # "" before it is issued
    on: date
    values: Mapping[str, str] = field(default_factory=dict)
    synthetic: bool = False

    def value(self, key: str) -> str:
        """What stands in a field, "" if nothing."""
        return self.values.get(key, "")

    def to_json(self) -> dict[str, object]:
        """As it is kept."""
        return {
            "form": self.form,
            "set": str(self.set),
            "regime": self.regime,
            "kind": str(self.kind),
            "unit": self.unit,
            "our": self.our,
            "number": self.number,
            "on": self.on.isoformat(),
            "values": dict(self.values),
            "synthetic": self.synthetic,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> Content:
        """From what was kept."""
        values = kept["values"]
        assert isinstance(values, dict)
        return cls(
            form=str(kept["form"]),
            set=SetCode(str(kept["set"])),
            regime=str(kept["regime"]),
            kind=Kind(str(kept["kind"])),
            unit=str(kept["unit"]),
            our=str(kept["our"]),
            number=str(kept["number"]),
            on=date.fromisoformat(str(kept["on"])),
            values={str(key): str(text) for key, text in values.items()},
            synthetic=bool(kept["synthetic"]),
        )


# The blocks of a paper, in the order they are set


@dataclass(frozen=True, slots=True)
class Heading:
    """Unit, title and number."""

    unit: str
    title: str
    number: str


@dataclass(frozen=True, slots=True)
class Addressee:
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A line in bold above what belongs to it."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """``width`` in twelfths of the line; ``lines`` is the least height."""

    text: str
    width: int
    is_label: bool = False
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table; the widths of each row fill the line."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign, each on its own line with a date."""

    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seal:
    """Unit and date on the right, with the place of the seal."""

    unit: str
    on: date


@dataclass(frozen=True, slots=True)
class Foot:
    """Small print under a rule: copies, contact."""

    lines: tuple[str, ...]


Block: TypeAlias = Heading | Addressee | Section | Paragraph | Grid | Signatures | Seal | Foot
