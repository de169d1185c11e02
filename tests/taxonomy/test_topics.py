"""Topic rules: the automaton equals a naive reading."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.taxonomy import reference
from suqing.taxonomy.text.redact import match_text
from suqing.taxonomy.text.topics import BadRule, Hit, Matcher, TopicRule, match, parse_rule

WORDS = st.text(alphabet="口罩价格N9aA", min_size=1, max_size=3)
GROUPS = st.lists(st.lists(WORDS, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple)
RULES = st.lists(st.tuples(GROUPS, st.lists(WORDS, max_size=2).map(tuple)), max_size=5).map(
    lambda pairs: [TopicRule(f"t{i}", 1, any_of, none_of) for i, (any_of, none_of) in enumerate(pairs)]
)


def naive(text: str, rules: list[TopicRule]) -> set[str]:
    small = text.lower()
    return {
        rule.code
        for rule in rules
        if rule.any_of
        and all(any(word.lower() in small for word in group) for group in rule.any_of)
        and not any(word.lower() in small for word in rule.none_of)
    }


@given(st.text(alphabet="口罩价格N9aA ", max_size=20), RULES)
def test_one_pass_over_all_words_equals_looking_for_each(text: str, rules: list[TopicRule]) -> None:
    assert match(text, rules) == naive(text, rules)


def test_a_topic_brings_its_parents_along() -> None:
    rules = [
        TopicRule("a", 1, ()),
        TopicRule("b", 1, (("口罩",),), (), "a"),
        TopicRule("c", 1, (("N95",),), (), "b"),
    ]
    assert match("n95", rules) == {"a", "b", "c"}
    assert match("口罩", rules) == {"a", "b"}
    assert match("无", rules) == set()


def test_a_circle_of_parents_ends() -> None:
    rules = [TopicRule("a", 1, (("口罩",),), (), "b"), TopicRule("b", 1, (), (), "a")]
    assert match("口罩", rules) == {"a", "b"}


def test_hits_give_every_word_at_its_place() -> None:
    matcher = Matcher([TopicRule("a", 1, (("口罩", "N95口罩"),), ("无",))])
    assert matcher.hits("买n95口罩") == [Hit("n95口罩", 1, 6), Hit("口罩", 4, 6)]
    assert Matcher([]).hits("口罩") == []


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ([], "shape"),
        ({"all": []}, "shape"),
        ({"any_of": "口罩"}, "shape"),
        ({"any_of": ["口罩"]}, "shape"),
        ({"any_of": [[1]]}, "shape"),
        ({"any_of": [[]]}, "empty_group"),
        ({"any_of": [["\u200b"]]}, "empty_word"),
        ({"any_of": [["口罩"] * 501]}, "too_many_words"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_a_reason(rule: Any, reason: str) -> None:
    with pytest.raises(BadRule) as bad:
        parse_rule("t", 1, rule)
    assert bad.value.reason == reason


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("口罩價格太贵", {"epidemic", "mask_price", "price_surge"}),
        ("买到的口罩是三无产品", {"epidemic", "mask_quality"}),
        ("超市白菜涨到15元一棵", {"epidemic", "daily_goods", "price_surge"}),
        ("84消毒液买不到", {"epidemic", "disinfection"}),
        ("连花清瘟缺货", {"epidemic", "antiviral"}),
        ("因为疫情原因需要退订机票和酒店", {"epidemic", "refund", "refund_tickets_hotels"}),
        ("年夜饭退定金商家不同意", {"refund", "refund_dinners"}),
        ("旅行社不退团费", {"refund", "refund_tours"}),
        ("婚宴取消，酒店不退钱", {"refund", "refund_weddings", "refund_tickets_hotels"}),
        ("健身房倒闭", {"refund", "refund_gyms"}),
        ("空调坏了要修理", set()),
    ],
)
def test_the_shipped_topics_know_the_words_of_early_2020(said: str, codes: set[str]) -> None:
    assert match(match_text(said).text, reference.shipped_rules()) == codes
