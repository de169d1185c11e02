"""One folder of the mirror: of each table a base by months and the changes since, as Delta tables.  No database.

Whoever writes here holds a lock elsewhere; Delta's log makes every commit whole or absent, also when the writer is
killed or the disk is full.  Readers are given the files of one version and never look at the folder themselves.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyarrow as pa
from deltalake import DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError

from suqing.analytics.engine.files import Files
from suqing.analytics.engine.opening import opened
from suqing.analytics.mirror.tables import SPECS, TableSpec

PARTS = ("base", "changes")
# What a reader that took its list before still finds; the log is cleaned up as fast.
RETENTION_HOURS = 1
# Files of changes that are as long are left alone, so that not all changes are written again and again.
TARGET_SIZE = {"base": 128 * 1024 * 1024, "changes": 2 * 1024 * 1024}
PORTION_ROWS = 250_000  # that a fold holds in memory
_PROPERTIES = {
    "delta.logRetentionDuration": "interval 1 hours",
    "delta.deletedFileRetentionDuration": "interval 1 hours",
    "delta.checkpointInterval": "100",
}
_WRITING = WriterProperties(compression="ZSTD", max_row_group_size=131_072)

Versions = Mapping[str, Mapping[str, int]]


class Damaged(Exception):
    """A file of the mirror is missing or is not what was written."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """The tables in one folder."""

    folder: Path

    # Writing

    def create(self) -> None:
        """Make the tables, empty."""
        for name, spec in SPECS.items():
            for part in PARTS:
                DeltaTable.create(
                    self._path(name, part),
                    schema=spec.schema,
                    mode="ignore",
                    partition_by=["month"] if part == "base" else None,
                    configuration=_PROPERTIES,
                )

    def append(self, name: str, part: str, rows: pa.Table) -> int:
        """Add rows in one commit; return the version that has them."""
        # The table, not its path: where the folder was taken away, a new table would begin there.
        table = self._table(name, part)
        write_deltalake(table, rows, mode="append", writer_properties=_WRITING)
        return int(table.version())

    def replace_months(self, name: str, months: Iterable[str], rows: pa.Table) -> int:
        """Let these rows be all that the base has of these months, in one commit."""
        listed = ", ".join(f"'{month}'" for month in sorted(months))
        write_deltalake(
            self._table(name, "base"),
            rows,
            mode="overwrite",
            predicate=f"month IN ({listed})",
            writer_properties=_WRITING,
        )
        return self._table(name, "base").version()

    def drop_changes(self, name: str, position: int) -> int:
        """Take the changes up to a position away: they are in the base."""
        table = self._table(name, "changes")
        table.delete(f"position <= {position}")
        return self._table(name, "changes").version()

    def compact(self, name: str, part: str) -> int:
        """Make few files of many; what they say stays the same."""
        table = self._table(name, part)
        table.optimize.compact(target_size=TARGET_SIZE[part], writer_properties=_WRITING)
        return self._table(name, part).version()

    def fold(self, name: str, versions: Versions, position: int) -> int | None:
        """Write the changes up to a position into the months of the base that they touch; None if there are none.

        Read from the newest base, which may be ahead of ``versions`` where a fold before this one died: the changes are
        all still there, so that folding them again gives the same.
        """
        spec = SPECS[name]
        changes = self.files(name, "changes", versions[name]["changes"])
        base = self.files(name, "base", None)
        if not changes:
            return None
        folding = _Folding(spec, base, changes, position)
        version = None
        # Not all at once where that would be too many rows to hold: every portion is right by itself, since the changes
        # stand for the rows of the base as long as they are there.
        for months in folding.portions():
            version = self.replace_months(name, months, folding.rows(months))
        return version

    # Reading

    def version(self, name: str, part: str) -> int:
        """The newest version."""
        return self._table(name, part).version()

    def versions(self) -> dict[str, dict[str, int]]:
        """The newest version of every part of every table."""
        return {name: {part: self.version(name, part) for part in PARTS} for name in SPECS}

    def files(self, name: str, part: str, version: int | None) -> list[str]:
        """The files of a version, of the newest for None.  Raise Damaged if there is no such version."""
        try:
            return sorted(unquote(uri) for uri in self._table(name, part, version).file_uris())
        except (DeltaError, OSError) as fault:
            raise Damaged(f"{name}/{part} has no version {version}: {fault}") from fault

    def extent(self, name: str, version: int) -> tuple[int, int]:
        """The highest position and the number of rows of a version of the changes."""
        files = self.files(name, "changes", version)
        if not files:
            return 0, 0
        row = _asked(f"SELECT coalesce(max(position), 0), count(*) FROM {_read(files)}").fetchall()[0]
        return int(row[0]), int(row[1])

    def row_count(self, name: str, part: str, version: int) -> int:
        """How many rows a version of a part has, by the log alone."""
        return int(self._table(name, part, version).count())

    def all_files(self, versions: Versions) -> dict[str, Files]:
        """The files of every table at these versions."""
        return {
            name: Files(*(tuple(self.files(name, part, at[part])) for part in PARTS))
            for name, at in versions.items()
        }

    def is_there(self, versions: Versions) -> bool:
        """Whether every table can be opened at these versions."""
        try:
            for name, at in versions.items():
                for part in PARTS:
                    self._table(name, part, at[part])
        except (DeltaError, OSError):
            return False
        return True

    def torn(self, versions: Versions) -> list[str]:
        """The files of these versions that are missing or have another length than was written; none is opened."""
        found = []
        for name, at in versions.items():
            for part in PARTS:
                written = pa.table(self._table(name, part, at[part]).get_add_actions())
                for path, size in zip(
                    written["path"].to_pylist(), written["size_bytes"].to_pylist(), strict=True
                ):
                    file = self.folder / name / part / unquote(path)
                    if not file.is_file() or file.stat().st_size != size:
                        found.append(str(file))
        return found

    # Keeping house

    def clean(self) -> int:
        """Remove files that no version of the last hour has, also those of writers that died or found the disk full, and
        old pieces of the logs; return how many files."""
        removed = 0
        for name in SPECS:
            for part in PARTS:
                table = self._table(name, part)
                removed += len(
                    table.vacuum(
                        retention_hours=RETENTION_HOURS,
                        enforce_retention_duration=False,
                        dry_run=False,
                        full=True,
                    )
                )
                table.create_checkpoint()
                table.cleanup_metadata()
        return removed

    def remove(self) -> None:
        """Take the whole folder away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, name: str, part: str) -> str:
        # As an address: a folder may have any name, also a Chinese one or one with spaces.
        return (self.folder / name / part).absolute().as_uri()

    def _table(self, name: str, part: str, version: int | None = None) -> DeltaTable:
        return DeltaTable(self._path(name, part), version=version)


@dataclass(frozen=True, slots=True)
class _Folding:
    """The changes of one table up to a position over its base."""

    spec: TableSpec
    base: list[str]
    changes: list[str]
    position: int

    def portions(self) -> Iterator[list[str]]:
        """The months to write, in portions of not too many rows, a month at least."""
        sizes = {}
        if self.base:
            counted = f"SELECT month, count(*) FROM {_read(self.base)} AS base GROUP BY 1"
            sizes = dict(_asked(counted).fetchall())
        portion, rows = list[str](), 0
        for month in sorted(self._months()):
            if portion and rows + sizes.get(month, 0) > PORTION_ROWS:
                yield portion
                portion, rows = [], 0
            portion.append(month)
            rows += sizes.get(month, 0)
        if portion:
            yield portion

    def _months(self) -> list[str]:
        """The months that the changed rows lie in, and those they lay in before."""
        found = f"SELECT month FROM ({self._newest()}) AS newest WHERE NOT gone"
        if self.base:
            found += (
                f" UNION SELECT month FROM {_read(self.base)} AS base"
                f" SEMI JOIN {_read(self.changes)} AS changed USING ({self.spec.key})"
            )
        return [
            row[0] for row in _asked(f"SELECT DISTINCT month FROM ({found}) AS months").fetchall() if row[0]
        ]

    def rows(self, months: list[str]) -> pa.Table:
        """What the base has to hold of these months."""
        columns = ", ".join(self.spec.schema.names)
        listed = ", ".join(f"'{month}'" for month in months)
        text = f"SELECT {columns} FROM ({self._newest()}) AS newest WHERE NOT gone"
        old = [path for path in self.base if _month(path) in months]
        if old:
            text += (
                f" UNION ALL SELECT {columns} FROM {_read(old)} AS base WHERE {self.spec.key} NOT IN"
                f" (SELECT {self.spec.key} FROM {_read(self.changes)} WHERE position <= {self.position})"
            )
        ordered = f"SELECT * FROM ({text}) AS rows WHERE month IN ({listed}) ORDER BY month, {self.spec.key}"
        return _asked(ordered).to_arrow_table().cast(self.spec.schema)

    def _newest(self) -> str:
        return (
            f"SELECT * FROM {_read(self.changes)} WHERE position <= {self.position} QUALIFY row_number() OVER "
            f"(PARTITION BY {self.spec.key} ORDER BY position DESC) = 1"
        )


def _month(path: str) -> str:
    return path.rpartition("month=")[2].partition("/")[0]


def _read(paths: list[str]) -> str:
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    months = (
        "hive_partitioning = true, hive_types_autocast = false"
        if "month=" in paths[0]
        else "hive_partitioning = false"
    )
    return f"read_parquet([{listed}], {months}, union_by_name = true)"


def _asked(text: str) -> duckdb.DuckDBPyRelation:
    return opened().sql(text)
