"""Pages of a work list by the key of their first and last row: page 1 and page 10,000 cost the same."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import F, Q

from suqing.accounts.models import Person
from suqing.cases.models import Case, CaseQuerySet
from suqing.cases.queries.filters import Filters
from suqing.cases.queries.lists import are_words, in_reach, listed, narrowed_but_words
from suqing.cases.queries.words import saying

NEAREST = 2_000  # cases that are read through for a word before the index is asked
LONGEST_KEY = 1_200  # characters: the name of an operator may stand in it

Value = datetime | str | None
Key = tuple[Value, int]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list and the keys of its neighbours; None where there is none."""

    cases: list[Case]
    after: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """Rows in the order of a column, then of their keys; rows without a value come last."""

    field: str
    is_descending: bool = False
    is_nullable: bool = False
    is_moment: bool = False

    def place(self, cases: CaseQuerySet, key: Key | None, *, backwards: bool = False) -> CaseQuerySet:
        """The rows behind the key, nearest first; ``backwards`` those before it."""
        if key is not None:
            cases = cases.filter(self._beyond(key, backwards=backwards))
        descending, column = self.is_descending != backwards, F(self.field)
        nulls = {"nulls_first" if backwards else "nulls_last": True} if self.is_nullable else {}
        return cases.order_by(
            column.desc(**nulls) if descending else column.asc(**nulls), "-id" if descending else "id"
        )

    def _beyond(self, key: Key, *, backwards: bool) -> Q:
        value, pk = key
        step = "lt" if self.is_descending != backwards else "gt"
        if value is None:
            same = Q(**{f"{self.field}__isnull": True, f"id__{step}": pk})
            return same | Q(**{f"{self.field}__isnull": False}) if backwards else same
        beyond = Q(**{f"{self.field}__{step}": value}) | Q(**{self.field: value, f"id__{step}": pk})
        if not self.is_nullable:
            # Said once more, so that the index of the column begins at the key.
            return beyond & Q(**{f"{self.field}__{step}e": value})
        return beyond if backwards else beyond | Q(**{f"{self.field}__isnull": True})

    def key_of(self, case: Case) -> Key:
        value = getattr(case, self.field)
        return (value if isinstance(value, datetime | str) else None), case.pk

    def fits(self, value: object) -> bool:
        """Whether a value that stood in an address can be one of this column."""
        if value is None:
            return self.is_nullable
        return isinstance(value, datetime if self.is_moment else str)


NEWEST = "-received"
# By what a list can be sorted; a minus in front turns it round.
ORDERS = {
    NEWEST: Order("received_at", is_descending=True, is_moment=True),
    "received": Order("received_at", is_moment=True),
    "due": Order("next_due_at", is_nullable=True, is_moment=True),
    "number": Order("number"),
    "-number": Order("number", is_descending=True),
    "operator": Order("entity_name"),
    "-operator": Order("entity_name", is_descending=True),
}


def work_list(
    person: Person,
    filters: Filters,
    now: datetime,
    *,
    size: int = 50,
    sort: str = NEWEST,
    after: str = "",
    before: str = "",
) -> Page:
    """One page of the cases the person may see, newest first or by another of ORDERS; ``after`` and ``before`` are keys
    of a Page in the same order.  A broken key starts at the first page."""
    order = ORDERS.get(sort, ORDERS[NEWEST])
    key = _read_key(before or after, order)
    if before and key is not None:
        found = _next_rows(person, filters, now, partial(order.place, key=key, backwards=True), size + 1)
        more, rows = len(found) > size, found[:size][::-1]
        return _page(rows, order, has_newer=more, has_older=bool(rows))
    found = _next_rows(person, filters, now, partial(order.place, key=key), size + 1)
    return _page(found[:size], order, has_newer=key is not None, has_older=len(found) > size)


def _next_rows(
    person: Person, filters: Filters, now: datetime, place: Callable[[CaseQuerySet], CaseQuerySet], count: int
) -> list[Case]:
    """The next rows of a list in the order of ``place``.  Words are looked for in the nearest cases first: a word that
    many say fills the page from them, and only for a rarer one the index of all cases is asked."""
    whole = listed(person, filters, now)
    if are_words(filters.words):
        near = place(narrowed_but_words(in_reach(person, filters), filters, now))[:NEAREST]
        rows = saying(Case.objects.filter(pk__in=near.values("pk")), filters.words)
        found = list(place(_with_row_facts(rows))[:count])
        if len(found) == count:
            return found
        # Only keys are sorted: the rows of a word that thousands say are wide.
        whole = Case.objects.filter(pk__in=place(whole).values("pk")[:count])
    return list(place(_with_row_facts(whole))[:count])


def _with_row_facts(cases: CaseQuerySet) -> CaseQuerySet:
    return cases.select_related(
        "entity", "place", "issue_class", "object_class", "responsible_unit", "party", "handler"
    )


def _page(cases: list[Case], order: Order, *, has_newer: bool, has_older: bool) -> Page:
    return Page(
        cases,
        after=_write_key(order.key_of(cases[-1])) if cases and has_older else None,
        before=_write_key(order.key_of(cases[0])) if cases and has_newer else None,
    )


def _write_key(key: Key) -> str:
    value, pk = key
    written = [value.isoformat(), pk, "at"] if isinstance(value, datetime) else [value, pk]
    return urlsafe_b64encode(json.dumps(written, ensure_ascii=False).encode()).decode().rstrip("=")


def _read_key(key: str, order: Order) -> Key | None:
    if not key or len(key) > LONGEST_KEY:
        return None
    try:
        value, pk, *kind = json.loads(urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        value = datetime.fromisoformat(value) if kind == ["at"] else value
        if (isinstance(value, datetime) and value.tzinfo is None) or not order.fits(value):
            return None
        return value, int(pk)
    except (ValueError, TypeError, OverflowError):
        return None  # a key that somebody shortened: the list starts at its first page
