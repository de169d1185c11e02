"""One scanner for each kind of personal data, in order of precedence; all read normalised text.

Every expression is linear in the length of the text: what may repeat without limit is possessive (``++``)
and begins only where such a run can begin, everything else is bounded.  ``tests/taxonomy/test_scanners.py``
checks that on the parsed expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from suqing.taxonomy.text import identity, names, persons

Accept = Callable[[re.Match[str]], bool]

HAN_DIGIT = "零〇一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖"
NUMBER = rf"(?:[0-9A-Za-z]{{1,5}}|[{HAN_DIGIT}十百]{{1,6}})"
SEPARATOR = r"[ \-.·_—–/]"
ORDER_CUE = re.compile(
    r"(?:订单|运单|快递单|物流单|流水|交易|工单|登记|受理|发票|单据|合同|批|票|凭证|编|单|条形|商品|货)"
    r"(?:编号|号码|号|码|编码)(?:是|为)?[: #]{0,3}[A-Za-z]{0,4}-?$"
)
CARD_CUE = re.compile(
    r"(?:卡号|银行卡|储蓄卡|信用卡|账号|帐号|账户|帐户)(?:号码|号|尾号)?(?:是|为)?[: ]{0,3}$"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A range of the normalised text and the kind of personal data in it."""

    start: int
    end: int
    kind: str


def always(_match: re.Match[str]) -> bool:
    """Accept whatever the expression found."""
    return True


@dataclass(frozen=True, slots=True)
class Scanner:
    """An expression whose group ``hide`` (or whole match) is personal data if ``accept`` agrees."""

    kind: str
    pattern: re.Pattern[str]
    accept: Accept = always

    def scan(self, text: str) -> Iterator[Found]:
        for match in self.pattern.finditer(text):
            if self.accept(match):
                yield Found(*match.span("hide"), self.kind)


def before(match: re.Match[str], length: int = 20) -> str:
    """Give the few characters in front of a match."""
    return match.string[max(0, match.start("hide") - length) : match.start("hide")]


def _is_identity(match: re.Match[str]) -> bool:
    """Accept a valid number, and an 18-character look-alike that is neither an order's nor an operator's."""
    found = match["hide"]
    number = re.sub(r"[ \-]", "", found).upper()
    if identity.is_valid(number):
        return True
    if len(number) != 18 or number != found.upper():
        return False
    return not ORDER_CUE.search(before(match)) and not identity.is_operator_code(number)


def _is_card(match: re.Match[str]) -> bool:
    number: str = re.sub(r"[ \-]", "", match["hide"])
    if CARD_CUE.search(before(match)):
        return True
    if not 16 <= len(number) <= 19 or ORDER_CUE.search(before(match)):
        return False
    return number[:2] == "62" or identity.luhn(number)  # 62: China UnionPay, also where misheard


def _is_spoken(match: re.Match[str]) -> bool:
    """Accept a number in Chinese digits; figures with blanks between are lists of amounts."""
    return sum(character in HAN_DIGIT for character in str(match["hide"])) >= 6


def _is_plate(match: re.Match[str]) -> bool:
    return sum(character.isdigit() for character in str(match["hide"])) >= 2


EMAIL = r"(?<![A-Za-z0-9_.%+\-])(?P<hide>[A-Za-z0-9_.%+\-]++@[A-Za-z0-9.\-]{1,80})"
ACCOUNT = (
    r"(?:微信|weixin|wechat|(?<![A-Za-z])vx|(?<![A-Za-z])wx|(?<![A-Za-z])qq|扣扣)"
    r"(?:号码|账号|帐号|号|id)?(?:是|为)?[: ]{0,3}"
    r"(?P<hide>[a-z][a-z0-9_\-]{5,}+|[0-9]{5,}+(?![.,]?[0-9元块万千]|人民币))"
)
PASSPORT = (
    r"(?:护照|通行证|证件|身份证|军官证)(?:号码|号)?(?:是|为)?[: ]{0,3}"
    r"(?P<hide>[A-Za-z]{1,2}[0-9]{6,10})(?![0-9])"
)
IDENTITY = (
    r"(?<![0-9A-Za-z])(?P<hide>[1-9][0-9]{5}[ \-]?[0-9]{8}[ \-]?[0-9]{3}[0-9Xx]|[1-9][0-9]{14})"
    r"(?![0-9A-Za-z])"
)
CARD = r"(?<![0-9])(?P<hide>[0-9]{4}(?:[ \-]?[0-9]{4}){2}(?:[ \-]?[0-9]{1,4}){0,2})(?![0-9])"
_S = rf"{SEPARATOR}{{0,2}}"
MOBILE = (
    rf"(?<![0-9])(?P<hide>(?:\(?(?:\+|00)?86\)?{_S})?(?:1{SEPARATOR}[3-9](?:{SEPARATOR}[0-9]){{9}}|1[3-9](?:"
    rf"[0-9]{_S}[0-9]{{4}}{_S}[0-9]{{4}}|[0-9]{_S}[0-9]{{3}}{_S}[0-9]{{5}}|[0-9]{{2}}{_S}[0-9]{{4}}{_S}[0-9]{{3}}"
    rf"|[0-9]{{5}}{_S}[0-9]{{4}})))(?![0-9])"
)
SPOKEN = (
    rf"(?<![{HAN_DIGIT}0-9])(?P<hide>(?:[一幺壹1]{_S}[三四五六七八九叁肆伍陆柒捌玖3-9](?:{_S}[{HAN_DIGIT}0-9]){{9}}"
    rf"|[零〇0]{_S}[{HAN_DIGIT}1-9](?:{_S}[{HAN_DIGIT}0-9]){{8,10}}))(?![{HAN_DIGIT}0-9])"
)
LANDLINE = (
    rf"(?<![0-9])(?P<hide>(?:(?:(?:\+|00)86{_S})?\(?0[1-9][0-9]{{1,2}}\)?{_S}[2-9][0-9]{{2,3}}{_S}[0-9]{{4}}"
    rf"|0[0-9]{{2,3}}-[0-9]{{7,8}})(?:(?:-|转|分机){_S}[0-9]{{1,6}})?)(?![0-9])"
)
LOCAL_LINE = (
    r"(?:电话|座机|手机|固话|联系方式|传真|致电|拨打)(?:号码|号)?(?:是|为)?[: ]{0,3}"
    r"(?P<hide>[2-8][0-9]{2,3}[ \-]?[0-9]{4})(?![0-9元块]|人民币)"
)
# after a cue a number may be cut anywhere: 13 8123 45678
CUED_MOBILE = (
    r"(?:电话|座机|手机|号码|联系方式|联系|致电|拨打|微信)(?:号码|号)?(?:是|为)?[: ]{0,3}"
    rf"(?P<hide>1{_S}[3-9](?:{_S}[0-9]){{9}})(?![0-9])"
)
PLATE = (
    r"(?P<hide>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z][·. \-]?"
    r"[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳])(?![A-Za-z0-9])"
)
_UNITS = "号楼|号院|单元|幢|栋|座|室|弄|楼|层|户|号"
_MORE = rf"(?:[ \-,]?{NUMBER}(?:{_UNITS}))"
# a room without its word (1804, 五零一) behind a house or a floor; not a count, a sum or a year
_ROOM = rf"(?:[ \-]?(?:[0-9]{{3,4}}|[{HAN_DIGIT}]{{3,4}}|(?<=[弄号])-?[0-9]{{1,4}})(?![0-9元块年月日号度平米人个户余多]))"
HOUSE = (
    r"(?:(?<=[路街巷弄村组园苑庄])|(?<=[大街]道)|(?<=小区))"
    r"(?P<hide>[0-9]{1,5}(?:-[0-9]{1,4})?(?:号(?![线店门码称楼院])|弄)"
    rf"{_MORE}{{0,6}}(?:{_ROOM}|[ \-]?[0-9]{{2,4}}(?![0-9元]))?)"
)
DASHED = r"(?<=[区苑园庄府城湾庭邸墅])(?P<hide>[0-9]{1,3}(?:-[0-9]{1,4}){1,3}(?:号|室)?)(?![0-9栋幢])"
DASHED_ROOM = r"(?<=[村里巷弄路街])(?P<hide>[0-9]{1,3}-[0-9]{3,4}(?:号|室)?)(?![0-9])"
FLAT = (
    rf"(?<![0-9A-Za-z])(?P<hide>[0-9A-Za-z]{{1,4}}(?:-[0-9A-Za-z]{{1,4}})?(?:号楼|号院|幢|栋|单元){_MORE}{{0,6}}"
    rf"(?:{_ROOM}(?:[、/和及]{_ROOM}){{0,4}}|[ \-][0-9]{{2}}(?![0-9元]))?|[0-9A-Za-z]{{1,4}}座{_MORE}{{1,6}}{_ROOM}?"
    rf"|[{HAN_DIGIT}十]{{1,3}}(?:号楼|幢|栋|单元){_MORE}{{1,6}}{_ROOM}?|[0-9]{{3,4}}室)"
)

# a bare room: the figures of a floor and of a door, where what is behind says that it is a home
_DOOR = r"(?:[1-9]|[1-4][0-9])(?:0[1-9]|[12][0-9]|3[0-6])"
BARE_ROOM = (
    rf"(?<![0-9A-Za-z.,\-+¥$第约近共达过满等有号前后价])(?P<hide>{_DOOR})"
    r"(?=房(?![源型价款产贷子])|室|的?(?:图纸|户型图|房主|房东|房间|住户|租户|邻居|户主|厨房|卫生间|阳台|客厅|卧室|天花板|漏水|渗水|反水|跑水|被淹|被盗)"
    r"|(?:号)?(?:业主|家)(?![0-9大委代]))"
)
FLOOR_ROOM = rf"(?<=[0-9{HAN_DIGIT}十]楼)(?P<hide>{_DOOR})(?![0-9.%元块年月日号度平米人个户余多万千百])"
MORE_ROOMS = (
    rf"(?P<hide>{_DOOR}(?:[、/和及]{_DOOR}){{1,20}}+)(?=(?:的|住|等|两|三)?(?:户|家|室|房|业主|住户))"
)
_YEAR = re.compile("19[0-9]{2}|20[0-3][0-9]")


def _is_room(match: re.Match[str]) -> bool:
    """Leave years where people or papers could be of a year (2019业主, 2019的图纸); a room of that number stays."""
    follows = match.string[match.end("hide") : match.end("hide") + 1]
    return not (_YEAR.fullmatch(match["hide"]) and int(match["hide"]) >= 1949 and follows not in "房室")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


SCANNERS: tuple[Scanner, ...] = (
    Scanner("email", _compiled(EMAIL)),
    Scanner("account", _compiled(ACCOUNT)),
    Scanner("identity", _compiled(PASSPORT)),
    Scanner("identity", _compiled(IDENTITY), _is_identity),
    Scanner("card", _compiled(CARD), _is_card),
    Scanner("phone", _compiled(MOBILE)),
    Scanner("phone", _compiled(CUED_MOBILE)),
    Scanner("phone", _compiled(LANDLINE)),
    Scanner("phone", _compiled(SPOKEN), _is_spoken),
    Scanner("phone", _compiled(LOCAL_LINE)),
    Scanner("plate", _compiled(PLATE), _is_plate),
    Scanner("address", _compiled(HOUSE)),
    Scanner("address", _compiled(DASHED)),
    Scanner("address", _compiled(DASHED_ROOM)),
    Scanner("address", _compiled(FLAT)),
    Scanner("address", _compiled(BARE_ROOM), _is_room),
    Scanner("address", _compiled(FLOOR_ROOM)),
    Scanner("address", _compiled(MORE_ROOMS)),
)


def scan(text: str) -> Iterator[Found]:
    """Give all that the scanners find in normalised text, in order of precedence; ranges may overlap."""
    for scanner in SCANNERS:
        yield from scanner.scan(text)
    for start, end in names.scan(text):
        yield Found(start, end, "name")
    for start, end in persons.scan(text):
        yield Found(start, end, "name")
