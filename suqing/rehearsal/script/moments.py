"""At which moment of a day people turn to the centre: 24 hours, three kinds of day.  The curves are invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from suqing.rehearsal.script.cities.city import City
from suqing.rehearsal.script.days import is_office_day

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAST_SECOND = 23 * 3600 + 44 * 60  # whoever calls later is registered the next day: leave room for the talk

_ORDINARY = (1, 0.5, 0.4, 0.3, 0.3, 0.6, 1.5, 4, 14, 24, 25, 20, 11, 15, 22, 21, 19, 12, 7, 6, 5, 4, 3, 1.6)
_HOLIDAY = (2, 1, 0.7, 0.5, 0.5, 0.9, 2.5, 6, 13, 20, 22, 18, 13, 15, 18, 18, 16, 13, 11, 11, 10, 8, 6, 3)
_SURGE = (4, 2, 1.3, 1, 1, 1.6, 4, 9, 17, 23, 24, 20, 15, 17, 20, 19, 18, 15, 13, 13, 12, 10, 8, 5)
_SUMS = {
    name: list(accumulate(curve))
    for name, curve in {"ordinary": _ORDINARY, "holiday": _HOLIDAY, "surge": _SURGE}.items()
}
_HOURS = range(24)


def curve_of(city: City, day: date) -> str:
    """Name the curve of the day."""
    if city.stage_of(day) == "surge":
        return "surge"
    return "ordinary" if is_office_day(day) else "holiday"


def moments(rng: Random, city: City, day: date, count: int) -> list[datetime]:
    """Draw the moments of a day's contacts, in order of time."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    hours = rng.choices(_HOURS, cum_weights=_SUMS[curve_of(city, day)], k=count)
    seconds = sorted(min(hour * 3600 + int(rng.random() * 3600), LAST_SECOND) for hour in hours)
    return [midnight + timedelta(seconds=second) for second in seconds]
