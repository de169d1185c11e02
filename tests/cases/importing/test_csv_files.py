"""CSV files: encodings, separators, and what a hostile one leads to."""

from __future__ import annotations

import codecs
import csv
import tracemalloc
from pathlib import Path

import pytest

from suqing.cases.importing import unreadable as why
from suqing.cases.importing.layouts import NATIONAL
from suqing.cases.importing.national import COLUMNS
from suqing.cases.importing.parsing import parse
from suqing.cases.importing.reading import Unreadable, open_table
from suqing.cases.importing.row_reading import CELLS_BEYOND
from tests.cases.importing.tables import NOW, NUMBER, REFERENCES, ROW, row, write_csv, write_xlsx


def refused(path: Path, encoding: str = "") -> Unreadable:
    with pytest.raises(Unreadable) as caught, open_table(path, "csv", encoding=encoding) as table:
        list(table)
    return caught.value


def of_bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_usual_encoding_and_separator_is_found_out(
    tmp_path: Path, codec: str, name: str, separator: str
) -> None:
    path = write_csv(tmp_path / "a.csv", [COLUMNS, ROW], codec, separator)
    with open_table(path, "csv") as table:
        assert (table.header, table.encoding) == (COLUMNS, name)
        assert [one.cells for one in table] == [ROW]


def test_rare_characters_of_gb18030_are_read(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [COLUMNS, row(具体问题="店主姓𬴂")], "gb18030")
    with open_table(path, "csv") as table:
        assert next(iter(table)).cells[10] == "店主姓𬴂"


def test_a_wrong_encoding_names_the_first_bad_line(tmp_path: Path) -> None:
    good = ",".join(COLUMNS).encode() + b"\n" + ",".join(ROW).encode() + b"\n"
    utf8 = refused(of_bytes(tmp_path / "a.csv", good + b"\xff\xfe\xfa,1\n"))
    assert (utf8.message, utf8.values) == (why.BAD_BYTE, {"line": 3, "encoding": "UTF-8"})
    gb = "登记编号,类型\n1,投诉\n".encode("gb18030") + b"2,\xff\xff\n"
    assert refused(of_bytes(tmp_path / "b.csv", gb)).values["line"] == 3


def test_utf8_with_a_torn_character_is_not_read_as_gb18030(tmp_path: Path) -> None:
    content = "登记编号,类型\n1,投诉\n2,举报\n".encode()
    torn = content.replace("举".encode(), "举".encode()[:2])
    found = refused(of_bytes(tmp_path / "a.csv", torn))
    assert (found.message, found.values["line"]) == (why.BAD_BYTE, 3)


def test_a_chosen_encoding_is_held_to(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [COLUMNS, ROW], "gb18030")
    assert refused(path, "utf-8").values == {"line": 1, "encoding": "UTF-8"}
    assert refused(path, "klingon").message == why.UNKNOWN_ENCODING
    with open_table(path, "csv", encoding="GBK") as table:
        assert table.header == COLUMNS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", why.EMPTY),
        (b"  \r\n ", why.EMPTY),
        (codecs.BOM_UTF8, why.EMPTY),
        (b"<html><table></table></html>", why.IS_HTML),
        (b"PK\x03\x04rest", why.IS_WORKBOOK),
        (bytes.fromhex("D0CF11E0A1B11AE1"), why.IS_OLD_XLS),
        (b"a,b\n1,\x002\n", why.HAS_NUL),
        ("a,b\n1,\x002\n".encode("utf-16"), why.HAS_NUL),
        ("编号,内容\n".encode(), why.NO_ROWS),
        (b"1,2,3\n4,5,6\n", why.NO_HEADER),
        ("编号,内容,编号\n1,2,3\n".encode(), why.SAME_COLUMN),
    ],
    ids=[
        "empty",
        "blank",
        "BOM only",
        "html",
        "workbook",
        "xls",
        "NUL",
        "NUL in UTF-16",
        "no rows",
        "no header",
        "twice",
    ],
)
def test_what_is_no_table_is_said_in_words(tmp_path: Path, content: bytes, message: str) -> None:
    assert refused(of_bytes(tmp_path / "a.csv", content)).message == message


def test_300_columns_are_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [[f"列{n}" for n in range(300)], ["x"] * 300])
    assert refused(path).values == {"columns": 300, "limit": 256}


def test_a_very_long_line_and_an_open_quotation_mark_are_bounded(tmp_path: Path) -> None:
    long = refused(of_bytes(tmp_path / "a.csv", "编号,内容\n1,".encode() + b"x" * 3_000_000))
    assert (long.message, long.values["line"]) == (why.LONG_LINE, 2)
    never = '编号,内容\n1,"口罩\n' + "2,普通的一行文字\n" * 50_000
    found = refused(of_bytes(tmp_path / "b.csv", never.encode()))
    assert (found.message, found.values["row"]) == (why.BAD_QUOTES, 2)


def test_the_bound_on_a_cell_is_ours_whatever_the_rest_of_the_process_set(tmp_path: Path) -> None:
    before = csv.field_size_limit(10_000_000)
    try:
        found = refused(
            of_bytes(tmp_path / "a.csv", ('编号,内容\n1,"口罩\n' + "2,普通的一行文字\n" * 50_000).encode())
        )
    finally:
        csv.field_size_limit(before)
    assert (found.message, found.values["row"]) == (why.BAD_QUOTES, 2)


def test_a_line_break_in_quotes_belongs_to_its_cell(tmp_path: Path) -> None:
    path = of_bytes(tmp_path / "a.csv", '编号,内容\r\n1,"口罩\r\n涨价, 很多"\r\n2,x\r\n'.encode())
    with open_table(path, "csv") as table:
        assert [(one.number, one.cells) for one in table] == [
            (2, ("1", "口罩\r\n涨价, 很多")),
            (3, ("2", "x")),
        ]


def test_empty_rows_are_passed_over_and_keep_their_numbers(tmp_path: Path) -> None:
    path = of_bytes(tmp_path / "a.csv", "编号,内容\n\n,,\n1,x\n , \n2,y\n".encode())
    with open_table(path, "csv") as table:
        assert [one.number for one in table] == [4, 6]


def test_a_row_with_more_cells_than_columns_is_rejected(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [COLUMNS, (*ROW, "多出")])
    with open_table(path, "csv") as table:
        parsed = parse(next(iter(table)), table.header, NATIONAL, REFERENCES, NOW)
    assert parsed.case is None
    assert [(problem.message, problem.value) for problem in parsed.problems if problem.rejects] == [
        (CELLS_BEYOND, "多出")
    ]


def test_a_row_with_fewer_cells_than_columns_has_blanks(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [COLUMNS, ROW[:12]])
    with open_table(path, "csv") as table:
        parsed = parse(next(iter(table)), table.header, NATIONAL, REFERENCES, NOW)
    assert parsed.case is not None
    assert parsed.case.result_note == ""


def test_the_same_row_has_the_same_fingerprint_in_csv_and_xlsx_and_in_any_order_of_columns(
    tmp_path: Path,
) -> None:
    turned = [tuple(reversed(COLUMNS)), tuple(reversed(ROW))]
    prints = set()
    for path, kind in (
        (write_csv(tmp_path / "a.csv", [COLUMNS, ROW]), "csv"),
        (write_xlsx(tmp_path / "a.xlsx", [COLUMNS, ROW]), "xlsx"),
        (write_csv(tmp_path / "b.csv", turned, "gb18030"), "csv"),
    ):
        with open_table(path, kind) as table:  # type: ignore[arg-type]
            prints.add(parse(next(iter(table)), table.header, NATIONAL, REFERENCES, NOW).fingerprint)
    assert len(prints) == 1


def test_a_long_table_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(60_000):
            writer.writerow((f"{NUMBER[:18]}{number:08}", *ROW[1:]))
    tracemalloc.start()
    with open_table(path, "csv") as table:
        count = sum(1 for _ in table)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 60_000
    assert peak < 12_000_000  # the file has some 15 MB
