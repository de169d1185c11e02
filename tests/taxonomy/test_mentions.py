"""Operators, platforms, goods and order numbers at their places."""

import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.taxonomy.text.dates import find_dates
from suqing.taxonomy.text.extract import extract
from suqing.taxonomy.text.mentions import find_mentions


def _named(said: str, kind: str) -> list[str]:
    return [one.value for one in find_mentions(said) if one.kind == kind]


@pytest.mark.parametrize(
    ("said", "operators"),
    [
        ("我在苏州好又多超市有限公司买了口罩", ["苏州好又多超市有限公司"]),
        ("投诉百佳大药房哄抬价格", ["百佳大药房"]),
        ("依法追究盛凯物业公司、本松润龙公司的责任", ["盛凯物业公司", "本松润龙公司"]),
        ("在超市买的，某药店，该公司，这家酒店，一家饭店", []),
        ("小坝镇超市的物业费", []),
    ],
)
def test_an_operator_is_a_name_and_not_a_word_for_any(said: str, operators: list[str]) -> None:
    assert _named(said, "operator") == operators


def test_platforms_goods_and_order_numbers_are_found() -> None:
    said = "在京东买的N95口罩，订单号：JD123456789，平台不退"
    assert _named(said, "platform") == ["京东"]
    assert _named(said, "goods") == ["口罩"]
    assert _named(said, "order number") == ["JD123456789"]


def test_a_mention_stands_where_the_given_text_has_it() -> None:
    said = "投訴\u200b百佳大藥\u200b房"
    found = next(one for one in find_mentions(said) if one.kind == "operator")
    assert said[found.start : found.end] == "百佳大藥\u200b房"


@given(st.text(alphabet="在某大药房公司口罩京东订单号:A1234567，。的😀\x07\u200b", max_size=60))
def test_nothing_anybody_writes_breaks_it(text: str) -> None:
    for found in find_mentions(text):
        assert 0 <= found.start < found.end <= len(text)


def _calls(text: str) -> int:
    """Count the calls that reading a text makes, of Python and of C."""
    count = 0

    def count_call(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(count_call)
    try:
        find_mentions(text)
        find_dates(text, date(2020, 2, 5))
        extract(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "unit", ["在苏州百佳大药房买口罩，1月3日花2万元。", "公司", "在", "12", "年月日", "上周", "\x07😀"]
)
def test_twice_the_text_is_about_twice_the_work(unit: str) -> None:
    _calls(unit)
    once, twice = _calls(unit * 400), _calls(unit * 800)
    assert twice <= 2.1 * once + 20


@pytest.mark.timeout(120)
@pytest.mark.parametrize("unit", ["公", "在苏州大药房", "12月", "一", "\x07", "😀", "2万"])
def test_a_megabyte_of_anything_ends(unit: str) -> None:
    text = (unit * 1_000_000)[: 1_000_000 // 3]  # a character of these is three or four bytes
    for found in find_mentions(text):
        assert found.end - found.start <= 60
    find_dates(text, date(2020, 2, 5))
    extract(text)
