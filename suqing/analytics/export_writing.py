"""Writing a list as csv or xlsx, row by row: the same memory for ten rows and for a million.  Pure.

What the file says of itself (the list, its filters, as of when, for whom) must not harm who reads it by a program:

- csv: lines above the header, at most ``MOST_FACTS`` of them and an empty one, so that the header is always among the
  first ten lines, where our own import looks for it.  Below the rows they would be read as cases.
- xlsx: a sheet of its own after the first one, for imports and pivots read the first sheet and its first row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import xlsxwriter

from suqing.cases.importing.safe_cells import neutral

Value: TypeAlias = str | int | Decimal | date | datetime | None
Fact: TypeAlias = tuple[str, str]

MOST_FACTS = 8
SHEET_ROWS = 1_048_576  # of one sheet of the format, header included
LONGEST_CELL = 32_767  # characters that a cell of the format holds
ENCODINGS = {
    "utf-8": "utf-8-sig",
    "gb18030": "gb18030",
}  # Excel takes csv for the local code page unless a BOM says


class CellKind(StrEnum):
    """What a column holds, and so how it is written."""

    TEXT = "text"
    WHOLE = "whole"
    AMOUNT = "amount"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of the file: its title in the reader's language, its kind, its width in characters."""

    title: str
    kind: CellKind = CellKind.TEXT
    width: int = 14


class Writer(Protocol):
    """What both formats can do; ``close`` finishes the file, ``abandon`` leaves it unfinished and lets go of it."""

    def row(self, values: Sequence[Value]) -> None: ...

    def close(self) -> None: ...

    def abandon(self) -> None: ...


def open_writer(
    format: str,
    path: Path,
    headings: Sequence[Heading],
    facts: Sequence[Fact],
    *,
    zone: tzinfo,
    sheet: str,
    notes: str,
    encoding: str = "utf-8",
) -> Writer:
    """Begin a file at ``path``.  ``sheet`` and ``notes`` name the sheets of an xlsx; moments are written in ``zone``.

    Raise ValueError for a format or an encoding that is not known, or for too many facts.
    """
    if len(facts) > MOST_FACTS:
        raise ValueError(f"{len(facts)} lines about the file leave no room for the header")
    if format == "csv":
        return CsvWriter(path, headings, facts, zone=zone, encoding=encoding)
    if format == "xlsx":
        return XlsxWriter(path, headings, facts, zone=zone, sheet=sheet, notes=notes)
    raise ValueError(f"no such format: {format}")


def text_of(value: Value, zone: tzinfo) -> str:
    """A value as a csv and a machine read it: 2020-01-27 14:05:09, 12.50; nothing for what is not known."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return neutral(value) if isinstance(value, str) else str(value)


class CsvWriter:
    """Comma-separated lines; every text neutral, every line ended as RFC 4180 says."""

    def __init__(
        self,
        path: Path,
        headings: Sequence[Heading],
        facts: Sequence[Fact],
        *,
        zone: tzinfo,
        encoding: str = "utf-8",
    ) -> None:
        if encoding not in ENCODINGS:
            raise ValueError(f"no such encoding: {encoding}")
        self._zone = zone
        self._file: io.TextIOBase = path.open("w", encoding=ENCODINGS[encoding], newline="")
        self._lines = csv.writer(self._file)
        for label, value in facts:
            self._lines.writerow([neutral(label), neutral(value)])
        if facts:
            self._lines.writerow([])
        self._lines.writerow([neutral(heading.title) for heading in headings])

    def row(self, values: Sequence[Value]) -> None:
        zone = self._zone
        self._lines.writerow([text_of(value, zone) for value in values])

    def close(self) -> None:
        self._file.close()

    def abandon(self) -> None:
        self._file.close()


class XlsxWriter:
    """A workbook whose rows go to the disk one by one; a sheet that is full is followed by another."""

    def __init__(
        self,
        path: Path,
        headings: Sequence[Heading],
        facts: Sequence[Fact],
        *,
        zone: tzinfo,
        sheet: str,
        notes: str,
        sheet_rows: int = SHEET_ROWS,
    ) -> None:
        self._headings, self._zone = headings, zone
        self._name, self._sheet_rows = sheet, sheet_rows
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            # Temporary files beside the file: they hold what it holds, and go when its folder goes.
            "tmpdir": str(path.parent),
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.use_zip64()
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        formats = {
            CellKind.AMOUNT: "#,##0.00",
            CellKind.DAY: "yyyy-mm-dd",
            CellKind.MOMENT: "yyyy-mm-dd hh:mm",
        }
        self._formats = {kind: self._book.add_format({"num_format": text}) for kind, text in formats.items()}
        self._sheets = 0
        self._begin_sheet()
        self._write_notes(notes, facts)

    def _begin_sheet(self) -> None:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        self._sheet: Any = self._book.add_worksheet(name[:31])
        for place, heading in enumerate(self._headings):
            self._sheet.set_column(place, place, heading.width)
        self._sheet.freeze_panes(1, 0)
        for place, heading in enumerate(self._headings):
            self._sheet.write_string(0, place, neutral(heading.title), self._bold)
        self._row = 1

    def _write_notes(self, name: str, facts: Sequence[Fact]) -> None:
        sheet = self._book.add_worksheet(name[:31])
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 90)
        for place, (label, value) in enumerate(facts):
            sheet.write_string(place, 0, neutral(label), self._bold)
            sheet.write_string(place, 1, neutral(value)[:LONGEST_CELL])

    def row(self, values: Sequence[Value]) -> None:
        if self._row == self._sheet_rows:
            self._begin_sheet()
        sheet, place = self._sheet, self._row
        for column, value in enumerate(values):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                sheet.write_string(place, column, _cell(value))
            elif isinstance(value, datetime):
                local = value.astimezone(self._zone).replace(tzinfo=None)
                sheet.write_datetime(place, column, local, self._formats[CellKind.MOMENT])
            elif isinstance(value, date):
                sheet.write_datetime(place, column, value, self._formats[CellKind.DAY])
            else:
                kind = self._headings[column].kind
                sheet.write_number(place, column, value, self._formats.get(kind))
        self._row += 1

    def close(self) -> None:
        self._book.close()

    def abandon(self) -> None:
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()
        self._book.fileclosed = True


def _cell(text: str) -> str:
    """What does not fit is cut visibly; the whole text stands in the csv."""
    safe = neutral(text)
    return safe if len(safe) <= LONGEST_CELL else f"{safe[: LONGEST_CELL - 1]}…"
