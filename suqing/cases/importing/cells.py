"""What stands in a cell, as text."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

Cell = str | int | float | datetime | date | None

_UNKEEPABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]"
)  # no database text, no XML holds these
_EXCEL_KEEPS = 1e15  # Excel keeps 15 digits of a number; what is longer has lost its last ones
LOST_DIGITS = re.compile(r"[0-9]\.[0-9]+[Ee]\+(?:1[5-9]|[2-9][0-9])")


def raw_text(cell: Cell) -> str:
    """Give the cell as text with its own spaces and line breaks; numbers without a needless ``.0``."""
    if isinstance(cell, str):
        return cell if cell.isprintable() else _UNKEEPABLE.sub("", cell)
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXCEL_KEEPS else repr(cell)
    if isinstance(cell, datetime):
        return (
            cell.isoformat(" ", "seconds")
            if (cell.hour, cell.minute, cell.second) != (0, 0, 0)
            else f"{cell:%Y-%m-%d}"
        )
    return str(cell)


def text_of(cell: Cell) -> str:
    """Give the cell as text without spaces around it."""
    return raw_text(cell).strip()


def plain(text: str) -> str:
    """Bring figures and signs to half width and take the spaces around away, for reading numbers and words."""
    return unicodedata.normalize("NFKC", text).strip()


def has_lost_digits(cell: Cell) -> bool:
    """Say whether a spreadsheet has made a long number into a rounded one (5.16403E+25)."""
    if isinstance(cell, (int, float)):
        return abs(cell) >= _EXCEL_KEEPS
    return isinstance(cell, str) and LOST_DIGITS.fullmatch(cell.strip()) is not None
