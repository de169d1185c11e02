"""Terms that tell texts apart, and the words that would extend a rule."""

from __future__ import annotations

import random

import pytest

from suqing.taxonomy.text.rules.extending import extensions
from suqing.taxonomy.text.rules.matching import RuleSet
from suqing.taxonomy.text.rules.reading import Vocabulary, read_rule
from suqing.taxonomy.text.rules.writing import written
from suqing.taxonomy.text.terms import READ, telling, terms_of

FILLERS = ("买的东西", "昨天去的店里", "态度很差", "要求退款", "希望尽快处理", "打电话没人接", "发票没有开")


def texts(word: str, count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [f"{chance.choice(FILLERS)}，{word}，{chance.choice(FILLERS)}" for _ in range(count)]


def test_what_one_side_says_is_told_and_everyday_words_are_not() -> None:
    found = telling(texts("口罩坐地起价", 60, 1), texts("快递延误", 300, 2))
    words = [term.word for term in found]
    assert any("起价" in word for word in words)
    assert not any("退款" in word or "快递" in word for word in words), words
    assert all(term.inside > 50 and term.outside == 0 and term.score > 2.58 for term in found)


def test_words_inside_one_another_are_told_once() -> None:
    words = [term.word for term in telling(texts("坐地起价", 60, 1), texts("延误", 300, 2))]
    assert words.count("坐地起价") == 1 and "地起" not in words and "起价" not in words


def test_chance_alone_tells_nothing() -> None:
    assert telling(texts("排队", 100, 3), texts("排队", 400, 4)) == []
    assert telling([], ["甲"]) == telling(["甲"], []) == []


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert terms_of("口罩" * READ + "独一无二") == terms_of("口罩" * (READ // 2))
    assert terms_of("\x00🙂\u200b！") == set()
    assert terms_of("N95 涨价") == {"n95", "涨价"}


def test_a_word_goes_where_the_rule_lacks_it() -> None:
    here = (
        [f"口罩涨价，{one}坐地起价" for one in FILLERS] * 8
        + [f"口罩太贵坐地起价，{one}" for one in FILLERS] * 2
        + [f"白菜，{one}" for one in FILLERS] * 40
    )
    rule = read_rule("口罩 涨价 NOT 面膜", Vocabulary({}, {}))
    found = extensions(rule, [*here, "口罩坐地起价，面膜"])
    first = found[0]
    assert first.term.word == "坐地起价" and first.more == 14
    assert written(first.rule) == "口罩 AND (涨价 OR 坐地起价) AND NOT 面膜"
    before, after = (
        sum(bool(RuleSet({"r": one}).match(text)) for text in here) for one in (rule, first.rule)
    )
    assert after - before == first.more


@pytest.mark.parametrize("rule", ["涨价 OR 高价", "涨价", "(涨价 NEAR/5 口罩) OR 高价"])
def test_other_rules_get_one_more_alternative(rule: str) -> None:
    here = ["口罩涨价，哄抬物价"] * 20 + ["哄抬物价，白菜"] * 5 + ["快递延误，没人接"] * 200
    found = extensions(read_rule(rule, Vocabulary({}, {})), here)
    assert any(one.more == 5 and written(one.rule).endswith(f" OR {one.term.word}") for one in found)


def test_nothing_is_proposed_where_nothing_is_found_or_missed() -> None:
    rule = read_rule("口罩", Vocabulary({}, {}))
    assert extensions(rule, []) == [] == extensions(rule, ["白菜"] * 5) == extensions(rule, ["口罩"] * 5)
