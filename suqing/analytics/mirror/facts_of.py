"""Facts read from PostgreSQL as columns: few rows by their keys, or all of them by COPY, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from django.db import connection
from django.db.models import QuerySet

from suqing.analytics import facts
from suqing.analytics.mirror.tables import TableSpec

BLOCK_BYTES = 64 * 1024 * 1024
SEPARATOR = chr(31)  # between the texts of a list: in no code


def of_keys(spec: TableSpec, keys: Sequence[int]) -> pa.Table:
    """The facts of the rows with these keys, as far as they are there."""
    blocks = list(_facts(spec, facts.rows(spec.source, keys)))
    return pa.concat_tables(blocks) if blocks else spec.facts.empty_table()


def all_rows(spec: TableSpec, between: tuple[datetime, datetime] | None = None) -> Iterator[pa.Table]:
    """The facts of all rows, or of those whose month-giving moment lies in a half-open range, in blocks by key."""
    rows = facts.rows(spec.source)
    if between is not None:
        moment = spec.source.columns[spec.source.month_of].at
        rows = rows.filter(**{f"{moment}__gte": between[0], f"{moment}__lt": between[1]})
    yield from _facts(spec, rows)


def _facts(spec: TableSpec, rows: QuerySet[Any, tuple[Any, ...]]) -> Iterator[pa.Table]:
    """Read rows by COPY: a fifth of the work that a tuple a row takes."""
    inner, values = rows.query.sql_with_params()
    columns = ", ".join(_as_text(name, one.kind) for name, one in spec.source.columns.items())
    yield from _copied(
        spec, f"COPY (SELECT {columns} FROM ({inner}) AS facts) TO STDOUT (FORMAT csv)", values
    )


def _as_text(name: str, kind: str) -> str:
    """How a fact stands in the csv: moments as microseconds, lists as one text."""
    match kind:
        case "moment":
            return f"(extract(epoch FROM fact_{name}) * 1000000)::bigint"
        case "texts":
            return f"array_to_string(fact_{name}, chr({ord(SEPARATOR)}))"
        case _:
            return f"fact_{name}"


def _copied(spec: TableSpec, statement: str, values: Sequence[object]) -> Iterator[pa.Table]:
    types = {one.name: _csv_type(one.type) for one in spec.facts}
    with connection.cursor() as cursor, cursor.cursor.copy(statement, values) as copy:
        for block in _blocks(copy):
            table = pa_csv.read_csv(
                pa.BufferReader(block),
                read_options=pa_csv.ReadOptions(column_names=list(types), block_size=2 * BLOCK_BYTES),
                parse_options=pa_csv.ParseOptions(newlines_in_values=True),
                convert_options=pa_csv.ConvertOptions(
                    column_types=types, null_values=[""], strings_can_be_null=True,
                    quoted_strings_can_be_null=False, true_values=["t"], false_values=["f"],
                ),
            )  # fmt: skip
            yield _typed(spec, table)


def _blocks(rows: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """Rows of csv joined to blocks; PostgreSQL sends one row a message."""
    block, size = list[bytes](), 0
    for row in rows:
        block.append(bytes(row))
        size += len(block[-1])
        if size >= BLOCK_BYTES:
            yield b"".join(block)
            block, size = [], 0
    if block:
        yield b"".join(block)


def _csv_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.int64()
    return pa.string() if pa.types.is_list(kind) else kind


def _typed(spec: TableSpec, table: pa.Table) -> pa.Table:
    arrays = []
    for field, column in zip(spec.facts, table.columns, strict=True):
        if pa.types.is_list(field.type):
            column = pa.chunked_array([_split(chunk) for chunk in column.chunks], field.type)
        arrays.append(column if column.type == field.type else column.cast(field.type))
    return pa.Table.from_arrays(arrays, schema=spec.facts)


def _split(texts: pa.Array) -> pa.Array:
    """Lists of texts; of an empty text an empty list."""
    known = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    found = pc.split_pattern(known, SEPARATOR)
    # A list that is unknown has no values: without the marks of the unknown it is an empty one.
    return pa.ListArray.from_arrays(found.offsets, found.values)
