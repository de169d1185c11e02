"""Names of persons, where a cue gives them away: "my name is", a form's label, a title behind the name.

Names without a cue are found by ``persons``.  No dictionary of given names is read here, so two characters after the surname are taken unless the second is one
that begins what people say next.  Better one character too many than a name that stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from suqing.kit.masks import COMPOUND_SURNAMES

# The frequent surnames, without those that begin everyday words (和 都 时 单 元 车 费 商 ...).
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪"
    "田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦"
    "季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍覃"
    "霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫嫪苟褚廉简娄盖符奚木穆党燕郎邸冀谈姬"
    "屠连郜晏栾郁蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝巩稽井练仲乐虞卞封竺冼衣楚佟栗匡宗应巫鞠僧桑荆谌银扬明沙薄伏岑习胥保衡阚佘占麻粟谯"
)
_NOT_ALONE = frozenset(
    "时单费位解强全来都原官应明商计连保台和沿植成花关游查向路管边房银衣木党谈华古米左常安方"
)
_COMMON = "".join(sorted(set(SURNAMES) - _NOT_ALONE))
_COMPOUND = "|".join(sorted(COMPOUND_SURNAMES))
_HAN = "㐀-鿿"
_SURNAME = rf"(?:{_COMPOUND}|[{SURNAMES}])"
_FREQUENT = rf"(?:{_COMPOUND}|[{_COMMON}])"
_NAME = rf"(?P<surname>{_SURNAME})(?P<given>[{_HAN}]{{1,2}})"
_TITLES = "先生|女士|小姐|同志|师傅|老师|经理|医生|律师|阿姨|大爷|大妈|大姐|大哥|同学|大夫|医师|护士|书记|主任|局长|校长|院长|店长|教授|客服"

SAID = re.compile(
    r"(?:我叫做|我叫|本人叫|(?<![店司铺牌品馆厂楼场吧城园院堂号])名叫|(?<![店司铺牌品馆厂楼场])名字叫做?|名字是|姓名是|姓名为"
    r"|(?:老公|老婆|丈夫|妻子|爱人|孩子|儿子|女儿|父亲|母亲|爸爸|妈妈|我爸|我妈|爷爷|奶奶|老人|朋友|同事|邻居)(?:名字)?叫)"
    rf"[: ]{{0,2}}{_NAME}"
)
WRITTEN = re.compile(
    r"(?:联系人|投诉人|举报人|反映人|当事人|收件人|收货人|寄件人|来电人|来电者|消费者|户主|车主|持卡人|开户人|乘客|患者|学员|家长"
    rf"|姓名|名字|签名)(?:姓名)?(?:: {{0,2}}| ){_NAME}"
)
BEING = re.compile(
    rf"(?:我是(?:[{_HAN}]{{1,10}}的)?|本人)(?P<surname>{_FREQUENT})(?P<given>[{_HAN}]{{1,2}})"
    r"(?=[,。.;:!?、 \n(0-9]|电话|手机|身份证|$)"
)
SPELT = re.compile(rf"姓(?P<surname>{_SURNAME})(?P<given>[, ]{{0,2}}(?:名字叫|名叫|名|叫)[{_HAN}]{{1,2}})")
_END = r"(?=[,。.;:!?、 \n(0-9]|电话|手机|身份证|$)"
# a label of a form: whatever the surname, if the entry ends behind two or three characters
ENTERED = re.compile(
    r"(?:联系人|投诉人|举报人|反映人|收件人|收货人|寄件人|户主|车主|持卡人|开户人|姓名|名字|签名|我叫|名字是|姓名是|名叫)"
    rf"(?:姓名)?(?:: {{0,2}}|(?<=叫)|(?<=是))(?P<surname>[{_HAN}])(?P<given>[{_HAN}]{{1,2}}){_END}"
)
# no colon and no "is called": only a frequent surname counts, and only where the phrase ends
BESIDE = re.compile(
    r"(?:联系人|投诉人|举报人|反映人|当事人|收件人|收货人|寄件人|来电人|消费者|户主|车主|患者|学员|家长|客服|经理|店长|老板娘?"
    r"|老公|老婆|丈夫|妻子|爱人|孩子|儿子|女儿|父亲|母亲|爸爸|妈妈|爷爷|奶奶|同事|邻居|朋友)"
    rf"(?P<surname>{_FREQUENT})(?P<given>[{_HAN}]{{1,2}}){_END}"
)
TITLED = re.compile(rf"(?:{_TITLES})")
PATTERNS = (SAID, WRITTEN, ENTERED, BEING, BESIDE, SPELT, TITLED)

# What people say after a name; rare as the second character of a given name.
_NEXT = frozenset(
    "在的是于说要买购到和与反投举昨前电手身住因对向把被给从没也都就不我你他她跟为了去已曾先女打想这那有"
)
# everyday words that begin like a name
_WORDS = tuple(
    "马上 高中 高一 高二 高三 高考 高烧 高热 高达 高级 周边 周围 江边 石材 金额 占用 占道 占有 占地 占比 占据 占了 占多 占到 占着 占一 麻烦 麻辣 麻醉 金牌 金融 方便 江苏 江南 江北 钱款 温州 龙湖 万达 白领 熊猫 司机 任课 司法 孔子 陶瓷".split()  # noqa: SIM905
)
# what stands behind the label of a form instead of a name
_NO_ENTRY = frozenset("不详 不明 未知 匿名 保密 本人 同上 先生 女士 小姐 没有 商家 老师".split())  # noqa: SIM905
_NO_NAME_END = frozenset("人生员客户家主工商师民者们的了")
_NOT_IN_NAME = frozenset(
    "者的是位名这那有某店老个找跟与给对姓为人户客员叫称让被请在,和及由委村局科处部院校区县市镇乡街党办社会副总边店班长"
)


def scan(text: str) -> Iterator[tuple[int, int]]:
    """Give the places of names in normalised text, surname included; places may overlap."""
    for pattern in (SAID, WRITTEN):
        for match in pattern.finditer(text):
            yield match.start("surname"), _end_of_given(match)
    yield from _ended(text)
    for match in SPELT.finditer(text):
        yield match.start("surname"), match.end("given")
    for match in TITLED.finditer(text):
        start = _start_before_title(text, match.start())
        if start is not None:
            yield start, match.start()


def _ended(text: str) -> Iterator[tuple[int, int]]:
    """Give the names that end where a phrase ends, and are no word that begins or ends like one."""
    for pattern in (ENTERED, BEING, BESIDE):
        for match in pattern.finditer(text):
            said = match["surname"] + match["given"]
            if said not in _NO_ENTRY and said[-1] not in _NO_NAME_END and _may_be_name(said):
                yield match.start("surname"), match.end("given")


def _may_be_name(said: str) -> bool:
    return not said.startswith(_WORDS) and not said.endswith(("先生", "女士", "小姐", "老师"))


def _end_of_given(match: re.Match[str]) -> int:
    given = match["given"]
    return match.end("given") - (len(given) == 2 and given[1] in _NEXT)


def _start_before_title(text: str, end: int) -> int | None:
    """Find where a full name in front of a title begins; None for a surname alone or no name."""
    for length in (4, 3, 2):
        candidate = text[max(0, end - length) : end]
        if len(candidate) < length or not all("㐀" <= character <= "鿿" for character in candidate):
            continue
        surname = 2 if candidate[:2] in COMPOUND_SURNAMES else 1
        given = candidate[surname:]
        known = surname == 2 or candidate[0] in _COMMON
        plausible = 1 <= len(given) <= 2 and not _NOT_IN_NAME.intersection(given)
        if known and plausible and not candidate.startswith(_WORDS):
            return end - length
    return None
