"""The values of a bulletin refuse contradictions; headings number themselves; words are made fit for print."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from suqing.bulletins.documents import (
    BadDocument,
    CaseBox,
    Heading,
    Note,
    Table,
    Unmasked,
    heading_labels,
)
from suqing.bulletins.documents.model import chinese_number
from suqing.bulletins.documents.punctuation import em_width, even_lines, tidy
from suqing.bulletins.documents.tabulation import column_widths
from tests.bulletins import sample_daily


def test_headings_are_numbered_by_level_and_start_anew_under_each_parent() -> None:
    blocks = [Heading(level, "x") for level in (1, 2, 2, 3, 4, 4, 3, 1, 2)] + [Note("n")]
    assert heading_labels(blocks) == [
        "一、x", "（一）x", "（二）x", "1. x", "（1）x", "（2）x", "2. x", "二、x", "（一）x",
    ]  # fmt: skip


def test_a_heading_may_do_without_a_number() -> None:
    assert heading_labels([Heading(1, "编者按", numbered=False), Heading(1, "总体情况")]) == [
        "编者按",
        "一、总体情况",
    ]


def test_chinese_numbers_up_to_ninety_nine() -> None:
    assert [chinese_number(n) for n in (1, 10, 11, 20, 21, 99)] == [
        "一",
        "十",
        "十一",
        "二十",
        "二十一",
        "九十九",
    ]
    with pytest.raises(BadDocument):
        chinese_number(100)


def test_there_is_no_fifth_level() -> None:
    with pytest.raises(BadDocument, match="level 5"):
        Heading(5, "x")


@pytest.mark.parametrize(
    "narrative",
    ["来电13812345678反映", "身份证号320502199001011234", "证件32050219900101123X，", "(13912345678)"],
)
def test_a_typical_case_with_a_personal_number_is_refused(narrative: str) -> None:
    with pytest.raises(Unmasked):
        CaseBox("案例1", narrative)


@pytest.mark.parametrize(
    "narrative",
    ["张**（138****5678）", "统一社会信用代码913205001234567890", "编号1320500002020012712345678", "12315"],
)
def test_masked_numbers_and_numbers_of_companies_and_cases_pass(narrative: str) -> None:
    assert CaseBox("案例1", narrative).narrative == narrative


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"rows": (("a",),)}, "2 cells"),
        ({"widths": (1.0,)}, "1 widths"),
        ({"widths": (1.0, 0.0)}, "not positive"),
        ({"numeric": (2,)}, "numeric"),
        ({"header": ()}, "no columns"),
    ],
)
def test_a_crooked_table_is_refused(change: dict[str, object], why: str) -> None:
    table = Table("表", ("a", "b"), (("1", "2"),))
    with pytest.raises(BadDocument, match=why):
        replace(table, **change)  # type: ignore[arg-type]


def test_a_time_of_creation_needs_a_zone() -> None:
    with pytest.raises(BadDocument, match="time zone"):
        replace(sample_daily.document(), created=datetime(2020, 1, 28))  # noqa: DTZ001


def test_columns_fill_the_line_exactly_however_long_a_name_is() -> None:
    table = Table("表", ("经营者", "件"), (("某" * 200, "1"),))
    widths = column_widths(table)
    assert sum(widths) == 8844
    assert widths[1] > 1200  # the number still has room
    assert column_widths(replace(table, widths=(1, 1))) == [4422, 4422]


@pytest.mark.parametrize(
    ("raw", "print_ready"),
    [
        ("咨询上升明显,投诉次之.", "咨询上升明显，投诉次之。"),
        ("共登记1,404件(环比+3.5%),其中10:30前", "共登记1,404件（环比+3.5%），其中10:30前"),
        ("是否退费?", "是否退费？"),
        ("www.12315.cn (12:30)", "www.12315.cn (12:30)"),
        ("一行\n两行\x00\x0b", "一行 两行"),
        ("已经，全角。（好）", "已经，全角。（好）"),
        ("", ""),
    ],
)
def test_words_are_tidied_once_and_for_all(raw: str, print_ready: str) -> None:
    assert tidy(raw) == print_ready
    assert tidy(tidy(raw)) == print_ready


def test_a_long_title_breaks_evenly_and_tears_no_number_from_its_unit() -> None:
    title = "关于2020年1月27日疫情期间12315投诉举报重热点情况的快报"
    lines = even_lines(title, 19)
    assert "".join(lines) == title
    assert len(lines) == 2
    assert max(em_width(line) for line in lines) <= 19
    assert abs(em_width(lines[0]) - em_width(lines[1])) < 6
    assert not lines[0][-1].isdigit()


def test_breaks_made_by_hand_are_kept() -> None:
    assert even_lines("上行\n下行", 19) == ["上行", "下行"]


def test_a_bracket_and_its_word_are_not_parted_and_one_long_word_stays_whole() -> None:
    assert even_lines("某某某某某《某某某》某某某某", 6)[0] == "某某某某某"
    assert even_lines("A" * 60, 19) == ["A" * 60]
