"""Operators as several people write them down: register names made of real short names, and corruptions of them.

The short names are real (``../shared/data/companies``); places, trades, legal forms and every corruption are ours, drawn
with a seed.  What comes out says how the rules behave on such corruptions, not how people in Suzhou misspell.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

import opencc

from suqing.kit import pinyin
from suqing.taxonomy.text.normalise import normalise
from tests.cast import SHARED_DATA

NAMES = SHARED_DATA / "companies" / "names_20000.txt"
SEED = 20200127
PLACES = ("苏州市", "江苏省苏州市", "苏州", "苏州工业园区", "苏州市姑苏区", "")
TRADES = ("大药房", "超市", "餐饮", "商贸", "食品", "电器", "", "", "")
FORMS = ("有限公司", "有限责任公司", "股份有限公司", "（个体工商户）")
_FOLLOWS = ("店", "公司", "商店")
_to_traditional = opencc.OpenCC("s2t")


@cache
def short_names() -> tuple[str, ...]:
    return tuple(NAMES.read_text(encoding="utf-8").split())


def halves() -> tuple[list[str], list[str]]:
    """The names by which thresholds were chosen, and the others, by which they are reported."""
    names = list(short_names())
    Random(SEED).shuffle(names)
    return names[: len(names) // 2], names[len(names) // 2 :]


@cache
def _same_sound() -> dict[str, str]:
    """Characters of the names by their syllable."""
    found: dict[str, str] = {}
    for character in sorted(set("".join(short_names()))):
        sound = pinyin.sort_key(character)
        found[sound] = found.get(sound, "") + character
    return found


def register_name(short: str, draw: Random) -> tuple[str, str, str, str]:
    """Place, short name, trade and legal form of an operator."""
    return draw.choice(PLACES), short, draw.choice(TRADES), draw.choice(FORMS)


def _heard(text: str, draw: Random) -> str:
    """One character is written as another of the same sound."""
    place = draw.randrange(len(text))
    others = _same_sound().get(pinyin.sort_key(text[place]), text[place]).replace(text[place], "")
    return text[:place] + (draw.choice(others) if others else text[place]) + text[place + 1 :]


def _dropped(text: str, draw: Random) -> str:
    place = draw.randrange(len(text))
    return text[:place] + text[place + 1 :]


def _mistyped(text: str, draw: Random) -> str:
    place = draw.randrange(len(text))
    return text[:place] + draw.choice("".join(short_names()[:500])) + text[place + 1 :]


def _swapped(text: str, draw: Random) -> str:
    place = draw.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _traditional(text: str, draw: Random) -> str:
    return str(_to_traditional.convert(text))


def _spaced(text: str, draw: Random) -> str:
    return " ".join((text[:2], text[2:]))


_OF_CORE: tuple[Callable[[str, Random], str], ...] = (
    _heard, _heard, _dropped, _mistyped, _swapped, _traditional, _spaced,
)  # fmt: skip


def as_told(name: tuple[str, str, str, str], draw: Random) -> str:
    """The operator as somebody else writes it: without or with another place or form, and half the time miswritten."""
    place, short, trade, form = name
    if draw.random() < 0.5:
        short = draw.choice(_OF_CORE)(short, draw)
    if trade and draw.random() < 0.3:
        trade = ""
    place = draw.choice((place, "", "苏州", "苏州市"))
    form = draw.choice((form, "", "", "有限公司"))
    told = f"{place}{short}{trade}{form}"
    return normalise(told).text if draw.random() < 0.1 else told


def pairs(names: list[str], seed: int = SEED) -> tuple[list[str], list[str]]:
    """Register names, and each as it was told."""
    draw = Random(seed)
    made = [register_name(short, draw) for short in names]
    return ["".join(one) for one in made], [as_told(one, draw) for one in made]
