"""Dates and amounts as tables write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from suqing.cases.importing.amounts import NoAmount, amount_of, amount_text
from suqing.cases.importing.cells import Cell, has_lost_digits, text_of
from suqing.cases.importing.moments import NoMoment, day_in_number, moment_of
from suqing.cases.intake import LOCAL_ZONE

TEN_FIVE = datetime(2020, 1, 27, 10, 5, tzinfo=LOCAL_ZONE)
NAIVE = datetime(2020, 1, 27, 10, 5)  # noqa: DTZ001  (as a workbook has it)
MIDNIGHT = datetime(2020, 1, 27, tzinfo=LOCAL_ZONE)


@pytest.mark.parametrize(
    "cell",
    [
        "2020-01-27 10:05", "2020-1-27 10:05:00", "2020/01/27 10:05", "2020.1.27 10:05", "2020年1月27日 10:05",
        "2020年1月27日10时5分", "2020年01月27日 10点05分00秒", "2020年1月27日 上午10:05", "2020-01-27T10:05:00",
        "2020-01-27T02:05:00Z", "2020-01-27T10:05:00+08:00", "2020-01-27T10:05:00.000+0800", "20200127100500", "202001271005",
        "２０２０－０１－２７　１０：０５", " 2020-01-27 10:05 ", "2020-01-27 10:05:00 AM", "2020年1月27日 星期一 10:05",
        NAIVE, datetime(2020, 1, 27, 2, 5, tzinfo=UTC), 43857.420138889, "43857.420138889",
    ],
)  # fmt: skip
def test_a_time_is_read_in_every_usual_form(cell: Cell) -> None:
    assert moment_of(cell) == TEN_FIVE


@pytest.mark.parametrize(
    "cell",
    ["2020-01-27", "2020年1月27日", "20200127", 20200127, "43857", 43857.0, date(2020, 1, 27), "2020/1/27"],
)
def test_a_day_is_its_first_moment(cell: Cell) -> None:
    assert moment_of(cell) == MIDNIGHT


def test_the_afternoon_is_told_in_words_or_letters() -> None:
    assert moment_of("2020-01-27 下午 3:05").hour == moment_of("2020-01-27 3:05 PM").hour == 15
    assert moment_of("2020-01-27 下午12:05").hour == 12
    assert moment_of("2020-01-27 12:05 AM").hour == 0


@pytest.mark.parametrize(
    "cell",
    [
        "昨天",
        "01/27/2020",
        "20-1-27",
        "2020-02-30",
        "2020-13-01",
        "2020-01-27 25:00",
        "27.1.",
        12,
        5e25,
        "12",
        "1月27日",
    ],
)
def test_what_would_have_to_be_guessed_is_no_date(cell: Cell) -> None:
    with pytest.raises(NoMoment):
        moment_of(cell)


def test_a_national_number_tells_its_day_and_others_do_not() -> None:
    assert day_in_number("51640300002024111500000001") == date(2024, 11, 15)
    assert day_in_number("51640300002024131500000001") is None
    assert day_in_number("SZ20241115") is None
    assert day_in_number("５１６４０３００００２０２４１１１５００００００") is None


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1200", "1200"), ("1,200.50", "1200.50"), ("￥1,200", "1200"), ("¥ 300元", "300"), ("１２０元", "120"), ("人民币300圆", "300"),
        ("1.2万元", "12000"), ("两万五", "25000"), ("三百元", "300"), (1999.9999999, "2000"), (0.1 + 0.2, "0.30"), ("12.345", "12.35"),
        ("-5", "-5"), (300, "300"), ("0", "0"),
    ],
)  # fmt: skip
def test_amounts_are_read_in_every_usual_form(cell: Cell, value: str) -> None:
    assert amount_of(cell) == Decimal(value)


@pytest.mark.parametrize(
    "cell", ["面议", "约500", "12,34", "1.2.3", "", "5个", float("nan"), float("inf"), "元"]
)
def test_what_is_no_amount_is_not_made_one(cell: Cell) -> None:
    with pytest.raises(NoAmount):
        amount_of(cell)


def test_an_amount_is_written_without_needless_decimals() -> None:
    assert [amount_text(value) for value in (None, Decimal("1200.50"), Decimal("100.00"), Decimal(0))] == [
        "",
        "1200.5",
        "100",
        "0",
    ]


def test_a_number_that_a_spreadsheet_rounded_is_noticed() -> None:
    assert has_lost_digits(5.164030000202411e25)
    assert has_lost_digits("5.16403E+25")
    assert not has_lost_digits("51640300002024111500000001")
    assert not has_lost_digits(202001270001)


def test_cells_become_text_as_people_see_them() -> None:
    assert text_of(300.0) == "300"
    assert text_of(" a\x00b\x0b ") == "ab"
    assert text_of(NAIVE) == "2020-01-27 10:05:00"
    assert text_of(NAIVE.replace(hour=0, minute=0)) == "2020-01-27"
    assert text_of(None) == ""
