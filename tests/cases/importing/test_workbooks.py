"""Excel workbooks: what is read, and what a hostile one leads to."""

from __future__ import annotations

import struct
import subprocess
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from suqing.cases.importing import unreadable as why
from suqing.cases.importing.layouts import NATIONAL
from suqing.cases.importing.national import COLUMNS
from suqing.cases.importing.parsing import parse
from suqing.cases.importing.reading import Unreadable, open_table
from suqing.cases.importing.row_reading import MERGED
from suqing.cases.importing.workbook import Limits
from tests.cases.importing.tables import NOW, NUMBER, REFERENCES, ROW, row, with_parts, write_xlsx


def refused(path: Path, limits: Limits | None = None, sheet: str = "") -> Unreadable:
    with (
        pytest.raises(Unreadable) as caught,
        open_table(path, "xlsx", sheet=sheet, limits=limits or Limits()) as table,
    ):
        list(table)
    return caught.value


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "good.xlsx", [COLUMNS, ROW])


def test_a_workbook_gives_its_header_and_its_rows_numbered_as_excel_shows_them(book: Path) -> None:
    with open_table(book, "xlsx") as table:
        assert table.header == COLUMNS
        assert (table.sheet, table.sheets) == ("业务信息", ("业务信息",))
        rows = list(table)
    assert [(one.number, one.cells[0]) for one in rows] == [(2, NUMBER)]


def test_no_secret_stands_in_the_environment_of_who_opens_a_workbook(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUQING_MASTER_KEY", "ab" * 32)
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@127.0.0.1/suqing")
    given: list[dict[str, str] | None] = []
    real = subprocess.Popen

    def noted(*words: Any, **how: Any) -> Any:
        given.append(how.get("env"))
        return real(*words, **how)

    monkeypatch.setattr(subprocess, "Popen", noted)
    with open_table(book, "xlsx") as table:
        assert len(list(table)) == 1
    (environment,) = given
    assert environment is not None and set(environment) <= {"PATH", "LANG"}


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "title.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        page = made.add_worksheet("表")
        page.merge_range(0, 0, 0, 20, "2020年1月投诉举报明细")
        page.write(1, 0, "制表日期：2020-02-01")
        page.write_row(3, 0, COLUMNS)
        page.write_row(4, 0, ROW)
    with open_table(path, "xlsx") as table:
        assert table.header == COLUMNS
        assert table.header_number == 4
        assert [one.number for one in table] == [5]


def test_a_strange_header_below_a_title_is_found_by_its_columns(tmp_path: Path) -> None:
    rows = [["台账"], ["编号", "时间", "内容"], ["1", "2020-01-27", "口罩涨价"]]
    with open_table(write_xlsx(tmp_path / "a.xlsx", rows), "xlsx") as table:
        assert table.header == ("编号", "时间", "内容")


def test_dates_come_as_moments_and_numbers_as_numbers(tmp_path: Path) -> None:
    rows = [["编号", "时间", "金额"], ["A1", datetime(2020, 1, 27, 10, 5), 1300.5]]  # noqa: DTZ001
    with open_table(write_xlsx(tmp_path / "a.xlsx", rows), "xlsx") as table:
        cells = next(iter(table)).cells
    assert cells == ("A1", datetime(2020, 1, 27, 10, 5), 1300.5)  # noqa: DTZ001


def test_a_formula_gives_its_last_value_and_a_text_like_a_formula_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        page = made.add_worksheet("表")
        page.write_row(0, 0, ["编号", "内容", "备注"])
        page.write_formula(1, 0, '=HYPERLINK("http://evil.example","A1")', None, "A1")
        page.write_string(1, 1, '=HYPERLINK("http://evil.example","x")')
        page.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    with open_table(path, "xlsx") as table:
        assert next(iter(table)).cells == ("A1", '=HYPERLINK("http://evil.example","x")', None)


def test_merged_cells_below_the_header_are_blank_but_for_the_first_and_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        page = made.add_worksheet("表")
        page.write_row(0, 0, COLUMNS)
        page.write_row(1, 0, ROW)
        page.write_row(2, 0, row(登记编号="51640300002024111500000002"))
        page.merge_range(1, 3, 2, 3, "小坝大药房")
    with open_table(path, "xlsx") as table:
        first, second = list(table)
        parsed = parse(second, table.header, NATIONAL, REFERENCES, NOW)
    assert (first.merged, second.merged) == ((), (3,))
    assert second.cells[3] is None
    told = [problem for problem in parsed.problems if problem.message == MERGED]
    assert [(problem.column, problem.rejects) for problem in told] == [("企业名称", False)]


def test_another_sheet_can_be_chosen_and_a_missing_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        made.add_worksheet("说明").write(0, 0, "见第二页")
        made.add_worksheet("明细").write_row(0, 0, ["编号", "内容"])
        made.get_worksheet_by_name("明细").write_row(1, 0, ["A1", "口罩"])
    with open_table(path, "xlsx", sheet="明细") as table:
        assert table.sheets == ("说明", "明细")
        assert len(list(table)) == 1
    assert refused(path, sheet="没有").message == why.NO_SUCH_SHEET


def test_300_columns_are_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "wide.xlsx", [[f"列{n}" for n in range(300)], ["x"] * 300])
    found = refused(path)
    assert (found.message, found.values) == (why.TOO_WIDE, {"columns": 300, "limit": 256})


def test_a_macro_file_is_refused_whatever_it_is_called(tmp_path: Path, book: Path) -> None:
    by_part = with_parts(tmp_path / "part.xlsx", book, {"xl/vbaProject.bin": b"macro"})
    with zipfile.ZipFile(book) as archive:
        types = archive.read("[Content_Types].xml")
    by_type = with_parts(
        tmp_path / "type.xlsx",
        book,
        {
            "[Content_Types].xml": types.replace(
                b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            )
        },
    )
    assert {refused(by_part).message, refused(by_type).message} == {why.HAS_MACROS}


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path, book: Path) -> None:
    sheet = b"<worksheet><sheetData>" + b" " * 150_000_000 + b"</sheetData></worksheet>"
    path = with_parts(tmp_path / "bomb.xlsx", book, {"xl/worksheets/sheet1.xml": sheet})
    assert path.stat().st_size < 500_000
    assert refused(path).message == why.ZIP_BOMB


def test_a_bomb_that_lies_about_its_size_ends_its_own_process_only(tmp_path: Path, book: Path) -> None:
    cells = b"".join(b'<c r="%c1" t="inlineStr"><is><t>%s</t></is></c>' % (65, b"x" * 1000) for _ in range(1))
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        + cells * 200_000
        + b"</row></sheetData></worksheet>"
    )
    path = with_parts(tmp_path / "bomb.xlsx", book, {"xl/worksheets/sheet1.xml": sheet})
    data = bytearray(path.read_bytes())
    size = struct.pack("<I", len(sheet))
    for place in (index for index in range(len(data)) if data.startswith(size, index)):
        data[place : place + 4] = struct.pack("<I", 1000)
    path.write_bytes(data)
    assert refused(path, Limits(memory=300_000_000)).message in (why.NO_MEMORY, why.BROKEN)


def test_a_giant_sheet_ends_at_the_limit_of_memory(tmp_path: Path, book: Path) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    path = with_parts(tmp_path / "giant.xlsx", book, {"xl/worksheets/sheet1.xml": sheet})
    assert refused(path).message == why.NO_MEMORY


def test_a_workbook_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "long.xlsx", [COLUMNS, *[ROW] * 30_000])
    found = refused(path, Limits(seconds=0))
    assert (found.message, found.values) == (why.NO_TIME, {"seconds": 0})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: b"", why.EMPTY),
        (lambda good: good[: len(good) // 2], why.BROKEN),
        (lambda good: good[:200] + b"\x00" * 400 + good[600:], why.BROKEN),
        (lambda _: b"<html><table><tr><td>x</td></tr></table></html>", why.IS_HTML),
        (lambda _: b"\xef\xbb\xbf<!DOCTYPE html><html></html>", why.IS_HTML),
        (lambda _: bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 600, why.IS_OLD_XLS),
        (
            lambda _: (
                bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
            ),
            why.IS_ENCRYPTED,
        ),
        (lambda _: "登记编号,类型\n1,投诉\n".encode(), why.IS_TEXT),
        (lambda _: b"\x89PNG\r\n\x1a\n\x00\x00", why.IS_OTHER_ZIP),
    ],
    ids=[
        "empty",
        "cut off",
        "overwritten",
        "html",
        "html with BOM",
        "old xls",
        "encrypted",
        "csv",
        "picture",
    ],
)
def test_what_is_no_workbook_is_said_in_words(
    tmp_path: Path, book: Path, make: Callable[[bytes], bytes], message: str
) -> None:
    path = tmp_path / "bad.xlsx"
    path.write_bytes(make(book.read_bytes()))
    assert refused(path).message == message


def test_another_zip_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    assert refused(path).message == why.IS_OTHER_ZIP


def test_a_workbook_with_a_broken_sheet_is_damaged_not_a_crash(tmp_path: Path, book: Path) -> None:
    path = with_parts(
        tmp_path / "b.xlsx", book, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r='x'>"}
    )
    assert refused(path).message in (why.BROKEN, why.NO_ROWS, why.EMPTY)


def test_entities_in_the_xml_are_not_expanded(tmp_path: Path, book: Path) -> None:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
    <!ENTITY e SYSTEM "file:///etc/passwd">]>
    <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r="1"><c r="A1" t="inlineStr"><is><t>number</t></is></c><c r="B1" t="inlineStr"><is><t>text</t></is></c></row>
    <row r="2"><c r="A2" t="inlineStr"><is><t>1</t></is></c><c r="B2" t="inlineStr"><is><t>&b;&e;</t></is></c></row>
    </sheetData></worksheet>"""
    path = with_parts(tmp_path / "e.xlsx", book, {"xl/worksheets/sheet1.xml": bomb})
    try:
        with open_table(path, "xlsx") as table:
            said = str([one.cells for one in table])
    except Unreadable:
        return
    assert "root:" not in said
    assert "aaaaaaaaaaaa" not in said


def test_a_header_without_rows_and_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    assert refused(write_xlsx(tmp_path / "a.xlsx", [COLUMNS])).message == why.NO_ROWS
    assert refused(write_xlsx(tmp_path / "b.xlsx", [])).message in (why.EMPTY, why.NO_ROWS)
    twice = refused(write_xlsx(tmp_path / "c.xlsx", [["编号", "内容", "编 号"], ["1", "2", "3"]]))
    assert (twice.message, twice.values) == (
        why.SAME_COLUMN,
        {"column": "编 号", "first": "A", "second": "C"},
    )
    assert refused(write_xlsx(tmp_path / "d.xlsx", [[1, 2, 3], [4, 5, 6]])).message == why.NO_HEADER


def test_the_child_ends_with_the_table(book: Path) -> None:
    table = open_table(book, "xlsx")
    process = table._workbook._process  # type: ignore[union-attr]
    table.close()
    assert process.poll() is not None
