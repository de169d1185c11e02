"""A typical case for a bulletin: short, and without the name of the operator.  Pure; reads match_text only.

A reported operator must not learn of a report (O20 art. 33, O121 art. 37), and a bulletin travels: operators become
"某药店".  First the registered name and its distinctive parts, then names that end like an operator's after a
word that introduces a place; what the redactor left of people goes as a clause, and the text ends at a sentence.
"""

from __future__ import annotations

import re

LONGEST = 160  # characters of a typical case
SHORTEST_PART = 3  # a shorter part of a name also occurs in ordinary words

# (what the name holds, what the operator is called); the first that fits.
_SORTS: tuple[tuple[str, str], ...] = (
    ("药房|药店|医药|药业", "药店"),
    ("便利|小卖部|烟杂|百货|杂货", "便利店"),
    ("超市|购物|卖场|生鲜", "超市"),
    ("菜市|农贸|市场|摊|农副", "农贸市场经营户"),
    ("酒店|宾馆|民宿|客栈|旅馆", "酒店"),
    ("旅行社|旅游|旅行", "旅行社"),
    ("票务|商旅|网络|电子商务|网店|平台", "网络经营者"),
    ("婚", "婚庆经营者"),
    ("健身|瑜伽|游泳", "健身经营者"),
    ("培训|教育|学校|早教", "培训机构"),
    ("影城|影院|电影", "影院"),
    ("快递|速运|物流", "快递企业"),
    ("酒楼|饭店|餐|菜馆|食府|小吃|宴会", "餐饮店"),
    ("美容|美发|养生|造型", "美容店"),
    ("装饰|装修|建材|家居", "装修企业"),
    ("停车|物业", "停车服务企业"),
    ("汽车|4S", "汽车经营者"),
    ("加油", "加油站"),
    ("洗衣|干洗|洗涤", "洗衣店"),
    ("服装|鞋|服饰", "服装店"),
    ("手机|通讯|数码", "通讯器材店"),
    ("电器|家电|电子|厨卫", "电器商场"),
)
_FORMAL = r"(?:股份|责任|有限|连锁|管理|集团|服务|总|分)"
_ENDINGS = (
    "大药房|药房|药店|便利店|小卖部|超市|购物中心|商场|商行|百货店|经营部|大酒店|酒店|宾馆|民宿|客栈|旅行社|酒楼|"
    "大饭店|饭店|餐厅|餐馆|菜馆|食府|小吃店|健身房|健身俱乐部|俱乐部|会所|培训中心|培训学校|影城|影院|美容院|美容店|"
    "理发店|服务部|专卖店|专营店|旗舰店|服装店|洗衣店|干洗店|加油站|公司"
)
_INTRODUCED = re.compile(
    rf"(?P<before>(?:^|[在到去从向与和被由对，。；：、！？\s]|购于|来自|位于|名为|叫做))"
    rf"(?P<name>[㐀-鿿A-Za-z0-9（）()·]{{2,18}}?{_FORMAL}*(?P<ending>{_ENDINGS}))"
)
# What people say instead of a name; it stays as it is.
_VAGUE = re.compile(
    r"一家|某|附近|楼下|门口|小区|对面|路口|家里|网上|这家|那家|该|本|几家|多家|这个|那个|平台上|朋友圈|旁边|一个|一间|各|有的|其他|别的|这|那|买|的"
)
_TRADES = (
    "生鲜|购物|生活|仓储|健康|医药|药业|连锁|度假|快捷|国际|旅行|旅游|票务|商旅|网络|科技|电子商务|贸易|日用品|防护用品|"
    "教育|艺术|英语|培训|健身|瑜伽|游泳|婚庆|礼仪|婚礼|婚纱|美容|美发|养生|装饰|建材|家居|停车|物业|汽车|电器|家电|餐饮|"
    "私房|农副产品|农贸市场|菜市场|蔬菜|水产|日杂|百货|烟杂|食品|通讯|手机|数码|服装|服饰|鞋业|洗涤|快递|速运|物流"
)
_GENERIC = re.compile(
    rf"{_TRADES}|有限责任公司|股份有限公司|有限公司|分公司|公司|{_FORMAL}|江苏省?|苏州市?|南京市?|[㐀-鿿]{{2,4}}(?:(?<![小社])区|县|(?<![超夜菜集城])市)|(?:{_ENDINGS})"
)
_DISTRICT = re.compile(r"(?:江苏省?)?(?:苏州市?|南京市?)?[㐀-鿿]{2,3}(?:区|县|市)|苏州工业园区")


def sort_of(entity_name: str) -> str:
    """What kind of operator the name tells of: 药店, 酒店; 经营者 if it tells nothing."""
    return next((word for pattern, word in _SORTS if re.search(pattern, entity_name)), "经营者")


def without_operator(text: str, entity_name: str) -> str:
    """The text with the operator's name, its distinctive parts and names like it replaced."""
    nameless = f"某{sort_of(entity_name)}"
    for part in _parts(text, entity_name):
        ending = rf"(?:{_FORMAL}*(?:{_ENDINGS}))?(?:（[^（）]{{1,12}}店）)?"
        # A short brand may also be the name of a street, which says where it happened and stays.
        street = "(?!路|街|巷|镇|小区|新村)" if len(part) <= SHORTEST_PART else ""
        text = re.sub(re.escape(part) + street + ending, nameless, text)
    text = _INTRODUCED.sub(_hide_introduced, text)
    return re.sub(rf"(?:{re.escape(nameless)})+", nameless, text)


def _parts(text: str, entity_name: str) -> list[str]:
    """The name, and the longest distinctive pieces of it that the text holds; longest first."""
    if not entity_name:
        return []
    found = {entity_name} if entity_name in text else set()
    for piece in _GENERIC.sub("\n", entity_name.replace("（", "\n").replace("）", "\n")).split("\n"):
        if len(piece) >= 2 and piece in text:
            found.add(piece)
    for size in range(min(len(entity_name), 20), SHORTEST_PART - 1, -1):
        for start in range(len(entity_name) - size + 1):
            piece = entity_name[start : start + size]
            if piece in text and not _is_ordinary(piece) and not any(piece in known for known in found):
                found.add(piece)
    return sorted(found, key=len, reverse=True)


def _is_ordinary(piece: str) -> bool:
    """Whether nothing distinctive is left of a piece of a name."""
    return len(_GENERIC.sub("", piece)) < 2


def _hide_introduced(match: re.Match[str]) -> str:
    name = match["name"]
    if _VAGUE.search(name) or name == match["ending"]:
        return match[0]
    district = _DISTRICT.match(name)
    kept = district[0] if district and district.end() < len(name) else ""
    return f"{match['before']}{kept}某{sort_of(name)}"


_CLAUSE = re.compile(r"[^，,。；;！？!?\n]+(?:[，,；;]|(?=[。！？!?\n])|$)")
# What leads to a person although the redactor left it: long numbers (orders, tickets), a surname without a name.
_LEADS = re.compile(r"[0-9]{7,}|(?:我|免贵|本人)(?:姓|叫)")


def without_remains(text: str) -> str:
    """The text without the clauses from which personal data were cut, and without numbers that lead to a person."""
    text = _CLAUSE.sub(lambda clause: "" if "*" in clause[0] or _LEADS.search(clause[0]) else clause[0], text)
    text = re.sub(r"\s+", "", text).replace(",", "，").replace(";", "；")
    text = re.sub(r"(?<![，；])[，；]+(?=[。！？])", "", text)
    return re.sub(r"^[，；。！？]+|(?<=[。！？])[，；。]+", "", text)


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text cut after a whole sentence, else after a clause, at most ``longest`` characters."""
    text = re.sub(r"\s+", "", text).strip()
    if len(text) <= longest:
        return text if not text or text[-1] in "。！？…" else text.rstrip("，、；：,;") + "。"
    head = text[:longest]
    sentence = max(head.rfind(mark) for mark in "。！？")
    if sentence >= longest // 3:
        return head[: sentence + 1]
    clause = max(head.rfind(mark) for mark in "，；,;")
    return (head[:clause] if clause >= longest // 3 else head[:-1]) + "……"
