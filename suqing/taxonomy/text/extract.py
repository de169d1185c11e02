"""What a narrative says in figures: amounts, prices of goods, phones, credit codes.  Best effort, to pre-fill.

An amount belongs to the goods named last before it in the same sentence, or else first after it.  It is the
earlier price when a word such as 原价 or 平时 stands right before it, or a past day with 还 or 才 (1月18日还卖5元);
otherwise it is the price asked.  Days are read only where the day of the contact is given.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TypeVar

from ahocorasick_rs import AhoCorasick, MatchKind

from suqing.kit import phones, uscc
from suqing.taxonomy.text import numerals, scanners
from suqing.taxonomy.text.dates import DateMention, find_dates
from suqing.taxonomy.text.normalise import fold_case, normalise
from suqing.taxonomy.text.packs import Pack, find_packs

_FIGURE = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,12})(?:\.[0-9]{1,4})?"
_HAN = rf"[{numerals.CHARACTERS}]{{1,12}}"
UNITS = "平方米|平米|公里|公斤|千克|平方|个月|包装|小时|只|个|盒|包|斤|瓶|袋|片|箱|桶|把|棵|颗|支|套|件|份|桌|间|晚|天|张|次|人|位|年|月|升|罐|条|双|块|克|台|辆|节|户|吨|米"
AMOUNT = re.compile(
    rf"(?:(?P<each>每|/|一|1)(?P<unit_before>{UNITS})(?:装|的)?(?:要价|卖到|涨到|价格|售价|要|卖|收|是|为|:|,)?)?"
    rf"(?:(?P<sign>[¥$])\s?)?(?P<number>(?:{_FIGURE})[百千万亿]{{0,2}}|{_HAN})(?:多|余)?"
    r"(?P<currency>元|块钱|块|圆|人民币)?"
    rf"(?P<cents>[0-9一二三四五六七八九](?:角|毛))?(?:(?:/|每|一|1)(?P<unit_after>{UNITS}))?",
    re.IGNORECASE,
)
EARLIER = re.compile(
    r"(?:原价|原来|原先|之前|以前|平时|平常|昨天|前天|前几天|上周|节前|年前|疫情前|本来|进价|正常)"
    r"(?:价格|售价|只|才|就|卖|是|为|的|都|每\w|一\w|从|:| ){0,4}$|从$"
)
USCC = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}(?![0-9A-Za-z])", re.IGNORECASE)
MONEY_BEHIND = re.compile(
    r"(?:左右|以上)?的?(?:货款|房款|车款|工程款|欠款|借款|本金|现金|押金|定金|学费|收益|损失|贷款|存款)"
)
MONEY_BEFORE = re.compile(
    r"(?:余额|货款|花了?|付了?|交了?|损失|赔偿|欠款?|本金|存款|贷款|价格|总价|收益|亏了?|骗了?|转账)[约共近是为: 有]{0,3}$"
)
COUNTED = re.compile(r"[个人户名平亩吨条件份张次位只米套斤]")
SENTENCE_END = re.compile(r"[。!?;\n]")
STILL = re.compile(r"^(?:的时候|时|那天|那会)?,?(?:\w{0,6}?)(?:还|才|只)(?:是|卖|要|有|只卖|只要)?$")
PATTERNS = (AMOUNT, EARLIER, STILL, USCC, MONEY_BEHIND, MONEY_BEFORE, COUNTED, SENTENCE_END)
REACH = 30  # characters between goods and their price
PACK_REACH = 6  # between a pack told in pieces and its price: 一包50只卖130元
DAY_REACH = 14  # between a day and the earlier price that was asked on it

Place = TypeVar("Place", Pack, DateMention)


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money in yuan at its place in the given text; ``unit`` is what it buys one of, or ""."""

    value: Decimal
    unit: str
    is_earlier: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PriceFact:
    """What is asked for some goods, and what was asked before, in yuan a unit; ``earlier_on`` is the day of that, and
    ``pack`` says how many pieces the unit holds, each only where the text tells it."""

    goods: str
    unit: str
    asked: Decimal | None
    earlier: Decimal | None
    earlier_on: date | None = None
    pack: Pack | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    amounts: tuple[Amount, ...]
    prices: tuple[PriceFact, ...]
    phones: tuple[str, ...]
    credit_codes: tuple[str, ...]


def extract(text: str, on: date | None = None) -> Extracted:
    """Read the facts in figures out of a narrative as it was given; ``on`` is the day of the contact, for past days."""
    plain = normalise(text)
    days = find_dates(plain.text, on) if on else ()
    packs = find_packs(plain.text)
    found = [_placed(plain.text, one, packs, days, on) for one in _amounts(plain.text)]
    amounts = []
    for amount in found:
        start, end = plain.original(amount.start, amount.end)
        amounts.append(replace(amount, start=start, end=end))
    return Extracted(
        amounts=tuple(amounts),
        prices=_prices(plain.text, found, packs, days),
        phones=_phones(plain.text),
        credit_codes=_credit_codes(plain.text),
    )


def amounts_in(plain: str) -> tuple[Amount, ...]:
    """The sums of money in a normalised text, as ``extract`` finds them, without looking for anything else."""
    packs = find_packs(plain)
    return tuple(_placed(plain, one, packs, (), None) for one in _amounts(plain))


@cache
def goods_words() -> dict[str, str]:
    """Give the shipped words for goods, each with the goods it names (酒精棉片 is 酒精)."""
    raw = files("suqing.taxonomy").joinpath("data/goods.json").read_text(encoding="utf-8")
    return {word: goods for goods, words in json.loads(raw)["goods"].items() for word in [goods, *words]}


def _amounts(plain: str) -> list[Amount]:
    return [amount for match in AMOUNT.finditer(plain) if (amount := _amount(match)) is not None]


def _amount(match: re.Match[str]) -> Amount | None:
    """Turn a match into an amount if it is one: it has a currency sign or word, or 万 behind figures."""
    if not match["currency"] and not match["sign"] and not _is_told_as_money(match):
        return None
    number = match["number"]
    following = match.string[match.end("currency") : match.end("currency") + 1] if match["currency"] else ""
    if (
        match["currency"] == "块"
        and number in ("一", "1")
        and "㐀" <= following <= "鿿"
        and not match["unit_after"]
    ):
        return None  # 一块蛋糕: a piece, no money
    value = numerals.parse(number)
    if value is None:
        return None
    if match["cents"]:
        value += (numerals.parse(match["cents"][0]) or 0) / Decimal(10)
    if value == value.to_integral_value():
        value = value.to_integral_value()
    before = match.string[max(0, match.start() - 12) : match.start()]
    unit = match["unit_after"] or match["unit_before"] or ""  # 50只一包，20元一只: the nearer one
    return Amount(value, unit, bool(EARLIER.search(before)), *match.span())


def _is_told_as_money(match: re.Match[str]) -> bool:
    """Say whether 万 or 亿 without a currency is money by the words around it: 余额12万多, 2亿多货款."""
    if match["number"][-1] not in "万亿":
        return False
    around = match.string
    return bool(MONEY_BEHIND.match(around, match.end())) or (
        bool(MONEY_BEFORE.search(around[max(0, match.start() - 8) : match.start()]))
        and not COUNTED.match(around, match.end())
    )


def _placed(
    plain: str, amount: Amount, packs: Sequence[Pack], days: Sequence[DateMention], on: date | None
) -> Amount:
    """An amount with what stands before it: a pack told in pieces is its unit, 1月18日还卖 makes it the earlier price."""
    pack = _last_before(plain, amount, packs, PACK_REACH)
    if pack is not None and not amount.unit:
        said = bool(EARLIER.search(plain[max(0, pack.start - 12) : pack.start]))
        amount = replace(amount, unit=pack.outer, is_earlier=amount.is_earlier or said)
    day = _day_before(plain, amount, days)
    if day is not None and on is not None and day.last < on and not amount.is_earlier:
        amount = replace(amount, is_earlier=bool(STILL.search(plain[day.end : amount.start])))
    return amount


def _last_before(plain: str, amount: Amount, places: Sequence[Place], reach: int) -> Place | None:
    """The last of some places that ends within reach before an amount, in its sentence."""
    count = bisect_right(places, amount.start, key=lambda one: one.end)
    near = places[count - 1] if count else None
    if near is None or amount.start - near.end > reach or SENTENCE_END.search(plain, near.end, amount.start):
        return None
    return near


def _day_before(plain: str, amount: Amount, days: Sequence[DateMention]) -> DateMention | None:
    """The day named last before an amount in its sentence; no other amount stands between."""
    near = _last_before(plain, amount, days, DAY_REACH)
    return None if near is None or _amounts(plain[near.end : amount.start]) else near


def _prices(
    plain: str, amounts: Iterable[Amount], packs: Iterable[Pack], days: Sequence[DateMention]
) -> tuple[PriceFact, ...]:
    mentions = goods_at(plain)
    facts: dict[str, PriceFact] = {}
    for amount in amounts:
        goods = _goods_of(plain, amount, mentions)
        if goods is None:
            continue
        fact = facts.get(goods, PriceFact(goods, "", None, None))
        facts[goods] = _with_amount(fact, amount, _day_before(plain, amount, days))
    held = {pack.outer: pack for pack in packs}
    return tuple(replace(fact, pack=held.get(fact.unit)) for fact in facts.values())


def _with_amount(fact: PriceFact, amount: Amount, day: DateMention | None) -> PriceFact:
    """Add an amount to what is known; the first of a kind counts, and a price a unit before a mere sum.  Weeks and
    months are no day on which a price was asked."""
    more_exact = bool(amount.unit) and not fact.unit
    unit = fact.unit or amount.unit
    if amount.is_earlier:
        if fact.earlier is not None:
            return replace(fact, unit=unit)
        on = day.first if day is not None and day.first == day.last else None
        return replace(fact, unit=unit, earlier=amount.value, earlier_on=on)
    asked = amount.value if fact.asked is None or more_exact else fact.asked
    return replace(fact, unit=unit, asked=asked)


def _goods_of(plain: str, amount: Amount, mentions: list[tuple[str, int, int]]) -> str | None:
    """Give the goods that stand before the amount in its sentence, nearest first, or right after it."""
    before = [m for m in mentions if m[2] <= amount.start and amount.start - m[2] <= REACH]
    if before and not SENTENCE_END.search(plain, before[-1][2], amount.start):
        return before[-1][0]
    after = [m for m in mentions if m[1] >= amount.end and m[1] - amount.end <= REACH // 3]
    if after and not SENTENCE_END.search(plain, amount.end, after[0][1]):
        return after[0][0]
    return None


@cache
def _goods_automaton() -> tuple[AhoCorasick, list[str]]:
    words = list(goods_words())
    folded = [fold_case(normalise(word).text) for word in words]
    return AhoCorasick(folded, matchkind=MatchKind.LeftmostLongest), words


def goods_at(plain: str) -> list[tuple[str, int, int]]:
    """Give the goods that a normalised text names, each with the place of its word."""
    automaton, words = _goods_automaton()
    names = goods_words()
    return [
        (names[words[i]], start, end) for i, start, end in automaton.find_matches_as_indexes(fold_case(plain))
    ]


def _phones(plain: str) -> tuple[str, ...]:
    found = [f for scanner in scanners.SCANNERS if scanner.kind == "phone" for f in scanner.scan(plain)]
    found.sort(key=lambda place: place.start)
    numbers = [phones.normalise(_in_figures(plain[place.start : place.end])) for place in found]
    return tuple(dict.fromkeys(number for number in numbers if number))


def _in_figures(text: str) -> str:
    return text.translate(_FIGURES)


def _credit_codes(plain: str) -> tuple[str, ...]:
    codes = [uscc.normalise(match[0]) for match in USCC.finditer(plain)]
    return tuple(dict.fromkeys(code for code in codes if _is_right(code)))


def _is_right(code: str) -> bool:
    try:
        uscc.check(code)
    except uscc.BadUscc:
        return False
    return True


_FIGURES = str.maketrans("零〇一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖", "0012234567891123456789")
