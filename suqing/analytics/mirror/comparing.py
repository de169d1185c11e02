"""Counts and checksums of facts, alike in PostgreSQL and in the mirror's files.

A row is written as one text, the same in both, and digested with MD5 (48 bits of it, as a number); the digests of a
month are added up, so that their order does not matter.  This finds faults, not forgeries.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from suqing.analytics.dimensions import CENTRE_OFFSET
from suqing.analytics.engine.files import Files, standing
from suqing.analytics.engine.opening import opened
from suqing.analytics.mirror.epoch import Damaged
from suqing.analytics.mirror.tables import TableSpec

BETWEEN, INSIDE, UNKNOWN = 29, 31, 30  # separators that no text has


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows, and the sum of their digests."""

    rows: int
    total: int


def text_in_postgres(spec: TableSpec) -> str:
    """The text of a row of ``facts.rows``."""
    return _joined([_in_postgres(f"fact_{name}", one.kind) for name, one in spec.source.columns.items()])


def _in_postgres(name: str, kind: str) -> str:
    match kind:
        case "moment":
            return f"((extract(epoch FROM {name}) * 1000000)::bigint)::text"
        case "money":
            return f"({name}::numeric(14,2))::text"
        case "flag":
            return f"CASE WHEN {name} THEN 'true' WHEN NOT {name} THEN 'false' END"
        case "texts":
            return f"array_to_string({name}, chr({INSIDE}))"
        case _:
            return f"{name}::text"


def text_in_files(spec: TableSpec) -> str:
    """The text of a row of the mirror."""
    return _joined([_in_files(name, one.kind) for name, one in spec.source.columns.items()])


def _in_files(name: str, kind: str) -> str:
    match kind:
        case "moment":
            return f"CAST(epoch_us({name}) AS VARCHAR)"
        case "texts":
            return f"array_to_string({name}, chr({INSIDE}))"
        case _:
            return f"CAST({name} AS VARCHAR)"


def _joined(texts: list[str]) -> str:
    return (
        f"concat_ws(chr({BETWEEN}), " + ", ".join(f"coalesce({text}, chr({UNKNOWN}))" for text in texts) + ")"
    )


def digests_in_files(
    spec: TableSpec, files: Files, leaving_out: Collection[int], *, without: Collection[str] = ()
) -> dict[str, Digest]:
    """Count and checksum of each month of the table as it stands, without some keys and some months that are damaged.

    Raise Damaged if a file cannot be read.
    """
    rows = _standing(spec, files, without)
    if not rows:
        return {}
    line = text_in_files(spec)
    statement = (
        f"SELECT {_month(spec)}, count(*), sum(CAST('0x' || substr(md5({line}), 1, 12) AS BIGINT))"
        f" FROM ({rows}) AS standing WHERE NOT list_contains(?, {spec.key}) GROUP BY 1"
    )
    return {
        found: Digest(count, int(total)) for found, count, total in _asked(statement, [list(leaving_out)])
    }


def keys_in_files(
    spec: TableSpec, files: Files, months: Collection[str], *, without: Collection[str] = ()
) -> list[int]:
    """The keys of the rows that stand in some months.  Raise Damaged if a file cannot be read."""
    rows = _standing(spec, files, without)
    if not rows:
        return []
    statement = f"SELECT {spec.key} FROM ({rows}) AS standing WHERE list_contains(?, {_month(spec)})"
    return [row[0] for row in _asked(statement, [list(months)])]


def _standing(spec: TableSpec, files: Files, without: Collection[str]) -> str:
    base = tuple(path for path in files.base if month_of(path) not in without)
    return standing(spec.key, list(spec.source.columns), _read(base), _read(files.changes)) or ""


def _month(spec: TableSpec) -> str:
    ahead = int(CENTRE_OFFSET.total_seconds()) * 1_000_000
    return f"strftime(make_timestamp(epoch_us({spec.source.month_of}) + {ahead}), '%Y-%m')"


def months_of_damage(spec: TableSpec, files: Files) -> set[str]:
    """The months of the base with a file that is missing or cannot be read to its end.  Raise Damaged if a file of the
    changes is so: what it told stands nowhere else in the mirror."""
    everything = ", ".join(f"bit_xor(hash({name}))" for name in (*spec.source.columns, "position", "gone"))
    broken = set()
    for path in (*files.changes, *files.base):
        try:
            _asked(f"SELECT {everything} FROM {_read((path,))}", [])
        except Damaged:
            if path in files.changes:
                raise
            broken.add(month_of(path))
    return broken


def differing(wanted: Mapping[str, Digest], here: Mapping[str, Digest]) -> list[str]:
    """The months whose digests are not equal."""
    return sorted(month for month in wanted.keys() | here.keys() if wanted.get(month) != here.get(month))


def month_of(path: str) -> str:
    """The month of a file of a base, by its folder."""
    return path.rpartition("month=")[2].partition("/")[0]


def _read(paths: tuple[str, ...]) -> str:
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{listed}], hive_partitioning = false, union_by_name = true)" if paths else ""


def _asked(statement: str, values: list[object]) -> list[Any]:
    connection = opened()
    try:
        return connection.execute(statement, values).fetchall()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as fault:  # spoiled bytes give nearly any error, also the one that has no name
        raise Damaged(str(fault)) from fault
    finally:
        connection.close()
