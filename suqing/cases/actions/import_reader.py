"""The table of a run, read on from slice to slice: it stays open in this process and is opened anew after a death.

What is committed is the truth; a reader that stands elsewhere than its run is thrown away.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from threading import Lock

from suqing.cases.actions.past_batch import Prepared
from suqing.cases.importing import unreadable as why
from suqing.cases.importing.fields import FIELDS
from suqing.cases.importing.layouts import Layout
from suqing.cases.importing.parsing import Duplicates, Parsed, missing, parse
from suqing.cases.importing.reading import Row, Unreadable, open_table
from suqing.cases.importing.references import References
from suqing.cases.importing.row_reading import RowReader, plan_of
from suqing.cases.models import ImportRun
from suqing.cases.queries.imports import kind_of, layout_of, references
from suqing.files.queries import local_path

N_ = str

UNKNOWN_COLUMNS = N_("The columns of this table are not known here. Say which column holds what.")
COLUMNS_MISSING = N_("The table has no column for: %(fields)s.")
IDLE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row of the table and what it says."""

    number: int
    parsed: Parsed
    prepared: Prepared | None = None  # of its narrative, once rows are imported


class RunReader:
    """Reads the rows of one run in order.  Raise Unreadable where the file cannot be read as its run says."""

    def __init__(self, run: ImportRun, *, at: datetime) -> None:
        self._open = ExitStack()
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="import-reader")
        self._ahead: Future[list[ReadRow]] | None = None
        self.position, self.used = 0, time.monotonic()
        self._prepares = run.state == ImportRun.State.RUNNING
        try:
            path = self._open.enter_context(local_path(run.file))
            table = open_table(path, kind_of(run.file), sheet=run.sheet, encoding=run.encoding)
            self._table = self._open.enter_context(table)
            self.layout = self._known_layout(run)
        except BaseException:
            self.close()
            raise
        self.header = self._table.header
        self._rows: Iterator[Row] = iter(self._table)
        self._references: References = references(at)
        self._duplicates = Duplicates()
        self._plan = plan_of(self.header, self.layout)

    def _known_layout(self, run: ImportRun) -> Layout:
        layout = layout_of(run, self._table)
        if layout is None:
            raise Unreadable(UNKNOWN_COLUMNS)
        if absent := missing(self._table.header, layout):
            raise Unreadable(COLUMNS_MISSING, fields=", ".join(FIELDS[code].label for code in absent))
        return layout

    @property
    def encoding(self) -> str:
        return self._table.encoding

    @property
    def sheet(self) -> str:
        return self._table.sheet

    def skip_to(self, number: int, *, at: datetime) -> None:
        """Read on past the row of this number; its registration numbers and those before count as seen."""
        while self.position < number:
            row = next(self._rows, None)
            if row is None:
                raise Unreadable(why.NO_FILE)
            self.position = row.number
            reader = RowReader(row, self._plan, at)
            self._duplicates.problem(reader.number(), row.number)

    def take(self, count: int, *, at: datetime) -> list[ReadRow]:
        """Give the next rows, none at the end of the table; those behind them are read while these are written."""
        rows = self._ahead.result() if self._ahead is not None else self._read(count, at)
        self._ahead = None
        if rows:
            self.position = rows[-1].number
            self._ahead = self._beside.submit(self._read, count, at)
        self.used = time.monotonic()
        return rows

    def _read(self, count: int, at: datetime) -> list[ReadRow]:
        """Asks the database nothing: it runs beside the writing."""
        found = []
        for row in islice(self._rows, count):
            parsed = parse(row, self.header, self.layout, self._references, at)
            twice = self._duplicates.problem(parsed.number, row.number, self._number_column)
            if twice is not None:
                parsed = Parsed(None, parsed.number, parsed.fingerprint, (*parsed.problems, twice))
            case = parsed.case if self._prepares else None
            found.append(ReadRow(row.number, parsed, Prepared.of(case.narrative) if case else None))
        return found

    @property
    def _number_column(self) -> str:
        return self.header[self._plan.places["number"][0]]

    def close(self) -> None:
        """Let go of the file, once the reading ahead has come to an end."""
        self._beside.shutdown(wait=True, cancel_futures=True)
        self._open.close()


_kept: dict[int, RunReader] = {}
_lock = Lock()


@contextmanager
def reading(run: ImportRun, *, at: datetime) -> Iterator[RunReader]:
    """The reader of this run, standing behind the run's last row; kept for the next slice unless something fails."""
    with _lock:
        reader = _kept.pop(run.pk, None)
        idle = [key for key, one in _kept.items() if time.monotonic() - one.used > IDLE_SECONDS]
        for key in idle:
            _kept.pop(key).close()
    if reader is not None and reader.position != run.position:
        reader.close()
        reader = None
    if reader is None:
        reader = RunReader(run, at=at)
    try:
        reader.skip_to(run.position, at=at)
        yield reader
    except BaseException:
        reader.close()
        raise
    with _lock:
        displaced = _kept.pop(run.pk, None)
        _kept[run.pk] = reader
    if displaced is not None:
        displaced.close()


def forget(run: ImportRun) -> None:
    """Close the table of a run that has ended."""
    with _lock:
        reader = _kept.pop(run.pk, None)
    if reader is not None:
        reader.close()
