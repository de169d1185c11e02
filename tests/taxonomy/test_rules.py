"""The rule language: read and written alike, every mistake at its place, and matched as word by word."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.taxonomy.text.normalise import normalise
from suqing.taxonomy.text.rules.faults import BadRule, Reason
from suqing.taxonomy.text.rules.matching import Facts, Hit, RuleSet, near
from suqing.taxonomy.text.rules.reading import MAX_LENGTH, MAX_WORDS, Vocabulary, read_rule
from suqing.taxonomy.text.rules.tree import (
    All,
    Any,
    Between,
    FactName,
    Is,
    Near,
    Not,
    Rule,
    Span,
    Word,
    asks_for_something,
    parts_of,
)
from suqing.taxonomy.text.rules.writing import from_groups, written
from tests.taxonomy import rules_made
from tests.taxonomy.rules_made import LISTS

NAMES = Vocabulary(
    LISTS | {"空": ()},
    {
        FactName.KIND: {"complaint": "complaint", "report": "report", "举报": "report"},
        FactName.DISTRICT: {"320508": "320508", "320506": "320506", "姑苏区": "320508"},
        FactName.CLASS: {"价格违法行为": "18"},
    },
)
MASK, RISE, DEAR, FACE = Word("口罩"), Word("涨价"), Word("高价"), Word("面膜")


def read(text: str) -> Rule:
    return read_rule(text, NAMES)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("口罩", MASK),
        ("口罩 涨价", All((MASK, RISE))),
        ("口罩 AND 涨价", All((MASK, RISE))),
        ("口罩 且（涨价 或 高价）", All((MASK, Any((RISE, DEAR))))),
        ("口罩 涨价 OR 高价", Any((All((MASK, RISE)), DEAR))),
        ("口罩 not 面膜", All((MASK, Not(FACE)))),
        ("口罩 AND NOT (面膜 OR 高价)", All((MASK, Not(Any((FACE, DEAR)))))),
        ("NOT NOT 口罩 涨价", All((Not(Not(MASK)), RISE))),
        ("口罩 NEAR/10 涨价", Near((MASK, RISE), (10,))),
        ("口罩 近／3 (涨价 OR 高价) NEAR/5 面膜", Near((MASK, Any((RISE, DEAR)), FACE), (3, 5))),
        ("NOT 口罩 NEAR/2 涨价 高价", All((Not(Near((MASK, RISE), (2,))), DEAR))),
        ('"OR" “口罩 涨价”', All((Word("or"), Word("口罩 涨价")))),
        ("ＫＮ９５ 漲價", All((Word("kn95"), RISE))),
        ("android 12:30", All((Word("android"), Word("12:30")))),
        ("类型：举报", Is(FactName.KIND, "report")),
        (
            'district:姑苏区 operator:"某 药房"',
            All((Is(FactName.DISTRICT, "320508"), Is(FactName.OPERATOR, "某 药房"))),
        ),
        ("class:价格违法行为", Is(FactName.CLASS, "18")),
        ("amount>1000", Between(FactName.AMOUNT, Decimal("1000.01"), None)),
        ("金额：10..20.5元", Between(FactName.AMOUNT, Decimal(10), Decimal("20.5"))),
        ("amount:30", Between(FactName.AMOUNT, Decimal(30), Decimal(30))),
        ("time<2020-02-01", Between(FactName.TIME, None, date(2020, 1, 31))),
        ("time:2020-01-24..", Between(FactName.TIME, date(2020, 1, 24), None)),
    ],
)
def test_a_rule_is_read(text: str, rule: Rule) -> None:
    assert read(text) == rule


@pytest.mark.parametrize(
    ("text", "reason", "at", "detail"),
    [
        ("", Reason.EMPTY, (0, 0), ""),
        (" 　\n", Reason.EMPTY, (0, 0), ""),
        ("口罩 ( )", Reason.EMPTY, (3, 6), ""),
        ("口罩 (涨价", Reason.OPEN_BRACKET, (3, 4), ""),
        ("口罩 涨价)", Reason.CLOSED_BRACKET, (5, 6), ""),
        ("AND 口罩", Reason.NOTHING_BEFORE, (0, 3), "AND"),
        ("口罩 (OR 涨价)", Reason.NOTHING_BEFORE, (4, 6), "OR"),
        ("口罩 AND", Reason.NOTHING_AFTER, (3, 6), "AND"),
        ("口罩 AND OR 涨价", Reason.NOTHING_AFTER, (3, 6), "AND"),
        ("(口罩 NOT)", Reason.NOTHING_AFTER, (4, 7), "NOT"),
        ("口罩 NEAR/3", Reason.NOTHING_AFTER, (3, 9), "NEAR/3"),
        ("口罩AND涨价", Reason.NO_SPACE, (2, 5), "AND"),
        ("口罩NEAR/5 涨价", Reason.NO_SPACE, (2, 8), "NEAR/5"),
        ("口罩 NEAR 涨价", Reason.NEAR_NUMBER, (3, 7), "200"),
        ("口罩 NEAR/0 涨价", Reason.NEAR_NUMBER, (3, 9), "200"),
        ("口罩 NEAR/99999999999 涨价", Reason.NEAR_NUMBER, (3, 19), "200"),
        ("口罩 NEAR/3 (涨价 高价)", Reason.NEAR_WORDS_ONLY, (11, 16), ""),
        ("口罩 NEAR/3 NOT 涨价", Reason.NEAR_WORDS_ONLY, (10, 13), ""),
        ("口罩 NEAR/3 类型:举报", Reason.NEAR_WORDS_ONLY, (10, 15), ""),
        ("口罩 NEAR/3 (涨价 OR 口罩)", Reason.NEAR_SAME_WORD, (11, 19), "口罩"),
        ('口罩 "涨价', Reason.OPEN_QUOTE, (3, 6), ""),
        ('口罩 ""', Reason.EMPTY_WORD, (3, 5), ""),
        ("口罩 \u200b", Reason.EMPTY_WORD, (3, 4), ""),
        ("口罩 @", Reason.STRANGE, (3, 4), "@"),
        ("@没有", Reason.UNKNOWN_LIST, (0, 3), "没有"),
        ("@空", Reason.EMPTY_LIST, (0, 2), "空"),
        ("口罩 价格:30", Reason.UNKNOWN_FACT, (3, 8), "价格"),
        ("类型:表扬", Reason.UNKNOWN_VALUE, (0, 5), "表扬"),
        ("类型>举报", Reason.NO_RANGE, (0, 5), "类型"),
        ("amount:三十", Reason.BAD_NUMBER, (0, 9), "三十"),
        ("amount:NaN", Reason.BAD_NUMBER, (0, 10), "NaN"),
        ("amount:1e99999", Reason.BAD_NUMBER, (0, 14), "1e99999"),
        ("amount:..", Reason.BAD_NUMBER, (0, 9), ".."),
        ("time:2020-02-30", Reason.BAD_DAY, (0, 15), "2020-02-30"),
        ("time:", Reason.BAD_DAY, (0, 5), ""),
        ("time:2020-02-01..2020-01-01", Reason.UPSIDE_DOWN, (0, 27), ""),
        ("NOT 口罩", Reason.ASKS_FOR_NOTHING, (0, 6), ""),
        ("口罩 OR NOT 涨价", Reason.ASKS_FOR_NOTHING, (0, 12), ""),
        ("长" * 101, Reason.WORD_TOO_LONG, (0, 101), "100"),
        ("(" * 21 + "口罩" + ")" * 21, Reason.TOO_DEEP, (20, 21), "20"),
        ("NOT " * 21 + "口罩", Reason.TOO_DEEP, (80, 83), "20"),
    ],
)
def test_every_mistake_is_told_with_its_place(
    text: str, reason: Reason, at: tuple[int, int], detail: str
) -> None:
    with pytest.raises(BadRule) as found:
        read(text)
    assert (found.value.reason, found.value.at, found.value.detail) == (reason, Span(*at), detail)


def test_no_rule_is_too_much_for_the_reader() -> None:
    for text, reason in (
        (" OR ".join(f"w{number}" for number in range(MAX_WORDS + 1)), Reason.TOO_MANY_WORDS),
        ("口罩 " * MAX_LENGTH, Reason.TOO_LONG),
        ("(" * MAX_LENGTH, Reason.TOO_DEEP),
        ("NOT " * (MAX_LENGTH // 4), Reason.TOO_DEEP),
    ):
        with pytest.raises(BadRule) as found:
            read(text)
        assert found.value.reason is reason
    many = read(" OR ".join(f"w{number}" for number in range(MAX_WORDS)))
    assert len(parts_of(many)) == MAX_WORDS


@given(st.text(alphabet='口罩涨AND ORNOTnear/12()（）"“”@:：>=kindamount.😀\u200b\x00\n', max_size=30))
def test_whatever_is_typed_is_a_rule_or_a_mistake_inside_the_text(text: str) -> None:
    try:
        rule = read(text)
    except BadRule as fault:
        assert 0 <= fault.at.start <= fault.at.end <= len(text)
    else:
        assert read(written(rule)) == rule


@given(rules_made.rules)
def test_what_is_written_is_read_as_the_same_rule(rule: Rule) -> None:
    if asks_for_something(rule):
        assert read(written(rule)) == rule


@given(st.lists(rules_made.rules, min_size=1, max_size=6), rules_made.texts, rules_made.facts)
def test_all_rules_at_once_hold_where_each_alone_does(made: list[Rule], text: str, known: Facts) -> None:
    text = normalise(text).text
    together = RuleSet({f"{number}": rule for number, rule in enumerate(made)}).match(text, known)
    assert together == [
        f"{number}" for number, rule in enumerate(made) if rules_made.holds(rule, text, known)
    ]


places = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 8)), max_size=12).map(
    lambda pairs: sorted({(start, start + length) for start, length in pairs})
)


@given(places, places, st.integers(1, 12))
def test_nearness_is_the_distance_between_two_places(
    left: list[tuple[int, int]], right: list[tuple[int, int]], gap: int
) -> None:
    assert near(left, right, gap) == [
        one for one in right if any(max(0, one[0] - end, start - one[1]) <= gap for start, end in left)
    ]


def test_hits_are_the_wanted_words_where_they_stand() -> None:
    rules = RuleSet({"mask": read("@口罩 NOT 面膜"), "face": read("面膜")})
    text = normalise("買N95口罩，送面膜").text
    assert rules.hits("mask", text) == [Hit("n95", 1, 4), Hit("口罩", 4, 6), Hit("罩", 5, 6)]
    assert rules.hits("face", text) == [Hit("面膜", 8, 10)]


def test_groups_of_words_become_a_rule() -> None:
    assert (
        written(from_groups([["口罩", "N95"], ["涨价"]], ["面膜"]) or MASK)
        == "(口罩 OR n95) AND 涨价 AND NOT 面膜"
    )
    assert from_groups([]) is None


@pytest.mark.timeout(60)  # what grows with the square of the text would take hours
def test_a_text_of_a_million_characters_is_matched_whatever_the_rule_asks() -> None:
    rules = RuleSet({"near": read("罩 NEAR/200 口 NEAR/200 涨 NOT 面膜"), "many": read("口 罩 涨")})
    assert rules.match("口罩涨" * 350_000) == ["near", "many"]
