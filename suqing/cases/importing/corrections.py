"""The rows that were not imported, as a file to correct and import again: the same columns and 「问题说明」 behind them.

The import never reads that column, so a corrected file goes in as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import xlsxwriter

from suqing.cases.importing.cells import Cell, raw_text
from suqing.cases.importing.layouts import PROBLEM_COLUMN
from suqing.cases.importing.safe_cells import neutral, restored

Rejected = tuple[Sequence[Cell], str]  # the cells of a row, and what is wrong with it in words

EXCEL_CELL = 32_767  # characters that a cell of a workbook can hold


def write_corrections(
    path: Path,
    kind: Literal["xlsx", "csv"],
    header: Sequence[str],
    rows: Iterable[Rejected],
    *,
    sheet: str = "",
) -> int:
    """Write the rows with what is wrong with each; return how many.  Formulas are made harmless, as in every file.

    Every cell is text, so that no spreadsheet rounds a registration number again.
    """
    if kind == "csv":
        return _write_csv(path, header, rows)
    return _write_xlsx(path, header, rows, sheet)


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Rejected]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_names(header))
        for cells, problem in rows:
            writer.writerow(_texts(header, cells, problem))
            count += 1
    return count


def _write_xlsx(path: Path, header: Sequence[str], rows: Iterable[Rejected], sheet: str) -> int:
    count = 0
    with xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        page = book.add_worksheet(sheet[:31])
        text = book.add_format({"num_format": "@"})
        page.set_column(0, len(header), 18, text)
        page.freeze_panes(1, 0)
        for column, name in enumerate(_names(header)):
            page.write_string(0, column, name)
        for count, (cells, problem) in enumerate(rows, 1):
            for column, said in enumerate(_texts(header, cells, problem)):
                page.write_string(count, column, said[:EXCEL_CELL], text)
    return count


def _names(header: Sequence[str]) -> list[str]:
    return [*(name for name in header if name != PROBLEM_COLUMN), PROBLEM_COLUMN]


def _texts(header: Sequence[str], cells: Sequence[Cell], problem: str) -> list[str]:
    said = [
        _safe(cells[index]) if index < len(cells) else ""
        for index, name in enumerate(header)
        if name != PROBLEM_COLUMN
    ]
    return [*said, neutral(problem)]


def _safe(cell: Cell) -> str:
    """A text that came from a file of ours is harmless already and stays as it is."""
    return neutral(restored(raw_text(cell)))
