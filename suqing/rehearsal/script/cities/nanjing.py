"""Nanjing, 20 January to 5 March 2020, and the same days of 2019: how many matters of which sort a day has.

Source: the press article of 5 March 2020 on the centre of Nanjing (A-NJ).  Its counts run "since prevention began" to an
unstated day.  Its 37 daily reports fit the 37 days from 24 January to 29 February: all published numbers are laid into
this window, and every number of it is exact for each seed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from suqing.analytics.published import Published
from suqing.cases.vocabulary import Kind
from suqing.rehearsal.script.cities.city import Calibration, City, DistrictPost, Roster, Sort, Sorts
from suqing.rehearsal.script.days import days, is_holiday, is_office_day
from suqing.rehearsal.script.shares import Urn, apportioned
from suqing.rehearsal.script.tables import is_epidemic, mix

REPLAY = (date(2020, 1, 20), date(2020, 3, 5))
BASELINE = (date(2019, 1, 20), date(2019, 3, 5))
WINDOW = (date(2020, 1, 24), date(2020, 2, 29))
WINDOW_BEFORE = (date(2019, 1, 24), date(2019, 3, 1))
CALLS, CALLS_BEFORE = 22_000, 6_900
EPIDEMIC = 9_957
# Topic of the script: the topic as shipped, and how many.
READINGS = {
    "mask_price": "mask_price",
    "mask_quality": "mask_quality",
    "disinfectant_price": "disinfection",
    "antiviral_price": "antiviral",
    "food_price": "daily_goods",
}
PUBLISHED = {
    "mask_price": 2004,
    "mask_quality": 505,
    "disinfectant_price": 78,
    "antiviral_price": 30,
    "food_price": 358,
}
# From which day how many lines were staffed; the numbers are published, the days are not.
LINES = {date(2020, 1, 24): 7, date(2020, 1, 27): 9, date(2020, 1, 30): 11, date(2020, 2, 3): 14}

CALIBRATION: tuple[Calibration, ...] = (
    Calibration("calls, 24 January to 29 February 2020", "22000", "published", "A-NJ (N9), printed as 2.2万人次; days derived"),
    Calibration("the days that the published numbers cover", "24 January to 29 February", "derived",
                "37 daily reports (N13), article of 5 March; about five weeks (domain 1.6)"),
    Calibration("calls of the same 37 days of 2019", "6900", "derived", "more than 3 times the period before (N9)"),
    Calibration("epidemic-related appeals", "9957", "published", "A-NJ (N15)"),
    Calibration("mask price, mask quality", "2004, 505", "published", "A-NJ (N16, N17), printed as persons; here one matter each"),
    Calibration("disinfecting supplies, antiviral drugs and devices", "78, 30", "published", "A-NJ (N18, N19)"),
    Calibration("meat, vegetables, grain and other daily goods", "358", "published", "A-NJ (N20)"),
    Calibration("epidemic-related appeals fall four weeks in a row", "weeks of 3, 10, 17, 24 February", "published",
                "A-NJ (N21); which weeks is derived from the day of the article"),
    Calibration("lines staffed", "7, 9, 11, 14", "published", "A-NJ (N4)"),
    Calibration("days on which lines were added", "see LINES", "invented", ""),
    Calibration("agents of a line and day", "2", "invented", "24 hours, two shifts"),
    Calibration("sums of the weeks", "see _EPIDEMIC_SUMS", "invented", "their total is published"),
    Calibration("other epidemic topics: refunds, supply, rules", "mix.csv", "invented", "topic names: N7, S13"),
    Calibration("matters that did not come of the epidemic", "13300 in the window", "invented", "to fit the calls"),
    Calibration("consultation, complaint or report", "see _KINDS", "invented", "only the three kinds are published (N8)"),
    Calibration("contacts without a matter", "17 % of contacts", "invented", "as in Suzhou"),
    Calibration("contacts by other channels", "about 18 %", "invented", "only calls are published"),
    Calibration("share of districts, hours of the day, handling", "see the module", "invented", ""),
    Calibration("20-23 January and 1-5 March 2020", "see _EPIDEMIC_SUMS", "invented", ""),
)  # fmt: skip

_ARTICLE = "中国消费者报，2020年3月5日：江苏南京市12315消费者投诉举报中心战“疫”在行动"
# The same numbers as figures of the centre; persons are counted by matter, one each, and the days are derived.
COMPARED: tuple[Published, ...] = (
    Published("contacts", *WINDOW, str(CALLS), "2.2万人次", _ARTICLE, (("channel", ("phone",)),), is_derived=True),
    Published("epidemic_cases_registered", *WINDOW, str(EPIDEMIC), "9957件", _ARTICLE, is_derived=True),
    *(
        Published(
            "cases_registered", *WINDOW, str(count), f"{count}人次", _ARTICLE,
            (("topic", (READINGS[topic],)),), is_derived=True,
        )
        for topic, count in PUBLISHED.items()
    ),
)  # fmt: skip

# Epidemic matters by stretch of days; the stretches from 24 January to 29 February sum to 9,957.
_EPIDEMIC_SUMS = (
    (date(2020, 1, 20), date(2020, 1, 22), 26, 1.4), (date(2020, 1, 23), date(2020, 1, 23), 60, 1.0),
    (date(2020, 1, 24), date(2020, 1, 26), 1200, 1.5), (date(2020, 1, 27), date(2020, 2, 2), 3350, 0.98),
    (date(2020, 2, 3), date(2020, 2, 9), 2300, 0.96), (date(2020, 2, 10), date(2020, 2, 16), 1500, 0.96),
    (date(2020, 2, 17), date(2020, 2, 23), 970, 0.97), (date(2020, 2, 24), date(2020, 2, 29), 637, 0.97),
    (date(2020, 3, 1), date(2020, 3, 5), 420, 0.97),
)  # fmt: skip
_ORDINARY, _ORDINARY_BEFORE = 13_300, 7_300  # matters of the two windows that did not come of the epidemic
_KINDS = {
    "mask_price": Urn({Kind.REPORT: 58, Kind.CONSULTATION: 26, Kind.COMPLAINT: 16}),
    "mask_quality": Urn({Kind.REPORT: 40, Kind.CONSULTATION: 22, Kind.COMPLAINT: 38}),
    "disinfectant_price": Urn({Kind.REPORT: 50, Kind.CONSULTATION: 25, Kind.COMPLAINT: 25}),
    "antiviral_price": Urn({Kind.REPORT: 50, Kind.CONSULTATION: 25, Kind.COMPLAINT: 25}),
    "food_price": Urn({Kind.REPORT: 62, Kind.CONSULTATION: 20, Kind.COMPLAINT: 18}),
}
_OTHER_KINDS = {Kind.CONSULTATION: 52, Kind.COMPLAINT: 43, Kind.REPORT: 5}
_ORDINARY_KINDS = {Kind.CONSULTATION: 58, Kind.COMPLAINT: 31, Kind.REPORT: 11}
_GROUP = {Kind.CONSULTATION: "consultation", Kind.COMPLAINT: "complaint", Kind.REPORT: "other_epidemic"}
# What they write is a matter of disinfectants or thermometers too, but not of what the published topics counted.
_AMBIGUOUS = frozenset({"epidemic_quality", *READINGS})


def stage_of(day: date) -> str:
    """Name the part of the story a day lies in (columns of mix.csv)."""
    if day < REPLAY[0]:
        return "baseline"
    if day <= date(2020, 1, 22):
        return "quiet"
    if day < WINDOW[0]:
        return "early"
    return "surge" if day <= date(2020, 2, 16) else "late"


@dataclass(frozen=True, slots=True)
class _Days:
    """The numbers of all days for one seed."""

    epidemic: Mapping[date, int]
    published: Mapping[tuple[str, date], int]
    ordinary: Mapping[date, int]
    calls: Mapping[date, int]


@lru_cache(maxsize=8)
def numbers(seed: int) -> _Days:
    """Spread the published sums over the days: exact for each seed, the days sway with it."""
    rng = random.Random(f"{seed}:nanjing")
    epidemic: dict[date, int] = {}
    for first, last, total, slope in _EPIDEMIC_SUMS:
        weights = {day: slope**n * rng.gauss(1, 0.03) for n, day in enumerate(days(first, last))}
        epidemic |= apportioned(weights, total)
    published = _published(rng, epidemic)
    ordinary = _spread(rng, WINDOW, _ORDINARY) | _spread(rng, WINDOW_BEFORE, _ORDINARY_BEFORE)
    for period, total in ((WINDOW, _ORDINARY), (WINDOW_BEFORE, _ORDINARY_BEFORE)):
        level = total / sum(_usual(day) for day in days(*period))
        for day in days(*(REPLAY if period == WINDOW else BASELINE)):
            quiet = 0.62 if REPLAY[0] <= day < WINDOW[0] else 1.0
            ordinary.setdefault(day, round(level * quiet * _usual(day)))
    calls = _calls(WINDOW, CALLS, ordinary, epidemic) | _calls(
        WINDOW_BEFORE, CALLS_BEFORE, ordinary, epidemic
    )
    return _Days(epidemic, published, ordinary, calls)


def _calls(
    period: tuple[date, date], total: int, ordinary: Mapping[date, int], epidemic: Mapping[date, int]
) -> dict[date, int]:
    return apportioned({day: ordinary[day] + epidemic.get(day, 0) for day in days(*period)}, total)


def _usual(day: date) -> float:
    return 1.0 if is_office_day(day) else 0.55 if is_holiday(day) else 0.7


def _spread(rng: random.Random, period: tuple[date, date], total: int) -> dict[date, int]:
    return apportioned({day: _usual(day) * rng.gauss(1, 0.04) for day in days(*period)}, total)


def _published(rng: random.Random, epidemic: Mapping[date, int]) -> dict[tuple[str, date], int]:
    """Spread each published topic over the window, and its share over the days around."""
    found: dict[tuple[str, date], int] = {}
    inside = {day: epidemic[day] for day in days(*WINDOW)}
    for topic, total in PUBLISHED.items():
        weights = {day: number * rng.gauss(1, 0.06) for day, number in inside.items()}
        found |= {(topic, day): number for day, number in apportioned(weights, total).items()}
        found |= {
            (topic, day): number * total // EPIDEMIC for day, number in epidemic.items() if day not in inside
        }
    return found


def sorts(seed: int, day: date) -> Sorts:
    """Give the matters of a day: the topics that were published exactly, the others by the mix of the stage."""
    NANJING.require(day)
    known, rng = numbers(seed), random.Random(f"{seed}:nanjing:{day}")
    counted: Counter[Sort] = Counter()
    for topic, kinds in _KINDS.items():
        counted.update(
            Sort(kinds.draw(rng), topic, True) for _ in range(known.published.get((topic, day), 0))
        )
    rest = known.epidemic.get(day, 0) - sum(counted.values())
    stage = "surge" if rest else "baseline"
    counted.update(_mixed(rest, _OTHER_KINDS, stage, epidemic=True))
    counted.update(_mixed(known.ordinary[day], _ORDINARY_KINDS, "baseline", epidemic=False))
    return tuple(counted.items())


def _mixed(number: int, kinds: Mapping[Kind, float], stage: str, *, epidemic: bool) -> Iterable[Sort]:
    for kind, share in apportioned(kinds, number).items():
        group = "ordinary" if kind == Kind.REPORT and not epidemic else _GROUP[kind]
        weights = {
            topic: weight
            for topic, weight in mix()[group, stage].items()
            if is_epidemic(topic) == epidemic and not (epidemic and topic in _AMBIGUOUS)
        }
        for topic, count in apportioned(weights, share).items():
            yield from [Sort(kind, topic, epidemic)] * count


def calls(seed: int, day: date) -> int | None:
    """Give the calls of a day of the two windows."""
    return numbers(seed).calls.get(day)


def _on_duty(day: date, contacts: int) -> int:
    """Two agents a line and day; before the first line was added as many as the contacts ask for."""
    lines = [number for since, number in LINES.items() if since <= day]
    return 2 * lines[-1] if lines else min(14, contacts // 35 + 1)


_ROSTER = Roster(
    centre="nj-12315",
    bureau="nj",
    takers=(
        "秦澜心", "许清禾", "何映雪", "吕知微", "施晚棠", "张若溪", "孔令仪", "曹语嫣", "严书瑶", "华念慈", "金未央", "魏初晴", "陶疏影", "姜可盈",
        "戚云舒", "谢听雨", "邹晓岚", "喻安歌", "柏青禾", "水盈盈", "窦明玥", "章思齐", "云归晚", "苏木兰", "潘小满", "葛静言", "奚望舒", "范知秋",
    ),
    districts={
        "320102": DistrictPost("nj-xuanwu", "xuanwu", "彭湖生", "郎玄清"),
        "320104": DistrictPost("nj-qinhuai", "qinhuai", "鲁淮安", "韦河清"),
        "320105": DistrictPost("nj-jianye", "jianye", "昌建宁", "马承业"),
        "320106": DistrictPost("nj-gulou", "gulou", "苗鼓城", "凤楼远"),
        "320111": DistrictPost("nj-pukou", "pukou", "花浦云", "方江北"),
        "320113": DistrictPost("nj-qixia", "qixia", "俞栖迟", "任霞举"),
        "320114": DistrictPost("nj-yuhuatai", "yuhuatai", "袁雨台", "柳花明"),
        "320115": DistrictPost("nj-jiangning", "jiangning", "酆江澄", "鲍宁远"),
        "320116": DistrictPost("nj-luhe", "luhe", "史六如", "唐合璧"),
        "320117": DistrictPost("nj-lishui", "lishui", "费溧阳", "廉水平"),
        "320118": DistrictPost("nj-gaochun", "gaochun", "岑高远", "薛淳如"),
    },
    superior="雷鸣谦",
    shown_first="nj-gulou",
)  # fmt: skip

NANJING = City(
    code="nanjing",
    name="南京",
    landline_block="02500",
    replay=REPLAY,
    baseline=BASELINE,
    window=WINDOW,
    default_until="2020-03-05T09:00",
    districts={
        "320102": "玄武区", "320104": "秦淮区", "320105": "建邺区", "320106": "鼓楼区", "320111": "浦口区", "320113": "栖霞区",
        "320114": "雨花台区", "320115": "江宁区", "320116": "六合区", "320117": "溧水区", "320118": "高淳区",
    },
    # Invented shares, near those of the inhabitants.
    shares={
        "320102": 7, "320104": 10, "320105": 7, "320106": 13, "320111": 12, "320113": 10, "320114": 6, "320115": 18,
        "320116": 9, "320117": 5, "320118": 4,
    },
    streets_file="nanjing_streets.csv",
    words={"city": "南京", "look": "麻烦你帮我查查看", "right": "你讲讲阿有这个道理", "never": "我们老南京人从来没碰到过这种事"},
    roster=_ROSTER,
    calibration=CALIBRATION,
    stage_of=stage_of,
    sorts=sorts,
    on_duty=_on_duty,
    quiet_matters=220,
    named=dict.fromkeys(Kind, 1.0),
    calls=calls,
    readings=READINGS,
    published=COMPARED,
    # Dated measures of the country and the province (domain 7); the article on Nanjing dates none of the city's own.
    marks=(("2020-01-25", "总局2020年第3号公告"), ("2020-02-25", "响应级别调为二级")),
    extensions=(date(2020, 2, 3), date(2020, 3, 4)),
)  # fmt: skip
