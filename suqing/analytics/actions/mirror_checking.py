"""Holding the mirror against PostgreSQL, month by month, and mending what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from django.utils import timezone

from suqing.analytics import facts
from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_feeding import Lock, feed, lock, newest, next_writing
from suqing.analytics.actions.views import settled_view
from suqing.analytics.mirror.comparing import (
    Digest,
    differing,
    digests_in_files,
    keys_in_files,
    months_of_damage,
    text_in_postgres,
)
from suqing.analytics.mirror.epoch import Damaged
from suqing.analytics.mirror.facts_of import all_rows
from suqing.analytics.mirror.tables import SPECS, TableSpec, marked, tombstones
from suqing.analytics.mirror_state import MirrorView, epoch_of, mirror_row, view_of
from suqing.analytics.models import Mirror, Touched
from suqing.analytics.periods import CENTRE_ZONE
from suqing.ledger.actions import record

SYSTEM = "system:mirror"


@dataclass(frozen=True, slots=True)
class Difference:
    """A month of a table that is not what PostgreSQL holds; ``here`` is None for a month that cannot be read."""

    table: str
    month: str
    wanted: Digest
    here: Digest | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: at a position, so many months compared, and those that differ.  ``lost`` names a table whose
    changes cannot be read: then only building anew helps."""

    position: int
    months: int
    rows: int
    differences: tuple[Difference, ...]
    lost: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.differences and not self.lost


Report = Callable[[str], None]


def check(*, report: Report | None = None) -> Checked | None:
    """Compare counts and checksums of every table and month with PostgreSQL at one position; None without a mirror.

    Rows that wait to be fed are left out on both sides.  Where the mirror stands and what waits is read in the same view
    as the facts, so that the feeder goes on meanwhile.
    """
    while (fed := feed()) is not None and fed.is_more:
        pass
    months, rows = 0, 0
    found: list[Difference] = []
    lost: list[str] = []
    with settled_view() as position:
        row = mirror_row()
        if row is None:
            return None
        view = view_of(row)
        waiting = _waiting()
        for name, spec in SPECS.items():
            if report is not None:
                report(name)
            wanted = _in_postgres(spec, waiting[name])
            months, rows = months + len(wanted), rows + sum(one.rows for one in wanted.values())
            try:
                found += _compared(spec, view, wanted, waiting[name])
            except Damaged:
                lost.append(name)
    return Checked(position, months, rows, tuple(found), tuple(lost))


def _compared(
    spec: TableSpec, view: MirrorView, wanted: dict[str, Digest], waiting: list[int]
) -> Iterable[Difference]:
    broken = months_of_damage(spec, view.files[spec.name])
    here = digests_in_files(spec, view.files[spec.name], waiting, without=broken)
    nothing = Digest(0, 0)
    unreadable = [Difference(spec.name, month, wanted.get(month, nothing), None) for month in sorted(broken)]
    return unreadable + [
        Difference(spec.name, month, wanted.get(month, nothing), here.get(month, nothing))
        for month in differing(wanted, here)
        if month not in broken
    ]


def _waiting() -> dict[str, list[int]]:
    """The keys that changed and are not fed yet, by table."""
    found: dict[str, set[int]] = {name: set() for name in SPECS}
    for source, keys in Touched.objects.filter(is_held=False).values_list("source", "row_ids"):
        for name in ("cases", "texts") if source == "new_cases" else (source,):
            found[name].update(keys)
    return {name: sorted(keys) for name, keys in found.items()}


def _in_postgres(spec: TableSpec, waiting: list[int]) -> dict[str, Digest]:
    """Count and checksum of each month as PostgreSQL holds it."""
    inner, values = facts.rows(spec.source).query.sql_with_params()
    month = f"to_char(fact_{spec.source.month_of} AT TIME ZONE '{CENTRE_ZONE.key}', 'YYYY-MM')"
    line = text_in_postgres(spec)
    statement = (
        f"SELECT {month}, count(*), sum(('x' || substr(md5({line}), 1, 12))::bit(48)::bigint)"
        f" FROM ({inner}) AS facts WHERE NOT (fact_{spec.key} = ANY(%s::bigint[])) GROUP BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, waiting])
        return {found: Digest(int(rows), int(total)) for found, rows, total in cursor.fetchall()}


def repair(differences: Iterable[Difference]) -> int:
    """Write the months that differ anew from PostgreSQL; return how many rows.  Recorded as ``mirror.repaired``.

    What PostgreSQL holds of them is told as changes, later than all before, with tombstones for what it does not hold;
    a month that cannot be read is replaced in the base as well.
    """
    months: dict[str, dict[str, bool]] = {}
    for one in differences:
        months.setdefault(one.table, {})[one.month] = one.here is None
    with lock(Lock.FOLD, wait=True), lock(Lock.FEED, wait=True):
        row = mirror_row()
        if row is None or not months:
            return 0
        epoch, view = epoch_of(row.epoch), view_of(row)
        versions, total = {}, 0
        for name, found in months.items():
            spec = SPECS[name]
            broken = [month for month, is_broken in found.items() if is_broken]
            rows = _months(spec, sorted(found))
            at = dict(row.versions[name])
            if broken:
                kept = pc.is_in(rows["month"], pa.array(broken))
                at["base"] = epoch.replace_months(name, broken, rows.filter(kept))
            readable = [month for month in found if month not in broken]
            ghosts = set(keys_in_files(spec, view.files[name], readable, without=broken))
            ghosts -= set(rows[spec.key].to_pylist())
            told = pa.concat_tables([rows, tombstones(spec, sorted(ghosts), next_writing())])
            at["changes"] = epoch.append(name, "changes", told)
            versions[name], total = at, total + len(rows)
        _write_down(versions, {name: sorted(found) for name, found in months.items()}, total)
    return total


def check_and_mend(*, report: Report | None = None) -> Checked | None:
    """Check the mirror and mend what differs: months from PostgreSQL; where changes are lost, all of it is built anew."""
    found = check(report=report)
    if found is None or found.is_whole:
        return found
    if found.lost:
        build()
    else:
        repair(found.differences)
    return found


def _months(spec: TableSpec, months: list[str]) -> pa.Table:
    with settled_view():
        writing = next_writing()
        blocks = [
            marked(spec, block, writing) for month in months for block in all_rows(spec, _bounds(month))
        ]
    return pa.concat_tables(blocks) if blocks else spec.schema.empty_table()


def _bounds(month: str) -> tuple[datetime, datetime]:
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    return (
        datetime.combine(first, datetime.min.time(), CENTRE_ZONE),
        datetime.combine(following, datetime.min.time(), CENTRE_ZONE),
    )


@transaction.atomic
def _write_down(versions: dict[str, dict[str, int]], months: dict[str, list[str]], rows: int) -> None:
    state = Mirror.objects.select_for_update().get()
    state.versions = newest(state.versions, versions)
    state.save(update_fields=["versions"])
    record("mirror.repaired", state, by=SYSTEM, at=timezone.now(), data={"months": months, "rows": rows})
