"""Lists written to files by the actions, and read back as a program reads them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from suqing.accounts.models import Person
from suqing.analytics.actions.exports import Asked, ask_export, write_at_once
from suqing.analytics.models import Export
from tests.cast import AT


@dataclass(frozen=True)
class File:
    """A file that was written, its heading and its rows by the titles of the columns."""

    export: Export
    facts: dict[str, str]
    rows: list[dict[str, Any]]
    raw: bytes

    @property
    def text(self) -> str:
        """Everything in it, for looking for what must not be there."""
        if not zipfile.is_zipfile(io.BytesIO(self.raw)):
            return self.raw.decode("gb18030" if self.export.encoding == "gb18030" else "utf-8-sig")
        with zipfile.ZipFile(io.BytesIO(self.raw)) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist())


def asked(list_code: str = "cases", filters: Mapping[str, Any] | None = None, **more: Any) -> Asked:
    return Asked(list_code, filters or {}, more.pop("filter_words", ["全部"]), **more)


def written(
    by: Person, list_code: str = "cases", filters: Mapping[str, Any] | None = None, **more: Any
) -> File:
    """Ask for a list and have it handed over at once."""
    at = more.pop("at", AT)
    export = ask_export(asked=asked(list_code, filters, **more), by=by, at=at)
    with write_at_once(export, at=at) as path:
        return read(export, path)


def read(export: Export, path: Path) -> File:
    raw = path.read_bytes()
    if export.format == "xlsx":
        book = CalamineWorkbook.from_path(str(path))
        header, *lines = book.get_sheet_by_index(0).to_python()
        facts = {str(label): str(value) for label, value, *_rest in book.get_sheet_by_index(1).to_python()}
        return File(export, facts, [dict(zip(map(str, header), line, strict=True)) for line in lines], raw)
    text = raw.decode("gb18030" if export.encoding == "gb18030" else "utf-8-sig")
    given = list(csv.reader(io.StringIO(text, newline="")))
    empty = given.index([])
    header, *lines = given[empty + 1 :]
    facts = {label: value for label, value in given[:empty]}
    return File(export, facts, [dict(zip(header, line, strict=True)) for line in lines], raw)
