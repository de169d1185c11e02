"""The executor over the mirror's files: DuckDB inside this process, for history."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock, local
from typing import Any

import duckdb

from suqing.analytics.engine import sql
from suqing.analytics.engine.files import Months, of_months
from suqing.analytics.engine.opening import opened
from suqing.analytics.engine.over_files import OverFiles
from suqing.analytics.facts import Source

_TYPES = {
    "int": "BIGINT",
    "text": "VARCHAR",
    "moment": "TIMESTAMPTZ",
    "day": "DATE",
    "money": "DECIMAL(14,2)",
    "flag": "BOOLEAN",
    "texts": "VARCHAR[]",
}


class Duck(OverFiles):
    """Counts with DuckDB."""

    dialect = sql.DUCKDB

    def table(self, _source: Source, paths: Sequence[str], months: Months) -> str:
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in of_months(paths, months))
        return f"read_parquet([{listed}], hive_partitioning = false, union_by_name = true)" if listed else ""

    def nothing(self, source: Source) -> str:
        columns = (f"CAST(NULL AS {_TYPES[one.kind]}) AS {name}" for name, one in source.columns.items())
        return f"SELECT {', '.join(columns)} WHERE FALSE"

    def run(self, text: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        cursor = _cursor()
        try:
            cursor.execute(text, list(values))
            found = cursor.fetchall()
        except (duckdb.FatalException, duckdb.InternalException):
            _begin_anew()
            raise
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found]


_opening = Lock()
_database: list[duckdb.DuckDBPyConnection] = []
_of_thread = local()


def _cursor() -> duckdb.DuckDBPyConnection:
    """This thread's own cursor over the one database of the process, which holds nothing but what it is answering."""
    with _opening:
        if not _database:
            _database.append(opened())
        database = _database[0]
    if getattr(_of_thread, "database", None) is not database:
        _of_thread.database, _of_thread.cursor = database, database.cursor()
    cursor: duckdb.DuckDBPyConnection = _of_thread.cursor
    return cursor


def _begin_anew() -> None:
    """Let the database of the process go: after some errors, which spoiled files cause, it answers nothing any more."""
    with _opening:
        _database.clear()
