"""Tables that are imported by the tests: national rows of January 2020, kept as files and worked off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from suqing.accounts.models import Person
from suqing.cases.actions.imports import check_some, confirm, run_some, start_import
from suqing.cases.importing.national import COLUMNS
from suqing.cases.models import ImportRun
from suqing.files.actions import keep
from tests.cases.importing.tables import row, write_csv
from tests.cast import AT

Cells = Sequence[str]


def number(index: int) -> str:
    """A registration number of 20 January 2020."""
    return f"132050800020200120{index:08d}"


def national(index: int, **cells: str) -> tuple[str, ...]:
    """A national row that Suzhou's reference data know; every second one has ended."""
    given = {
        "登记编号": number(index),
        "企业名称": f"平江大药房{index % 7}店",
        "具体问题": f"第{index}个：昨天在观前街买口罩，一只要三十元，平时只要五元，要求退款",
        "初查受理状态": "已受理",
        "办理情况状态": "已办结" if index % 2 else "",
        "问题类别": "",
        "问题类别全称": "",
        "客体类别全称": "",
    }
    return row(**{**given, **cells})


def begun(
    by: Person, folder: Path, rows: Iterable[Cells], *, at: datetime = AT, name: str = "t.csv"
) -> ImportRun:
    """Write the rows to a file, keep it and begin its import."""
    path = write_csv(folder / name, [COLUMNS, *rows])
    file = keep(path, purpose="import", name=name, by=by, at=at)
    return start_import(upload=file, file_name=name, by=by, at=at)


def checked(run: ImportRun, *, at: datetime = AT, size: int = 7) -> ImportRun:
    """Check all rows of a run."""
    while check_some(run, at=at, size=size):
        pass
    run.refresh_from_db()
    return run


def imported(
    by: Person, folder: Path, rows: Iterable[Cells], *, at: datetime = AT, name: str = "t.csv", size: int = 7
) -> ImportRun:
    """Check and import rows to the end."""
    run = checked(begun(by, folder, rows, at=at, name=name), at=at, size=size)
    confirm(run, by=by, at=at)
    while run_some(run, at=at, size=size):
        pass
    run.refresh_from_db()
    return run
