"""Rejected rows as a file: corrected, it is imported as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import openpyxl
import pytest

from suqing.cases.importing.corrections import write_corrections
from suqing.cases.importing.layouts import NATIONAL, PROBLEM_COLUMN, recognise
from suqing.cases.importing.national import COLUMNS
from suqing.cases.importing.parsing import parse
from suqing.cases.importing.reading import open_table
from tests.cases.importing.tables import NOW, REFERENCES, ROW, row


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_of_rejected_rows_is_read_like_the_first_one(
    tmp_path: Path, kind: Literal["csv", "xlsx"]
) -> None:
    rows = [(ROW, "登记编号：重复"), (row(具体问题='=HYPERLINK("http://x")\n第二行'), "=金额为负")]
    path = tmp_path / f"a.{kind}"
    assert write_corrections(path, kind, COLUMNS, iter(rows), sheet="业务信息") == 2
    with open_table(path, kind) as table:
        assert table.header == (*COLUMNS, PROBLEM_COLUMN)
        assert recognise(table.header) is NATIONAL
        again = [parse(one, table.header, NATIONAL, REFERENCES, NOW) for one in table]
    first = [parse(one, COLUMNS, NATIONAL, REFERENCES, NOW) for one in _as_rows(rows)]
    assert [one.fingerprint for one in again] == [one.fingerprint for one in first]
    assert again[1].case is not None
    assert again[1].case.narrative == '=HYPERLINK("http://x")\n第二行'


def test_a_second_round_replaces_the_problems_and_adds_no_column_or_apostrophe(tmp_path: Path) -> None:
    header = (*COLUMNS, PROBLEM_COLUMN)
    path = tmp_path / "b.csv"
    write_corrections(path, "csv", header, [((*row(具体问题="'=1"), "旧的说明"), "新的说明")])
    with open_table(path, "csv") as table:
        assert table.header == header
        cells = next(iter(table)).cells
    assert cells[-1] == "新的说明"
    assert cells[10] == "'=1"


def test_every_cell_of_a_workbook_is_text_and_none_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    write_corrections(path, "xlsx", ("编号", "内容"), [((51640300002024.0, "=1+1"), "x")])
    page = openpyxl.load_workbook(path).active
    assert [(cell.value, cell.data_type) for cell in page[2]] == [
        ("51640300002024", "s"),
        ("'=1+1", "s"),
        ("x", "s"),
    ]


def _as_rows(rows: list[tuple[tuple[str, ...], str]]) -> list[object]:
    from suqing.cases.importing.reading import Row

    return [Row(number, cells) for number, (cells, _) in enumerate(rows, 2)]
