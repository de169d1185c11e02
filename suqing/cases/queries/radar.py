"""Flags of the radar as one reader may see them, what came before a case, and how often the rules were right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, DateField, Q, QuerySet
from django.db.models.functions import TruncMonth

from suqing.accounts.models import Person
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.models import Case, SensitiveFlag, TextBand
from suqing.cases.near_text import bands_of
from suqing.cases.queries.sight import visible_cases
from suqing.cases.vocabulary import FlagState
from suqing.kit.proportions import wilson

PAGE = 30
MOST_OPEN = 999  # counted for the rail
MOST_CONTACTS = 100  # counted as repeated


def visible_flags(person: Person) -> QuerySet[SensitiveFlag]:
    """The flags of the cases this person may open."""
    return SensitiveFlag.objects.filter(case__in=visible_cases(person).values("pk"))


def open_flags(person: Person) -> int:
    """How many flags in sight wait for a decision, counted up to a limit; one query."""
    rows = visible_flags(person).filter(state=FlagState.OPEN).values("pk")[: MOST_OPEN + 1]
    return rows.count()


def flags_of(case: Case) -> list[SensitiveFlag]:
    """Every flag of a case in the order of its rules; one query."""
    rows = SensitiveFlag.objects.filter(case=case).select_related("version__rule", "model", "decided_by")
    return list(rows.order_by("version__rule__order", "pk"))


def flag_page(
    person: Person, *, state: str, rule: str = "", before: int = 0, size: int = PAGE
) -> tuple[list[SensitiveFlag], int]:
    """A page of flags, newest first, and the key after which the next begins (0: none); one query."""
    rows = visible_flags(person).filter(state=state)
    if rule:
        rows = rows.filter(version__rule__code=rule)
    if before:
        rows = rows.filter(pk__lt=before)
    rows = rows.select_related(
        "case__responsible_unit", "case__issue_class", "version__rule", "model", "decided_by"
    ).order_by("-pk")
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else 0


@dataclass(frozen=True, slots=True)
class Precision:
    """How a rule's flags were decided.  ``low`` and ``high`` bound the precision with 95 % (Wilson)."""

    open: int
    confirmed: int
    dismissed: int

    @property
    def decided(self) -> int:
        return self.confirmed + self.dismissed

    @property
    def share(self) -> float | None:
        """Confirmed of decided; None where nothing is decided yet."""
        return self.confirmed / self.decided if self.decided else None

    @property
    def bounds(self) -> tuple[float, float]:
        return wilson(self.confirmed, self.decided)


_COUNTS = {str(state): Count("pk", filter=Q(state=state)) for state in FlagState}


def precision_by_rule(person: Person, since: datetime) -> dict[str, Precision]:
    """How the flags in sight raised since a moment were decided, by the rule's code; one query."""
    rows = (
        visible_flags(person).filter(raised_at__gte=since).values("version__rule__code").annotate(**_COUNTS)
    )
    return {row["version__rule__code"]: _precision(row) for row in rows.order_by()}


def precision_by_month(person: Person, code: str, since: datetime) -> list[tuple[date, Precision]]:
    """The same of one rule by the month in which flags were raised, oldest first; one query."""
    rows = visible_flags(person).filter(raised_at__gte=since, version__rule__code=code)
    month = TruncMonth("raised_at", output_field=DateField(), tzinfo=LOCAL_ZONE)
    counted = rows.annotate(month=month).values("month").annotate(**_COUNTS).order_by("month")
    return [(row["month"], _precision(row)) for row in counted]


def _precision(row: Mapping[str, Any]) -> Precision:
    return Precision(row[FlagState.OPEN], row[FlagState.CONFIRMED], row[FlagState.DISMISSED])


def earlier_contacts(case: Case, since: datetime) -> int:
    """How many other contacts since then came from the same number, or about the same operator with like words; the
    larger of both, one query each.  Who gave no name is not looked for by number."""
    others = Case.objects.filter(received_at__gte=since, received_at__lte=case.received_at)
    others = others.exclude(submission=case.submission)
    most = 0
    if case.party is not None and case.party.phone_hash:
        mine = others.filter(party__phone_hash=case.party.phone_hash)
        most = mine.values("submission").distinct()[:MOST_CONTACTS].count()
    if case.entity is not None:
        alike = TextBand.objects.filter(key__in=list(bands_of(case.match_text))).values("case_id")
        same = others.filter(entity=case.entity, pk__in=alike)
        most = max(most, same.values("submission").distinct()[:MOST_CONTACTS].count())
    return most
