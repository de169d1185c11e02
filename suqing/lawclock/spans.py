"""Periods that do not count, and extensions: small values that cases store as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days, first and last included, that a limit does not count (testing, appraisal, hearing …).

    ``last`` is None while the period still runs; close it with ``until`` before counting.
    """

    kind: str
    first: date
    last: date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"A span cannot end ({self.last}) before it begins ({self.first}).")

    def until(self, day: date) -> Span:
        """Give the span as it stands at the end of ``day``; a closed span stays as it is."""
        return self if self.last is not None else replace(self, last=max(day, self.first))

    def to_json(self) -> dict[str, Any]:
        """Give the span as JSON-safe data."""
        last = self.last.isoformat() if self.last else None
        return {"kind": self.kind, "first": self.first.isoformat(), "last": last, "note": self.note}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Span:
        """Read what ``to_json`` wrote."""
        last = data.get("last")
        first = date.fromisoformat(data["first"])
        return cls(data["kind"], first, date.fromisoformat(last) if last else None, data.get("note", ""))


@dataclass(frozen=True, slots=True)
class Extension:
    """One decision to extend a limit.

    ``amount`` is None where the law fixes the number (15 working days); it is given, in the limit's own unit,
    only where a collective decision fixes it (PROC 64).  ``approved_by`` names who approved.  ``within`` is the last
    day as it was counted when the decision was made: a calendar that changes later does not undo the decision.
    """

    granted_on: date
    approved_by: str = ""
    amount: int | None = None
    reason: str = ""
    within: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the extension as JSON-safe data."""
        return {
            "granted_on": self.granted_on.isoformat(),
            "approved_by": self.approved_by,
            "amount": self.amount,
            "reason": self.reason,
            "within": self.within.isoformat() if self.within else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Extension:
        """Read what ``to_json`` wrote."""
        within = data.get("within")
        return cls(
            date.fromisoformat(data["granted_on"]),
            data.get("approved_by", ""),
            data.get("amount"),
            data.get("reason", ""),
            date.fromisoformat(within) if within else None,
        )


class SpanStillRuns(ValueError):
    """A deadline was asked for while a period that does not count is still running."""

    def __init__(self, span: Span) -> None:
        self.span = span
        super().__init__(f"The {span.kind} period since {span.first} still runs; close it with until(day).")


def union(spans: Iterable[Span]) -> list[tuple[date, date]]:
    """Merge overlapping and touching spans into disjoint (first, last) pairs, in order."""
    merged: list[tuple[date, date]] = []
    for span in sorted(spans, key=lambda one: one.first):
        if span.last is None:
            raise SpanStillRuns(span)
        if merged and span.first.toordinal() <= merged[-1][1].toordinal() + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], span.last))
        else:
            merged.append((span.first, span.last))
    return merged
