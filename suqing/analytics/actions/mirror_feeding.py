"""Bringing what changed into the mirror, a round about every second."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import pyarrow as pa
from django.db import connection, transaction
from django.utils import timezone

from suqing.analytics.actions.views import settled_view
from suqing.analytics.mirror.facts_of import of_keys
from suqing.analytics.mirror.tables import SPECS, marked, tombstones
from suqing.analytics.mirror_state import epoch_of, is_behind, mirror_row
from suqing.analytics.models import Mirror, Touched
from suqing.ledger.queries import sealed_position

log = logging.getLogger(__name__)

ROUND_ROWS = 20_000
# 41 bits of transactions, 12 of those that run, 10 of the sequence.
_NUMBER_OF_VIEW = """
    SELECT (((pg_snapshot_xmax(seen)::text::bigint << 12) - least(running, 4095)) << 10)
           + nextval('analytics_mirror_round') % 1024
    FROM pg_current_snapshot() AS seen,
         LATERAL (SELECT count(*) AS running FROM pg_snapshot_xip(seen)) AS counted"""
# What a touched row brings into which tables.
TABLES_OF = {"new_cases": ("cases", "texts")}


Noted = tuple[int, str, list[int]]  # its own key, what it is of, the keys of the rows that changed


class Lock(IntEnum):
    """One feeder, one folder and one builder at a time in the whole installation."""

    FEED = 1400210001
    FOLD = 1400210002
    BUILD = 1400210003


@contextmanager
def lock(which: Lock, *, wait: bool = False) -> Iterator[bool]:
    """Hold the lock for the block if nobody else does; wait for it if asked.  It ends with the connection at the latest."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(%s)", [which])
            held = True
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [which])
            held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [which])


@dataclass(frozen=True, slots=True)
class Fed:
    """What a round brought: so many touched rows, up to this position; ``is_more`` if others wait."""

    rows: int
    position: int
    is_more: bool


def feed(*, limit: int = ROUND_ROWS) -> Fed | None:
    """Bring up to ``limit`` touched rows into the mirror; None without a mirror, or while another feeder works.

    1. Read the rows and their facts in one view, at a sealed position.  2. Append them to the tables.  3. Take them off
    the list and write down where the mirror stands, in one transaction.  Killed after 2, the rows are appended once
    more: of two rows with one key the later counts.
    """
    with lock(Lock.FEED) as held:
        row = mirror_row() if held else None
        return None if row is None else _round(row, limit)


def _round(row: Mirror, limit: int) -> Fed:
    if not is_behind() and sealed_position() == row.position:
        return Fed(0, row.position, is_more=False)
    with settled_view() as position:
        touched, is_more = taken_off(limit)
        rows = facts_to_append(touched, next_writing()) if touched else {}
    versions = deepcopy(row.versions)
    for name, table in rows.items():
        versions[name]["changes"] = epoch_of(row.epoch).append(name, "changes", table)
    # With more waiting, what is older than the position is not all there yet.
    stands_at = row.position if is_more else position
    _write_down(row.epoch, [one[0] for one in touched], versions, stands_at)
    return Fed(sum(len(keys) for _id, _source, keys in touched), stands_at, is_more)


def taken_off(limit: int | None) -> tuple[list[Noted], bool]:
    """What is noted and not fed yet, oldest first, until there are ``limit`` keys, and whether there is more."""
    taken, count = list[Noted](), 0
    waiting = Touched.objects.filter(is_held=False).order_by("id").values_list("id", "source", "row_ids")
    for one in waiting.iterator(chunk_size=100):
        if limit is not None and count >= limit:
            return taken, True
        taken.append(one)
        count += len(one[2])
    return taken, False


def facts_to_append(
    touched: Iterable[Noted], writing: int, tables: Collection[str] = tuple(SPECS)
) -> dict[str, pa.Table]:
    """The rows to append by table: facts of what is there, tombstones of what is gone."""
    keys: dict[str, set[int]] = {}
    for _id, source, changed in touched:
        for name in TABLES_OF.get(source, (source,)):
            if name in tables:
                keys.setdefault(name, set()).update(changed)
    found = {}
    for name, wanted in keys.items():
        spec = SPECS[name]
        facts = of_keys(spec, sorted(wanted))
        gone = sorted(wanted - set(facts[spec.key].to_pylist()))
        parts = [marked(spec, facts, writing), tombstones(spec, gone, writing)]
        found[name] = pa.concat_tables([part for part in parts if len(part)])
    return found


def next_writing() -> int:
    """A number for what is read in the view of this transaction: of two rows with one key the higher one counts.

    It grows with the view, not with the moment of writing, so that what was read later wins also where two feeders work
    at once: the first transaction that the view does not know, less those before it that still run, then a sequence.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER_OF_VIEW)
        return int(cursor.fetchone()[0])


@transaction.atomic
def _write_down(epoch: str, touched: list[int], versions: Mapping[str, Any], position: int) -> None:
    row = Mirror.objects.select_for_update().get()
    if row.epoch != epoch:
        return  # another mirror took over; it is given these rows again
    rows = Touched.objects.filter(id__in=touched)
    if row.building:
        rows.update(is_held=True)
    else:
        rows.delete()
    row.versions = newest(row.versions, versions)
    row.position, row.fed_at, row.fault = max(row.position, position), timezone.now(), ""
    row.save(update_fields=["versions", "position", "fed_at", "fault"])


def newest(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The higher version of each part: versions only grow, each holds what those before held."""
    return {
        name: {part: max(at[part], other.get(name, at)[part]) for part in ("base", "changes")}
        for name, at in one.items()
    }


def note_fault(fault: Exception) -> None:
    """Write down why the mirror could not be fed; it is fed again as soon as that can be."""
    Mirror.objects.update(fault=f"{type(fault).__name__}: {fault}"[:500])
