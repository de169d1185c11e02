"""Who else has a case open now, and since when things are new to a reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from suqing.accounts.models import Appointment, Person
from suqing.cases.models import Case, CaseLook
from suqing.ledger.models import Event
from suqing.ledger.queries import keyed_hash

HERE = timedelta(seconds=70)  # an open page says so every twenty seconds


@dataclass(frozen=True, slots=True)
class Since:
    """From which event on, exclusive, everything is new to a reader, and when they looked last (centre time)."""

    at: datetime
    event: int


@dataclass(frozen=True, slots=True)
class Beside:
    """Somebody else who has the case open now."""

    name: str
    unit: str


def others_here(reader: Person, case: Case, now: datetime) -> list[Beside]:
    """Who else has the case open, in the order of their names; ``now`` is real time.  One query."""
    held = Appointment.objects.in_force(now).filter(person=OuterRef("person")).order_by("since", "pk")
    rows = CaseLook.objects.filter(case=case, heard_at__gt=now - HERE, person__is_active=True)
    named = rows.exclude(person=reader).annotate(unit=Subquery(held.values("unit__name")[:1]))
    found = named.order_by("person__display_name", "pk").values_list("person__display_name", "unit")
    return [Beside(name, unit or "") for name, unit in found]


def since_of(reader: Person, case: Case) -> Since | None:
    """Since when things are new to this reader in the visit that has begun already."""
    row = CaseLook.objects.filter(case=case, person=reader).values_list("since_at", "since_event").first()
    at, event = row or (None, None)
    return None if at is None or event is None else Since(at, event)


def newest_event() -> int:
    """The key of the newest event of the whole ledger: what comes later was not on a page drawn now."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def token_of(case: Case) -> str:
    """A word for the case in hints that everybody hears: it tells nothing to who does not have the case."""
    return keyed_hash("case-present", str(case.pk))[:20]
