"""From rows to past cases: what is read, what is told, what rejects a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from suqing.cases.importing import parsing as says
from suqing.cases.importing import row_reading as cell_says
from suqing.cases.importing.layouts import LAYOUTS, NATIONAL, Layout, of_mapping
from suqing.cases.importing.national import COLUMNS, shown_told
from suqing.cases.importing.parsing import Duplicates, Parsed, Row, parse
from suqing.cases.importing.row_reading import Cell
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.past_cases import PastCase
from suqing.cases.vocabulary import Channel, Kind, Outcome, State
from tests.cases.importing.tables import NOW, NUMBER, REFERENCES, row


def parsed(cells: Sequence[Cell], header: Sequence[str] = COLUMNS, layout: Layout = NATIONAL) -> Parsed:
    return parse(Row(2, tuple(cells)), tuple(header), layout, REFERENCES, NOW)


def case_of(**cells: str) -> PastCase:
    found = parsed(row(**cells))
    assert found.case is not None, found.problems
    return found.case


def rejected(found: Parsed) -> list[tuple[str, str]]:
    assert found.case is None
    return [(problem.column, problem.message) for problem in found.problems if problem.rejects]


def remarks(found: Parsed) -> list[tuple[str, str]]:
    return [(problem.column, problem.message) for problem in found.problems if not problem.rejects]


def test_a_national_row_becomes_a_case_with_all_it_says() -> None:
    found = parsed(row())
    assert found.case == PastCase(
        ref=found.case.ref,  # type: ignore[union-attr]
        kind=Kind.COMPLAINT,
        received_at=datetime(2024, 11, 15, tzinfo=LOCAL_ZONE),
        narrative="口罩有异味",
        channel=Channel.WEB,
        object_class="11001",
        issue_class="0204",
        entity=replace(found.case.entity, name="小坝大药房"),  # type: ignore[union-attr]
        entity_address="小坝路1号",
        place="320508",
        address="姑苏区观前街1号",
        amount=Decimal("1300.50"),
        requests=("refund", "damages"),
        unit="gusu",
        state=State.CLOSED,
        result_note="已退款",
        recovered_amount=Decimal("100.00"),
        source="national_12315",
        number=NUMBER,
        row=2,
        told=found.case.told,  # type: ignore[union-attr]
        fingerprint=found.fingerprint,
    )
    assert found.number == NUMBER


def test_the_same_number_of_the_same_source_has_the_same_ref_for_ever() -> None:
    assert str(case_of().ref) == str(case_of(具体问题="别的").ref) == "5ffb1011-5ae3-56e8-923d-3e9095ce6b0c"
    other = parsed(row(), layout=of_mapping("x", "other", {**NATIONAL.columns, "received_at": "登记时间"}))
    assert other.case is not None
    assert other.case.ref != case_of().ref


def test_a_day_inferred_from_the_number_is_told_and_marked() -> None:
    found = parsed(row())
    assert ("", says.INFERRED_DAY) in remarks(found)
    assert found.case is not None
    assert found.case.told["@received_at"] == "inferred"
    with_column = parsed((*row(), "2024-11-16 09:30"), (*COLUMNS, "登记时间"))
    assert with_column.case is not None
    assert with_column.case.received_at == datetime(2024, 11, 16, 9, 30, tzinfo=LOCAL_ZONE)
    assert "@received_at" not in with_column.case.told
    assert ("", says.INFERRED_DAY) not in remarks(with_column)


@pytest.mark.parametrize(
    ("kind", "check", "progress", "state", "outcome"),
    [
        ("投诉", "", "", State.DISPATCHED, None),
        ("投诉", "已受理", "", State.ACCEPTED, None),
        ("投诉", "不受理", "", State.REFUSED, Outcome.REFUSED),
        ("投诉", "不受理", "已办结", State.REFUSED, Outcome.REFUSED),
        ("投诉", "已受理", "已办结", State.CLOSED, None),
        ("举报", "", "", State.DISPATCHED, None),
        ("举报", "立案", "", State.FILED, None),
        ("举报", "已立案", "", State.FILED, None),
        ("举报", "不立案", "", State.NOT_FILED, None),
        ("举报", "不立案", "已办结", State.CLOSED, Outcome.NOT_FILED),
        ("举报", "已立案", "已办结", State.CLOSED, None),
        ("咨询", "", "已办结", State.CLOSED, Outcome.ANSWERED),
        ("咨询", "", "", State.DISPATCHED, None),
    ],
)
def test_the_two_status_columns_tell_where_a_case_stands(
    kind: str, check: str, progress: str, state: State, outcome: Outcome | None
) -> None:
    case = case_of(类型=kind, 初查受理状态=check, 办理情况状态=progress)
    assert (case.state, case.outcome) == (state, outcome)


def test_a_filed_report_that_ended_with_a_fine_was_punished() -> None:
    case = case_of(类型="举报", 初查受理状态="立案", 办理情况状态="已办结", 罚款金额="2000")
    assert (case.state, case.outcome, case.penalty_amount) == (State.CLOSED, Outcome.PENALTY, Decimal(2000))


def test_without_a_unit_that_is_known_an_open_case_is_registered_at_the_centre() -> None:
    found = parsed(row(处理机构="小坝市场监管所", 初查受理状态="", 办理情况状态=""))
    assert found.case is not None
    assert (found.case.state, found.case.unit) == (State.REGISTERED, "")
    assert found.case.told["处理机构"] == "小坝市场监管所"
    assert ("处理机构", says.UNKNOWN_UNIT) in remarks(found)


def test_a_status_of_another_kind_is_kept_beside_the_case_and_told() -> None:
    found = parsed(row(类型="投诉", 初查受理状态="立案"))
    assert found.case is not None
    assert found.case.told["初查受理状态"] == "立案"
    assert ("初查受理状态", says.FOREIGN_STATUS) in remarks(found)


def test_an_end_whose_day_nobody_tells_is_marked() -> None:
    assert case_of().closed_at is None
    assert case_of().told["@closed_at"] == "unknown"
    found = parsed((*row(), "2024-12-01"), (*COLUMNS, "办结时间"))
    assert found.case is not None
    assert found.case.closed_at == datetime(2024, 12, 1, tzinfo=LOCAL_ZONE)
    assert "@closed_at" not in found.case.told


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"登记编号": ""}, "登记编号", cell_says.MISSING),
        ({"登记编号": "5.16403E+25"}, "登记编号", cell_says.LOST_DIGITS),
        ({"登记编号": "9" * 61}, "登记编号", cell_says.TOO_LONG),
        ({"类型": ""}, "类型", cell_says.MISSING),
        ({"类型": "表扬"}, "类型", cell_says.UNKNOWN_KIND),
        ({"具体问题": "长" * 20_001}, "具体问题", cell_says.TOO_LONG),
        ({"企业名称": "长" * 201}, "企业名称", cell_says.TOO_LONG),
        ({"事发地": "长" * 301}, "事发地", cell_says.TOO_LONG),
        ({"消费金额": "-5"}, "消费金额(单位:元)", cell_says.NEGATIVE),
        ({"罚款金额": "1000000000000"}, "罚款金额(单位:元)", cell_says.TOO_MUCH),
    ],
)
def test_a_cell_that_cannot_stand_rejects_its_row_in_words(
    cells: dict[str, str], column: str, message: str
) -> None:
    assert (column, message) in rejected(parsed(row(**cells)))


def test_a_number_that_excel_made_a_float_is_rejected() -> None:
    cells: list[Cell] = list(row())
    cells[0] = float(NUMBER)
    assert ("登记编号", cell_says.LOST_DIGITS) in rejected(parsed(cells))


@pytest.mark.parametrize(
    ("text", "message"),
    [("昨天", cell_says.NO_MOMENT), ("2030-01-01", cell_says.FUTURE), ("1920-01-01", cell_says.TOO_EARLY)],
)
def test_a_time_that_cannot_be_is_rejected_in_words(text: str, message: str) -> None:
    assert ("登记时间", message) in rejected(parsed((*row(), text), (*COLUMNS, "登记时间")))
    assert ("办结时间", message) in rejected(parsed((*row(), text), (*COLUMNS, "办结时间")))


def test_without_any_time_the_row_is_rejected() -> None:
    assert rejected(parsed(row(登记编号="SZ-1"))) == [("", cell_says.NO_COLUMN)]


def test_every_problem_of_a_row_is_told_at_once() -> None:
    found = parsed(row(类型="", 消费金额="-5", 企业名称="长" * 201, 登记编号=""))
    assert {column for column, _ in rejected(found)} >= {"类型", "登记编号"}
    known_kind = parsed(row(消费金额="-5", 企业名称="长" * 201))
    assert {column for column, _ in rejected(known_kind)} == {"消费金额(单位:元)", "企业名称"}


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"接收方式": "飞鸽"}, "接收方式", cell_says.UNKNOWN_WORD),
        ({"问题类别全称": "星象", "问题类别": ""}, "问题类别全称", says.UNKNOWN_CLASS),
        ({"问题类别全称": "质量->星象"}, "问题类别全称", says.PART_OF_CLASS),
        ({"客体类别全称": "星象"}, "客体类别全称", says.UNKNOWN_CLASS),
        ({"诉求内容": "退赔费用,道歉"}, "诉求内容", says.UNKNOWN_REQUEST),
        ({"办理情况状态": "研究中"}, "办理情况状态", cell_says.UNKNOWN_WORD),
        ({"消费金额": "面议"}, "消费金额(单位:元)", cell_says.NO_AMOUNT),
        ({"具体问题": " "}, "具体问题", says.NO_NARRATIVE),
    ],
)
def test_what_is_not_essential_is_told_and_the_words_are_kept(
    cells: dict[str, str], column: str, message: str
) -> None:
    found = parsed(row(**cells))
    assert (column, message) in remarks(found)
    assert found.case is not None
    if column == "诉求内容":
        assert (found.case.requests, found.case.request_note) == (("refund",), "道歉")
    elif column != "具体问题":
        assert found.case.told[column] == cells[column.partition("(")[0]]


def test_the_known_levels_of_a_class_count_and_a_name_that_two_classes_have_does_not() -> None:
    assert case_of(问题类别全称="质量->星象").issue_class == "02"
    assert case_of(问题类别全称="", 问题类别="口罩质量").issue_class == "0204"
    assert case_of(问题类别全称="质量->其他").issue_class == "0299"
    assert case_of(问题类别全称="其他").issue_class == "99"  # a whole path is never doubtful
    assert case_of(客体类别全称="商品(产品)->医疗器械").object_class == "110"
    assert case_of(客体类别全称="医疗器械->口罩").object_class == "11001"
    assert case_of(类型="举报", 问题类别全称="价格违法行为", 初查受理状态="").issue_class == "R1"


def test_unknown_requests_become_a_note_and_known_ones_codes() -> None:
    case = case_of(诉求内容="退赔费用，道歉、更换;退赔费用")
    assert (case.requests, case.request_note) == (("refund", "exchange"), "道歉")


def test_a_masked_place_is_kept_as_it_is() -> None:
    case = case_of(事发地="*****")
    assert (case.place, case.address) == ("", "*****")
    assert case_of(事发地="姑苏区*****").place == "320508"


def test_a_formula_is_text_and_one_that_we_made_harmless_is_itself_again() -> None:
    assert case_of(具体问题='=HYPERLINK("http://x")').narrative == '=HYPERLINK("http://x")'
    assert case_of(具体问题="'=1+1").narrative == "=1+1"


def test_the_column_of_problems_and_unknown_columns_are_not_read() -> None:
    plain = parsed(row())
    with_more = parsed((*row(), "编号错误", "张三"), (*COLUMNS, "问题说明", "投诉人"))
    assert with_more.case == plain.case
    assert with_more.fingerprint == plain.fingerprint


def test_a_changed_cell_changes_the_fingerprint() -> None:
    assert parsed(row()).fingerprint != parsed(row(反馈内容="未退")).fingerprint
    assert parsed(row()).fingerprint == parsed(list(row())).fingerprint


def test_what_is_told_of_every_row_alike_is_told_once() -> None:
    found = parsed(row(处理机构="小坝市场监管所"))
    assert all(
        problem.once
        for problem in found.problems
        if problem.message in (says.INFERRED_DAY, says.UNKNOWN_UNIT)
    )
    assert not parsed(row(消费金额="面议")).problems[-1].once


def test_a_number_twice_in_one_file_names_the_first_row() -> None:
    seen = Duplicates()
    assert seen.problem("A1", 2) is None
    assert seen.problem("A2", 3) is None
    found = seen.problem("A1", 9, "登记编号")
    assert found is not None
    assert (found.column, found.values, found.rejects) == ("登记编号", {"first": 2}, True)
    assert seen.problem("A1", 2) is None  # the same row read again


def test_the_shunde_list_names_the_person_and_the_time() -> None:
    header = [
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
    ]
    cells = [
        "1",
        "SD1",
        "举报",
        "待办",
        "2020/1/27 10:05",
        "张三",
        "大药房",
        "口罩涨价",
        "监管一科",
        "138 0013 8000",
        "",
    ]
    found = parsed(cells, header, LAYOUTS["shunde_12315"])
    assert found.case is not None
    assert (found.case.person.name, found.case.person.phone) == ("张三", "13800138000")
    assert found.case.received_at == datetime(2020, 1, 27, 10, 5, tzinfo=LOCAL_ZONE)
    assert found.case.is_real_name
    assert found.case.told == {"处理部门": "监管一科", "当前环节": "待办"}
    assert "张三" not in str(found.case.told)


def test_messages_of_a_page_are_consultations_with_their_title() -> None:
    header = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情")
    found = parsed(
        ["7", "A0012", "口罩涨价", "2020/1/27 10:05:00", "药店口罩涨价三倍"], header, LAYOUTS["tipdm"]
    )
    assert found.case is not None
    assert found.case.kind == Kind.CONSULTATION
    assert found.case.narrative == "口罩涨价\n药店口罩涨价三倍"


def test_days_phones_and_codes_of_a_mapping_are_read_and_bad_ones_told() -> None:
    columns = {
        "number": "编号", "kind": "类别", "received_at": "时间", "person_phone": "电话", "entity_uscc": "代码",
        "incident_on": "发生日", "urgency": "级别", "outcome": "结果", "district": "区", "street": "街道",
    }  # fmt: skip
    layout = of_mapping("x", "x", columns)
    header = tuple(columns.values())
    good = [
        "1",
        "投诉",
        "2020-02-01",
        "0512-65225661",
        "91440300085948158H",
        "2020年1月27日",
        "紧急事件",
        "达成调解协议",
        "姑苏区",
        "平江街道",
    ]
    found = parsed(good, header, layout)
    assert found.case is not None
    assert found.case.entity.uscc == "91440300085948158H"
    assert found.case.incident_on == date(2020, 1, 27)
    assert (found.case.state, found.case.outcome) == (State.CLOSED, Outcome.MEDIATED)
    assert (found.case.place, found.case.address) == ("320508018", "姑苏区平江街道")
    bad = parsed(
        ["1", "投诉", "2020-02-01", "没有", "91440300085948158X", "", "极急", "罚款", "", ""], header, layout
    )
    assert bad.case is not None
    assert {column for column, _ in remarks(bad)} == {"电话", "代码", "级别", "结果", ""}
    assert bad.case.person.phone == bad.case.entity.uscc == ""


def test_what_is_shown_of_told_is_without_our_marks() -> None:
    case = case_of(处理机构="小坝市场监管所", 消费金额="1,300.50元")
    assert shown_told(case.told) == {
        "企业地址": "小坝路1号",
        "处理机构": "小坝市场监管所",
        "处理部门": "一科",
        "销售方式": "网购",
        "消费金额(单位:元)": "1,300.50元",
    }
