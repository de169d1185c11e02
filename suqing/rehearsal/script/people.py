"""The people who turn to the simulated centre.

How to recognise them: every mobile number lies in the block 1540 xxx xxxx (154 is a head that was not given to any
operator in 2020), every landline begins with the area code and 00 (0512-00, 025-00; no local number begins with 0), and every identity number has
the region 329999, which does not exist; its check digit is valid.
"""

from __future__ import annotations

from random import Random

from suqing.rehearsal.script.cities import city_of
from suqing.rehearsal.script.contact import Caller
from suqing.rehearsal.script.places import home_place

MOBILE_BLOCK = "1540"
ID_REGION = "329999"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤钮盛俞计费殷"
)
_COMPOUND = ("欧阳", "上官", "诸葛", "司马", "皇甫")
_MIDDLE = "建国志文晓小丽秀玉海永春金雪美明海俊思雨佳子梓宇一春桂红凤爱国家振德兰惠冬阿根水福巧"
_LAST = "华明军平英芳伟强敏静丽娟艳勇杰涛超霞刚红梅兰玲珍琴凤洁琳云莲荣龙生妹宝林根泉兴发轩涵怡欣妍晨阳"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
REGULARS = 260  # people who turn to the centre again and again; the number is invented


def caller(rng: Random, seed: int, district: str, regulars: int = REGULARS) -> Caller:
    """Draw a person: now and then one of the regulars of this seed, who keep name, number and home."""
    if rng.random() < 0.06:
        known = Random(f"{seed}:regular:{rng.randrange(regulars)}")
        return _person(known, district)
    return _person(rng, district)


def surname_of(name: str) -> str:
    """Return the family name, also of two characters."""
    return name[:2] if name[:2] in _COMPOUND else name[:1]


def _person(rng: Random, district: str) -> Caller:
    surname = rng.choice(_SURNAMES) if rng.random() < 0.985 else rng.choice(_COMPOUND)
    given = rng.choice(_LAST) if rng.random() < 0.16 else rng.choice(_MIDDLE) + rng.choice(_LAST)
    title = rng.choice(("先生", "女士"))
    phone = (
        f"{city_of(district).landline_block}{rng.randrange(10**6):06d}"
        if rng.random() < 0.06
        else f"{MOBILE_BLOCK}{rng.randrange(10**7):07d}"
    )
    return Caller(surname + given, title, phone, _id_number(rng), home_place(rng, district))


def _id_number(rng: Random) -> str:
    """GB 11643: 17 digits and a check digit after ISO 7064 MOD 11-2."""
    born = f"{rng.randint(1940, 2001)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    first = f"{ID_REGION}{born}{rng.randrange(1000):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True))
    return first + "10X98765432"[total % 11]
