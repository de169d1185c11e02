"""A number that somebody published about days which this centre holds too, as a value.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Published:
    """One published number: how it was printed, where, and the measure, filters and days that count the same here."""

    measure: str
    first: date
    last: date
    value: str  # as a decimal number
    printed: str  # as it stands in the source
    source: str
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    is_derived: bool = False  # computed from published numbers, or its days are
