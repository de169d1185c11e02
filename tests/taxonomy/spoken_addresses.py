"""A SYNTHETIC sample of spoken addresses with the place each means: templates written by hand, filled with names.

No recording of what people really say is publicly known; the figures measured on it say how the templates are read,
not how callers are understood.  The names come from the shipped divisions and from ours (spoken_places.json).
"""

from __future__ import annotations

from itertools import product

SUZHOU, NANJING = "320500", "320100"

_STREETS = {
    SUZHOU: [
        ("吴江", "松陵", "320509001"), ("吴江", "盛泽", "320509105"), ("吴中", "木渎", "320506103"), ("吴中", "甪直", "320506100"),
        ("相城", "渭塘", "320507105"), ("相城", "黄埭", "320507102"), ("昆山", "玉山", "320583100"), ("昆山", "巴城", "320583101"),
        ("常熟", "虞山", "320581001"), ("张家港", "杨舍", "320582100"), ("太仓", "浏河", "320585102"), ("姑苏", "平江", "320508018"),
    ],
    NANJING: [
        ("江宁", "东山", "320115001"), ("江宁", "禄口", "320115005"), ("栖霞", "迈皋桥", "320113003"), ("浦口", "桥林", "320111005"),
        ("六合", "雄州", "320116006"), ("秦淮", "夫子庙", "320104002"), ("鼓楼", "挹江门", "320106005"), ("玄武", "孝陵卫", "320102009"),
    ],
}  # fmt: skip
_TOWNS = {"木渎", "甪直", "盛泽", "渭塘", "黄埭", "玉山", "巴城", "杨舍", "浏河"}
_OF_STREETS = [
    "{district}{street}{kind}", "{city}{district}{street}{kind}中心路12号", "我在{district}{street}的一家药店买的口罩",
    "{city}{district}{full}{street}{kind}人民路88号楼下", "就是{district}{street}那边，靠近菜场",
    "昨天下午在{city}市{district}{street}的超市买的", "{district}{full}{street}，超市里面鸡蛋卖十块钱一斤", "{street}{kind}的一家饭店不退定金",
]  # fmt: skip
_OTHERS = [
    (SUZHOU, "园区湖东的健身房", "320576"), (SUZHOU, "苏州工业园区星湖街328号", "320576"), (SUZHOU, "工业园区斜塘街道莲花新村", "320576051"),
    (SUZHOU, "园区唯亭那边", "320576052"), (SUZHOU, "观前街那边一家卖口罩的", "320508"), (SUZHOU, "姑苏区观前街玄妙观旁边", "320508"),
    (SUZHOU, "高新区狮山路", "320505"), (SUZHOU, "新区何山路上的药房", "320505"), (SUZHOU, "浒关镇上", "320505"),
    (SUZHOU, "吴江鲈乡南路的大药房", "320509"), (SUZHOU, "石路步行街", "320508"), (SUZHOU, "金鸡湖旁边", "320576"),
    (SUZHOU, "相城区阳澄湖中路", "320507"), (SUZHOU, "吴中区东吴北路", "320506"), (SUZHOU, "昆山市的一家酒店", "320583"),
    (SUZHOU, "太仓那边", "320585"), (SUZHOU, "常熟市人民南路", "320581"), (SUZHOU, "张家港的", "320582"),
    (SUZHOU, "南京江宁东山街道", "320115001"), (SUZHOU, "无锡江阴市澄江街道", "320281001"), (SUZHOU, "上海市浦东新区", "310115"),
    (SUZHOU, "杭州西湖区文三路", "330106"), (SUZHOU, "网上买的，卖家在广州市白云区", "440111"), (SUZHOU, "买了北京烤鸭", ""),
    (SUZHOU, "在南京东路上", ""), (SUZHOU, "朝阳区", "several"), (SUZHOU, "鼓楼区中山路", "several"), (SUZHOU, "我不知道在哪里", ""),
    (SUZHOU, "软件园区的食堂", ""), (SUZHOU, "中国银行的理财", ""), (SUZHOU, "太平盛世饭店", ""), (SUZHOU, "东山路上的", ""),
    (NANJING, "江北新区泰山街道", "3201L1"), (NANJING, "江北新区浦口大道", "3201L1"), (NANJING, "鼓楼区湖南路", "320106003"),
    (NANJING, "鼓楼那边的药店", "320106"), (NANJING, "新街口的商场", "320102003"), (NANJING, "百家湖附近", "320115"),
    (NANJING, "建邺区奥体中心", "320105"), (NANJING, "溧水那边的草莓园", "320117"), (NANJING, "高淳区固城街道", "320118004"),
    (NANJING, "雨花台区软件大道", "320114"), (NANJING, "苏州吴江区盛泽镇", "320509105"), (NANJING, "徐州市鼓楼区", "320302"),
    (NANJING, "北京市朝阳区", "110105"), (NANJING, "南京市浦口区桥林街道", "320111005"), (NANJING, "南京板鸭不新鲜", ""),
]  # fmt: skip


def samples() -> list[tuple[str, str, str]]:
    """Give (city that is near, what is said, code that is meant); "" for no place, "several" for more than one."""
    found = list(_OTHERS)
    for city, name in ((SUZHOU, "苏州"), (NANJING, "南京")):
        for (district, street, code), template in product(_STREETS[city], _OF_STREETS):
            full = "市" if district in ("昆山", "常熟", "张家港", "太仓") else "区"
            kind = "镇" if street in _TOWNS else "街道"
            said = template.format(city=name, district=district, street=street, kind=kind, full=full)
            found.append((city, said, code))
    return found
