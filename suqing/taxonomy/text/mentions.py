"""Operators, platforms, goods and order numbers that a narrative names, at their places.  Offers, never decisions.

An operator is found by how its name ends (公司, 超市, 医院); where it begins is guessed from the words that stand
before names.  Names without such an end (海航, 步步高) are not found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from suqing.taxonomy.text.extract import goods_at
from suqing.taxonomy.text.normalise import normalise

_NAME = r"㐀-鿿A-Za-z0-9&·()"
_ENDS = (
    "有限责任公司|股份有限公司|有限公司|公司|集团|超市|大药房|药房|药店|大酒店|酒店|宾馆|饭店|餐厅|酒楼|茶楼|酒吧|网吧|咖啡馆|医院"
    "|妇幼保健院|卫生院|诊所|银行|商场|百货|俱乐部|健身房|美容院|培训中心|培训学校|驾校|加油站|加气站|邮局|旅行社|照相馆|影楼|影院"
    "|KTV|专卖店|便利店|旗舰店|4S店|门市部|经营部|家具城|建材城|木业|置业|地产|物业(?!费|所有|管理|服务|人员|用房|与|方|部|办)|采石场|砂石场|林场|水泥厂|制药厂"
)
OPERATOR = re.compile(
    rf"[{_NAME}]{{1,26}}?(?:{_ENDS})(?:第?[一二三四五六七八九十]?分?(?:公司|店))?(?![{_ENDS[:2]}])"
)
# a name begins behind the last of these
_CUT = re.compile(
    r"投诉|举报|反映|控告|追究|查处|要求|请求|请问|咨询|关于|建议|呼吁|强烈|质疑|曝光|解决|严查|彻查|名称|名为|位于|隶属|来自|属于"
    r"|因为|由于|以及|旗下|给予|就是|认为|不是|没有|出现|发现|购买|市民|业主|居民|我们|他们|本人|自己|附近|旁边|楼下|对面|一家|一个"
    r"|身为|怀疑|[在到去向被对由过与和跟给从是的了有让把将及或请问为至让买问遭我你他]"
)
_GENERIC = re.compile(
    r"^(?:[某该贵本此各多几两三其每]|一[家些个]|什么|哪|所有|其他|这|那|相关|上述|开发|房产|房|地|教育|利益|即得利益|既得利益|原来?|烟草|兽|无证行医|房地产|建筑|建设|物业|装修|快递|供水|燃气"
    r"|经营|销售|食品|小|大|家|个|方|保险|分|子|母|总|外包|大型|中型|小型|私立|公立|私人|正规|出租|施工|承包|设计|管理|乙方|甲方|网上|路边|乡镇|村|专业){0,3}$"
)
# 小坝镇超市 is a supermarket in a town, no name
_PLACE_END = re.compile(r"(?:[省县区镇乡村街路巷]|(?<!超)市|街道|小区|地区)$")
_PLATFORMS = (
    "淘宝 天猫 京东 拼多多 苏宁易购 唯品会 抖音 快手 小红书 美团 饿了么 大众点评 携程 去哪儿 飞猪 同程 闲鱼 转转 得物 当当 "
    "滴滴 微店 有赞 盒马 叮咚买菜 每日优鲜 朴朴 百度 支付宝 58同城 贝壳 自如 链家 12306 国美在线 考拉海购"
)
PLATFORM = re.compile(
    "|".join(re.escape(name) for name in sorted(_PLATFORMS.split(), key=len, reverse=True))
    + r"|(?<=平台)[㐀-鿿]{1,3}(?:贷|购|宝|网)|[㐀-鿿]{1,3}网(?=平台|的(?:出借|用户|卖家))"
)
ORDER = re.compile(
    r"(?:订单|运单|快递单|物流单|流水|交易单?|工单|登记|受理|发票)(?:编号|号码|号|码)(?:是|为)?[: #]{0,3}(?P<number>[A-Za-z0-9\-]{6,40}+)"
)
PATTERNS = (OPERATOR, PLATFORM, ORDER)


@dataclass(frozen=True, slots=True)
class Mention:
    """Something named at a place of the given text; ``value`` is its name (of goods: the goods that it names)."""

    kind: str  # operator, platform, goods, order number
    value: str
    start: int
    end: int


def find_mentions(text: str) -> tuple[Mention, ...]:
    """Give what a narrative names, in order of place."""
    plain = normalise(text)
    found = [("goods", goods, start, end) for goods, start, end in goods_at(plain.text)]
    found += [("platform", match.group(), *match.span()) for match in PLATFORM.finditer(plain.text)]
    found += [
        ("order number", match["number"], *match.span("number")) for match in ORDER.finditer(plain.text)
    ]
    for match in OPERATOR.finditer(plain.text):
        start = match.start() + _begins(match.group())
        name = plain.text[start : match.end()]
        if _is_name(name):
            found.append(("operator", name, start, match.end()))
    found.sort(key=lambda one: (one[2], one[3]))
    return tuple(Mention(kind, value, *plain.original(start, end)) for kind, value, start, end in found)


def _begins(said: str) -> int:
    """Find where a name begins in what stands up to its end: behind the last word that is no part of a name."""
    begin = 0
    end = _END.search(said)
    for cut in _CUT.finditer(said, 0, end.start() if end else 0):
        begin = cut.end()
    return begin


def _is_name(name: str) -> bool:
    """Say whether something stands before the end that is not a word for any such operator."""
    end = _END.search(name)
    return (
        end is not None
        and not _GENERIC.match(name[: end.start()])
        and not _PLACE_END.search(name[: end.start()])
    )


_END = re.compile(rf"(?:{_ENDS})(?:第?[一二三四五六七八九十]?分?(?:公司|店))?$")
