"""Typical cases lose the operator's name and keep the story."""

import pytest

from suqing.bulletins.anonymity import LONGEST, shortened, sort_of, without_operator, without_remains


@pytest.mark.parametrize(
    ("text", "entity", "expected"),
    [
        ("在平江大药房买口罩", "苏州平江大药房有限公司", "在某药店买口罩"),
        (
            "昨天去苏州平江大药房有限公司买口罩，平江那家不开票",
            "苏州平江大药房有限公司",
            "昨天去某药店买口罩，某药店那家不开票",
        ),
        ("举报姑苏区龢鑫生鲜超市哄抬菜价", "姑苏区龢鑫生鲜超市", "举报某超市哄抬菜价"),
        ("龢鑫的白菜卖到十五元", "苏州市姑苏区龢鑫生鲜超市", "某超市的白菜卖到十五元"),
        ("预订太湖度假酒店后要求退款", "太湖度假酒店", "预订某酒店后要求退款"),
        ("在楼下药店买的口罩是假的", "", "在楼下药店买的口罩是假的"),
        ("在观前街一家药店买口罩", "平江大药房", "在观前街一家药店买口罩"),
        ("在姑苏区百姓大药房买口罩", "", "在姑苏区某药店买口罩"),
        ("向网上的卖家买的口罩一直不发货", "", "向网上的卖家买的口罩一直不发货"),
    ],
)
def test_names_of_operators_become_their_sort(text: str, entity: str, expected: str) -> None:
    assert without_operator(text, entity) == expected


def test_nothing_distinctive_of_the_name_is_left() -> None:
    entity = "苏州市吴中区木渎镇燊淼生鲜超市（金山路店）"
    text = "我在燊淼生鲜超市（金山路店）买菜，燊淼超市青菜十二元一斤，木渎镇其他店只要四元"
    told = without_operator(text, entity)
    assert "燊淼" not in told
    assert "青菜十二元一斤" in told


@pytest.mark.parametrize(
    ("name", "sort"),
    [
        ("百姓大药房连锁有限公司", "药店"),
        ("某某农贸市场蔬菜摊", "农贸市场经营户"),
        ("龢鑫", "经营者"),
        ("", "经营者"),
    ],
)
def test_the_sort_of_an_operator_comes_from_its_name(name: str, sort: str) -> None:
    assert sort_of(name) == sort


def test_a_long_story_ends_at_a_sentence() -> None:
    text = (
        "第一句话说了很多关于口罩价格的事情并且很长很长很长很长很长很长很长很长很长很长很长很长很长很长。" * 6
    )
    told = shortened(text)
    assert len(told) <= LONGEST and told.endswith("。")
    assert text.startswith(told)


def test_a_story_without_sentences_ends_at_a_clause_and_says_that_it_goes_on() -> None:
    told = shortened("口罩太贵了，" * 60)
    assert len(told) <= LONGEST + 2 and told.endswith("太贵了……")


def test_a_short_story_is_closed_with_a_stop() -> None:
    assert shortened("口罩太贵，\n要求查处 ") == "口罩太贵，要求查处。"
    assert shortened("能不能退？") == "能不能退？"
    assert shortened("") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("酒店不退钱,订单号202001663201965。客服说老板不在", "酒店不退钱。客服说老板不在"),
        ("只要退款就行,我姓林,辛苦了。", "只要退款就行，辛苦了。"),
        ("我叫严**,电话就是这个***。大米卖到96块一袋", "大米卖到96块一袋"),
        ("大米卖到96块一袋，就在胥口镇屿渡东路***", "大米卖到96块一袋，"),
        ("我们一家四口人，预订了2020年1月26日的房间", "我们一家四口人，预订了2020年1月26日的房间"),
    ],
)
def test_clauses_with_remains_of_people_are_dropped(text: str, expected: str) -> None:
    assert without_remains(text) == expected
