"""The cities that have a script."""

from __future__ import annotations

from suqing.rehearsal.script.cities.city import City
from suqing.rehearsal.script.cities.nanjing import NANJING
from suqing.rehearsal.script.cities.suzhou import SUZHOU

CITIES = {one.code: one for one in (SUZHOU, NANJING)}
_OF_DISTRICT = {district: one for one in CITIES.values() for district in one.districts}


def city_called(code: str) -> City:
    """Find a city.  Raise ValueError for one without a script."""
    if code not in CITIES:
        raise ValueError(f"no script for {code!r}; known: {', '.join(CITIES)}")
    return CITIES[code]


def city_of(district: str) -> City:
    """Find the city that a district belongs to."""
    return _OF_DISTRICT[district]
