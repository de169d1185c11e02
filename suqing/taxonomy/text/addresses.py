"""Which place do people mean?  「吴江区松陵镇鲈乡南路」, 「园区湖东」, 「南京江宁东山街道」, 「观前街那边」.

Names, short forms, other names and what people say are found in one pass; a name counts by what is named before it
and by the cities that lie near.  Where two places are equally likely both are given, each with less confidence: a
guess is an offer to a person, never a decision.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

from suqing.taxonomy.text.normalise import fold_case, normalise, normalise_word

LEVELS = {"province": 0, "city": 1, "district": 2, "street": 3}
FULL, ALIAS, SHORT, SPOKEN, CODE = "full", "alias", "short", "spoken", "code"

# Why a guess was made; pages may show it.
PARENT, NEAR, SEVERAL = "parent", "near", "several"

_BASE = {CODE: 0.98, FULL: 0.7, ALIAS: 0.65, SPOKEN: 0.6, SHORT: 0.5}
_FOR_PARENT, _FOR_NEAR, _MOST = 0.2, 0.15, 0.98
_REACH = 12  # characters between a place and the larger one that it is said to lie in
_LONGEST_REST = 60

_PROVINCE_END = re.compile("(?:壮族|回族|维吾尔)?自治区$|特别行政区$|省$|市$")
_CITY_END = re.compile("(?:..?族)*自治州$|市$|地区$|盟$")
_DISTRICT_END = re.compile("(?:..?族)*自治县$|区$|县$|市$|旗$")
_STREET_END = re.compile("街道$|镇$|乡$")
_SUFFIX = re.compile("街道|镇|乡")
# A name followed by these names a road, a dish, a bank: not the place.
_NOT_PLACE = re.compile(
    "(?:[东西南北中]|[一二三四五])?(?:路|街(?!道)|大道|大街|巷|弄|公路|高速|大桥|银行|牌|烤鸭|板鸭|话|人(?!民))|汽车|证券|保险"
)
_BEFORE_PARK = re.compile("(?:产业|科技|物流|软件|文化|创意|保税|农业|示范|生态|化工|动漫)$")
_STOP = re.compile("[，。；,;！？!?\n]")
_FILLER = re.compile("^(?:的|那边|那里|这边|这里|附近|一带|里面|[\\s、：:()（）-])+")
_TRAILER = re.compile("(?:那边|那里|这边|这里|附近|一带|那儿|这儿|的)+$")
_CODE = re.compile("[0-9]{6}|[0-9]{9}|[0-9]{12}")

# Names of divisions that are words of every day: they count only behind the larger place that they lie in.
_EVERY_DAY = (
    "太平 东南 城南 城东 城西 城北 城中 城区 城关 太湖 桃源 新城 江东 凤凰 小市 红花 红山 永宁 白马 横梁 兴隆 泰山 香山 金港 中山 "
    "和平 人民 解放 新华 长江 黄河 光明 文化 太和 平安 建设 胜利 友谊 朝阳 青年 团结 幸福 南门 北门 东门 西门 新区 经济 花园 高新 "
    "东方 双塔 江南 江北 东风 红旗 向阳 长青 新兴 永安 安平 大丰 长乐 新民 安宁 平安 长安 开发区 经济开发区 高新园区 化工园区 "
    "高新技术开发区 经济技术开发区 高新技术产业开发区 新材料产业园 科教新城 大新 南丰 板桥 长桥 北桥 黄桥 塘桥 花桥 古城区"
)
_COMMON = frozenset(_EVERY_DAY.split())


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A division as the index needs it."""

    code: str
    name: str
    level: str
    parent: str | None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceGuess:
    """A place that a text may mean: where its name stands, what follows (road, number), how sure and why."""

    code: str
    start: int
    end: int
    text: str
    rest: str
    confidence: float  # 0 to 1; two equal places share it
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    code: str
    form: str
    level: int
    is_weak: bool  # counts only behind the larger place that it lies in


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    entries: tuple[_Entry, ...]


@dataclass(slots=True)
class _Candidate:
    span: _Span
    entry: _Entry
    has_parent: bool = False
    nearness: int = 99
    shared_by: int = 1


class PlaceIndex:
    """All names of all divisions in one automaton; built once."""

    def __init__(self, rows: Iterable[PlaceRow], spoken: Mapping[str, Sequence[str]] | None = None) -> None:
        self._rows = {row.code: row for row in rows}
        self._codes = {
            alias: row.code for row in self._rows.values() for alias in row.aliases if alias.isdigit()
        }
        self._above = {code: frozenset(self._chain(code)) for code in self._rows}
        names: dict[str, dict[str, _Entry]] = {}
        for row in self._rows.values():
            for name, form in _names(row, (spoken or {}).get(row.code, ())):
                word = normalise_word(name)
                entry = _Entry(row.code, form, LEVELS[row.level], word in _COMMON)
                names.setdefault(word, {}).setdefault(row.code, entry)
        self._entries = [tuple(found.values()) for found in names.values()]
        self._automaton = AhoCorasick(list(names), matchkind=MatchKind.Standard)

    def code_of(self, text: str) -> str:
        """Give the division that a code means: its own, another one it had, or one of more digits inside it; or ""."""
        if not _CODE.fullmatch(text):
            return ""
        for length in (len(text), 9, 6):
            code = text[:length]
            if code in self._rows:
                return code
            if code in self._codes:
                return self._codes[code]
        return ""

    def parts_of(self, code: str) -> frozenset[str]:
        """Give the codes of what the division lies in."""
        return self._above[code]

    def spans(self, text: str) -> list[_Span]:
        """Find the names in normalised, case-folded text: of two that overlap the longer one counts."""
        found: dict[tuple[int, int], tuple[_Entry, ...]] = {}
        for pattern, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            entries = tuple(entry for entry in self._entries[pattern] if _stands(text, start, end, entry))
            if entries:
                found[start, end] = entries
        kept: list[_Span] = []
        for start, end in sorted(found, key=lambda place: (place[0] - place[1], place[0])):
            if all(end <= one.start or start >= one.end for one in kept):
                kept.append(_Span(start, end, found[start, end]))
        return sorted(kept, key=lambda span: span.start)

    def _chain(self, code: str) -> list[str]:
        above = self._rows[code].parent
        # a city without districts stands in the list as its own district
        return [above, *self._chain(above)] if above and above != code and above in self._rows else []


def parse_address(text: str, index: PlaceIndex, near: Sequence[str] = ()) -> list[PlaceGuess]:
    """Give the places that a text may mean, the surest first; ``near`` are codes of cities, the nearest first.

    Only the smallest place of a chain is given (of 江宁区东山街道 the street).  Places far from ``near`` count only
    under their whole names, or behind the city or province that they lie in.
    """
    stripped = text.strip()
    if code := index.code_of(stripped):
        return [PlaceGuess(code, 0, len(text), stripped, "", _BASE[CODE], (CODE,))]
    plain = normalise(text)
    folded = fold_case(plain.text)
    candidates = _judged(index.spans(folded), index, [_stem(code) for code in near])
    leaves = [one for one in candidates if not _has_part(one, candidates, index)]
    guesses = [_guess(one, text, plain.text, plain.original) for one in leaves]
    return sorted(guesses, key=lambda one: (-one.confidence, -len(one.code), one.start, one.code))


def _names(row: PlaceRow, spoken: Sequence[str]) -> list[tuple[str, str]]:
    """Give every name of a division with its form; the first form of a name counts."""
    if row.name in ("市辖区", "县") or row.name.endswith("直辖县级行政区划"):
        return []
    short = _short_name(row)
    names = [(row.name, FULL), *((alias, ALIAS) for alias in row.aliases if not alias.isdigit())]
    names += [(word, SPOKEN) for word in spoken]
    if len(short) >= 2 and short != row.name:
        names.append((short, SHORT))
        if row.level == "street":  # a town that became a street office, or the other way round
            names += [(f"{short}镇", FULL), (f"{short}街道", FULL)]
    return names


def _short_name(row: PlaceRow) -> str:
    ends = {"province": _PROVINCE_END, "city": _CITY_END, "district": _DISTRICT_END, "street": _STREET_END}
    return ends[row.level].sub("", row.name)


def _stands(text: str, start: int, end: int, entry: _Entry) -> bool:
    """Say whether the words around let a name be that of a place."""
    if entry.form == SHORT and _NOT_PLACE.match(text, end):
        return False
    if text[end - 1] == "市" and text.startswith("场", end):  # 东方市场 is a market, not 东方市
        return False
    return not (entry.form == ALIAS and text[start:end] == "园区" and _BEFORE_PARK.search(text[:start]))


def _stem(code: str) -> str:
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if len(code) == 6 and code.endswith("00") else code


def _judged(spans: Sequence[_Span], index: PlaceIndex, near: Sequence[str]) -> list[_Candidate]:
    """Keep what can be meant, with what speaks for it; of one name's places the likeliest, or all that are equal."""
    kept: list[_Candidate] = []
    for place, span in enumerate(spans):
        here = [
            _Candidate(span, entry, _has_parent(spans, place, entry, index), _nearness(entry.code, near))
            for entry in span.entries
            if not _contradicted(spans, place, entry, index)
        ]
        here = _likeliest([one for one in here if _counts(one, len(span.entries))], spans[place + 1 :], index)
        for one in here:
            one.shared_by = len(here)
        kept.extend(here)
    return kept


def _has_parent(spans: Sequence[_Span], place: int, entry: _Entry, index: PlaceIndex) -> bool:
    above = index.parts_of(entry.code)
    start = spans[place].start
    return any(
        other.code in above and start - span.end <= _REACH and not (other.is_weak and other.form != FULL)
        for span in spans[:place]
        for other in span.entries
    )


def _contradicted(spans: Sequence[_Span], place: int, entry: _Entry, index: PlaceIndex) -> bool:
    """A larger place stands right before the name, and none that it can mean has this one inside (昆山东山)."""
    if place == 0 or spans[place - 1].end != spans[place].start:
        return False
    before = spans[place - 1].entries
    above = index.parts_of(entry.code)
    above_it = entry.level + (entry.form == ALIAS)  # another district has a 工业园区 of its own
    return all(other.level < above_it for other in before) and not any(
        other.code in above for other in before
    )


def _nearness(code: str, near: Sequence[str]) -> int:
    return next((rank for rank, stem in enumerate(near) if code.startswith(stem)), 99)


def _counts(one: _Candidate, places: int) -> bool:
    entry = one.entry
    if one.has_parent:
        return True
    if entry.is_weak and entry.form != FULL:
        return False
    if one.nearness < 99:
        return not entry.is_weak or entry.level < LEVELS["street"]
    if entry.form == FULL:
        return entry.level < LEVELS["street"] or places == 1
    return entry.form == SHORT and entry.level < LEVELS["district"]


def _likeliest(here: list[_Candidate], after: Sequence[_Span], index: PlaceIndex) -> list[_Candidate]:
    """Of the places of one name keep those behind their larger place, else those before their smaller, else the near."""
    said = {one.entry.code for one in here}
    here = [
        one for one in here if not index.parts_of(one.entry.code) & said
    ]  # 江宁: the district, not its street
    if len(here) < 2:
        return here
    for fits in (
        [one for one in here if one.has_parent],
        [one for one in here if _named_inside(one, after, index)],
    ):
        if fits:
            here = fits
            break
    nearest = min(one.nearness for one in here)
    return [one for one in here if one.nearness == nearest]


def _named_inside(one: _Candidate, after: Sequence[_Span], index: PlaceIndex) -> bool:
    return any(
        one.entry.code in index.parts_of(entry.code)
        for span in after
        if span.start - one.span.end <= _REACH
        for entry in span.entries
        if not entry.is_weak or span.start == one.span.end
    )


def _has_part(one: _Candidate, candidates: Sequence[_Candidate], index: PlaceIndex) -> bool:
    return any(one.entry.code in index.parts_of(other.entry.code) for other in candidates) or any(
        other is not one and other.entry.code == one.entry.code and other.span.start > one.span.start
        for other in candidates
    )


def _guess(one: _Candidate, text: str, plain: str, original: object) -> PlaceGuess:
    span, entry = one.span, one.entry
    end = span.end
    if entry.form == SHORT and (suffix := _SUFFIX.match(plain, end)):
        end = suffix.end()
    start_there, end_there = original(span.start, end)  # type: ignore[operator]
    confidence = _BASE[entry.form] + _FOR_PARENT * one.has_parent + _FOR_NEAR * (one.nearness < 99)
    reasons = [entry.form]
    if one.has_parent:
        reasons.append(PARENT)
    if one.nearness < 99:
        reasons.append(NEAR)
    if one.shared_by > 1:
        reasons.append(SEVERAL)
    rest_from = start_there if entry.form == SPOKEN else end_there
    return PlaceGuess(
        entry.code,
        start_there,
        end_there,
        text[start_there:end_there],
        _rest(text[rest_from:]),
        round(min(confidence, _MOST) / one.shared_by, 2),
        tuple(reasons),
    )


def _rest(text: str) -> str:
    """Give the road and number that follow, up to the end of the phrase."""
    phrase = _FILLER.sub("", _STOP.split(text, maxsplit=1)[0]).strip()
    return _TRAILER.sub("", phrase)[:_LONGEST_REST]
