"""Facts in figures."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.taxonomy.text import numerals
from suqing.taxonomy.text.extract import PriceFact, amounts_in, extract
from suqing.taxonomy.text.normalise import normalise
from suqing.taxonomy.text.packs import find_packs


@pytest.mark.parametrize(
    ("written", "value"),
    [("三千", 3000), ("两万五", 25000), ("三百二", 320), ("两万零五", 20005), ("十五", 15), ("一百零五", 105), ("2.5万", 25000),
     ("1,200", 1200), ("3千", 3000), ("一亿二千万", 120_000_000), ("一千二百三十四", 1234), ("壹佰", 100), ("五", 5)],
)  # fmt: skip
def test_numerals_are_read_as_people_mean_them(written: str, value: int) -> None:
    assert numerals.parse(written) == value


@pytest.mark.parametrize("written", ["", "点", "元", "一二三四五", "a1"])
def test_what_is_no_number_is_none(written: str) -> None:
    assert numerals.parse(written) is None


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("花了三千元", [3000]),
        ("消费2.5万元", [25000]),
        ("共¥128.50", [Decimal("128.50")]),
        ("3块5毛", [Decimal("3.5")]),
        ("每只３０元", [30]),
        ("1,200元和20块钱", [1200, 20]),
        ("吃了一块蛋糕，2020年1月27日，10只", []),
    ],
)
def test_amounts_are_found_with_their_currency(said: str, values: list[int]) -> None:
    assert [amount.value for amount in extract(said).amounts] == values


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("口罩30元一只，原价3元", [PriceFact("口罩", "只", Decimal(30), Decimal(3))]),
        ("在药店买N95口罩每只30元，之前只卖5块", [PriceFact("口罩", "只", Decimal(30), Decimal(5))]),
        ("N95口罩从10元涨到50元", [PriceFact("口罩", "", Decimal(50), Decimal(10))]),
        (
            "大白菜15元一棵，以前3元一棵，青菜20块钱一斤",
            [PriceFact("大白菜", "棵", Decimal(15), Decimal(3)), PriceFact("青菜", "斤", Decimal(20), None)],
        ),
        ("花了三千元办健身卡", [PriceFact("健身卡", "", Decimal(3000), None)]),
        ("买了口罩。打车花了50元", []),
    ],
)
def test_a_price_belongs_to_the_goods_beside_it(said: str, facts: list[PriceFact]) -> None:
    assert list(extract(said).prices) == facts


@pytest.mark.parametrize(
    ("said", "unit", "asked", "earlier", "earlier_on", "pieces"),
    [
        ("口罩一包50只 130元", "包", 130, None, None, (50, "只")),
        ("口罩一盒50只卖130元，平时一盒50只只要30元", "盒", 130, 30, None, (50, "只")),
        ("酒精棉片10片/袋，要价30元一袋", "袋", 30, None, None, (10, "片")),
        ("口罩每盒(二十只)卖到80元", "盒", 80, None, None, (20, "只")),
        ("口罩50只一包，20元一只", "只", 20, None, None, None),
        ("大白菜15元一棵，昨天才3元一棵", "棵", 15, 3, "2020-01-26", None),
        ("口罩30元一只，1月18日还卖3元一只", "只", 30, 3, "2020-01-18", None),
        ("口罩1月18日买是3元一只，现在30元一只", "只", 3, None, None, None),
        ("口罩30元一只，上周才卖3元一只", "只", 30, 3, None, None),
        ("口罩30元一只，原价3元", "只", 30, 3, None, None),
    ],
)
def test_packs_and_the_day_of_the_earlier_price_are_read_where_they_are_told(
    said: str,
    unit: str,
    asked: int,
    earlier: int | None,
    earlier_on: str | None,
    pieces: tuple[int, str] | None,
) -> None:
    (fact,) = extract(said, date(2020, 1, 27)).prices
    assert (fact.unit, fact.asked, fact.earlier) == (unit, asked, earlier)
    assert fact.earlier_on == (date.fromisoformat(earlier_on) if earlier_on else None)
    assert (fact.pack and (fact.pack.count, fact.pack.piece)) == pieces


def test_without_the_day_of_the_contact_no_day_is_read() -> None:
    (fact,) = extract("口罩30元一只，昨天才卖3元一只").prices
    assert (fact.earlier, fact.earlier_on) == (3, None)


@pytest.mark.parametrize("said", ["一包1只", "一只一包", "买了50只，一包", "一盒口罩50元", "五十只"])
def test_what_does_not_say_how_many_a_pack_holds_is_none(said: str) -> None:
    assert find_packs(said) == ()


def test_an_amount_stands_where_the_given_text_has_it() -> None:
    said = "口\u200b罩 ３０元一只"
    amount = extract(said).amounts[0]
    assert said[amount.start : amount.end] == "３０元一只"
    assert amount.unit == "只"


def test_phones_and_credit_codes_are_found_once_each() -> None:
    found = extract(
        "电话一三八一二三四五六七八，138-1234-5678，座机0512-65123456，91440300085948158H，错的91440300085948158J"
    )
    assert found.phones == ("13812345678", "051265123456")
    assert found.credit_codes == ("91440300085948158H",)


@given(st.text(alphabet="口罩30.,万元块一二十百两每只/原价¥ ，。", max_size=40))
def test_nothing_anybody_writes_breaks_it(text: str) -> None:
    for amount in extract(text, date(2020, 1, 27)).amounts:
        assert amount.value >= 0
        assert 0 <= amount.start < amount.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "口罩以前5元一只，现在30元一只，共买了两盒每盒五十只，花了3万2千元",
        "２０２０年１月３日买的，退我１２０．５元；押金二百块，一块蛋糕不算",
        "没有数字的话", "原价９９元，现价199元/斤 100元/50只",
    ],
)  # fmt: skip
def test_sums_alone_are_those_that_everything_together_has(text: str) -> None:
    plain = normalise(text).text
    kept = [(one.value, one.unit, one.is_earlier) for one in amounts_in(plain)]
    assert kept == [(one.value, one.unit, one.is_earlier) for one in extract(plain).amounts]
