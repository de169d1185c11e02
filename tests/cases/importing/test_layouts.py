"""Layouts: known by their headers, made of saved mappings."""

from __future__ import annotations

import csv

import pytest

from suqing.cases.importing.fields import FIELDS
from suqing.cases.importing.layouts import LAYOUTS, NATIONAL, BadMapping, of_mapping, recognise
from suqing.cases.importing.national import COLUMNS
from suqing.cases.importing.parsing import missing
from tests.cast import SHARED_DATA


def test_the_national_columns_are_those_of_the_verified_list() -> None:
    path = SHARED_DATA / "fields" / "national_12315_export_columns.csv"
    if not path.exists():
        pytest.skip("the shared data are not here")
    with path.open(encoding="utf-8", newline="") as file:
        assert tuple(line["column"] for line in csv.DictReader(file)) == COLUMNS


def test_every_layout_names_fields_and_words_that_there_are() -> None:
    for layout in LAYOUTS.values():
        assert set(layout.columns) <= set(FIELDS)
        for field, words in layout.values.items():
            assert set(words.values()) <= set(FIELDS[field].words), (layout.code, field)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (COLUMNS, "national"),
        (("序号", *COLUMNS, "登记时间"), "national"),
        (tuple(name for name in COLUMNS if name not in ("接收方式", "企业名称", "问题类别全称")), "national"),
        (
            tuple(name.replace("(", "（").replace(":", "：").replace(")", "）") for name in COLUMNS),
            "national",
        ),
        (
            [
                "序号",
                "登记编号",
                "类型",
                "当前环节",
                "登记时间",
                "提供方",
                "涉及主体名称",
                "登记内容",
                "处理部门",
                "来电号码",
                "到期时间",
            ],
            "shunde_12315",
        ),
        (
            [
                "序号",
                "业务类型",
                "表单号",
                "工单号",
                "工单标题",
                "登记内容",
                "当前环节",
                "交办时间",
                "来电号码",
                "到期时间",
            ],
            "shunde_12345",
        ),
        (
            [
                "REC_ID",
                "CREATE_TIME",
                "DISTRICT_NAME",
                "STREET_NAME",
                "EVENT_SRC_NAME",
                "EVENT_PROPERTY_NAME",
            ],
            "pingshan",
        ),
        (["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "一级标签"], "tipdm"),
    ],
)
def test_a_header_tells_its_layout(header: tuple[str, ...], code: str) -> None:
    found = recognise(header)
    assert found is not None
    assert found.code == code
    assert missing(tuple(header), found) == ()


def test_a_strange_header_has_no_layout() -> None:
    assert recognise(("编号", "时间", "内容")) is None
    assert recognise(("登记编号", "备注")) is None
    assert recognise(()) is None


def test_a_mapping_reads_a_strange_table_and_keeps_the_usual_words() -> None:
    layout = of_mapping(
        "老系统",
        "old",
        {"number": "编号", "kind": "类别", "received_at": ["收到", "日期"]},
        {"kind": {"申诉": "complaint"}},
    )
    assert layout.columns["received_at"] == ("收到", "日期")
    assert layout.values["kind"]["申诉"] == layout.values["kind"]["投诉"] == "complaint"
    assert (layout.source, layout.is_national) == ("old", False)
    assert "申诉" not in NATIONAL.values["kind"]


@pytest.mark.parametrize(
    ("columns", "values", "field"),
    [
        ({"number": "编号", "colour": "颜色"}, {}, "colour"),
        ({"kind": "类别"}, {}, "number"),
        ({"number": "编号"}, {"kind": {"申诉": "grievance"}}, "kind"),
        ({"number": "编号"}, {"colour": {"红": "red"}}, "colour"),
        ({"number": " "}, {}, "number"),
    ],
)
def test_a_mapping_with_a_field_or_word_that_there_is_not_is_refused(
    columns: dict[str, object], values: dict[str, dict[str, str]], field: str
) -> None:
    with pytest.raises(BadMapping) as caught:
        of_mapping("x", "x", columns, values)
    assert caught.value.field == field


def test_what_a_table_lacks_is_named_before_its_rows_are_read() -> None:
    strange = of_mapping("x", "x", {"number": "编号", "narrative": "内容"})
    assert missing(("编号", "内容"), strange) == ("kind", "received_at")
    always = of_mapping("x", "x", {"number": "编号", "received_at": "时间"}, {"kind": {"": "complaint"}})
    assert missing(("编号", "时间"), always) == ()
    assert missing(COLUMNS, NATIONAL) == ()  # the day is in the number
