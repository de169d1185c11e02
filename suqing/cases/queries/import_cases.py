"""The cases behind the counts of an import: told by the events of its batches, so that a later import moves none."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.db.models.expressions import RawSQL

from suqing.cases.models import ImportedCase, ImportRun
from suqing.ledger.models import Event

FATES = ("added", "updated", "kept")  # counts that are cases here, each of them counted once
LINK_LENGTH = 50  # characters of an address' value

_UPDATED = """
    SELECT told.key::bigint FROM ledger_event e, jsonb_object_keys(e.data -> 'updated') AS told (key)
    WHERE e.id = ANY(%s)
"""
_KEPT = """
    SELECT told.number FROM ledger_event e, jsonb_array_elements_text(e.data -> 'kept_numbers') AS told (number)
    WHERE e.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Brought:
    """An import, and which of its cases; without a fate those it added or updated."""

    ref: UUID
    fate: str

    def __str__(self) -> str:
        return f"{self.ref}.{self.fate}" if self.fate else str(self.ref)


def brought_of(text: str) -> Brought | None:
    """What ``<reference>`` or ``<reference>.<fate>`` names; None for anything else."""
    ref, _dot, fate = text.partition(".")
    if fate and fate not in FATES:
        return None
    try:
        return Brought(UUID(ref), fate)
    except ValueError:
        return None


def file_name_of(brought: Brought | None) -> str:
    """What the file of an import is called; "" if there is none."""
    rows = ImportRun.objects.filter(ref=brought.ref) if brought else ImportRun.objects.none()
    return rows.values_list("file_name", flat=True).first() or ""


def of_import(text: str) -> Q | None:
    """The condition on cases that such a name stands for; None if it names no import.  Two small queries."""
    brought = brought_of(text)
    run = ImportRun.objects.filter(ref=brought.ref).values_list("pk", flat=True).first() if brought else None
    if brought is None or run is None:
        return None
    rows = Event.objects.filter(subject_type="import_run", subject_id=str(run), verb="import.batch")
    events = list(rows.values_list("pk", flat=True))
    if brought.fate == "kept":
        return Q(number__in=RawSQL(_KEPT, [events]))
    # The first event of a case is the batch that brought it.
    added = Q(pk__in=ImportedCase.objects.filter(events__0__in=events).values("case"))
    updated = Q(pk__in=RawSQL(_UPDATED, [events]))
    return {"added": added, "updated": updated}.get(brought.fate, added | updated)
