"""The process that opens a workbook: alone, with limits of memory and time, so that a bad file ends it and nothing else.

Run as a file, isolated (``python -I``): it imports nothing of ours.  Arguments: path, sheet ("" for the first visible
one), bytes of memory, seconds of processor time.  Writes frames to standard output: four bytes of length (network
order), then JSON.  The first frame is {"sheets", "sheet", "height", "width", "merged"} or {"error", "detail"}; then
lists of rows, each [number, cells]; then null.  A moment stands as [ISO text].  Rows are numbered as Excel shows them.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

ROWS_A_FRAME = 500
MOST_MERGED = 2_000  # ranges that are told; a table with more is no table of cases


def main(arguments: list[str]) -> int:
    """Read the workbook and write its frames; errors of the file are a frame, not a traceback."""
    path, sheet, memory, seconds = arguments[0], arguments[1], int(arguments[2]), int(arguments[3])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout.buffer
    try:
        _read(path, sheet, out)
    except MemoryError:
        _frame(out, {"error": "memory", "detail": ""})
    except BrokenPipeError:
        return 0  # nobody listens any more
    except BaseException as bad:  # a panic of the reader is a BaseException, too
        _frame(out, {"error": _kind_of(bad), "detail": str(bad)[:200]})
    return 0


def _read(path: str, wanted: str, out: BinaryIO) -> None:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(path)
    sheets = [
        one.name
        for one in book.sheets_metadata
        if one.typ == python_calamine.SheetTypeEnum.WorkSheet
        and one.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    name = wanted or (sheets or book.sheet_names)[0]
    sheet = book.get_sheet_by_name(name)
    start, end = sheet.start, sheet.end
    merged = [[*one, *other] for one, other in (sheet.merged_cell_ranges or [])[:MOST_MERGED]]
    width = end[1] + 1 if end else 0
    _frame(
        out,
        {
            "sheets": sheets,
            "sheet": name,
            "height": end[0] + 1 if end else 0,
            "width": width,
            "merged": merged,
        },
    )
    if start is None or width > 256:
        _frame(out, None)
        return
    before = [""] * start[1]
    rows: list[tuple[int, list[Any]]] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        rows.append((number, before + [_plain(cell) for cell in cells]))
        if len(rows) == ROWS_A_FRAME:
            _frame(out, rows)
            rows = []
    _frame(out, rows)
    _frame(out, None)


def _plain(cell: object) -> object:
    kind = type(cell)
    if kind is str or kind is float or kind is int:
        return cell
    if kind is bool:
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (datetime, date)):
        return [cell.isoformat()]
    if isinstance(cell, (time, timedelta)):
        return str(cell)
    return ""


def _kind_of(bad: BaseException) -> str:
    name = type(bad).__name__
    return {"WorksheetNotFound": "sheet", "PasswordError": "password"}.get(name, "broken")


def _frame(out: BinaryIO, content: object) -> None:
    data = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    out.write(struct.pack("!I", len(data)))
    out.write(data)
    out.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
