"""Tables for the tests of importing: good ones, and files made to hurt."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from suqing.cases.importing.national import COLUMNS
from suqing.cases.importing.references import References, class_index, word_key

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NUMBER = "51640300002024111500000001"
ROW = (
    NUMBER, "投诉", "互联网", "小坝大药房", "小坝路1号", "退赔费用,赔偿损失", "口罩质量", "质量->口罩质量",
    "商品（产品）->医疗器械->口罩", "姑苏区观前街1号", "口罩有异味", "已受理", "已办结", "姑苏区市场监督管理局", "一科", "已退款", "网购",
    "1300.5", "100", "", "",
)  # fmt: skip
REFERENCES = References(
    classes={
        "object": class_index([("110", "商品（产品）->医疗器械"), ("11001", "商品（产品）->医疗器械->口罩")]),
        "issue": class_index(
            [("02", "质量"), ("0204", "质量->口罩质量"), ("99", "其他"), ("0299", "质量->其他")]
        ),
        "report_issue": class_index([("R1", "价格违法行为")]),
        "request": class_index([("refund", "退赔费用"), ("damages", "赔偿损失"), ("exchange", "更换")]),
    },
    units={word_key("姑苏区市场监督管理局"): "gusu"},
    unit_names={"gusu": "姑苏区市场监督管理局"},
    near=("320500",),
    place_names={"320508": "江苏省苏州市姑苏区", "320508018": "江苏省苏州市姑苏区平江街道"},
)


def row(**cells: str) -> tuple[str, ...]:
    """A national row with some cells changed, by column name; 消费金额 and the like without their units."""
    by_name = dict(zip(COLUMNS, ROW, strict=True))
    for name, text in cells.items():
        by_name[next(column for column in COLUMNS if column.partition("(")[0] == name)] = text
    return tuple(by_name[name] for name in COLUMNS)


def write_csv(
    path: Path, rows: Iterable[Sequence[str]], encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def write_xlsx(path: Path, rows: Iterable[Sequence[object]], sheet: str = "业务信息") -> Path:
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(sheet)
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for number, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    page.write_datetime(number, column, cell, moment)
                else:
                    page.write(number, column, cell)
    return path


def with_parts(path: Path, source: Path, parts: dict[str, bytes]) -> Path:
    """Copy a workbook with some of its parts replaced or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return path
