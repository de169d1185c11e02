"""The text of a bulletin as sections with chips, and back."""

from __future__ import annotations

from typing import Any

import pytest

from suqing.bulletins.sections import (
    BadText,
    FigureName,
    moved,
    parted,
    places_of,
    prepared,
    rewritten,
    sections,
    with_section,
    without_section,
)

FIGURES = [FigureName("cases", 1, "登记量"), FigureName("reports", 2, "举报登记·分类")]
STORED: dict[str, Any] = {
    "blocks": [
        {"type": "title", "text": "1月27日\n12315情况"},
        {"type": "lead", "runs": [{"text": "登记"}, {"text": "17", "key": "cases"}, {"text": "件。"}]},
        {"type": "heading", "level": 1, "text": "总体情况", "numbered": True},
        {"type": "paragraph", "runs": [{"text": "环比"}, {"text": "上升9%", "key": "reports:previous.change"}]},
        {"type": "table", "caption": "登记〔表〕", "header": ["类型"], "rows": [[{"text": "17", "key": "cases"}]]},
        {"type": "note", "text": "按登记统计。"},
        {"type": "heading", "level": 1, "text": "办理", "numbered": True},
        {"type": "heading", "level": 2, "text": "受理", "numbered": True},
        {"type": "paragraph", "runs": [{"text": "重要", "strong": True}, {"text": "事项31件。"}]},
    ]
}  # fmt: skip


def said(key: str) -> str:
    return f"<{key}>"


def text_of(stored: dict[str, Any], number: int) -> str:
    return next(one.text for one in sections(stored, FIGURES) if one.number == number)


def test_sections_show_chips_instead_of_numbers() -> None:
    found = sections(prepared(STORED), FIGURES)
    assert [(one.number, one.title) for one in found] == [
        (0, "1月27日12315情况"),
        (1, "总体情况"),
        (2, "办理"),
    ]
    assert found[0].text == "登记〔图1：登记量〕件。"
    assert found[1].text == "环比〔图2：举报登记·分类·环比〕\n〔表1：登记（表）〕\n> 按登记统计。"
    assert found[2].text == "## 受理\n**重要**事项31件。"


def test_a_number_typed_by_hand_is_told_and_a_figure_or_a_date_is_not() -> None:
    assert [one.by_hand for one in sections(prepared(STORED), FIGURES)] == [(), (), ("31",)]


def test_what_is_saved_as_it_was_read_stays_as_it_was() -> None:
    stored = prepared(STORED)
    for one in sections(stored, FIGURES):
        again = rewritten(
            stored, one.number, one.title, one.text, FIGURES, lambda key: {"cases": "17"}.get(key, "上升9%")
        )
        assert [block for block in again["blocks"] if block["type"] != "title"] == [
            block for block in stored["blocks"] if block["type"] != "title"
        ]
        assert again["versions"] == {str(one.number): 2}


def test_a_chip_takes_its_number_from_the_figure_whatever_is_typed_behind_it() -> None:
    made = rewritten(prepared(STORED), 1, "总体", "共〔图1：胡乱〕件，〔图2·同比基数〕", FIGURES, said)
    runs = parted(made["blocks"])[1][1][1]["runs"]
    assert [run.get("key") for run in runs] == [None, "cases", None, "reports:last_year.value"]
    assert [run["text"] for run in runs][1] == "<cases>"


def test_tables_taken_out_stand_aside_and_come_back() -> None:
    without = rewritten(prepared(STORED), 1, "总体", "只有文字", FIGURES, said)
    assert [block["type"] for block in without["aside"]] == ["table"]
    assert places_of(without, "cases") == [0, -1]
    back = rewritten(without, 2, "办理", "〔表1：〕", FIGURES, said)
    assert (back["aside"], text_of(back, 2)) == ([], "〔表1：登记（表）〕")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("〔图9：无〕", "no figure 9"),
        ("〔表7：无〕", "table, curve or case 7"),
        ("〔表1：〕\n〔表1：〕", "stands here twice"),
        ("> 注〔图1〕", "take no figures"),
    ],
)
def test_what_is_not_there_is_refused(text: str, message: str) -> None:
    with pytest.raises(BadText, match=message):
        rewritten(prepared(STORED), 1, "总体", text, FIGURES, said)


def test_sections_are_moved_added_and_removed_but_the_opening_stays_first() -> None:
    stored = moved(prepared(STORED), 2, -1)
    assert [number for number, _blocks in parted(stored["blocks"])] == [0, 2, 1]
    assert moved(stored, 2, -1)["blocks"] == stored["blocks"]
    added = with_section(stored, "下步工作")
    assert [one.number for one in sections(added, FIGURES)] == [0, 2, 1, 3]
    gone = without_section(added, 1)
    assert [number for number, _blocks in parted(gone["blocks"])] == [0, 2, 3]
    assert [block["type"] for block in gone["aside"]] == ["table"]
    with pytest.raises(BadText):
        without_section(stored, 0)
    assert with_section(without_section(added, 3), "新")["blocks"][-1]["section"] == 4, (
        "numbers are not given again"
    )
