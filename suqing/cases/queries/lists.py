"""Lists of cases: what they are narrowed to, their pages, and the lengths of to-do lists."""

from __future__ import annotations

import json
import re
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from django.db.models import Count, Exists, OuterRef, Q

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.models import Case, CaseQuerySet, GroupMember
from suqing.cases.queries.clocks import extensions_waiting
from suqing.cases.queries.import_cases import of_import
from suqing.cases.queries.reminders import unanswered
from suqing.cases.queries.sight import visible_cases
from suqing.cases.queries.words import holding, saying
from suqing.cases.vocabulary import Kind, State
from suqing.kit import dates, phones
from suqing.ledger.queries import keyed_hash

# What asks for action in a state of its own; the counts of the rail and the lists they open are the same condition.
WAITING = {
    "to_dispatch": Q(state=State.REGISTERED) & ~Q(kind=Kind.CONSULTATION),
    "to_decide": Q(state=State.DISPATCHED),
    "reminded": Q(remind_count__gt=0) & Q(Exists(unanswered().filter(case=OuterRef("pk")))),
    "objections": Q(state=State.OBJECTED),
    "extensions": Q(pk__in=extensions_waiting().values("case")),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a work list is narrowed to; empty fields do not narrow."""

    kind: str = ""
    state: str = ""
    unit: int | None = None
    place: str = ""
    issue_class: int | None = None
    entity: int | None = None  # the operator as it is now, see queries.entities.head_of
    topic: str = ""
    due: str = ""  # overdue | 12h | 24h | 48h
    received_from: date | None = None
    received_to: date | None = None
    words: str = ""
    waiting: str = ""  # a key of WAITING
    parties: tuple[int, ...] | None = None  # only the cases of these people
    event: str = ""  # number of an event
    run: str = ""  # of an import, and which of its cases; see queries.import_cases
    open_only: bool = False
    archived: bool = False  # only the archive; else it is left out, unless words or a person are searched for


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list and the keys of its neighbours; None where there is none."""

    cases: list[Case]
    after: str | None
    before: str | None


def work_list(
    person: Person, filters: Filters, now: datetime, *, size: int = 50, after: str = "", before: str = ""
) -> Page:
    """One page of the cases the person may see, newest first; ``after`` and ``before`` are keys of a Page.

    Keyset pages cost the same on page 1 and page 10,000; a broken key starts at the first page.
    """
    key = _read_key(before or after)
    if before and key is not None:
        found = _next_rows(person, filters, now, partial(_newer_than, key=key), size + 1)
        more_newer, page = len(found) > size, found[:size][::-1]
        return _page(page, has_newer=more_newer, has_older=bool(page))
    found = _next_rows(person, filters, now, partial(_older_than, key=key), size + 1)
    return _page(found[:size], has_newer=key is not None, has_older=len(found) > size)


def _newer_than(cases: CaseQuerySet, key: tuple[datetime, int]) -> CaseQuerySet:
    newer = Q(received_at__gt=key[0]) | Q(received_at=key[0], id__gt=key[1])
    return cases.filter(newer, received_at__gte=key[0]).order_by("received_at", "id")


def _older_than(cases: CaseQuerySet, key: tuple[datetime, int] | None) -> CaseQuerySet:
    if key is not None:
        older = Q(received_at__lt=key[0]) | Q(received_at=key[0], id__lt=key[1])
        cases = cases.filter(older, received_at__lte=key[0])
    return cases.newest_first()


def _next_rows(
    person: Person, filters: Filters, now: datetime, place: Callable[[CaseQuerySet], CaseQuerySet], count: int
) -> list[Case]:
    """The next rows of a list in the order of ``place``.  Words are looked for in the nearest cases first: a word that
    many say fills the page from them, and only for a rarer one the index of all cases is asked."""
    whole = listed(person, filters, now)
    if are_words(filters.words):
        near = place(_narrowed_but_words(_in_reach(person, filters), filters, now))[:NEAREST]
        rows = saying(Case.objects.filter(pk__in=near.values("pk")), filters.words)
        found = list(place(_with_row_facts(rows))[:count])
        if len(found) == count:
            return found
        # Only keys are sorted: the rows of a word that thousands say are wide.
        whole = Case.objects.filter(pk__in=place(whole).values("pk")[:count])
    return list(place(_with_row_facts(whole))[:count])


def _with_row_facts(cases: CaseQuerySet) -> CaseQuerySet:
    return cases.select_related("entity", "place", "issue_class", "object_class", "responsible_unit", "party")


def _in_reach(person: Person, filters: Filters) -> CaseQuerySet:
    """What the person may see, and nothing where they search for a number that they may not search for."""
    cases = visible_cases(person)
    if number_in(filters.words) and not may_search_numbers(person):
        cases = cases.none()
    return cases


def listed(person: Person, filters: Filters, now: datetime) -> CaseQuerySet:
    """All cases of a work list, without an order: what the page cuts its pages from and a file holds whole."""
    return narrowed(_in_reach(person, filters), filters, now)


def narrowed(cases: CaseQuerySet, filters: Filters, now: datetime) -> CaseQuerySet:
    """Apply the filters of a list."""
    return _with_words(_narrowed_but_words(cases, filters, now), filters.words)


def _narrowed_but_words(cases: CaseQuerySet, filters: Filters, now: datetime) -> CaseQuerySet:
    exact = {"kind": filters.kind, "state": filters.state, "issue_class_id": filters.issue_class}
    exact["entity_id"] = filters.entity
    cases = cases.filter(**{name: value for name, value in exact.items() if value})
    cases = _of_archive(cases.unfinished() if filters.open_only else cases, filters)
    if filters.waiting in WAITING:
        cases = cases.filter(WAITING[filters.waiting])
    if filters.parties is not None:
        cases = cases.filter(party__in=filters.parties)
    if filters.unit:
        unit = Unit.objects.filter(pk=filters.unit).first()
        cases = cases.filter(responsible_unit__in=Unit.objects.under(unit)) if unit else cases.none()
    if filters.place:
        cases = cases.filter(place__code__startswith=filters.place)
    if filters.topic:
        cases = cases.filter(topics__version__topic__code=filters.topic).distinct()
    if filters.run:
        brought = of_import(filters.run)
        cases = cases.none() if brought is None else cases.filter(brought)
    if filters.event:
        members = GroupMember.objects.filter(group__number=filters.event, removed_at=None)
        cases = cases.filter(pk__in=members.values("case"))
    cases = _received_within(cases, filters.received_from, filters.received_to)
    return _due_within(cases, filters.due, now)


def _of_archive(cases: CaseQuerySet, filters: Filters) -> CaseQuerySet:
    """What lies in the archive only where it is asked for or searched; nothing that is open lies there."""
    if filters.archived:
        return cases.filter(archived_at__isnull=False)
    is_search = bool(filters.words.strip() or filters.entity or filters.run) or filters.parties is not None
    return cases if filters.open_only or is_search else cases.filter(archived_at=None)


def _received_within(cases: CaseQuerySet, first: date | None, last: date | None) -> CaseQuerySet:
    if first:
        cases = cases.filter(received_at__gte=datetime.combine(first, time(), LOCAL_ZONE))
    if last and last < date.max:  # the last of all days has no next one, and nothing comes after it
        cases = cases.filter(received_at__lt=dates.day_bounds(last, LOCAL_ZONE)[1])
    return cases


def _due_within(cases: CaseQuerySet, due: str, now: datetime) -> CaseQuerySet:
    if due == "overdue":
        return cases.filter(closed_at=None, next_due_at__lt=now)
    hours = {"12h": 12, "24h": 24, "48h": 48}.get(due)
    if hours is None:
        return cases
    return cases.filter(closed_at=None, next_due_at__gt=now, next_due_at__lte=now + timedelta(hours=hours))


def _with_words(cases: CaseQuerySet, words: str) -> CaseQuerySet:
    words = words.strip()
    if not words:
        return cases
    if there := number_there(words):
        return cases.filter(imported__number=there)
    if number := number_in(words):
        return cases.filter(party__phone_hash=keyed_hash("phone", number))
    if _begins_a_number(words):
        return cases.filter(number__startswith=words.upper())
    return holding(cases, words)


def are_words(words: str) -> bool:
    """Whether what was typed is looked for in texts, being no number of any sort."""
    words = words.strip()
    return bool(words) and not (number_there(words) or number_in(words) or _begins_a_number(words))


def number_there(words: str) -> str:
    """The registration number of another system that somebody typed; "" if it is none."""
    there = words.replace(" ", "")
    return there if there.isdigit() and len(there) >= SHORTEST_NUMBER_THERE else ""


def _begins_a_number(words: str) -> bool:
    return words[:2].upper() in ("ZX", "TS", "JB") and words[2:].isdigit()


NEAREST = 2_000  # cases that are read through for a word before the index is asked
LONGEST_KEY = 200  # characters; ours have about 70
SHORTEST_NUMBER_THERE = 20  # digits of a registration number of another system; no phone number has so many


_NUMBER = re.compile(r"[0-9+()\-#;.\s转ext=]+", re.IGNORECASE)


def number_in(words: str) -> str:
    """The phone number that somebody typed to search for, normalised; "" if it is words."""
    number = phones.normalise(words) if _NUMBER.fullmatch(unicodedata.normalize("NFKC", words)) else ""
    return number if len(number) >= 7 else ""


def may_search_numbers(person: Person) -> bool:
    """Whether this person may find cases by a phone number: to others the answer alone would tell whose case it is."""
    return can(person, Permission.PERSONAL_SEE) or can(person, Permission.PERSONAL_UNMASK)


def newest_under(person: Person, number: str) -> str:
    """The number of the newest case under a phone number that this person may see and search for; "" for none."""
    if not may_search_numbers(person):
        return ""
    rows = visible_cases(person).filter(party__phone_hash=keyed_hash("phone", number)).newest_first()
    return rows.values_list("number", flat=True).first() or ""


def _page(cases: list[Case], *, has_newer: bool, has_older: bool) -> Page:
    return Page(
        cases,
        after=_write_key(cases[-1]) if cases and has_older else None,
        before=_write_key(cases[0]) if cases and has_newer else None,
    )


def _write_key(case: Case) -> str:
    return (
        urlsafe_b64encode(json.dumps([case.received_at.isoformat(), case.pk]).encode()).decode().rstrip("=")
    )


def _read_key(key: str) -> tuple[datetime, int] | None:
    if not key or len(key) > LONGEST_KEY:
        return None
    try:
        written, pk = json.loads(urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        moment = datetime.fromisoformat(written)
        return None if moment.tzinfo is None else (moment, int(pk))
    except (ValueError, TypeError, OverflowError):
        return None  # a key that somebody shortened: the list starts at its first page


def waiting_counts(person: Person, now: datetime) -> dict[str, int]:
    """Lengths of the person's to-do lists for the rail: not figures, only what asks for action."""
    return (
        visible_cases(person)
        .filter(closed_at=None)
        .aggregate(
            to_dispatch=Count("pk", filter=WAITING["to_dispatch"]),
            to_decide=Count("pk", filter=WAITING["to_decide"]),
            objections=Count("pk", filter=WAITING["objections"]),
            extensions=Count("pk", filter=WAITING["extensions"]),
            reminded=Count("pk", filter=WAITING["reminded"]),
            due_soon=Count("pk", filter=Q(next_due_at__gt=now, next_due_at__lte=now + timedelta(hours=48))),
            overdue=Count("pk", filter=Q(next_due_at__lt=now)),
        )
    )
