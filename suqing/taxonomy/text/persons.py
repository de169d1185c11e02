"""Names of persons without a cue (钱转给了陈志远, 张伟把我拉黑了): what their characters, words and neighbours speak for.

A name is a surname and one or two characters that no longer word of the dictionary claims.  ``person_tagger`` says how
likely they are a person where they stand; log odds of the characters (``data/given_names.json``, which names its source
and licence) and the words before and behind are added.  The weights of the sum were fitted on development sentences
(docs/text.md); above ``LEAST`` it counts.  A name that goes on as the name of a place or an operator stays.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby, islice

import rjieba

from suqing.kit.masks import COMPOUND_SURNAMES
from suqing.taxonomy.text.names import SURNAMES
from suqing.taxonomy.text.person_tagger import LONGEST, Reading, read

LEAST = 9.0  # tenths of log odds; chosen on development sentences (docs/text.md)
_UNKNOWN = 0  # a rare character; all common ones are in the table
_NO_WEIGHTS = [_UNKNOWN] * 4
_UNLIKELY = -10  # characters that weigh less are not asked about: a name in a hundred, half of all clauses
_HOPELESS = -6.0  # what characters and neighbours must weigh before the tagger is asked
_CLAIMED = 15  # what characters must weigh that the dictionary takes for the beginning of another word
_PLACE = 40  # and what where it is a place (苏州, 桂林)
_LENGTH_LEAST = 0.05  # what a length of a name must have for itself
_SURE = 0.999  # a probability beyond this adds no more
_READ_AT_ONCE = 32  # pieces
_NEAR = 6  # characters on either side that are read with a name
_COMPOUND = 60  # of a surname of two characters
Token = tuple[str, str]

_CLAUSE = re.compile(r"[^,。!?;\n]++")
_HAN = re.compile("[㐀-鿿]++")
_STARTS = re.compile("[" + "".join(sorted({*SURNAMES, *(one[0] for one in COMPOUND_SURNAMES)})) + "]")
_PLACE_BEFORE = frozenset("在 从 到 于 往 沿着 位于 住 住在 “ 「 《".split())  # noqa: SIM905
_KINDS_BEFORE = {
    "v": 8,
    "p": 12,
    "c": 12,
    "x": 8,
    "ul": 8,
    "m": -25,
    "r": -4,
    "ns": -6,
    "uj": 0,
    "n": -4,
    "t": 6,
    "d": 0,
}
_KINDS_BEHIND = {
    "v": 8,
    "p": 10,
    "c": 10,
    "x": 8,
    "d": 10,
    "r": 6,
    "n": -20,
    "nz": -20,
    "nr": -14,
    "ns": -20,
    "uj": 2,
    "t": 6,
}
_VETO = re.compile(
    r"(?:(?![在到去向被对由与和跟从的是了有让把将及为至买问我你他说不没来要拿收等])[㐀-鿿]){0,2}[镇村路街乡区塘苑]"
    r"|[村镇乡县市区郡路街巷苑府园城湾塘岭校店厂寺桥组庄氏楼馆坪洲河江湖湘港牌型号年月日级率费款机车药酒茶]|大道|中路|社区|小学|中学|大学"
    r"|(?:(?![在到去向被对由与和跟从的是了有让把将及为至买问我你他说不没来要拿收等])[㐀-鿿A-Za-z0-9]){0,8}?"
    r"(?:公司|集团|超市|药房|药店|酒店|宾馆|饭店|餐厅|医院|诊所|银行|商场|百货|广场|物业|地产|置业|实业|旗舰店|专卖店|门店|分店|商城|学校|学院|幼儿园|花园|国际|保健中心|培训|家具|服饰|影楼)"
)
_NOT_LAST = frozenset(
    "的了是在不我你他她它们这那有没和与把被给说要就都也还吗呢吧啊么个只件元块号路街店厂区村镇县市省院校局所部处人费款车房物品货等对向氏于者用乡总馆集班祠卡坪苑婆委局科处会办"
)
_TITLE = re.compile(
    "(?:先生|女士|小姐|书记|主任|经理|老师|医生|警官|师傅|教授|姑娘|太太|总监|保安|老板|同志|律师|法官|大夫|阿姨"
    "|[局校院店市区县镇乡村厅部科处所队班会]长|[总科处导董工姐哥叔家某氏])$"
)
_DOUBTFUL = frozenset(
    "时单费位解强全来都原官应明商计连保台和沿植成花关游查向路管边房银衣木党谈华古米左常安方金蓝白龙梅康楚温牛冷沙洪东盛祝许宁宫石高乐司占于章连严岳靳伏刁毛应盖苑"
)
_JOINS = frozenset("和与由向对同")  # before a name; with some surnames they make a word
# what begins like a place or an operator and is neither
_NO_VETO = re.compile("[市区县镇乡村]长|组织|区别|市民|村民说")
PATTERNS = (_CLAUSE, _HAN, _STARTS, _VETO, _TITLE, _NO_VETO)


@cache
def _weights() -> dict[str, list[int]]:
    """The weights of characters as surname, first of two, last of two and only one of a given name; read at first use."""
    kept = files("suqing.taxonomy").joinpath("data", "given_names.json").read_text(encoding="utf-8")
    table: dict[str, list[int]] = json.loads(kept)["weights"]
    return table


@cache
def _words(kind: str) -> frozenset[str]:
    """The words before and behind persons, everyday words and brands that begin like a name; read at first use."""
    kept = files("suqing.taxonomy").joinpath("data", "person_words.json").read_text(encoding="utf-8")
    return frozenset(json.loads(kept)[kind].split())


@cache
def _brands() -> tuple[str, ...]:
    return tuple(sorted(_words("brands")))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Characters of a clause that may be a name, and what they and their neighbours speak for it (tenths)."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some characters that are read together: where they begin in the text and what may be a name in them."""

    offset: int
    text: str
    candidates: list[_Candidate]


def scan(text: str) -> Iterator[tuple[int, int]]:
    """Give the places of names in normalised text, surname included, in order and apart."""
    pieces = (piece for clause in _CLAUSE.finditer(text) for piece in _pieces(clause.start(), clause.group()))
    last = 0
    while batch := list(islice(pieces, _READ_AT_ONCE)):
        for piece, reading in zip(batch, read([one.text for one in batch]), strict=True):
            for start, end in _chosen(piece, reading):
                if piece.offset + start >= last:  # pieces of a long clause overlap
                    last = piece.offset + end
                    yield piece.offset + start, last


def _pieces(offset: int, clause: str) -> Iterator[_Piece]:
    """Give what has to be read of a clause: nothing of most, otherwise what stands around the candidates."""
    if not _may_hold(clause):
        return
    begin = end = 0
    here: list[_Candidate] = []
    for one in _candidates(clause):
        reach = min(len(clause), one.end + _NEAR)
        if here and (one.start - _NEAR > end or reach - begin > LONGEST):
            yield _Piece(offset + begin, clause[begin:end], here)
            here = []
        if not here:
            begin = max(0, one.start - _NEAR)
        end = max(reach, end)
        here.append(_Candidate(one.start - begin, one.end - begin, one.weight))
    if here:
        yield _Piece(offset + begin, clause[begin:end], here)


def _chosen(piece: _Piece, reading: Reading) -> list[tuple[int, int]]:
    """Choose the names of a piece: the likeliest first, none over another."""
    kept: list[tuple[float, int, int]] = []
    for _start, group in groupby(piece.candidates, key=lambda one: one.start):
        here = [(reading.person(one.start, one.end), one) for one in group]
        # that a name begins here, whatever its length
        odds = 9 * _log_odds(sum(chance for chance, _one in here))
        fit = [(one.weight + odds, one) for chance, one in here if chance >= _LENGTH_LEAST]
        # better one character too many than one that stays
        for weight, one in sorted(fit, key=lambda pair: pair[1].end)[-1:]:
            kept.append((weight, one.start, one.end))
    names: list[tuple[int, int]] = []
    for weight, start, end in sorted(kept, key=lambda one: (-one[0], one[1])):
        if weight >= LEAST and all(end <= begun or ended <= start for begun, ended in names):
            names.append((start, end))
    return sorted(names)


def _log_odds(chance: float) -> float:
    chance = min(max(chance, 1 - _SURE), _SURE)
    return math.log(chance / (1 - chance))


def _may_hold(clause: str) -> bool:
    """Say whether the characters alone could be a name; half of all clauses end here."""
    return any(
        _weight(clause[found.start() : found.start() + length], surname) >= _UNLIKELY
        for found in _STARTS.finditer(clause)
        for surname in (_length_of_surname(clause, found.start()),)
        for length in (surname + 1, surname + 2)
        if found.start() + length <= len(clause)
    )


def _length_of_surname(clause: str, at: int) -> int:
    return 2 if clause[at : at + 2] in COMPOUND_SURNAMES else 1


def _tag(text: str) -> list[Token]:
    tag: Callable[[str, bool], list[Token]] = rjieba.tag
    return tag(text, False)


def _candidates(clause: str) -> Iterator[_Candidate]:
    """Give what may be a name in a clause: it begins where a word begins, and no longer word claims it."""
    for at, known, least in _beginnings(clause):
        surname = _length_of_surname(clause, at)
        for end in range(at + max(surname + 1, known), min(len(clause), at + surname + 2) + 1):
            weight = _weight(clause[at:end], surname)
            if weight < least or not _is_whole(clause, at, end, surname):
                continue
            if (prior := _prior(clause, at, end, weight)) >= _HOPELESS:
                yield _Candidate(at, end, prior)


def _beginnings(clause: str) -> Iterator[tuple[int, int, int]]:
    """Give where a name may begin, how many characters the word there has, and what the characters must weigh."""
    at = 0
    for word, kind in _tag(clause):
        surname = _length_of_surname(clause, at)
        if surname == 2 or word[0] in SURNAMES:
            is_word = len(word) > surname and not kind.startswith("nr")
            yield at, len(word), (_PLACE if kind == "ns" else _CLAIMED) if is_word else _UNLIKELY
        elif len(word) == 2 and word[0] in _JOINS and word[1] in SURNAMES:
            yield at + 1, 1, _CLAIMED  # 和谈, 由于
        at += len(word)


def _is_whole(clause: str, start: int, end: int, surname: int) -> bool:
    """Say whether characters can be a name that ends here: no title, no everyday word, no place or operator."""
    name = clause[start:end]
    return (
        _HAN.fullmatch(name) is not None
        and name[-1] not in _NOT_LAST
        and name not in _words("everyday")
        and not _TITLE.search(name[surname:])
        and not clause.startswith(_brands(), start)
        and (_NO_VETO.match(clause, end) is not None or _VETO.match(clause, end) is None)
    )


def _prior(clause: str, start: int, end: int, weight: int) -> float:
    """Say what characters and neighbours speak for a name, before the tagger is asked (fitted, tenths of log odds)."""
    before, behind = _tag(clause[max(0, start - _NEAR) : start]), _tag(clause[end : end + _NEAR])
    around = _around(before[-1] if before else ("", "x"), behind[0] if behind else ("", "x"))
    doubtful, short = clause[start] in _DOUBTFUL, end - start == 2
    return 0.3 * max(-40, min(weight, 120)) + 0.5 * around - 12 * doubtful - 4 * short


def _weight(name: str, surname: int) -> int:
    table = _weights()
    given = name[surname:]
    weight = (_COMPOUND - 40 * (name[:2] == "东方")) if surname == 2 else table.get(name[0], _NO_WEIGHTS)[0]
    if len(given) == 1:
        return weight + table.get(given, _NO_WEIGHTS)[3]
    return weight + table.get(given[0], _NO_WEIGHTS)[1] + table.get(given[1], _NO_WEIGHTS)[2]


def _around(before: Token, behind: Token) -> int:
    """Say what the words before and behind a name speak for it."""
    left = 20 if before[0] in _words("before") else _KINDS_BEFORE.get(before[1], -12)
    if before[0] in _PLACE_BEFORE or (before[1].startswith("n") and before[0][-1] in "市县区省镇乡道路街"):
        left = -20
    elif left < 5 and len(before[0]) == 1 and before[1] not in ("r", "uj", "d"):
        left = -14  # more likely the middle of a longer name
    right = 18 if behind[0] in _words("behind") else _KINDS_BEHIND.get(behind[1], -12)
    if right < 18 and len(behind[0]) == 1 and behind[1] != "x":
        right = min(right, -12)  # more likely the rest of the name
    return left + right
