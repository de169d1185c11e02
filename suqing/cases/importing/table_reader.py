"""The rows of one table in order, parsed and, where they are to be written, prepared for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Literal

from suqing.cases.importing import unreadable as why
from suqing.cases.importing.layouts import Layout
from suqing.cases.importing.parsing import Duplicates, Parsed, parse
from suqing.cases.importing.reading import Row, open_table
from suqing.cases.importing.references import References
from suqing.cases.importing.row_reading import RowReader, plan_of
from suqing.cases.importing.unreadable import Unreadable
from suqing.cases.prepared import Prepared


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row of the table and what it says."""

    number: int
    parsed: Parsed
    prepared: Prepared | None = None  # of its texts, once rows are imported


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table lies and how it is opened."""

    path: Path
    kind: Literal["xlsx", "csv"]
    sheet: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A table that is open: its header, and the sheet and encoding that were chosen."""

    header: tuple[str, ...]
    sheet: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How the rows are read: ``position`` is the number of the last row that is passed over, 0 for none."""

    layout: Layout
    references: References
    prepares: bool
    position: int
    at: datetime


class TableReader:
    """Opens a table and reads it on, in slices.  Raise Unreadable where the file cannot be read as it should."""

    def __init__(self, source: Source) -> None:
        self._table = open_table(source.path, source.kind, sheet=source.sheet, encoding=source.encoding)
        self.opened = Opened(self._table.header, self._table.sheet, self._table.encoding)
        self._rows: Iterator[Row] = iter(self._table)
        self._duplicates = Duplicates()

    def begin(self, how: Reading) -> None:
        """Read on past the row ``how.position``; its registration number and those before count as seen."""
        self._how = how
        self._plan = plan_of(self.opened.header, how.layout)
        self._number_column = self.opened.header[self._plan.places["number"][0]]
        position = 0
        while position < how.position:
            row = next(self._rows, None)
            if row is None:
                raise Unreadable(why.NO_FILE)
            position = row.number
            self._duplicates.problem(RowReader(row, self._plan, how.at).number(), row.number)

    def read(self, count: int, at: datetime) -> list[ReadRow]:
        """Give the next rows, none at the end of the table."""
        return [self._read(row, at) for row in islice(self._rows, count)]

    def _read(self, row: Row, at: datetime) -> ReadRow:
        parsed = parse(row, self.opened.header, self._how.layout, self._how.references, at)
        twice = self._duplicates.problem(parsed.number, row.number, self._number_column)
        if twice is not None:
            parsed = Parsed(None, parsed.number, parsed.fingerprint, (*parsed.problems, twice))
        case = parsed.case if self._how.prepares else None
        return ReadRow(row.number, parsed, Prepared.of(case.narrative, case.entity.name) if case else None)

    def __enter__(self) -> TableReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._table.close()
