"""Bulk changes as one person may see them, and what they did to one case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from suqing.accounts.models import Appointment, Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can, visible_unit_ids
from suqing.accounts.roles import roles_with
from suqing.cases.models import BulkChange, BulkItem, Case, CaseQuerySet, Reminder
from suqing.cases.queries.filters import Filters
from suqing.cases.queries.lists import listed
from suqing.cases.queries.sight import sees_all_cases, visible_cases
from suqing.ledger.models import Event
from suqing.ledger.queries import events_of

MOST_CASES = 10_000  # in one change: it is one transaction, in which the cases are locked
PERMISSIONS = {
    BulkChange.Kind.ASSIGN: Permission.CASE_HANDLE,
    BulkChange.Kind.REMIND: Permission.CASE_REMIND,
    BulkChange.Kind.RECLASSIFY: Permission.CASE_CORRECT,
}


def kinds_for(person: Person) -> list[BulkChange.Kind]:
    """What this person may do to many cases at once."""
    if not can(person, Permission.CASE_BULK):
        return []
    return [kind for kind, needed in PERMISSIONS.items() if can(person, needed)]


def count_of_list(person: Person, filters: Filters, now: datetime) -> int:
    """How many cases a list has, counted only to one beyond what can be changed at once."""
    return listed(person, filters, now).values("pk")[: MOST_CASES + 1].count()


def visible_changes(person: Person) -> QuerySet[BulkChange]:
    """The changes this person may read: who sees all cases those of everybody, others their own."""
    changes = BulkChange.objects.select_related("by", "undone_by")
    return changes if sees_all_cases(person) else changes.filter(by=person)


def register(person: Person) -> QuerySet[BulkChange]:
    """What has been done, without drafts."""
    return visible_changes(person).filter(at__isnull=False)


def change_for(person: Person, ref: UUID) -> BulkChange:
    """The change of this reference; a draft is its maker's alone.  Raise BulkChange.DoesNotExist."""
    found = visible_changes(person).get(ref=ref)
    if found.at is None and found.by_id != person.pk:
        raise BulkChange.DoesNotExist
    return found


def cases_of(person: Person, change: BulkChange, fate: str) -> CaseQuerySet:
    """The cases of a change that ended so, as far as this person may see them."""
    items = BulkItem.objects.filter(change=change, fate=fate)
    return visible_cases(person).filter(pk__in=items.values("case"))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some cases are refused: the sentence, its article, how many, and the first of them."""

    message: str
    values: dict[str, Any]
    article: str
    count: int
    numbers: list[str]


FIRST_NUMBERS = 20


def foreseen_refusals(person: Person, change: BulkChange) -> list[Reason]:
    """Why the preview of a draft refuses cases, the commonest first; one query."""
    return _reasons(person, [(pk, why) for pk, why in change.seen.get("refusals", ())])


def reasons_of(person: Person, change: BulkChange, *, of_undo: bool = False) -> list[Reason]:
    """Why cases were refused when it was done, or kept as they are by its undo; two queries."""
    rows = (
        change.items.filter(fate=BulkItem.Fate.CHANGED, undone=False)
        if of_undo
        else change.items.filter(fate=BulkItem.Fate.REFUSED)
    )
    return _reasons(person, list(rows.order_by("case_id").values_list("case_id", "refusal")))


def _reasons(person: Person, found: Sequence[tuple[int, dict[str, Any]]]) -> list[Reason]:
    cases: dict[tuple[str, str], list[int]] = {}
    whys: dict[tuple[str, str], dict[str, Any]] = {}
    for pk, why in found:
        key = (why.get("message", ""), repr(sorted(why.get("values", {}).items())))
        whys.setdefault(key, why)
        cases.setdefault(key, []).append(pk)
    shown = {pk for keys in cases.values() for pk in keys[:FIRST_NUMBERS]}
    numbers = dict(visible_cases(person).filter(pk__in=shown).values_list("pk", "number"))
    return [
        Reason(
            why.get("message", ""),
            why.get("values", {}),
            why.get("article", ""),
            len(cases[key]),
            [numbers[pk] for pk in cases[key][:FIRST_NUMBERS] if pk in numbers],
        )
        for key, why in sorted(whys.items(), key=lambda pair: -len(cases[pair[0]]))
    ]


def units_to_assign(person: Person) -> list[Unit]:
    """The active units to which this person may hand cases, in the order of the tree."""
    mine = visible_unit_ids(person, holding=Permission.CASE_HANDLE)
    rows = Unit.objects.active().exclude(kind=Unit.Kind.CENTRE).order_by("path")
    return list(rows if mine is None else rows.filter(pk__in=mine))


def handlers_to_assign(units: Sequence[Unit]) -> list[Person]:
    """Who handles the cases of these units now; one query."""
    held = Appointment.objects.in_force(timezone.now()).filter(
        unit__in=units, role__in=roles_with(Permission.CASE_HANDLE)
    )
    rows = Person.objects.filter(pk__in=held.values("person"), is_active=True)
    return list(rows.order_by("display_name", "pk"))


def units_of_change(person: Person, change: BulkChange) -> Counter[str]:
    """In whose hands the selected cases of a draft are: names of units with counts; one query."""
    keys = [int(pk) for pk in change.seen.get("cases", {})]
    rows = visible_cases(person).filter(pk__in=keys).values_list("responsible_unit__name", flat=True)
    return Counter(rows)


@dataclass(frozen=True, slots=True)
class Told:
    """A bulk change in the story of one case: the event, what it changed in this case, what was written then."""

    event: Event
    facts: dict[str, Any]
    text: str


def told_of_case(case: Case) -> list[Told]:
    """What bulk changes did to this case; one query where there is none, at most three."""
    rows = BulkItem.objects.filter(case=case, fate=BulkItem.Fate.CHANGED).select_related("change")
    items = {str(item.change_id): item for item in rows}
    if not items:
        return []
    notes = _notes(items.values())
    told = []
    for event in events_of("bulk_change", items):
        item = items[event.subject_id]
        facts = {"change": str(item.change.ref), "kind": item.change.kind, "count": item.change.changed}
        if event.verb != "bulk.undone":
            text = notes.get(item.after.get("reminder", 0), item.change.note)
            told.append(Told(event, facts | {"before": item.before, "after": item.after}, text))
        elif item.undone:
            told.append(Told(event, facts | {"before": item.after, "after": item.before}, ""))
    return told


def _notes(items: Iterable[BulkItem]) -> dict[int, str]:
    """The words of reminders, by key: they stand there and nowhere else, so that they are redacted with the case."""
    keys = [item.after["reminder"] for item in items if "reminder" in item.after]
    return dict(Reminder.objects.filter(pk__in=keys).values_list("pk", "note")) if keys else {}
