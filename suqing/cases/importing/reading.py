"""Tables as files: an Excel workbook or CSV, opened as a header and rows.  Hostile files are ``Unreadable``.

Memory is that of some hundred rows, however long the table is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Literal

from suqing.cases.importing import csv_text
from suqing.cases.importing import unreadable as why
from suqing.cases.importing.cells import Cell, text_of
from suqing.cases.importing.layouts import plain_header, recognise
from suqing.cases.importing.row_reading import Row
from suqing.cases.importing.unreadable import Unreadable
from suqing.cases.importing.workbook import LIMITS, Limits, WorkbookRows, look_over

__all__ = ["Cell", "Row", "Table", "Unreadable", "open_table"]

MAX_COLUMNS = 256
HEADER_WITHIN = 10  # rows: titles and dates may stand above the header
LONGEST_HEADER = 60  # characters of a column's name

Numbered = tuple[int, tuple[Cell, ...]]


class Table:
    """A header and its rows.  Rows are read once, in order; open the table anew to read again.

    ``header_number`` is the header's row as the table shows it (1 unless a title stands above); ``sheets`` are the
    visible sheets of a workbook, ``sheet`` and ``encoding`` what was chosen.
    """

    def __init__(
        self,
        rows: Iterable[Numbered],
        *,
        sheets: Sequence[str] = (),
        sheet: str = "",
        encoding: str = "",
        merged: Sequence[Sequence[int]] = (),
        workbook: WorkbookRows | None = None,
    ) -> None:
        self._workbook = workbook
        self.sheets, self.sheet, self.encoding = tuple(sheets), sheet, encoding
        source = iter(rows)
        top = list(islice(source, HEADER_WITHIN))
        _check_width(top)
        place = _header_place(top)
        self.header_number = top[place][0]
        self.header = _header(top[place][1])
        self._merged = _merged_cells(merged, self.header_number, len(self.header))
        self._rows = chain(top[place + 1 :], source)
        first = next(self._filled(), None)
        if first is None:
            raise Unreadable(why.NO_ROWS)
        self._first: Row | None = first

    def __iter__(self) -> Iterator[Row]:
        """Give the rows below the header, without empty ones; raises Unreadable where the file turns out broken."""
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        yield from self._filled()

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file, and of the process that reads a workbook."""
        if self._workbook is not None:
            self._workbook.close()

    def _filled(self) -> Iterator[Row]:
        for number, cells in self._rows:
            hidden = self._merged.get(number, ())
            if hidden:  # a value may lie under a merged cell where nobody sees it
                cells = tuple(None if index in hidden else cell for index, cell in enumerate(cells))
            if any(_is_filled(cell) for cell in cells):
                yield Row(number, cells, hidden)


def _is_filled(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def open_table(
    path: Path,
    kind: Literal["xlsx", "csv"],
    *,
    sheet: str = "",
    encoding: str = "",
    limits: Limits = LIMITS,
) -> Table:
    """Open a table.  ``sheet``: "" for the first visible one.  ``encoding``: "" to find it out.  Raise Unreadable.

    Use it as a context manager: a workbook is read by a process of its own that ends with the table.
    """
    if not path.is_file():
        raise Unreadable(why.NO_FILE)
    if kind == "csv":
        found = csv_text.encoding_of(path, encoding)
        return Table(
            ((number, tuple(cells)) for number, cells in csv_text.records(path, found)), encoding=found
        )
    look_over(path, limits)
    workbook = WorkbookRows(path, sheet, limits)
    try:
        about = workbook.about
        if about["width"] > MAX_COLUMNS:
            raise Unreadable(why.TOO_WIDE, columns=about["width"], limit=MAX_COLUMNS)
        return Table(
            workbook, sheets=about["sheets"], sheet=about["sheet"], merged=about["merged"], workbook=workbook
        )
    except BaseException:
        workbook.close()
        raise


def column_letter(index: int) -> str:
    """Name a column as spreadsheets do: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _check_width(rows: Sequence[Numbered]) -> None:
    width = max((len(cells) for _, cells in rows), default=0)
    if width > MAX_COLUMNS:
        raise Unreadable(why.TOO_WIDE, columns=width, limit=MAX_COLUMNS)


def _header_place(rows: Sequence[Numbered]) -> int:
    """Find the header: the row of a known layout, or the first that names at least half as many columns as any row."""
    filled = [sum(1 for cell in cells if text_of(cell)) for _, cells in rows]
    if not any(filled):
        raise Unreadable(why.NO_ROWS if rows else why.EMPTY)
    for place, (_, cells) in enumerate(rows):
        if recognise([text_of(cell) for cell in cells]) is not None:
            return place
    enough = max(filled) / 2
    for place, (_, cells) in enumerate(rows):
        if filled[place] >= enough and _names_columns(cells):
            return place
    raise Unreadable(why.NO_HEADER, rows=HEADER_WITHIN)


def _names_columns(cells: Sequence[Cell]) -> bool:
    texts = [text for cell in cells if (text := text_of(cell))]
    return all(isinstance(cell, str) or cell is None for cell in cells) and all(
        len(text) <= LONGEST_HEADER and not text.replace(".", "").replace("-", "").isdigit() for text in texts
    )


def _header(cells: Sequence[Cell]) -> tuple[str, ...]:
    names = [" ".join(text_of(cell).split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        key = plain_header(name)
        if key and seen.setdefault(key, index) != index:
            raise Unreadable(
                why.SAME_COLUMN, column=name, first=column_letter(seen[key]), second=column_letter(index)
            )
    return tuple(names)


def _merged_cells(ranges: Sequence[Sequence[int]], header: int, width: int) -> dict[int, tuple[int, ...]]:
    """Give row number -> the columns that are blank because they are merged with a cell above or before."""
    found: dict[int, set[int]] = {}
    for top, left, bottom, right in ranges:
        for row in range(max(top, header), min(bottom, top + 10_000) + 1):
            for column in range(left, min(right + 1, width)):
                if (row, column) != (top, left):
                    found.setdefault(row + 1, set()).add(column)
    return {row: tuple(sorted(columns)) for row, columns in found.items()}
