"""Pages of a list by the key of their first and last row: page 1 and page 10,000 cost the same."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet

SIZE = 50
LONGEST_KEY = 200  # characters; ours have about 70

Parse = Callable[[str], date]


@dataclass(frozen=True, slots=True)
class KeyPage:
    """One page and the keys of its neighbours; "" where there is none."""

    rows: list[Any]
    after: str
    before: str

    def pager(self, address: str, kept: Mapping[str, Any], total_text: str) -> dict[str, Any]:
        """The values that pager.html asks for; ``kept`` are the other parameters of the address."""

        def url(**key: str) -> str:
            return f"{address}?{urlencode({**kept, **key}, doseq=True)}"

        return {
            "newer_url": url(before=self.before) if self.before else "",
            "older_url": url(after=self.after) if self.after else "",
            "shown": len(self.rows),
            "total_text": total_text,
        }


def page(
    rows: QuerySet[Any],
    given: Mapping[str, str],
    *,
    field: str = "received_at",
    parse: Parse = datetime.fromisoformat,
    size: int = SIZE,
    oldest_first: bool = False,
) -> KeyPage:
    """Cut one page by ``field`` and key; ``given`` may hold "after" or "before".  A broken key starts at page 1.

    Newest first, or ``oldest_first``; "before" leads to the page above, "after" to the one below.
    """
    key = _read(given.get("before") or given.get("after") or "", parse)
    down, up = ("gt", "lt") if oldest_first else ("lt", "gt")
    forward, backward = ((field, "pk"), (f"-{field}", "-pk"))
    if not oldest_first:
        forward, backward = backward, forward
    if key is not None and given.get("before"):
        above = Q(**{f"{field}__{up}": key[0]}) | Q(**{field: key[0], f"pk__{up}": key[1]})
        found = list(rows.filter(above).order_by(*backward)[: size + 1])
        return _page(found[:size][::-1], field, has_newer=len(found) > size, has_older=True)
    if key is not None:
        rows = rows.filter(Q(**{f"{field}__{down}": key[0]}) | Q(**{field: key[0], f"pk__{down}": key[1]}))
    found = list(rows.order_by(*forward)[: size + 1])
    return _page(found[:size], field, has_newer=key is not None, has_older=len(found) > size)


def _page(rows: list[Any], field: str, *, has_newer: bool, has_older: bool) -> KeyPage:
    return KeyPage(
        rows,
        after=_write(rows[-1], field) if rows and has_older else "",
        before=_write(rows[0], field) if rows and has_newer else "",
    )


def _write(row: Model, field: str) -> str:
    text = json.dumps([getattr(row, field).isoformat(), row.pk])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(key: str, parse: Parse) -> tuple[date, int] | None:
    if not key or len(key) > LONGEST_KEY:
        return None
    try:
        written, pk = json.loads(urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        moment = parse(written)
        if isinstance(moment, datetime) and moment.tzinfo is None:
            return None
        return moment, int(pk)
    except (ValueError, TypeError, OverflowError):
        return None
