"""The flat facts of the test database written to files as the mirror lays them out: a base by months, changes beside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from suqing.analytics.engine.files import Files
from suqing.analytics.facts import SOURCES, Source, rows
from suqing.analytics.periods import CENTRE_ZONE

TYPES = {
    "int": pa.int64(),
    "text": pa.string(),
    "moment": pa.timestamp("us", "UTC"),
    "day": pa.date32(),
    "money": pa.decimal128(14, 2),
    "flag": pa.bool_(),
    "texts": pa.list_(pa.string()),
}
Facts = list[dict[str, Any]]


def facts_of(source: Source) -> Facts:
    """The facts of all rows as PostgreSQL reads them."""
    return [dict(zip(source.columns, row, strict=True)) for row in rows(source)]


def write(folder: Path, source: Source, facts: Facts, name: str) -> str:
    """One Parquet file of rows."""
    fields = [(column.name, TYPES[column.kind]) for column in source.own]
    schema = pa.schema([*fields, ("position", pa.int64()), ("gone", pa.bool_()), ("month", pa.string())])
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(facts, schema=schema), path)
    return str(path)


def month_of(moment: datetime) -> str:
    return f"{moment.astimezone(CENTRE_ZONE):%Y-%m}"


def lay_out(folder: Path, rng: Random) -> Mapping[str, Files]:
    """The facts as they stand, some of them only in the changes, over an older version of them in the base; some rows
    that are gone still stand in the base, and some changed twice."""
    made = {}
    for source in SOURCES.values():
        base: dict[str, Facts] = {}
        changes: Facts = []
        for fact in facts_of(source):
            marked = fact | {"position": 1, "gone": False, "month": month_of(fact[source.month_of])}
            fate = rng.random()
            if fate < 0.2:
                # What stood there before was of another month and another place in time.
                old = marked | {
                    source.month_of: datetime(2019, 5, 5, 12, tzinfo=CENTRE_ZONE),
                    "month": "2019-05",
                }
                base.setdefault("2019-05", []).append(old)
                changes += [old | {"position": 2}, marked | {"position": 3}]
            elif fate < 0.3:
                changes.append(marked | {"position": 3})
            else:
                base.setdefault(marked["month"], []).append(marked)
            if fate > 0.9:  # one more row that was deleted since
                ghost = marked | {source.key: -fact[source.key]}
                base[marked["month"]].append(ghost)
                changes.append(ghost | {"position": 4, "gone": True})
        rng.shuffle(changes)
        half = len(changes) // 2
        paths = [
            write(folder, source, facts, f"{source.name}/base/month={month}/part.parquet")
            for month, facts in base.items()
        ]
        beside = [
            write(folder, source, part, f"{source.name}/changes/{number}.parquet")
            for number, part in enumerate((changes[:half], changes[half:]))
        ]
        made[source.name] = Files(tuple(paths), tuple(beside))
    return made
