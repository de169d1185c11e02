"""Work over a whole history: one function from a record batch to a record batch, run here or on a cluster.  Pure.

The function sees each row of the table once, as it stands: rows of the base that changed since come from the changes,
rows that are gone do not come.  Which rows share a batch and in which order they come is not promised, so it must look
at each row by itself.  It is pickled: a function of a module, or ``functools.partial`` of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from suqing.analytics.engine.files import Files

Work = Callable[[pa.RecordBatch], pa.RecordBatch]
BATCH_ROWS = 10_000
GROUPS_AT_ONCE = 4  # row groups of a file that one process takes at a time, so that a large month is shared
_OF_CHANGES = (("position", pa.int64()), ("gone", pa.bool_()))


@dataclass(frozen=True, slots=True)
class Job:
    """What to do: ``work`` is given the columns of ``reads``, in this order and these types, and gives ``gives``.
    ``key`` is the column that tells rows of the table apart; it is among those read."""

    work: Work
    reads: pa.Schema
    gives: pa.Schema
    key: str = "case_id"

    def __post_init__(self) -> None:
        if self.key not in self.reads.names:
            raise ValueError(f"the key {self.key} is not among the columns that are read")

    def done(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The work on one batch, given and taken in the types that were agreed.  Raise WrongShape."""
        given = pa.RecordBatch.from_arrays(
            [batch.column(field.name).cast(field.type) for field in self.reads], schema=self.reads
        )
        made = self.work(given)
        if made.schema.names != self.gives.names:
            raise WrongShape(f"the work gave {made.schema.names}, not {self.gives.names}")
        return made.cast(self.gives)


class WrongShape(ValueError):
    """The work gave other columns than it said."""


class NotEmpty(ValueError):
    """The folder for the results holds something already."""


def make_room(into: Path) -> None:
    """Make the folder for results.  Raise NotEmpty, so that two runs never mix."""
    into.mkdir(parents=True, exist_ok=True)
    if any(into.iterdir()):
        raise NotEmpty(str(into))


def run_over(files: Files, job: Job, into: Path, *, processes: int | None = None) -> Results:
    """Run the work here, in as many processes as there are cores, and leave its results in the folder ``into``."""
    make_room(into)
    changed, current = _changes(files.changes, job)
    pieces = [piece for path in files.base for piece in _pieces(path)]
    with ProcessPoolExecutor(
        processes or cpu_count(), get_context("spawn"), initializer=_remember, initargs=(changed,)
    ) as pool:
        list(pool.map(partial(_piece, job, into), range(len(pieces)), pieces))
        # Changes are few beside the base: one piece.
        if len(current):
            pool.submit(_written, job, current.to_batches(BATCH_ROWS), _part(into, len(pieces))).result()
    return Results(into, job.gives)


@dataclass(frozen=True, slots=True)
class Results:
    """What a job made: Parquet files in a folder."""

    folder: Path
    schema: pa.Schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The results, a batch at a time, in no order."""
        paths = sorted(str(path) for path in self.folder.glob("*.parquet"))
        for batch in ds.dataset(paths, schema=self.schema, format="parquet").to_batches():
            if batch.num_rows:
                yield batch

    def table(self) -> pa.Table:
        """All results at once."""
        return pa.Table.from_batches(self.batches(), self.schema)


# The pieces of the base


Piece = tuple[str, tuple[int, ...]]  # a file and some of its row groups


def _pieces(path: str) -> Iterator[Piece]:
    groups = range(pq.ParquetFile(path).metadata.num_row_groups)
    for start in range(0, len(groups), GROUPS_AT_ONCE):
        yield path, tuple(groups[start : start + GROUPS_AT_ONCE])


_changed: list[pa.Array] = []  # of one process of the pool: the keys of rows that the changes stand for


def _remember(changed: pa.Array) -> None:
    _changed[:] = [changed]


def _piece(job: Job, into: Path, number: int, piece: Piece) -> None:
    path, groups = piece
    file = pq.ParquetFile(path)
    columns = [*job.reads.names, "gone"]
    batches = file.iter_batches(BATCH_ROWS, row_groups=list(groups), columns=columns)
    _written(job, (_unchanged(batch, job.key) for batch in batches), _part(into, number))


def _unchanged(batch: pa.RecordBatch, key: str) -> pa.RecordBatch:
    left = pc.invert(batch.column("gone"))
    if len(_changed[0]):
        left = pc.and_not(left, pc.is_in(batch.column(key), _changed[0]))
    return batch.filter(left)


def _written(job: Job, batches: Iterator[pa.RecordBatch] | Sequence[pa.RecordBatch], path: Path) -> None:
    with pq.ParquetWriter(path, job.gives, compression="zstd") as writer:
        for batch in batches:
            if batch.num_rows:
                writer.write_batch(job.done(batch))


def _part(into: Path, number: int) -> Path:
    return into / f"part-{number:05d}.parquet"


def _changes(paths: Sequence[str], job: Job) -> tuple[pa.Array, pa.Table]:
    """The keys of all rows of the changes, and those rows of them that stand: the last of each key, if it is not gone."""
    schema = pa.schema([*job.reads, *_OF_CHANGES])
    if not paths:
        return pa.array([], schema.field(job.key).type), schema.empty_table()
    rows = ds.dataset(list(paths), schema=schema, format="parquet").to_table()
    rows = rows.sort_by([(job.key, "ascending"), ("position", "ascending")])
    keys = rows[job.key].combine_chunks()
    is_last = pc.fill_null(pc.not_equal(keys[:-1], keys[1:]), True)
    last = pa.concat_arrays([is_last, pa.array([True] * min(1, len(keys)), pa.bool_())])
    return pc.unique(keys), rows.filter(pc.and_not(last, rows["gone"].combine_chunks()))
