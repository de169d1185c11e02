"""Suzhou, 20 January to 10 February 2020, and the same days of 2019: how many matters of which sort a day has.

Sources: press articles of 2020 on the centres of Suzhou (A-SZ) and Nanjing (A-NJ); Wujiang: 商品与质量 2020(6).
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache

from suqing.analytics.published import Published
from suqing.cases.vocabulary import Kind
from suqing.rehearsal.script.cities.city import Calibration, City, DistrictPost, Quota, Roster, Sort, Sorts
from suqing.rehearsal.script.days import DAY
from suqing.rehearsal.script.shares import apportioned
from suqing.rehearsal.script.tables import is_epidemic, mix

REPLAY = (date(2020, 1, 20), date(2020, 2, 10))
BASELINE = (date(2019, 1, 20), date(2019, 2, 10))
WINDOW = (date(2020, 1, 24), date(2020, 1, 31))
PUBLISHED_PRICE_DAYS = {date(2020, 1, 27): 88, date(2020, 1, 28): 66, date(2020, 1, 29): 60}
WUJIANG = "320509"
_GROUPS = {
    "consultation": Kind.CONSULTATION,
    "complaint": Kind.COMPLAINT,
    "price": Kind.REPORT,
    "other_epidemic": Kind.REPORT,
    "ordinary": Kind.REPORT,
}


@dataclass(frozen=True, slots=True)
class Volume:
    """The matters of one day by sort; ``price`` counts epidemic-related price reports."""

    consultation: int
    complaint: int
    price: int
    other_epidemic: int
    ordinary: int


CALIBRATION: tuple[Calibration, ...] = (
    Calibration("consultations, 24-31 January 2020", "1404", "published", "A-SZ (S15); the end of the period is derived"),
    Calibration("complaints, 24-31 January 2020", "789", "published", "A-SZ (S16)"),
    Calibration("reports, 24-31 January 2020", "658", "published", "A-SZ (S24)"),
    Calibration("of these epidemic-related", "457", "published", "A-SZ (S24)"),
    Calibration("epidemic-related price reports on 27, 28, 29 January", "88, 66, 60", "published", "A-SZ (S23)"),
    Calibration("price reports abnormal on 25 January", "a jump over the 24th by noon", "published", "A-SZ (S18)"),
    Calibration("size of that jump", "9 -> 47", "invented", "only the alarm is known"),
    Calibration("price reports on the other days", "see TABLE", "invented", "to fit the three published days"),
    Calibration("epidemic-related reports that are not about prices", "37 of 457", "invented", ""),
    Calibration("Wujiang, epidemic complaints and reports, 26-29 January", "168", "published", "Wujiang bureau; may hold "
                "matters that did not pass the city centre"),
    Calibration("of these mask price, mask quality", "116, 13", "derived", "69.09 % and 7.87 % to the end of February"),
    Calibration("daily consultations and complaints", "see TABLE", "invented", "sums over the window are published"),
    Calibration("volumes of 20-23 January 2020", "about 125 a day", "invented", ""),
    Calibration("volumes of 1-10 February 2020", "falling", "invented", "Nanjing fell four weeks in a row (N21)"),
    Calibration("volumes of 2019", "about a third", "derived", "Nanjing: more than 3 times the period before (N9)"),
    Calibration("contacts without a matter", "17 % of contacts", "invented", ""),
    Calibration("calls of an agent and day", "about 40, in the surge 80 to 95", "published", "A-SZ (S3, S4)"),
    Calibration("share of districts, channels, topics of consultations and complaints", "mix.csv", "invented",
                "topic names: N7, N16-N20, S13"),
    Calibration("share of pharmacies in mask prices", "about 60 %", "derived", "Wujiang 60.04 % of epidemic cases"),
    Calibration("hours of the day", "see moments.py", "invented", ""),
    Calibration("time and result of each step of handling", "see handling.py", "invented", "statutory limits kept"),
)  # fmt: skip

_ARTICLE = "最美市场监管人：不忘初心强担当，众志成城抗疫情（苏州）"
_WUJIANG_ARTICLE = "商品与质量，2020年第6期（吴江）"
# The same numbers as figures of the centre; its article gives no end of the period: the 31st is derived.
PUBLISHED: tuple[Published, ...] = (
    *(
        Published(measure, *WINDOW, printed, printed, _ARTICLE)
        for measure, printed in (
            ("consultations_registered", "1404"),
            ("complaints_registered", "789"),
            ("reports_registered", "658"),
        )
    ),
    Published("epidemic_cases_registered", *WINDOW, "457", "457", _ARTICLE, (("kind", ("report",)),)),
    Published("epidemic_share", *WINDOW, "69.5", "457 ÷ 658", _ARTICLE, (("kind", ("report",)),), is_derived=True),
    *(
        Published("epidemic_price_reports_registered", day, day, str(count), str(count), _ARTICLE)
        for day, count in PUBLISHED_PRICE_DAYS.items()
    ),
    Published(
        "epidemic_cases_registered", date(2020, 1, 26), date(2020, 1, 29), "168", "168", _WUJIANG_ARTICLE,
        (("district", (WUJIANG,)), ("kind", ("complaint", "report"))),
    ),
)  # fmt: skip

# day offset from the 20th: consultations, complaints, price reports, other epidemic reports, ordinary reports
_TABLE_2020 = (
    (72, 38, 0, 0, 14), (70, 37, 1, 0, 15), (76, 40, 2, 1, 13), (78, 41, 5, 1, 13),
    (90, 48, 9, 2, 20), (120, 70, 47, 3, 19), (168, 98, 72, 4, 22), (214, 121, 88, 6, 26),
    (221, 122, 66, 6, 28), (209, 118, 60, 6, 29), (196, 109, 43, 5, 29), (186, 103, 35, 5, 28),
    (175, 98, 30, 5, 27), (168, 94, 27, 5, 26), (190, 104, 26, 5, 32), (182, 99, 23, 4, 30),
    (170, 92, 20, 4, 29), (158, 86, 17, 4, 28), (149, 80, 14, 3, 27), (140, 75, 12, 3, 24),
    (131, 70, 10, 3, 23), (128, 67, 9, 3, 27),
)  # fmt: skip
_TABLE_2019 = (
    (48, 29, 0, 0, 11), (58, 36, 0, 0, 13), (60, 35, 0, 0, 12), (59, 36, 0, 0, 13),
    (62, 37, 0, 0, 14), (63, 38, 0, 0, 14), (58, 35, 0, 0, 13), (55, 33, 0, 0, 12),
    (65, 39, 0, 0, 15), (68, 41, 0, 0, 15), (69, 42, 0, 0, 16), (67, 40, 0, 0, 15),
    (60, 36, 0, 0, 14), (52, 30, 0, 0, 12), (44, 26, 0, 0, 10), (27, 16, 0, 0, 7),
    (22, 13, 0, 0, 5), (24, 15, 0, 0, 6), (26, 15, 0, 0, 6), (29, 17, 0, 0, 7),
    (32, 19, 0, 0, 7), (36, 22, 0, 0, 8),
)  # fmt: skip

# Epidemic complaints and reports of Wujiang by day: mask price, mask quality, others (116 + 13 + 39 = 168).
_QUOTAS = {
    date(2020, 1, 26): Quota(WUJIANG, {"mask_price": 28, "mask_quality": 3}, 9),
    date(2020, 1, 27): Quota(WUJIANG, {"mask_price": 36, "mask_quality": 4}, 11),
    date(2020, 1, 28): Quota(WUJIANG, {"mask_price": 27, "mask_quality": 3}, 10),
    date(2020, 1, 29): Quota(WUJIANG, {"mask_price": 25, "mask_quality": 3}, 9),
}


def stage_of(day: date) -> str:
    """Name the part of the story a day lies in: baseline, quiet, early, surge or late (columns of mix.csv)."""
    if day < REPLAY[0]:
        return "baseline"
    if day <= date(2020, 1, 22):
        return "quiet"
    if day <= date(2020, 1, 24):
        return "early"
    return "surge" if day <= WINDOW[1] else "late"


def sorts(seed: int, day: date) -> Sorts:
    """Give the matters of a day: the numbers of the volume exactly, topics by the mix of its stage."""
    SUZHOU.require(day)
    volume, stage = volumes(seed)[day], stage_of(day)
    return tuple(
        (Sort(kind, topic, group != "ordinary" and is_epidemic(topic)), number)
        for group, kind in _GROUPS.items()
        for topic, number in apportioned(mix()[(group, stage)], getattr(volume, group)).items()
    )


def _on_duty(day: date, contacts: int) -> int:
    """About 40 contacts each, in the surge 70; nobody was asked to take more than twice the usual."""
    load = 70 if stage_of(day) in ("surge", "late") else 40
    return min(SUZHOU.agents, math.ceil(contacts / load) + 1)


@lru_cache(maxsize=8)
def volumes(seed: int) -> Mapping[date, Volume]:
    """Give every day of both windows its numbers.  What is published is exact for each seed; the rest sways with it."""
    rng = random.Random(f"{seed}:volumes")
    result = {BASELINE[0] + n * DAY: _swayed(rng, Volume(*row)) for n, row in enumerate(_TABLE_2019)}
    for n, row in enumerate(_TABLE_2020):
        day = REPLAY[0] + n * DAY
        inside = WINDOW[0] <= day <= WINDOW[1]
        result[day] = Volume(*row) if inside else _swayed(rng, Volume(*row))
    inside_days = [WINDOW[0] + n * DAY for n in range((WINDOW[1] - WINDOW[0]).days + 1)]
    for name in ("consultation", "complaint", "ordinary"):
        _exchange(rng, result, inside_days, name, 12)
    free = [day for day in inside_days if day not in PUBLISHED_PRICE_DAYS and day > WINDOW[0]]
    _exchange(rng, result, free, "price", 3)
    return result


def _swayed(rng: random.Random, volume: Volume) -> Volume:
    changed = {}
    for field in fields(volume):
        expected = getattr(volume, field.name)
        changed[field.name] = max(0, round(expected * rng.gauss(1, 0.05))) if expected > 5 else expected
    return replace(volume, **changed)


def _exchange(rng: random.Random, days: dict[date, Volume], among: list[date], name: str, times: int) -> None:
    """Move single matters between days: each day sways, the sum stays."""
    for _ in range(times):
        giver, taker = rng.sample(among, 2)
        days[giver] = replace(days[giver], **{name: getattr(days[giver], name) - 1})
        days[taker] = replace(days[taker], **{name: getattr(days[taker], name) + 1})


_ROSTER = Roster(
    centre="sz-12315",
    bureau="sz",
    takers=("陆晚晴", "钱舒禾", "孙念一", "周若岚", "吴沁言", "郑小棠", "王初蔓", "冯语桐", "陈听澜", "褚以沫", "卫今朝", "蒋苒苒"),
    districts={
        "320505": DistrictPost("sz-huqiu", "huqiu", "虞子衿", "虞景澄"),
        "320506": DistrictPost("sz-wuzhong", "wuzhong", "伍望舒", "伍长风"),
        "320507": DistrictPost("sz-xiangcheng", "xiangcheng", "项禾清", "项知远"),
        "320508": DistrictPost("sz-gusu", "gusu", "顾南枝", "顾怀瑾"),
        "320509": DistrictPost("sz-wujiang", "wujiang", "江屿白", "江晏清"),
        "320576": DistrictPost("sz-sip", "sip", "袁景行", "袁守拙"),
        "320581": DistrictPost("sz-changshu", "changshu", "常静姝", "常允和"),
        "320582": DistrictPost("sz-zhangjiagang", "zhangjiagang", "张砚舟", "张静川"),
        "320583": DistrictPost("sz-kunshan", "kunshan", "昆仲言", "昆若谷"),
        "320585": DistrictPost("sz-taicang", "taicang", "戴沧澜", "戴明远"),
    },
    superior="苏既明",
    other_heads={"sz-price": ("head-price", "贾正衡")},
    shown_first="sz-gusu",
)  # fmt: skip

SUZHOU = City(
    code="suzhou",
    name="苏州",
    landline_block="051200",
    replay=REPLAY,
    baseline=BASELINE,
    window=WINDOW,
    default_until="2020-01-31T09:00",
    districts={
        "320505": "虎丘区", "320506": "吴中区", "320507": "相城区", "320508": "姑苏区", "320509": "吴江区",
        "320576": "苏州工业园区", "320581": "常熟市", "320582": "张家港市", "320583": "昆山市", "320585": "太仓市",
    },
    # Invented shares, near those of the inhabitants.
    shares={
        "320505": 9, "320506": 12, "320507": 9, "320508": 13, "320509": 12, "320576": 12, "320581": 10, "320582": 8,
        "320583": 11, "320585": 4,
    },
    streets_file="suzhou_streets.csv",
    words={
        "city": "苏州", "look": "倷帮我查查看", "right": "侬讲讲看阿有道理", "never": "阿拉老苏州人从来勿碰着过格种事体",
    },
    roster=_ROSTER,
    calibration=CALIBRATION,
    stage_of=stage_of,
    sorts=sorts,
    on_duty=_on_duty,
    quiet_matters=115,
    # Every epidemic-related report says so: the 457 of 24-31 January must be found by whoever reads them.
    named={Kind.REPORT: 1.0, Kind.COMPLAINT: 0.6, Kind.CONSULTATION: 0.35},
    quotas=_QUOTAS,
    # What Suzhou did on these days (25 January: consultation; 26 January: special operation); curves show it.
    published=PUBLISHED,
    marks=(("2020-01-25", "会商研判"), ("2020-01-26", "专项行动")),
    extensions=(date(2020, 2, 3), date(2020, 2, 7)),
    has_order=True,
)  # fmt: skip
