"""Names of persons without a cue (钱转给了陈志远, 张伟把我拉黑了): what their characters, words and neighbours speak for.

A name is a surname and one or two characters that no word of the dictionary claims.  Its weight is the sum of the
log odds of its characters (``data/given_names.json``, which names its source and licence) and of what stands
before and behind it; above ``LEAST`` it counts.  A name that goes on as the name of a place or an operator stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files

import rjieba

from suqing.kit.masks import COMPOUND_SURNAMES
from suqing.taxonomy.text.names import SURNAMES

LEAST = 55  # tenths of log odds; chosen on development sentences (docs/text.md)
_UNKNOWN = 0  # a rare character; all common ones are in the table
_NO_WEIGHTS = [_UNKNOWN] * 4
_MOST_AROUND = 38  # what the best of neighbours can add
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
    "(?:先生|女士|小姐|书记|主任|局长|校长|院长|店长|经理|老师|医生|警官|师傅|教授|姑娘|太太|总监|保安|老板|同志|家|某|氏)$"
)
_PLACE_LAST = frozenset("湖山江湾苑园坪庭郡坝府桥岭塔楼庄州谷溪洞城海河塘港峰岛")
_DOUBTFUL = frozenset(
    "时单费位解强全来都原官应明商计连保台和沿植成花关游查向路管边房银衣木党谈华古米左常安方金蓝白龙梅康楚温牛冷沙洪东盛祝许宁宫石高乐司占于章连严岳靳伏刁毛应盖苑"
)
PATTERNS = (_CLAUSE, _HAN, _STARTS, _VETO, _TITLE)


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


def scan(text: str) -> Iterator[tuple[int, int]]:
    """Give the places of names in normalised text, surname included, in order and apart."""
    for clause in _CLAUSE.finditer(text):
        if _may_hold(clause.group()):
            for start, end in _in_clause(clause.group()):
                yield clause.start() + start, clause.start() + end


def _may_hold(clause: str) -> bool:
    """Say whether the characters alone could be a name with the best of neighbours; most clauses end here."""
    weigh, last = _weights().get, len(clause) - 1
    for found in _STARTS.finditer(clause, 0, max(0, last)):
        at = found.start()
        if clause[at : at + 2] in COMPOUND_SURNAMES:
            return True
        first = clause[at]
        given = weigh(clause[at + 1], _NO_WEIGHTS)
        best = given[3]
        if at + 1 < last:
            best = max(best, given[1] + weigh(clause[at + 2], _NO_WEIGHTS)[2])
        surname = weigh(first, _NO_WEIGHTS)[0] - 25 * (first in _DOUBTFUL)
        if surname + best >= LEAST - _MOST_AROUND:
            return True
    return False


def _in_clause(clause: str) -> Iterator[tuple[int, int]]:
    tag: Callable[[str, bool], list[Token]] = rjieba.tag
    tokens = tag(clause, False)
    starts, place = [], 0
    for word, _kind in tokens:
        starts.append(place)
        place += len(word)
    at = 0
    while at < len(tokens):
        best = max(_candidates(clause, tokens, starts, at), default=None)
        if best is not None and best[0] >= LEAST:
            yield starts[at], starts[at] + best[2]
            at += best[1]
        else:
            at += 1


def _candidates(
    text: str, tokens: list[Token], starts: list[int], at: int
) -> Iterator[tuple[float, int, int]]:
    """Give the weight, count of words and length of each name that may begin with a word."""
    first, kind = tokens[at]
    surname = 2 if first[:2] in COMPOUND_SURNAMES else 1
    if (surname == 1 and first[0] not in SURNAMES) or len(first) > surname + 2:
        return
    if len(first) > surname and (not kind.startswith("nr") or first in _words("everyday")):
        return
    name = ""
    for count in (1, 2, 3):
        if at + count > len(tokens) or (count > 1 and len(tokens[at + count - 1][0]) > 2):
            return
        name += tokens[at + count - 1][0]
        if len(name) > surname + 2 or not _HAN.fullmatch(name):
            return
        if _TITLE.search(name[surname:]):
            return
        if (
            text.startswith(_brands(), starts[at])
            or len(name) == surname
            or _NOT_LAST.intersection(name[surname:])
            or _VETO.match(text, starts[at] + len(name))
        ):
            continue
        weight = _weight(name, surname) - _doubt(tokens[at : at + count], name)
        behind = tokens[at + count] if at + count < len(tokens) else ("", "x")
        yield weight + _around(tokens[at - 1] if at else ("", "x"), behind), count, len(name)


def _doubt(words: list[Token], name: str) -> int:
    """Say what speaks against a name: a surname that is an everyday word, an end of places, words of the dictionary."""
    doubt = 25 * (name[0] in _DOUBTFUL) + 25 * (name[-1] in _PLACE_LAST)
    if len(words) == 1:
        return doubt + (15 if len(name) == 2 else 5)
    given = words[1:] if len(words[0][0]) == 1 else words
    return doubt + sum(20 for word, kind in given if len(word) == 2 and not kind.startswith("nr"))


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
