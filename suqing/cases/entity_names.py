"""Operators by name: what tells one from another, and how alike two are.

A name as the register writes it, 苏州市平江大药房有限公司, has parts that do not tell operators apart (where it sits,
what legal form it has) and parts that do.  ``name_key`` keeps the latter.  A branch or shop (分公司, 门店) stays another
operator than its parent: each has a licence, an address and a competent bureau of its own.

``likeness`` only suggests; people merge.  Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from rapidfuzz import fuzz

from suqing.kit import pinyin
from suqing.taxonomy import reference
from suqing.taxonomy.text.normalise import fold_case, normalise

LONGEST = 200  # characters of a key
SHORTEST = 2  # characters that must stay to tell operators apart
# From this score on two operators are suggested as one; chosen on one half of ../shared/data/companies, with corruptions
# made by us, and measured on the other half (tests/cases/test_entity_names.py, docs/operators.md).
SUGGESTED = 0.75
STRONG = 0.95  # said first and in stronger words

_SAME, _SOUND, _SHORTENED = 1.0, 0.96, 0.85
_BRAND_WEIGHT = 0.6
_SOUND_WEIGHT = 0.97  # two names that are alike only in sound are a little less alike
_PLACE_IN_NAME = 0.35  # 苏州国美 and 南京国美 are two
# What speaks against is taken off; what speaks for it closes this part of the gap to 1.
_OTHER_DISTRICT, _OTHER_ADDRESS = 0.08, 0.06
_SAME_DISTRICT, _NEAR_ADDRESS = 0.1, 0.25
_ADDRESS_ALIKE, _ADDRESS_UNLIKE = 0.85, 0.5

_FORMS = (
    "股份有限责任公司", "有限责任公司", "股份有限公司", "责任有限公司", "有限公司", "个人独资企业", "特殊普通合伙",
    "有限合伙", "普通合伙", "个体工商户", "个体户", "公司",
)  # fmt: skip
_NOTES = frozenset(_FORMS) | {"个人独资", "合伙", "合伙企业", "已注销", "暂定名"}
_TRADES = (
    "大药房", "药房", "药店", "大药店", "连锁", "超市", "超级市场", "便利店", "商店", "商场", "百货", "购物中心", "银行",
    "酒店", "宾馆", "旅馆", "饭店", "餐厅", "餐饮", "餐馆", "饭庄", "面馆", "小吃店", "火锅店", "火锅", "烧烤", "面包房",
    "蛋糕店", "茶馆", "医院", "诊所", "门诊部", "医疗器械", "美容院", "理发店", "健身房", "健身", "眼镜店", "家具", "家居",
    "家电", "电器", "服饰", "服装店", "鞋业", "建材", "装饰", "汽车销售", "汽车", "维修部", "旅行社", "物业", "房地产",
    "培训学校", "培训中心", "幼儿园", "学校", "网络科技", "信息技术", "电子商务", "科技", "贸易", "商贸", "实业", "食品",
    "水果店", "母婴", "服务部", "经营部", "批发部", "加油站", "管理", "服务", "集团",
)  # fmt: skip
_BRANCH_ENDS = "分公司|分店|分部|分校|分院|分行|支行|营业部|营业厅|门市部|门店|专卖店|旗舰店|办事处|店"
_STREET = re.compile(r"(?:[东西南北中]?路|街|道|巷|弄|大道|大街)")
_BRACKETS = str.maketrans("〔【［[{〈《「『〕】］]}〉》」』", "(((((((((" + ")))))))))")
_BRACKETED = re.compile(r"\(([^()]*)\)")
_PUNCTUATION = re.compile(r"[\W_]+")
_ANY_FORM = "|".join(_FORMS[:-1])
_TRADE = "|".join(sorted(_TRADES, key=len, reverse=True))
_BRANCH_AFTER_FORM = re.compile(rf"^(.{{2,}}?(?:{_ANY_FORM}))(.{{1,20}}?(?:{_BRANCH_ENDS}))$")
_BRANCH_AFTER_TRADE = re.compile(rf"^(.{{2,}}?(?:{_TRADE}))(.{{1,8}}?(?:{_BRANCH_ENDS}))$")
_BRANCH_ALONE = re.compile(r"^(.{2,}?)(第?[0-9一二三四五六七八九十]{0,3}(?:分公司|分店|支行|门市部))$")
_DIGITS = str.maketrans("一二三四五六七八九", "123456789")
_FOLDS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_ENDINGS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


@dataclass(frozen=True, slots=True)
class NameKeys:
    """What an operator is found by, as the columns take it: its pinyin, what tells it from others, its sound."""

    pinyin: str
    name: str
    sound: str


def name_keys(name: str) -> NameKeys:
    """Give the keys of an operator's name; they change whenever it does."""
    return NameKeys(pinyin_key(name), name_key(name), sound_key(name))


def pinyin_key(name: str) -> str:
    """Return what typing finds a name by: its whole pinyin, then its initials."""
    return f"{pinyin.sort_key(name).replace(' ', '')} {pinyin.initials(name)}"[:400]


class Reason(StrEnum):
    """Why two operators look like one, or like two."""

    SAME_CODE = "same_code"
    OTHER_CODE = "other_code"
    SAME_NAME = "same_name"
    SAME_KEY = "same_key"
    SAME_SOUND = "same_sound"
    SHORTENED = "shortened"
    NEAR_NAME = "near_name"
    BRANCH = "branch"
    SAME_PLACE = "same_place"
    OTHER_PLACE = "other_place"
    NEAR_ADDRESS = "near_address"
    OTHER_ADDRESS = "other_address"


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name without legal form: its core, the branch ("" for none), and the codes of the places it names."""

    core: str
    branch: str
    places: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an operator; ``place`` is a division code."""

    name: str
    uscc: str = ""
    place: str = ""
    address: str = ""
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two operators are, 0 to 1, and why.  ``is_never``: the law tells them apart, whatever the names say."""

    score: float
    reasons: tuple[Reason, ...]
    is_never: bool = False

    @property
    def is_suggested(self) -> bool:
        """Whether people are shown the two as perhaps one."""
        return not self.is_never and self.score >= SUGGESTED


# A name by its parts


def name_key(name: str) -> str:
    """The name without place, legal form, brackets and ways of writing; branches stay apart from their parent."""
    parts = parts_of(name)
    return (parts.core + parts.branch)[:LONGEST]


def sound_key(name: str) -> str:
    """How the brand sounds, a space after each syllable: what candidates are looked up by, from the front or the back.

    Initials and finals that speakers in the south do not tell apart are folded into one.
    """
    return "".join(f"{syllable} " for syllable in _sounds(_brand(parts_of(name).core)))[: 2 * LONGEST]


def sound_starts(name: str) -> tuple[str, str]:
    """The first and the last two syllables of the sound key: an operator alike in name shares one of them, mostly."""
    syllables = _sounds(_brand(parts_of(name).core))
    return "".join(f"{one} " for one in syllables[:2]), "".join(f"{one} " for one in syllables[-2:])


@lru_cache(maxsize=50_000)
def parts_of(name: str) -> NameParts:
    """Take a name apart.  A name that would vanish is kept as it is written."""
    plain = fold_case(normalise(name).text).translate(_BRACKETS)
    places: set[str] = set()
    branch = ""
    for said in _BRACKETED.findall(plain):
        words = _PUNCTUATION.sub("", said)
        found = _whole_place(words)
        if found or words in _NOTES or not words:
            places |= found
            plain = plain.replace(f"({said})", "", 1)
        elif re.search(rf"(?:{_BRANCH_ENDS})$", words):
            branch = words
            plain = plain.replace(f"({said})", "", 1)
    plain = _PUNCTUATION.sub("", plain)
    core, tail = _branch_of(plain)
    # The branch comes off first: what is left of 上海银行苏州分行 without its places must not be 银行.
    core, named = _without_place(_without_form(core))
    if len(core) < SHORTEST:
        core = _without_form(plain) or plain or fold_case(name)
    return NameParts(core, (branch or tail).translate(_DIGITS), frozenset(places | named))


def _branch_of(name: str) -> tuple[str, str]:
    """The name of the parent and the branch; ("…", "") for an operator of its own."""
    for pattern in (_BRANCH_AFTER_FORM, _BRANCH_AFTER_TRADE, _BRANCH_ALONE):
        found = pattern.match(name)
        if found and not _is_trade(found[2]):
            return found[1], found[2]
    return name, ""


def _is_trade(words: str) -> bool:
    return not re.sub(_TRADE, "", words)


def _without_form(name: str) -> str:
    for form in _FORMS:
        if name.endswith(form) and len(name) - len(form) >= SHORTEST:
            return name[: -len(form)]
    return name


def _without_place(name: str) -> tuple[str, frozenset[str]]:
    """Take the places off the front, as long as something is left that says more than a trade."""
    found: set[str] = set()
    while True:
        place = next(
            (name[:size] for size in range(min(12, len(name)), 1, -1) if name[:size] in _places()), ""
        )
        rest = name[len(place) :]
        if not place or not _tells_apart(rest) or (place in _bare_places() and _STREET.match(rest)):
            return name, frozenset(found)
        found |= _places()[place]
        name = rest


def _tells_apart(rest: str) -> bool:
    return len(re.sub(_TRADE, "", _without_form(rest))) >= SHORTEST


def _whole_place(words: str) -> frozenset[str]:
    return _places().get(words, frozenset())


@cache
def _places() -> dict[str, frozenset[str]]:
    """Names of provinces, cities and districts with the codes they may mean, cut to their level: 32, 3205, 320508."""
    made: dict[str, set[str]] = {}
    for code, name, bare in _division_names():
        made.setdefault(name, set()).add(code)
        if bare:
            made.setdefault(bare, set()).add(code)
    return {name: frozenset(codes) for name, codes in made.items()}


@cache
def _bare_places() -> frozenset[str]:
    """苏州 without 市: also the beginning of the names of streets."""
    return frozenset(bare for _code, _name, bare in _division_names() if bare)


@cache
def _division_names() -> tuple[tuple[str, str, str], ...]:
    return tuple(_read_divisions())


def _read_divisions() -> Iterator[tuple[str, str, str]]:
    digits = {"province": 2, "city": 4, "district": 6}
    for row in reference.divisions():
        if row.level not in digits or row.name == "市辖区" or len(row.name) < 3:
            continue
        cut = re.sub(r"(?:(?:[壮回]族|维吾尔)?自治区|特别行政区|省|市)$", "", row.name)
        bare = cut if cut != row.name and len(cut) >= 2 else ""
        yield row.code[: digits[row.level]], row.name, bare


@lru_cache(maxsize=50_000)
def _sounds(words: str) -> tuple[str, ...]:
    return tuple(_folded(syllable) for syllable in pinyin.sort_key(words).split())


@lru_cache(maxsize=50_000)
def _brand(core: str) -> str:
    """The core without the words of its trade, where enough is left."""
    left = re.sub(_TRADE, "", core)
    return left if len(left) >= SHORTEST else core


def _folded(syllable: str) -> str:
    for before, after in _FOLDS:
        if syllable.startswith(before):
            syllable = after + syllable[len(before) :]
    for before, after in _ENDINGS:
        if syllable.endswith(before):
            return syllable[: -len(before)] + after
    return syllable


# Two operators


def likeness(one: Known, other: Known) -> Likeness:
    """How alike two operators are.  Two different codes are two operators for ever; one code is one."""
    if one.uscc and other.uscc:
        same = one.uscc == other.uscc
        return (
            Likeness(1.0, (Reason.SAME_CODE,)) if same else Likeness(0.0, (Reason.OTHER_CODE,), is_never=True)
        )
    pairs = (
        _by_name(mine, theirs)
        for mine in (one.name, *one.other_names)
        for theirs in (other.name, *other.other_names)
    )
    score, reason = max(pairs, key=lambda found: found[0])
    if reason in (Reason.BRANCH, Reason.OTHER_PLACE):
        return Likeness(score, (reason,))
    reasons: list[Reason] = [reason]
    for change, why in (_by_place(one.place, other.place), _by_address(one.address, other.address)):
        score += change * (1 - score) if change > 0 else change
        if why is not None:
            reasons.append(why)
    return Likeness(round(max(score, 0.0), 4), tuple(reasons))


def _by_name(one: str, other: str) -> tuple[float, Reason]:
    if one == other:
        return _SAME, Reason.SAME_NAME
    mine, theirs = parts_of(one), parts_of(other)
    if mine.branch != theirs.branch and _sounds(mine.branch) != _sounds(theirs.branch):
        return 0.0, Reason.BRANCH
    score, reason = _by_core(mine.core, theirs.core)
    if mine.places and theirs.places and not _may_agree(mine.places, theirs.places):
        return max(score - _PLACE_IN_NAME, 0.0), Reason.OTHER_PLACE
    return score, reason


def _by_core(one: str, other: str) -> tuple[float, Reason]:
    if one == other:
        return _SAME, Reason.SAME_KEY
    if _sounds(one) == _sounds(other):
        return _SOUND, Reason.SAME_SOUND
    mine, theirs = _brand(one), _brand(other)
    # Two pharmacies have the word in common: what is left without it counts for more.
    near = _BRAND_WEIGHT * _near(mine, theirs) + (1 - _BRAND_WEIGHT) * _near(one, other)
    if mine == theirs and mine in (one, other):
        return max(near, _SHORTENED), Reason.SHORTENED
    return near, Reason.NEAR_NAME


def _near(one: str, other: str) -> float:
    """By characters or by syllables, whichever is nearer."""
    by_sound = _SOUND_WEIGHT * fuzz.ratio(_sounds(one), _sounds(other))
    return max(fuzz.ratio(one, other), by_sound) / 100


def _may_agree(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one of the places lies in one of the others."""
    return any(a.startswith(b) or b.startswith(a) for a in one for b in other)


def _by_place(one: str, other: str) -> tuple[float, Reason | None]:
    """Codes of districts; a city that is known beside a district says nothing."""
    mine, theirs = (re.sub(r"(?:00)+$", "", code[:6]) for code in (one, other))
    if len(mine) < 6 or len(theirs) < 6:
        return 0.0, None
    if mine == theirs:
        return _SAME_DISTRICT, Reason.SAME_PLACE
    return -_OTHER_DISTRICT, Reason.OTHER_PLACE


def _by_address(one: str, other: str) -> tuple[float, Reason | None]:
    mine, theirs = (_PUNCTUATION.sub("", fold_case(normalise(text).text)) for text in (one, other))
    if not mine or not theirs:
        return 0.0, None
    alike = fuzz.ratio(mine, theirs) / 100
    if alike >= _ADDRESS_ALIKE:
        return _NEAR_ADDRESS, Reason.NEAR_ADDRESS
    return (-_OTHER_ADDRESS, Reason.OTHER_ADDRESS) if alike < _ADDRESS_UNLIKE else (0.0, None)
