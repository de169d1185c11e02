"""Made-up personal data put into real sentences: the public texts have none that is not masked.

Every figure from here is named "real sentences, inserted values (synthetic)".  The writings and the words around a
value were chosen before the redactor was measured on them; no list of the redactor is read here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ground.sentences import Sentence

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕谈衡鞠阚仇佘占麻占粟"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧玲红建国志文玉兰春梅海燕晓东雪松思远子涵浩然梓萱衡小裕本香莲"
CUED_NAMES = (
    "我叫{}，", "联系人：{}，", "投诉人{}，", "找{}先生退款，", "{}女士说不退，", "我是{}，", "本人{}，", "我的名字是{}，",
    "收件人：{}，", "{}老师收的钱，", "店长{}经理不理，", "消费者{}（本人），", "我母亲{}，", "{}医生开的，",
)  # fmt: skip
BARE_NAMES = ("我和{}一起去的，", "{}说没有货，", "当时{}在场，", "钱转给了{}，", "由{}接待，")
# roughly the shares of the largest surnames (in thousandths), with a tail of rarer ones; given names that are in use
FREQUENT = dict(
    zip(
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛"
        "阎段雷龙黎史陶贺顾毛郝龚邵万钱严武戴莫孔向汤",
        [
            72,
            70,
            66,
            52,
            45,
            31,
            23,
            22,
            20,
            19,
            15,
            13,
            13,
            12,
            12,
            12,
            11,
            11,
            10,
            9,
            *range(30, 8, -1),
            *[6] * 60,
        ],
        strict=False,
    )
)
IN_USE = [
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "超",
    "霞",
    "平",
    "刚",
    "军",
    "燕",
    "鹏",
    "辉",
    "斌",
    "波",
    "玲",
    "飞",
    "鑫",
    "红",
    "峰",
    "浩",
    "秀英",
    "秀兰",
    "桂英",
    "玉兰",
    "桂兰",
    "秀珍",
    "凤英",
    "淑珍",
    "建华",
    "建国",
    "建军",
    "志强",
    "志明",
    "海燕",
    "春梅",
    "红梅",
    "晓燕",
    "晓东",
    "丽娟",
    "文静",
    "婷婷",
    "俊杰",
    "宇航",
    "子涵",
    "浩宇",
    "欣怡",
    "梓涵",
    "雨桐",
    "一诺",
    "思远",
    "佳怡",
    "雅婷",
    "国强",
    "永刚",
    "金凤",
    "桂芳",
    "小红",
    "小明",
    "国华",
    "德胜",
    "正兴",
    "翠花",
    "新民",
    "立新",
    "学军",
    "庆丰",
    "宝珠",
    "兴旺",
    "怀玉",
    "彩霞",
    "广生",
    "长青",
    "家豪",
    "嘉欣",
    "若曦",
    "亦辰",
    "可馨",
    "皓轩",
    "诗琪",
    "天宇",
    "明珠",
    "海波",
    "福来",
    "有才",
    "贵生",
    "三妹",
    "水生",
    "玉莲",
    "阿香",
]
_WHO = re.compile(
    r"(?<![其吉维排])[他她](?![们人妈])|对方(?!面)|商家|客服(?!电话|人员|热线|中心)|老板(?!娘)|(?<![一-鿿])业主(?![一-鿿]?委|们|群)"
)
PLACES = "人民路 解放南路 阳光小区 幸福家园 松陵镇鲈乡南路 东山街道上元大街 桂花新村 长江花园 富民苑 工农巷".split()  # noqa: SIM905
HOUSES = (
    "{}88号3幢201室", "{}12号", "{}5幢3单元201室", "{}7-302", "{}三栋二单元五零一", "{}16号楼1804", "{}B座1203室",
    "{}九栋103号", "{}2-1栋", "{}15弄6号401", "{}6栋二单元", "{}23号-2",
)  # fmt: skip
_JOINED = re.compile(r"[0-9A-Za-z０-９零〇一二两三四五六七八九十百千万.·\-]")


@dataclass(frozen=True, slots=True)
class Inserted:
    """A real sentence with a value in it; ``start`` and ``end`` are what has to be hidden."""

    text: str
    start: int
    end: int


def inserted(kind: str, sentences: Iterable[Sentence], each: int, seed: int) -> Iterator[Inserted]:
    """Put ``each`` values of a kind into every sentence, each at a random place of a copy of its own."""
    rng = random.Random(f"{seed} {kind}")
    for sentence in sentences:
        for _repeat in range(each):
            before, value, after = KINDS[kind](rng)
            place = _place(sentence.text, rng)
            start = place + len(before)
            text = sentence.text[:place] + before + value + after + sentence.text[place:]
            yield Inserted(text, start, start + len(value))


def in_place_of_somebody(sentences: Iterable[Sentence], seed: int) -> Iterator[Inserted]:
    """Put a name in place of 他, 她, 对方, 商家, 客服, 老板 or 业主: contexts that nobody wrote for the redactor."""
    rng = random.Random(f"{seed} in place")
    for sentence in sentences:
        if found := list(_WHO.finditer(sentence.text)):
            who = rng.choice(found)
            name = rng.choices(list(FREQUENT), list(FREQUENT.values()))[0] + rng.choice(IN_USE)
            text = sentence.text[: who.start()] + name + sentence.text[who.end() :]
            yield Inserted(text, who.start(), who.start() + len(name))


def put(name: str, sentence: Sentence, rng: random.Random) -> Inserted:
    """Put an operator's name into a sentence."""
    place = _place(sentence.text, rng)
    text = f"{sentence.text[:place]}，在{name}买的，{sentence.text[place:]}"
    return Inserted(text, place + 2, place + 2 + len(name))


def _place(text: str, rng: random.Random) -> int:
    places = [
        place
        for place in range(len(text) + 1)
        if not any(_JOINED.match(text[at]) for at in (place - 1, place) if 0 <= at < len(text))
    ]
    return rng.choice(places) if places else len(text)


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _phone(rng: random.Random) -> tuple[str, str, str]:
    mobile = "1" + rng.choice("3456789") + _digits(rng, 9)
    line = rng.choice(("010", "021", "025", "0512", "0951")), rng.choice("2345678") + _digits(rng, 7)
    written = (
        mobile,
        mobile,
        f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}",
        f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}",
        f"+86{mobile}",
        mobile.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        mobile.translate(str.maketrans("0123456789", "零幺二三四五六七八九")),
        mobile.translate(str.maketrans("0123456789", "零一二三四五六七八九")),
        "-".join(line),
        f"({line[0]}){line[1]}",
        "".join(line),
    )
    return rng.choice(("", "", "电话", "手机号是", "，请打", "联系方式：")), rng.choice(written), ""


def _identity(rng: random.Random) -> tuple[str, str, str]:
    birth = f"{rng.randint(1940, 2010)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    area = rng.choice(("110105", "320502", "320106", "640381", "430104", "510107"))
    body = area + birth + _digits(rng, 3)
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
    number = body + check
    written = (
        number,
        number,
        number.lower(),
        f"{number[:6]} {number[6:14]} {number[14:]}",
        area + birth[2:] + body[-3:],
    )
    return rng.choice(("", "身份证", "身份证号码：", "证件号")), rng.choice(written), ""


def _plate(rng: random.Random) -> tuple[str, str, str]:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    head = rng.choice("京沪苏浙皖粤湘宁川鲁") + rng.choice("ABCDEFGHJKLMN")
    tail = [rng.choice("0123456789") for _ in range(5)]
    tail[rng.randrange(5)] = rng.choice(letters + "0123456789")
    tail[rng.randrange(5)] = rng.choice(letters + "0123456789")
    if not sum(one.isdigit() for one in tail) >= 2:
        tail[:2] = "12"
    new_energy = rng.choice("DF") + _digits(rng, 5)
    written = (
        head + "".join(tail),
        head + "·" + "".join(tail),
        head + new_energy,
        (head + "".join(tail)).lower(),
    )
    return rng.choice(("", "车牌", "车牌号：", "一辆")), rng.choice(written), ""


def _person(rng: random.Random) -> str:
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))


def _named(writings: tuple[str, ...]) -> Callable[[random.Random], tuple[str, str, str]]:
    def make(rng: random.Random) -> tuple[str, str, str]:
        before, after = rng.choice(writings).split("{}")
        return f"，{before}", _person(rng), after

    return make


def _address(rng: random.Random) -> tuple[str, str, str]:
    before, after = rng.choice(HOUSES).split("{}")
    return f"，{rng.choice(('我住', '家住', '住在', '地址', ''))}{rng.choice(PLACES)}{before}", after, "，"


KINDS: dict[str, Callable[[random.Random], tuple[str, str, str]]] = {
    "phone": _phone,
    "identity": _identity,
    "plate": _plate,
    "name with a cue": _named(CUED_NAMES),
    "name without a cue": _named(BARE_NAMES),
    "address": _address,
}
