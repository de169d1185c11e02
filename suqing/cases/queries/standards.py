"""Entry standards: all versions, and those in force on a day."""

from __future__ import annotations

from datetime import date

from suqing.cases.entry_standard import Standard, first, in_force, of_levels
from suqing.cases.models import EntryStandard
from suqing.cases.vocabulary import Kind


def entry_standards() -> tuple[Standard, ...]:
    """Every version of every kind, the first ones included; one query."""
    stored = EntryStandard.objects.order_by("kind", "version")
    return (*(first(kind) for kind in Kind), *(_standard(row) for row in stored))


def standards_on(day: date) -> dict[Kind, Standard]:
    """The version of each kind in force on a day; one query."""
    known = entry_standards()
    return {kind: in_force(known, kind, day) for kind in Kind}


def stored_standards(kind: Kind) -> list[EntryStandard]:
    """The versions of a kind made here, newest first, with who issued them."""
    return list(EntryStandard.objects.filter(kind=kind).select_related("issued_by").order_by("-version"))


def _standard(row: EntryStandard) -> Standard:
    levels = {fact["code"]: fact["level"] for fact in row.facts}
    return of_levels(Kind(row.kind), row.version, row.effective_on, levels)
