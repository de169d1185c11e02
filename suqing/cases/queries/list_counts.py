"""How long lists of cases are: counted row for row up to a limit, so that no count walks through a whole centre."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from suqing.accounts.models import Person
from suqing.cases.queries.filters import Filters
from suqing.cases.queries.lists import narrowed
from suqing.cases.queries.ready import WAITING
from suqing.cases.queries.sight import visible_cases

MOST_COUNTED = 1_000  # beyond it pages say "1000+"


def counts_of(person: Person, lists: Mapping[str, Filters], now: datetime) -> dict[str, int]:
    """How many cases each of these lists shows the person: exact up to MOST_COUNTED, MOST_COUNTED + 1 for any more.

    All are counted by one query; lists that search words or people are not counted so.
    """
    mine = visible_cases(person)
    parts: list[str] = []
    values: list[Any] = []
    counted: list[str] = []
    for name, filters in lists.items():
        rows = narrowed(mine, filters, now).order_by().values("pk")[: MOST_COUNTED + 1]
        try:
            sql, given = rows.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            continue  # somebody without any unit sees nothing
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")
        values.extend(given)
        counted.append(name)
    found = dict.fromkeys(lists, 0)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", values)
            found |= dict(zip(counted, cursor.fetchone(), strict=True))
    return found


READY = {name: Filters(waiting=name) for name in WAITING} | {
    "due_soon": Filters(due="48h"),
    "due_24": Filters(due="24h"),
    "due_12": Filters(due="12h"),
    "overdue": Filters(due="overdue"),
}


def waiting_counts(person: Person, now: datetime, names: tuple[str, ...] = tuple(READY)) -> dict[str, int]:
    """Lengths of the person's to-do lists: not figures, only what asks for action."""
    return counts_of(person, {name: READY[name] for name in names}, now)
