"""Topic rules: the automaton equals a naive reading."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.taxonomy import reference
from suqing.taxonomy.text.redact import match_text
from suqing.taxonomy.text.topics import BadRule, Hit, Matcher, TopicRule, match, parse_rule

WORDS = st.text(alphabet="口罩价格N9aA", min_size=1, max_size=3)
GROUPS = st.lists(st.lists(WORDS, min_size=1, max_size=3), max_size=3)
DRAFTS = st.lists(st.tuples(GROUPS, st.lists(WORDS, max_size=2)), max_size=5)


def stored(any_of: list[list[str]], none_of: list[str] | None = None) -> dict[str, Any]:
    return {"any_of": any_of, "none_of": none_of or []}


def rule(code: str, words: list[str], parent: str | None = None) -> TopicRule:
    return parse_rule(code, 1, stored([words] if words else []), parent)


def naive(text: str, drafts: list[tuple[list[list[str]], list[str]]]) -> set[str]:
    small = text.lower()
    return {
        f"t{number}"
        for number, (any_of, none_of) in enumerate(drafts)
        if any_of
        and all(any(word.lower() in small for word in group) for group in any_of)
        and not any(word.lower() in small for word in none_of)
    }


@given(st.text(alphabet="口罩价格N9aA ", max_size=20), DRAFTS)
def test_groups_of_words_hold_as_looking_for_each_does(
    text: str, drafts: list[tuple[list[list[str]], list[str]]]
) -> None:
    rules = [parse_rule(f"t{number}", 1, stored(*draft)) for number, draft in enumerate(drafts)]
    assert match(text, rules) == naive(text, drafts)


def test_a_topic_brings_its_parents_along() -> None:
    rules = [
        rule("a", []),
        rule("b", ["口罩"], "a"),
        rule("c", ["N95"], "b"),
    ]
    assert match("n95", rules) == {"a", "b", "c"}
    assert match("口罩", rules) == {"a", "b"}
    assert match("无", rules) == set()


def test_a_circle_of_parents_ends() -> None:
    rules = [rule("a", ["口罩"], "b"), rule("b", [], "a")]
    assert match("口罩", rules) == {"a", "b"}


def test_hits_give_every_word_at_its_place() -> None:
    matcher = Matcher([parse_rule("a", 1, stored([["口罩", "N95口罩"]], ["无"]))])
    assert matcher.hits("a", "买n95口罩，无") == [Hit("n95口罩", 1, 6), Hit("口罩", 4, 6)]


def test_a_rule_in_the_language_holds_with_the_lists_it_was_worded_with() -> None:
    lists = {"口罩": ["口罩", "N95"]}
    mask = parse_rule("mask", 1, {"text": "@口罩 NEAR/4 (涨价 OR 贵) NOT 面膜", "lists": lists})
    assert match("n95太贵", [mask]) == {"mask"}
    assert match("口罩送面膜，太贵", [mask]) == match("口罩卖得实在是太贵", [mask]) == set()
    with pytest.raises(BadRule, match="unknown_list"):
        parse_rule("mask", 2, {"text": "@口罩"})


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ([], "shape"),
        ({"all": []}, "shape"),
        ({"any_of": "口罩"}, "shape"),
        ({"any_of": ["口罩"]}, "shape"),
        ({"any_of": [[1]]}, "shape"),
        ({"text": 1}, "shape"),
        ({"text": "口罩", "lists": []}, "shape"),
        ({"text": "口罩", "lists": {"a": [1]}}, "shape"),
        ({"text": "口罩 AND"}, "nothing_after"),
        ({"text": "kind:praise"}, "unknown_value"),
        ({"text": "口罩 (涨价 OR price>=100)"}, "unknown_fact"),
        ({"any_of": [[]]}, "empty"),
        ({"any_of": [["\u200b"]]}, "empty_word"),
        ({"any_of": [["口罩"] * 1001]}, "too_many_words"),
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
