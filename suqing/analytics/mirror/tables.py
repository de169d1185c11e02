"""What the mirror's tables hold: the columns of the facts, and three of its own.  No database.

``position`` orders writings: of two rows with one key the later has the higher.  ``gone`` marks a row that was deleted.
``month`` (centre-local, "2020-01") is the partition of the base; it stands in the path, not in the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from suqing.analytics.dimensions import CENTRE_OFFSET
from suqing.analytics.facts import SOURCES, Column, Source
from suqing.cases.models import Case

ARROW: dict[str, pa.DataType] = {
    "int": pa.int64(),
    "text": pa.string(),
    "moment": pa.timestamp("us", "UTC"),
    "day": pa.date32(),
    "money": pa.decimal128(14, 2),
    "flag": pa.bool_(),
    "texts": pa.list_(pa.string()),
}
OWN = (("position", pa.int64()), ("gone", pa.bool_()), ("month", pa.string()))

# What was said, redacted, for topics over history; never pinned, never counted from.
TEXTS = Source(
    "texts", Case, "", "case_id", "received_at",
    (
        Column("case_id", "int", "pk"),
        Column("received_at", "moment", "received_at"),
        Column("match_text", "text", "match_text"),
        Column("redactor_version", "int", "redactor_version"),
    ),
)  # fmt: skip
FACT_TABLES = tuple(SOURCES)
ALL_SOURCES = {**SOURCES, TEXTS.name: TEXTS}


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table of the mirror."""

    source: Source
    schema: pa.Schema = field(repr=False)

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def key(self) -> str:
        return self.source.key

    @property
    def facts(self) -> pa.Schema:
        """The columns that come from PostgreSQL."""
        return pa.schema([self.schema.field(name) for name in self.source.columns])


def _spec(source: Source) -> TableSpec:
    facts = [pa.field(one.name, ARROW[one.kind]) for one in source.own]
    return TableSpec(source, pa.schema([*facts, *(pa.field(name, kind) for name, kind in OWN)]))


SPECS: dict[str, TableSpec] = {name: _spec(source) for name, source in ALL_SOURCES.items()}


def marked(spec: TableSpec, facts: pa.Table, position: int) -> pa.Table:
    """The facts with the mirror's own columns."""
    ahead = pa.scalar(CENTRE_OFFSET, pa.duration("us"))
    local = pc.add(facts[spec.source.month_of].cast(pa.timestamp("us")), ahead)
    own = {
        "position": pa.repeat(pa.scalar(position, pa.int64()), len(facts)),
        "gone": pa.repeat(pa.scalar(False), len(facts)),
        "month": pc.strftime(local, "%Y-%m"),
    }
    for name, column in own.items():
        facts = facts.append_column(name, column)
    return facts.cast(spec.schema)


def tombstones(spec: TableSpec, keys: Sequence[int], position: int) -> pa.Table:
    """Rows that say of these keys that they are gone."""
    known: dict[str, pa.Array] = {
        spec.key: pa.array(keys, pa.int64()),
        "position": pa.array([position] * len(keys), pa.int64()),
        "gone": pa.array([True] * len(keys)),
    }
    arrays = [known.get(one.name, pa.nulls(len(keys), one.type)) for one in spec.schema]
    return pa.Table.from_arrays(arrays, schema=spec.schema)
