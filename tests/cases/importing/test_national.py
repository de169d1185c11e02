"""The national layout: what comes in goes out equal, until somebody changes the case."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from suqing.cases.importing.layouts import NATIONAL
from suqing.cases.importing.national import COLUMNS, NationalFacts, place_text, row_of
from suqing.cases.importing.parsing import Row, national_facts, parse
from suqing.cases.importing.safe_cells import neutral, restored
from suqing.cases.vocabulary import Channel, Kind, Outcome, State
from tests.cases.importing.tables import NOW, NUMBER, REFERENCES, ROW, row

WORDS = st.text(alphabet="口罩药房涨价 ,，、'=-+>*\n0123456789元abＡ", max_size=12)


def facts_of(cells: tuple[str, ...]) -> NationalFacts:
    found = parse(Row(2, cells), COLUMNS, NATIONAL, REFERENCES, NOW)
    assert found.case is not None, found.problems
    return national_facts(found.case, REFERENCES)


@st.composite
def rows(draw: st.DrawFn) -> tuple[str, ...]:
    amount = st.sampled_from(["", "0", "300", "1,200.50", "￥12.5", "面议", "0.10", "1.2万元"])
    cells = {
        "类型": draw(st.sampled_from(["投诉", "举报", "咨询", " 投诉"])),
        "接收方式": draw(st.sampled_from(["互联网", "电话", "APP", "", "飞鸽", "其他"])),
        "企业名称": draw(WORDS),
        "企业地址": draw(WORDS),
        "诉求内容": draw(
            st.sampled_from(["", "退赔费用,赔偿损失", "更换、道歉", "赔偿损失，退赔费用", "其他"]) | WORDS
        ),
        "问题类别": draw(st.sampled_from(["", "口罩质量", "星象", "其他"])),
        "问题类别全称": draw(
            st.sampled_from(["", "质量->口罩质量", "质量->星象", "质量", "价格违法行为", "x->y"])
        ),
        "客体类别全称": draw(
            st.sampled_from(["", "商品（产品）->医疗器械->口罩", "商品(产品)->医疗器械", "医疗器械"])
        ),
        "事发地": draw(
            st.sampled_from(["", "*****", "姑苏区观前街1号", "观前街", "江苏省苏州市姑苏区"]) | WORDS
        ),
        "初查受理状态": draw(st.sampled_from(["", "已受理", "不受理", "立案", "已立案", "不立案", "待定"])),
        "办理情况状态": draw(st.sampled_from(["", "已办结", "办理中", "研究中"])),
        "处理机构": draw(st.sampled_from(["", "姑苏区市场监督管理局", "小坝市场监管所"])),
        "处理部门": draw(WORDS),
        "销售方式": draw(st.sampled_from(["", "网购", "现场"])),
        "反馈内容": draw(WORDS),
        "具体问题": draw(WORDS),
        "消费金额": draw(amount),
        "挽回经济损失": draw(amount),
        "罚款金额": draw(amount),
        "没收金额": draw(amount),
    }
    return tuple(neutral(cell) for cell in row(**cells))


@settings(max_examples=400, deadline=None)
@given(rows())
def test_a_row_that_was_read_is_written_equal(cells: tuple[str, ...]) -> None:
    written = tuple(neutral(text) for text in row_of(facts_of(cells)))
    for name, said, again in zip(COLUMNS, cells, written, strict=True):
        if name in ("具体问题", "反馈内容") and not restored(said).strip():
            assert again == ""  # blanks are no words
        else:
            assert again == said, name


@settings(max_examples=100, deadline=None)
@given(rows())
def test_a_row_written_and_read_again_is_the_same_case(cells: tuple[str, ...]) -> None:
    once = facts_of(cells)
    again = facts_of(tuple(neutral(text) for text in row_of(once)))
    assert again == once


def test_an_example_comes_back_equal() -> None:
    assert row_of(facts_of(ROW)) == ROW


def test_a_case_that_somebody_changed_speaks_for_itself() -> None:
    facts = facts_of(
        row(
            初查受理状态="立案",
            类型="举报",
            办理情况状态="研究中",
            消费金额="1,300.50元",
            处理机构="小坝市场监管所",
        )
    )
    changed = replace(
        facts,
        state=State.CLOSED,
        outcome=Outcome.PENALTY,
        penalty_amount=Decimal(500),
        unit_name="吴中区市场监督管理局",
        amount=Decimal(99),
    )
    out = dict(zip(COLUMNS, row_of(changed), strict=True))
    assert (out["初查受理状态"], out["办理情况状态"]) == ("立案", "已办结")
    assert out["处理机构"] == "吴中区市场监督管理局"
    assert out["消费金额(单位:元)"] == "99"
    assert out["罚款金额(单位:元)"] == "500"
    assert out["处理部门"] == "一科"  # what is no fact of a case here stays as it was told


def test_the_address_of_another_operator_is_not_written_beside_the_new_one() -> None:
    facts = replace(facts_of(ROW), entity_name="另一家药房", entity_address="另一条路2号")
    assert dict(zip(COLUMNS, row_of(facts), strict=True))["企业地址"] == "另一条路2号"
    same = replace(facts_of(ROW), entity_address="登记的地址")
    assert dict(zip(COLUMNS, row_of(same), strict=True))["企业地址"] == "小坝路1号"


def test_a_case_of_our_own_is_written_in_the_words_of_the_layout() -> None:
    facts = NationalFacts(
        number="SZ2020012700001", kind=Kind.COMPLAINT, state=State.MEDIATING, channel=Channel.PHONE, narrative="口罩涨价",
        entity_name="大药房", requests=("退赔费用",), request_note="道歉", issue_path="质量->口罩质量", place_name="江苏省苏州市姑苏区",
        address="观前街1号", amount=Decimal("300.00"), was_accepted=True,
    )  # fmt: skip
    out = dict(zip(COLUMNS, row_of(facts), strict=True))
    assert (out["类型"], out["接收方式"], out["初查受理状态"], out["办理情况状态"]) == (
        "投诉",
        "电话",
        "已受理",
        "",
    )
    assert (out["问题类别"], out["问题类别全称"]) == ("口罩质量", "质量->口罩质量")
    assert (out["事发地"], out["诉求内容"], out["消费金额(单位:元)"]) == (
        "江苏省苏州市姑苏区观前街1号",
        "退赔费用,道歉",
        "300",
    )


def test_a_complaint_withdrawn_before_it_was_accepted_is_not_called_accepted() -> None:
    facts = NationalFacts(
        number="1", kind=Kind.COMPLAINT, state=State.CLOSED, outcome=Outcome.WITHDRAWN, was_accepted=False
    )
    assert row_of(facts)[11:13] == ("", "已办结")


def test_personal_words_are_not_told_twice() -> None:
    facts = facts_of(row(具体问题="  我叫张三，电话13800138000 \n", 反馈内容=" 已联系张三 "))
    assert "张三" not in str(facts.told)
    assert row_of(facts)[10] == "  我叫张三，电话13800138000 \n"


def test_a_place_is_written_once() -> None:
    assert place_text("江苏省苏州市姑苏区", "姑苏区观前街1号") == "姑苏区观前街1号"
    assert place_text("江苏省苏州市姑苏区", "观前街1号") == "江苏省苏州市姑苏区观前街1号"
    assert place_text("", "*****") == "*****"
    assert place_text("江苏省苏州市姑苏区", "") == "江苏省苏州市姑苏区"
    assert NUMBER in ROW
