"""The executor for what outgrows one machine: the questions of the mirror over the same files, on a Spark cluster.

Every machine of the cluster must see the files under the same path: one machine, a shared folder, or object storage.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from suqing.analytics.engine import sql
from suqing.analytics.engine.files import FileList, Months
from suqing.analytics.engine.over_files import OverFiles
from suqing.analytics.engine.spark_session import read_files, session
from suqing.analytics.facts import Source

_TYPES = {
    "int": "BIGINT",
    "text": "STRING",
    "moment": "TIMESTAMP",
    "day": "DATE",
    "money": "DECIMAL(14,2)",
    "flag": "BOOLEAN",
    "texts": "ARRAY<STRING>",
}
_numbers = count()


class Spark(OverFiles):
    """Counts with Spark.  Raise SparkMissing where there is none."""

    dialect = sql.SPARK

    def __init__(self, files: FileList) -> None:
        super().__init__(files)
        self._spark = session()
        self._views: dict[tuple[str, ...], str] = {}

    def table(self, source: Source, paths: Sequence[str], months: Months) -> str:
        if not paths:
            return ""
        # All files in one view, of which Spark reads the months asked for: it looks them up once for all questions.
        view = self._views.get(tuple(paths))
        if view is None:
            view = self._views[tuple(paths)] = f"suqing_{source.name}_{next(_numbers)}"
            columns = {column.name: _TYPES[column.kind] for column in source.own}
            read_files(columns | {"position": "BIGINT", "gone": "BOOLEAN"}, paths).createTempView(view)
        return (
            view
            if months is None
            else f"(SELECT * FROM {view} WHERE month BETWEEN '{months[0]}' AND '{months[1]}')"
        )

    def nothing(self, source: Source) -> str:
        columns = (f"CAST(NULL AS {_TYPES[one.kind]}) AS {one.name}" for one in source.own)
        return f"SELECT {', '.join(columns)} WHERE FALSE"

    def run(self, text: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._spark.sql(text, args=list(values)).toArrow().to_pylist()
        return found

    def close(self) -> None:
        """Let go of the views; the session stays."""
        for name in self._views.values():
            self._spark.catalog.dropTempView(name)
        self._views.clear()
