"""How many contacts of which sort a day has, and where each number comes from.

Sources: press articles of 2020 on the centres of Suzhou (A-SZ) and Nanjing (A-NJ); Wujiang: 商品与质量 2020(6).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import lru_cache

DAY = timedelta(days=1)
REPLAY = (date(2020, 1, 20), date(2020, 2, 10))
BASELINE = (date(2019, 1, 20), date(2019, 2, 10))
WINDOW = (date(2020, 1, 24), date(2020, 1, 31))
PUBLISHED_PRICE_DAYS = {date(2020, 1, 27): 88, date(2020, 1, 28): 66, date(2020, 1, 29): 60}
WUJIANG = "320509"

# Off-days of the two windows (HOL, State Council notices): for the hours at which offices work.
_OFF = {date(2020, 1, 24) + n * DAY for n in range(10)} | {date(2019, 2, 4) + n * DAY for n in range(7)}
_MADE_UP = {date(2019, 2, 2), date(2019, 2, 3)}


class OutOfScript(ValueError):
    """The script has no such day."""

    def __init__(self, day: date) -> None:
        super().__init__(
            f"the script covers {REPLAY[0]} to {REPLAY[1]} and {BASELINE[0]} to {BASELINE[1]}, not {day}"
        )
        self.day = day


@dataclass(frozen=True, slots=True)
class Volume:
    """The matters of one day by sort; ``price`` counts epidemic-related price reports."""

    consultation: int
    complaint: int
    price: int
    other_epidemic: int
    ordinary: int

    @property
    def matters(self) -> int:
        """All matters of the day."""
        return self.consultation + self.complaint + self.price + self.other_epidemic + self.ordinary


@dataclass(frozen=True, slots=True)
class Calibration:
    """One number of the simulation and how it came to be: published, derived or invented."""

    what: str
    value: str
    origin: str
    source: str


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
WUJIANG_QUOTA: Mapping[date, tuple[int, int, int]] = {
    date(2020, 1, 26): (28, 3, 9),
    date(2020, 1, 27): (36, 4, 11),
    date(2020, 1, 28): (27, 3, 10),
    date(2020, 1, 29): (25, 3, 9),
}


def is_office_day(day: date) -> bool:
    """Say whether the bureaus' offices work on this day of the two windows."""
    return day in _MADE_UP or (day.weekday() < 5 and day not in _OFF)


def stage_of(day: date) -> str:
    """Name the part of the story a day lies in: baseline, quiet, early, surge or late (columns of mix.csv)."""
    if day.year < REPLAY[0].year:
        return "baseline"
    if day <= date(2020, 1, 22):
        return "quiet"
    if day <= date(2020, 1, 24):
        return "early"
    return "surge" if day <= WINDOW[1] else "late"


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
