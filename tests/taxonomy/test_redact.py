"""What is hidden, and what must stay."""

import csv
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.taxonomy.text import identity
from suqing.taxonomy.text.normalise import normalise
from suqing.taxonomy.text.redact import REDACTOR_VERSION, match_text, redact

CASES = Path(__file__).parents[3] / "shared" / "data" / "market_12315" / "cases_100.csv"
VALID_ID = "11010519491231002X"  # the example of GB 11643-1999


@pytest.mark.parametrize(
    ("said", "shown", "kinds"),
    [
        ("电话13812345678。", "电话***。", ["phone"]),
        ("电话138-1234-5678", "电话***", ["phone"]),
        ("１３８ １２３４ ５６７８", "***", ["phone"]),
        ("+86 13812345678找我", "***找我", ["phone"]),
        ("0086-13812345678", "***", ["phone"]),
        ("1 3 8 1 2 3 4 5 6 7 8", "***", ["phone"]),
        ("138\u200b12345678", "***", ["phone"]),
        ("号码是一三八一二三四五六七八", "号码是***", ["phone"]),
        ("幺三八 幺二三四 五六七八", "***", ["phone"]),
        ("0512-65123456转801", "***", ["phone"]),
        ("(0512)65123456", "***", ["phone"]),
        ("座机65123456", "座机***", ["phone"]),
        (f"身份证{VALID_ID}", "身份证***", ["identity"]),
        ("身份证110105 19491231 002X", "身份证***", ["identity"]),
        ("320502199001011235是抄错的", "***是抄错的", ["identity"]),
        ("老证320502900101123", "老证***", ["identity"]),
        ("护照E12345678", "护照***", ["identity"]),
        ("卡号6222 0212 3456 7890 123", "卡号***", ["card"]),
        ("4111111111111111", "***", ["card"]),
        ("车牌苏E12345", "车牌***", ["plate"]),
        ("苏E·A123B和苏ED12345", "***和***", ["plate", "plate"]),
        ("发到a.b@qq.com", "发到***", ["email"]),
        ("加微信abc_12345", "加微信***", ["account"]),
        ("QQ号：12345678", "QQ号：***", ["account"]),
        ("我叫张三丰，", "我叫张**，", ["name"]),
        ("我叫张三买了口罩", "我叫张*买了口罩", ["name"]),
        ("我叫欧阳修远", "我叫欧阳**", ["name"]),
        ("我姓王叫小明", "我姓王***", ["name"]),
        ("投诉人：李雷", "投诉人：李*", ["name"]),
        ("我孩子叫李小明，在学琴", "我孩子叫李**，在学琴", ["name"]),
        ("我是昆山的张丽，", "我是昆山的张*，", ["name"]),
        ("号码13 8123 45678", "号码***", ["phone"]),
        ("找张三丰先生退款", "找张**先生退款", ["name"]),
        ("住阳光小区5幢3单元201室", "住阳光小区***", ["address"]),
        ("观前街88号", "观前街***", ["address"]),
        ("三幢二零一室", "***", ["address"]),
        ("阳光小区5-301", "阳光小区***", ["address"]),
        ("桂花新村7-302", "桂花新村***", ["address"]),
        ("人民路15弄6号401", "人民路***", ["address"]),
        ("阳光小区88号3幢201室", "阳光小区***", ["address"]),
        ("人民路三栋二单元五零一", "人民路***", ["address"]),
        ("东山街道上元大街16号楼1804，", "东山街道上元大街***，", ["address"]),
        ("我家2-1栋", "我家***", ["address"]),
        ("拨打0000-00000000", "拨打***", ["phone"]),
        ("①电话13812345678②地址不详", "①电话***②地址不详", ["phone"]),
        ("投诉人李勇，", "投诉人李*，", ["name"]),
        ("收件人：粟国芳，", "收件人：粟**，", ["name"]),
        ("我母亲刘香莲（80岁）", "我母亲刘**（80岁）", ["name"]),
        ("就诊医生是李小衡大夫", "就诊医生是李**大夫", ["name"]),
        ("钱转给了陈志远", "钱转给了陈**", ["name"]),
        ("张伟把我拉黑了", "张*把我拉黑了", ["name"]),
        ("后来刘建国拒绝退款，找到李晓明", "后来刘**拒绝退款，找到李**", ["name", "name"]),
        ("由陈梓萱接待", "由陈**接待", ["name"]),
        ("欧阳修远说没货", "欧阳**说没货", ["name"]),
        ("老板高小梅与陈志远讨要", "老板高**与陈**讨要", ["name", "name"]),
        ("2208的图纸", "***的图纸", ["address"]),
        ("605被淹", "***被淹", ["address"]),
        ("楼上2208业主违建", "楼上***业主违建", ["address"]),
        ("五楼502漏水", "五楼***漏水", ["address"]),
        ("3栋1204", "***", ["address"]),
        ("8栋二单元502、503有人", "***有人", ["address"]),
    ],
)
def test_personal_data_is_hidden(said: str, shown: str, kinds: list[str]) -> None:
    redacted = redact(said)
    assert redacted.text == shown
    assert [span.kind for span in redacted.spans] == kinds
    assert redacted.version == REDACTOR_VERSION


@pytest.mark.parametrize(
    "said",
    [
        "订单号202001271234567890",
        "运单号SF1234567890123",
        "登记编号51640300002024111500000001",
        "统一社会信用代码91440300085948158H",
        "拨打12315、12345或4008208820",
        "2020年1月27日在XX大药房买口罩10只共300元，原价3元",
        "健身卡 15 30 45 60 75 900元",
        "微信转账20000元，微信20000元",
        "3室2厅的房子",
        "商场四楼，地铁2号线，1月27号",
        "张先生和李女士",
        "消费者张先生",
        "我叫商家退款",
        "我是会员",
        "我是高中生",
        "消费者要求退款",
        "高中老师和出租车司机师傅",
        "店名叫张一元茶庄，药店名叫李时珍大药房",
        "我是马上要走的，我是这家店的常客",
        "苏州市姑苏区观前街采芝斋",
        "老百姓大药房、李宁专卖店、王守义十三香",
        "N95口罩",
        "口罩、白菜、黄金、高铁、金额、石油、温度、方便面、江苏、南京市、常州市、苏州市吴江区",
        "马应龙痔疮膏、李锦记酱油、周大福黄金、王老吉和金龙鱼",
        "买了李宁的鞋和周黑鸭，张小泉剪刀",
        "何时能解决，谢谢您，应严肃查处",
        "2019业主大会、2019的图纸、共1204家、1200户、320元、拨打12315业主",
        "一楼300平，三楼502元",
        "金华火腿和温州皮鞋，黄山毛峰，安徽高速",
    ],
)
def test_what_the_matter_is_about_stays(said: str) -> None:
    assert redact(said).text == said


def test_match_text_is_normalised_and_redacted_and_names_its_redactor() -> None:
    matter = match_text("口罩價格３０元，電話１３８１２３４５６７８")
    assert matter.text == "口罩价格30元,电话***"
    assert matter.version == REDACTOR_VERSION


@given(
    st.lists(
        st.sampled_from(
            [
                "张三",
                "李建国",
                "王小明",
                "说",
                "把",
                "我",
                "找到",
                "给了",
                "在",
                "口罩",
                "，",
                "和",
                "的",
                "1803",
                "图纸",
            ]
        )
    ).map("".join)
)
def test_redacting_again_shows_nothing_that_was_hidden(text: str) -> None:
    """A name beside a mask may be seen only at the second look; what is hidden stays so."""
    shown = redact(text).text
    again = redact(shown).text
    assert again.count("*") >= shown.count("*")
    assert all(again.count(name) <= shown.count(name) for name in ("张三", "李建国", "王小明", "1803"))


def test_a_megabyte_without_an_end_is_read_in_bounded_pieces() -> None:
    assert len(redact("张伟把" * 100_000).text) == 300_000


PIECES = st.lists(
    st.sampled_from(
        ["13812345678", "138", " ", "-", "我叫", "张三", "先生", "微信", "abc123", "5幢", "201室", "小区", "路", "88号", "0512",
         "65123456", "一三八", "一二三四五六七八", "苏E12345", "@qq.com", "口罩", "，", "：", "电话", VALID_ID, "6222", "元", "\u200b"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@given(st.one_of(PIECES, st.text(max_size=50)))
def test_spans_are_ordered_apart_and_all_else_is_untouched(text: str) -> None:
    redacted = redact(text)
    position = 0
    pattern = ""
    for span in redacted.spans:
        assert position <= span.start < span.end <= len(text)
        pattern += re.escape(text[position : span.start]) + "[^\n]*"
        position = span.end
    assert re.fullmatch(pattern + re.escape(text[position:]), redacted.text, re.DOTALL)


@given(PIECES)
def test_no_mobile_number_survives_whatever_stands_around_it(text: str) -> None:
    assert not re.search(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])", match_text(text).text)


@given(PIECES)
def test_the_same_text_gives_the_same_result_and_equals_redacting_the_normalised(text: str) -> None:
    assert match_text(text) == match_text(text)
    assert redact(normalise(text).text).text == match_text(text).text


def _calls(text: str) -> int:
    count = 0

    def count_call(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(count_call)
    try:
        match_text(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "unit",
    ["今天买口罩30元一只，电话13812345678，我叫张三丰。", "张三先生", "1-", "a@", "微信", "路1号1幢1室"],
)
def test_twice_the_text_is_about_twice_the_work(unit: str) -> None:
    once, twice = _calls(unit * 400), _calls(unit * 800)
    assert twice <= 2.1 * once


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "a",
        "一",
        "138 ",
        "我叫张",
        "a@",
        "幢1",
        "0",
        "- ",
        "1 ",
        "5-",
        "姓王",
        "1803、1804、",
        "陈志远和",
    ],
)
def test_a_hundred_thousand_hostile_characters_end(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    assert len(match_text(text).text) <= 100_000


def test_check_digits_of_persons_and_cards() -> None:
    assert identity.is_valid(VALID_ID)
    assert not identity.is_valid("110105194912310021")
    assert not identity.is_valid("99010519491231002X")
    assert not identity.is_valid("110105194913310026")
    assert identity.luhn("4111111111111111") and not identity.luhn("4111111111111112")
    assert not identity.luhn("0000000000000000")


@pytest.mark.skipif(not CASES.exists(), reason="shared data (market_12315) is absent")
def test_a_hundred_author_written_cases_hold_no_personal_data_and_lose_nothing() -> None:
    with CASES.open(encoding="utf-8-sig") as lines:
        texts = [row["problem_text"] for row in csv.DictReader(lines)]
    hidden = {text: redact(text).text for text in texts if redact(text).spans}
    assert len(texts) == 100
    assert hidden == {}
