"""The table of a run, read on from slice to slice: it stays open in this process and is opened anew after a death.

What is committed is the truth; a reader that stands elsewhere than its run is thrown away.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from threading import Lock

from suqing.cases.importing.beside import ReaderBeside
from suqing.cases.importing.fields import FIELDS
from suqing.cases.importing.layouts import Layout
from suqing.cases.importing.parsing import missing
from suqing.cases.importing.table_reader import Reading, ReadRow, Source
from suqing.cases.importing.unreadable import Unreadable
from suqing.cases.models import ImportRun
from suqing.cases.queries.imports import kind_of, layout_of, references
from suqing.files.queries import local_path

N_ = str

UNKNOWN_COLUMNS = N_("The columns of this table are not known here. Say which column holds what.")
COLUMNS_MISSING = N_("The table has no column for: %(fields)s.")
IDLE_SECONDS = 300.0


class RunReader:
    """Reads the rows of one run in order.  Raise Unreadable where the file cannot be read as its run says."""

    def __init__(self, run: ImportRun, *, at: datetime) -> None:
        self.position, self.used = run.position, time.monotonic()
        self._asked = False
        with ExitStack() as opening:
            path = opening.enter_context(local_path(run.file))
            self._beside = ReaderBeside(Source(path, kind_of(run.file), run.sheet, run.encoding))
            opening.callback(self._beside.close)
            self.opened = self._beside.opened
            self.layout = self._known_layout(run)
            prepares = run.state == ImportRun.State.RUNNING
            self._beside.begin(Reading(self.layout, references(at), prepares, run.position, at))
            self._open = opening.pop_all()

    def _known_layout(self, run: ImportRun) -> Layout:
        layout = layout_of(run, self.opened.header)
        if layout is None:
            raise Unreadable(UNKNOWN_COLUMNS)
        if absent := missing(self.opened.header, layout):
            raise Unreadable(COLUMNS_MISSING, fields=[FIELDS[code].label for code in absent])
        return layout

    def take(self, count: int, *, at: datetime) -> list[ReadRow]:
        """Give the next rows, none at the end of the table; those behind them are read while these are written."""
        if not self._asked:
            self._beside.ask(count, at)
        rows = self._beside.rows()
        self._asked = bool(rows)
        if rows:
            self.position = rows[-1].number
            self._beside.ask(count, at)
        self.used = time.monotonic()
        return rows

    def close(self) -> None:
        """Let go of the file and end the process that reads it."""
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
