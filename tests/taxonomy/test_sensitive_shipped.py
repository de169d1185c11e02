"""The shipped words of the radar on made-up sentences (synthetic, ``made_sensitive.txt``): what they find, what they miss
and what they leave alone.

The sentences show what the words are meant for and where they end.  They do not measure them: the hand that wrote them
wrote the words.  Only those of the round "last" had no part in the wording, and of these two in five are found.  Real texts: docs/radar.md.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from suqing.taxonomy.sensitive_shipped import shipped_rules
from suqing.taxonomy.text.redact import match_text
from suqing.taxonomy.text.rules.tree import words_of
from suqing.taxonomy.text.topics import Matcher

SIGNS = ("mass", "injury", "minors_elderly", "threats", "media_leaders", "epidemic_goods")
FOUND = {"before": (158, 160), "meanwhile": (134, 162), "last": (19, 46)}  # of how many


class Made(NamedTuple):
    round: str
    sign: str | None  # none: nothing should be flagged
    is_missed: bool
    text: str


@cache
def made() -> tuple[Made, ...]:
    rows: list[Made] = []
    name, sign = "", None
    for line in (Path(__file__).parent / "made_sensitive.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            name = line.strip("[]")
        elif line[0] in "+-":
            sign = line[2:] if line[0] == "+" else None
        else:
            rows.append(Made(name, sign, line.startswith("?"), line.removeprefix("?")))
    return tuple(rows)


@cache
def matcher() -> Matcher:
    return Matcher(shipped_rules())


def flags(text: str) -> set[str]:
    return matcher().match(match_text(text).text)


def test_the_sentences_are_many_and_stand_once() -> None:
    counts = Counter((one.round, one.sign) for one in made())
    assert all(counts["before", sign] >= 25 for sign in SIGNS) and counts["before", None] >= 6 * 25
    assert len({one.text for one in made()}) == len(made())


@pytest.mark.parametrize("sign", SIGNS)
def test_what_should_be_flagged_is_but_for_those_marked(sign: str) -> None:
    wanted = [one for one in made() if one.sign == sign]
    missed = {one.text for one in wanted if sign not in flags(one.text)}
    assert missed == {one.text for one in wanted if one.is_missed}


@pytest.mark.parametrize("name", FOUND)
def test_so_many_are_found(name: str) -> None:
    wanted = [one for one in made() if one.round == name and one.sign]
    assert (sum(one.sign in flags(one.text) for one in wanted), len(wanted)) == FOUND[name]


def test_everyday_tickets_and_near_misses_interrupt_nobody() -> None:
    assert {one.text: found for one in made() if not one.sign and (found := flags(one.text))} == {}


@pytest.mark.parametrize(
    ("plain", "sensitive", "rule"),
    [
        ("商场正在做跳楼价大甩卖", "我就从你们楼上跳楼", "threats"),
        ("我要投诉到消协", "我要去省政府上访", "threats"),
        ("请转人工，打人工要等很久", "保安打人，没有人管", "threats"),
        ("老人机按键失灵", "老人被骗走两万块", "minors_elderly"),
        ("儿童座椅少了一个零件", "儿童座椅的卡扣夹伤了孩子", "minors_elderly"),
        ("广告公司承诺的曝光量没有达到", "我会找记者曝光你们", "media_leaders"),
        ("旅游行程太赶", "他们要上街游行", "mass"),
        ("父亲去世后电话卡怎么销户", "父亲在医院手术时去世", "injury"),
        ("店员不戴口罩", "口罩涨价到三十元一个", "epidemic_goods"),
    ],
)
def test_one_word_tells_two_things_apart(plain: str, sensitive: str, rule: str) -> None:
    assert rule not in flags(plain) and rule in flags(sensitive)


def test_the_rules_stay_within_what_the_language_allows() -> None:
    sizes = {one.code: sum(1 for _word in words_of(one.rule)) for one in shipped_rules() if one.rule}
    assert set(sizes) == set(SIGNS) and max(sizes.values()) < 1_000
