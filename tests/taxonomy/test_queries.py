"""Look-ups of classes, divisions and rules."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from suqing.taxonomy import queries
from suqing.taxonomy.models import ClassTree, Division, Topic
from suqing.taxonomy.text.topics import match
from tests.cast import AT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
DAY = date(2020, 1, 27)


def test_a_class_tree_has_branches_in_printed_order() -> None:
    goods, services = queries.class_tree("object", DAY)
    assert goods.node.name == "商品（产品）"
    assert goods.children[0].node.code == "101"
    assert [b.node.name for b in goods.children[0].children][:2] == ["蔬菜", "肉类"]
    assert services.children[0].node.path_name == "服务->餐饮和住宿服务"


def test_the_tree_of_a_day_is_the_one_valid_then() -> None:
    ClassTree.objects.filter(code="issue-sd-2020").update(valid_to=date(2020, 6, 30))
    ClassTree.objects.filter(code="issue-sz-ch27").update(valid_from=date(2020, 7, 1), is_active=True)
    assert queries.tree_in_use("issue", date(2020, 6, 30)).code == "issue-sd-2020"
    assert queries.tree_in_use("issue", date(2020, 7, 1)).code == "issue-sz-ch27"
    with pytest.raises(queries.NoClassTree):
        queries.class_tree("issue", date(2019, 12, 31))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("口罩", "11001"),
        ("kz", "11001"),
        ("kouzhao", "11001"),
        ("110", "110"),
        ("masks", "11001"),
        ("餐饮 服务", "S01"),
        ("s12", "S12"),
    ],
)
def test_classes_are_found_by_name_pinyin_initials_code_and_english(typed: str, first: str) -> None:
    assert queries.search_nodes("object", typed)[0].code == first


def test_no_words_give_the_beginning_of_the_tree_and_nonsense_nothing() -> None:
    assert [node.code for node in queries.search_nodes("issue", " ", 3)] == ["01", "02", "0201"]
    assert queries.search_nodes("issue", "没有这种") == []


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("姑苏", "320508"),
        ("gusu", "320508"),
        ("gsq", "320508"),
        ("工业园区", "320576"),
        ("320571", "320576"),
        ("苏州 昆山", "320583"),
        ("木渎", None),
    ],
)
def test_divisions_are_found_by_every_way_of_typing(typed: str, first: str | None) -> None:
    found = queries.search_divisions(typed, under="320500")
    assert found[0].code == first if first else found[0].name == "木渎镇"


def test_the_city_at_hand_comes_first_and_may_be_the_only_one() -> None:
    both = queries.search_divisions("鼓楼区", under=["320100", "320500"])
    assert both[0].code == "320106"
    assert len(both) > 1
    only = queries.search_divisions("区", under="320500", limit=50, only_under=True)
    assert {division.city_code for division in only} == {"320500"}
    assert queries.search_divisions("  ") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我在苏州市姑苏区观前街买的口罩", "姑苏区"),
        ("昆山玉山镇一家超市", "玉山镇"),
        ("吴中区木渎的药店", "木渎镇"),
        ("工业园区湖东", "苏州工业园区"),
        ("在娄葑街道", "娄葑街道"),
        ("苏州高新区的一家店", "虎丘区"),
        ("吳江區的店", "吴江区"),
        ("不知道在哪里", None),
        ("姑苏区或者吴中区", None),
    ],
)
def test_a_text_names_its_most_specific_division(text: str, name: str | None) -> None:
    found = queries.find_division(text, "320500")
    assert (found.name if found else None) == name


def test_a_street_that_two_districts_have_needs_its_district() -> None:
    original = Division.objects.under("320506").at_level("street").get(name="木渎镇")
    Division.objects.create(
        code="320507999",
        name="木渎镇",
        full_name="江苏省苏州市相城区木渎镇",
        level="street",
        parent_id="320507",
        pinyin=original.pinyin,
        search_key="",
    )
    assert queries.find_division("在木渎镇", "320500") is None
    assert queries.find_division("吴中区木渎镇", "320500") == original


def test_the_rules_in_force_match_a_case_of_january_2020() -> None:
    rules = queries.topic_rules(AT)
    assert match("药店的口罩涨到30元一只", rules) == {"epidemic", "mask_price", "price_surge"}
    assert queries.topic_rules(AT - timedelta(days=27)) == ()
    assert queries.topic_rules() == rules
    assert queries.topic_versions(AT)["mask_price"].topic.code == "mask_price"


def test_a_topic_switched_off_has_no_rule_and_is_no_parent() -> None:
    Topic.objects.filter(code="epidemic").update(is_active=False)
    assert "epidemic" not in match("口罩涨价", queries.topic_rules(AT))


def test_suggested_classes_come_with_the_words_that_decided() -> None:
    best = queries.suggest_classes("药店N95口罩涨价太贵", "object", DAY)[0]
    assert (best.node.name, best.method) == ("口罩", "rules")
    assert set(best.words) == {"n95", "口罩"}
    assert queries.suggest_classes("药店口罩涨价太贵", "issue", DAY)[0].node.name == "哄抬价格"
    assert queries.suggest_classes("你好", "issue", DAY) == []


def test_names_follow_the_language_of_the_reader() -> None:
    node = queries.find_node("object", "11001", DAY)
    with override("en"):
        assert node.label == "Masks"
    with override("zh-hans"):
        assert node.label == "口罩"
