"""Ordinary years before the surge: cases that have ended, and a tail of open ones at the end.

Nothing of it is published: all volumes, shares and seasons are invented, the holidays are those of the State Council's
notices.  Each day is drawn on its own by (seed, day), so that writing can stop and go on anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from random import Random

from suqing.cases.past_cases import PastCase
from suqing.cases.vocabulary import Kind
from suqing.rehearsal.script.cities import city_called
from suqing.rehearsal.script.cities.city import City, Period
from suqing.rehearsal.script.days import DAY, days, is_holiday, is_office_day
from suqing.rehearsal.script.draws import Bundle, Draw
from suqing.rehearsal.script.moments import moments
from suqing.rehearsal.script.past import past_case
from suqing.rehearsal.script.people import REGULARS
from suqing.rehearsal.script.plan import named, set_scene, with_matters
from suqing.rehearsal.script.shares import QuickRandom, Urn, apportioned
from suqing.rehearsal.script.tables import mix

MOST = 10_000_000
MOST_YEARS = 12  # calendars are shipped from 2007 on
OPERATORS = 40  # of a trade in a district; the first of them have most of the cases
PEOPLE_SHARE = 150  # one regular caller for so many cases
_KINDS = Urn({Kind.CONSULTATION: 55, Kind.COMPLAINT: 33, Kind.REPORT: 12})
_GROUPS = {Kind.CONSULTATION: "consultation", Kind.COMPLAINT: "complaint", Kind.REPORT: "ordinary"}
_MONTHS = (0.92, 0.84, 1.12, 1.0, 1.02, 1.06, 1.08, 1.06, 0.98, 0.97, 1.1, 1.0)
_GROWTH = 1.05  # from year to year
_CONSUMER_DAY = (3, 15)
_SEASONS: Mapping[str, tuple[tuple[int, ...], float]] = {
    "tour": ((7, 8, 10), 2.0),
    "hotel": ((7, 8, 10), 1.8),
    "ticket": ((1, 2, 7, 8, 10), 1.7),
    "online_shopping": ((6, 11, 12), 1.8),
    "express": ((6, 11, 12), 1.5),
    "appliance": ((6, 7, 8), 1.5),
    "food_safety": ((6, 7, 8, 9), 1.3),
    "dinner": ((1, 2), 1.6),
    "gym": ((3, 4), 1.4),
    "renovation": ((3, 4, 5, 9, 10), 1.3),
}


@dataclass(frozen=True, slots=True)
class Quiet:
    """So many cases on the days from the first to the last, but for those left out; told as of the horizon."""

    city: str
    seed: int
    first: date
    last: date
    size: int
    horizon: datetime
    left_out: Period | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """The cases that follow ``start`` = (day, so many of it done), and where the next batch starts."""

    start: tuple[date, int]
    cases: list[PastCase]
    after: tuple[date, int]


def quiet_days(city: City, years: int) -> Period:
    """Give the days of so many years before the city's script."""
    first = city.replay[0]
    return first.replace(year=first.year - years), first - DAY


def usual_size(city: City, years: int, left_out: Period | None) -> int:
    """Give how many cases these years have at the city's ordinary volume."""
    return round(city.quiet_matters * sum(_weights(0, *quiet_days(city, years), left_out, sway=0).values()))


def sizes(quiet: Quiet) -> Mapping[date, int]:
    """Say how many cases each day has; they sum to the size."""
    return _sizes(quiet.seed, quiet.first, quiet.last, quiet.left_out, quiet.size)


@lru_cache(maxsize=4)
def _sizes(seed: int, first: date, last: date, left_out: Period | None, size: int) -> Mapping[date, int]:
    return apportioned(_weights(seed, first, last, left_out, sway=0.07), size)


def _weights(
    seed: int, first: date, last: date, left_out: Period | None, *, sway: float
) -> dict[date, float]:  # fmt: skip
    rng = Random(f"{seed}:history")
    found = {}
    for day in days(first, last):
        chance = max(0.3, rng.gauss(1, sway))
        if left_out is None or not left_out[0] <= day <= left_out[1]:
            found[day] = _usual(day) * _GROWTH ** (day.year - last.year) * chance
    return found


def _usual(day: date) -> float:
    weekday = 1.0 if is_office_day(day) else 0.45 if is_holiday(day) else 0.62
    if is_office_day(day) and day.weekday() == 0:
        weekday = 1.15
    peak = 1.8 if (day.month, day.day) == _CONSUMER_DAY else 1.0
    return weekday * peak * _MONTHS[day.month - 1]


def cases_of(quiet: Quiet, day: date) -> Iterator[PastCase]:
    """Yield the cases of a day in order of time."""
    rng, city = QuickRandom(f"{quiet.seed}:history:{day}"), city_called(quiet.city)
    count = sizes(quiet).get(day, 0)
    regulars = max(REGULARS, quiet.size // PEOPLE_SHARE)
    out_of_season = 4 <= day.month <= 11
    for number, moment in enumerate(moments(rng, city, day, count), 1):
        bundle = Bundle((_draw(rng, city, day),))
        scene = set_scene(rng, quiet.seed, city, day, moment, bundle, regulars=regulars)
        scene.is_history, scene.is_out_of_season = True, out_of_season
        scene.unfinished, scene.per_place = 0, OPERATORS
        contact = named(with_matters(scene, bundle, 0), quiet.seed, f"history/{day}/{number:06d}")
        yield past_case(contact, quiet.horizon)


def _draw(rng: Random, city: City, day: date) -> Draw:
    kind = _KINDS.draw(rng)
    return Draw(kind, _topics(kind, day.month).draw(rng), False, city.urn.draw(rng))


@lru_cache(maxsize=64)
def _topics(kind: Kind, month: int) -> Urn[str]:
    weights = dict(mix()[_GROUPS[kind], "baseline"])
    for topic, (months, factor) in _SEASONS.items():
        if topic in weights and month in months:
            weights[topic] *= factor
    return Urn(weights)


def batches(quiet: Quiet, start: tuple[date, int], most: int) -> Iterator[Batch]:
    """Yield what is left from ``start`` on, at most so many cases at a time."""
    day, done = start
    cases: list[PastCase] = []
    while day <= quiet.last:
        for case in islice(cases_of(quiet, day), done, None):
            cases.append(case)
            done += 1
            if len(cases) == most:
                yield Batch(start, cases, (day, done))
                start, cases = (day, done), []
        day, done = day + DAY, 0
    if cases:
        yield Batch(start, cases, (day, done))
