"""Lists of cases: what they are narrowed to, and how what somebody typed is searched for."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.models import Case, CaseQuerySet, GroupMember, SupervisionOrder
from suqing.cases.oversight import OrderState
from suqing.cases.queries.filters import Filters, filters_of
from suqing.cases.queries.import_cases import of_import
from suqing.cases.queries.ready import SUPERVISED, WAITING
from suqing.cases.queries.sight import visible_cases
from suqing.cases.queries.words import holding
from suqing.kit import dates, phones
from suqing.ledger.queries import keyed_hash


def in_reach(person: Person, filters: Filters) -> CaseQuerySet:
    """What the person may see, and nothing where they search for a number that they may not search for."""
    cases = visible_cases(person)
    if number_in(filters.words) and not may_search_numbers(person):
        cases = cases.none()
    return cases


def listed(person: Person, filters: Filters, now: datetime) -> CaseQuerySet:
    """All cases of a work list, without an order: what the page cuts its pages from and a file holds whole."""
    return narrowed(in_reach(person, filters), filters, now)


def narrowed(cases: CaseQuerySet, filters: Filters, now: datetime) -> CaseQuerySet:
    """Apply the filters of a list."""
    return _with_words(narrowed_but_words(cases, filters, now), filters.words)


def narrowed_but_words(cases: CaseQuerySet, filters: Filters, now: datetime) -> CaseQuerySet:
    """Apply all filters of a list but its words."""
    exact = {"kind": filters.kind, "state": filters.state, "issue_class_id": filters.issue_class}
    exact |= {"entity_id": filters.entity, "handler_id": filters.handler}
    cases = cases.filter(**{name: value for name, value in exact.items() if value})
    cases = _of_archive(cases.unfinished() if filters.open_only else cases, filters)
    cases = _waiting(cases, filters.waiting, now)
    if filters.parties is not None:
        cases = cases.filter(party__in=filters.parties)
    if filters.unit:
        cases = _with_units(cases, (filters.unit,))
    if filters.units is not None:
        cases = _with_units(cases, filters.units)
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


def _waiting(cases: CaseQuerySet, waiting: str, now: datetime) -> CaseQuerySet:
    if waiting not in WAITING:
        return cases
    found = WAITING[waiting]
    if waiting == SUPERVISED:
        # An order over a filter that moves is over what the filter finds today.
        moving = SupervisionOrder.objects.filter(state=OrderState.OPEN, is_frozen=False, filter__isnull=False)
        for under in (filters_of(order.filter or {}) for order in moving):
            if under.waiting != SUPERVISED:
                rows = narrowed(Case.objects.all(), under, now).order_by()
                found |= Q(closed_at=None, pk__in=rows.values("pk"))
    return cases.filter(found)


def _with_units(cases: CaseQuerySet, units: tuple[int, ...]) -> CaseQuerySet:
    """The cases that these units or units below them have."""
    below = Q(pk__in=[])
    for unit in Unit.objects.filter(pk__in=units):
        below |= Q(path__startswith=unit.path)
    return cases.filter(responsible_unit__in=Unit.objects.filter(below))


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
    return cases.filter(closed_at=None, next_due_at__gte=now, next_due_at__lte=now + timedelta(hours=hours))


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
