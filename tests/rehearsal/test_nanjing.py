"""Each published figure of Nanjing holds exactly, whatever the seed, and whoever reads the narratives finds the same."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta
from functools import lru_cache

import pytest

from suqing.cases.vocabulary import Channel, Kind
from suqing.rehearsal.script import Contact, OutOfScript, plan
from suqing.rehearsal.script.cities import CITIES
from suqing.rehearsal.script.cities.city import City
from suqing.rehearsal.script.cities.nanjing import (
    CALIBRATION,
    CALLS,
    CALLS_BEFORE,
    NANJING,
    PUBLISHED,
    READINGS,
    WINDOW,
    WINDOW_BEFORE,
    calls,
    numbers,
    sorts,
)
from suqing.rehearsal.script.days import days
from suqing.rehearsal.script.readings import EPIDEMIC, topics_in
from suqing.rehearsal.script.tables import streets
from tests.rehearsal.scripted import SEEDS, matters

WEEK = timedelta(days=7)
PLAYED = (date(2020, 1, 28), date(2020, 1, 29))
# Mondays of the four weeks in a row that each had fewer than the week before.
FALLING = (date(2020, 2, 3), date(2020, 2, 10), date(2020, 2, 17), date(2020, 2, 24))


@lru_cache(maxsize=1)
def some_days() -> tuple[Contact, ...]:
    return tuple(plan(1, *PLAYED, "nanjing"))


@lru_cache(maxsize=4)
def window_by_topic(seed: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for day in days(*WINDOW):
        for sort, number in sorts(seed, day):
            if sort.is_epidemic:
                found[sort.topic] += number
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_the_window_holds_9957_epidemic_appeals_and_each_published_topic(seed: int) -> None:
    found = window_by_topic(seed)
    assert found.total() == 9957
    assert {READINGS[topic]: found[topic] for topic in READINGS} == {
        "mask_price": 2004, "mask_quality": 505, "disinfection": 78, "antiviral": 30, "daily_goods": 358,
    }  # fmt: skip
    assert sum(PUBLISHED.values()) == 2975


@pytest.mark.parametrize("seed", SEEDS)
def test_22000_calls_are_more_than_three_times_those_of_the_year_before(seed: int) -> None:
    now = sum(calls(seed, day) or 0 for day in days(*WINDOW))
    before = sum(calls(seed, day) or 0 for day in days(*WINDOW_BEFORE))
    assert (now, before) == (CALLS, CALLS_BEFORE) == (22_000, 6_900)
    assert now > 3 * before
    assert sum(1 for _ in days(*WINDOW)) == sum(1 for _ in days(*WINDOW_BEFORE)) == 37


@pytest.mark.parametrize("seed", SEEDS)
def test_epidemic_appeals_fall_four_weeks_in_a_row(seed: int) -> None:
    epidemic = numbers(seed).epidemic
    weeks = [
        sum(epidemic[day] for day in days(monday, monday + WEEK - timedelta(days=1)))
        for monday in (FALLING[0] - WEEK, *FALLING)
    ]
    assert all(later < earlier for earlier, later in itertools.pairwise(weeks))


def test_the_contacts_of_a_day_are_what_the_numbers_say() -> None:
    for day in days(*PLAYED):
        contacts = [contact for contact in some_days() if contact.moment.date() == day]
        assert sum(contact.channel == Channel.PHONE for contact in contacts) == calls(1, day)
        found = Counter((m.kind, m.topics[0], m.is_epidemic) for m in matters(contacts))
        assert found == Counter({tuple(sort): number for sort, number in sorts(1, day)})


def test_whoever_reads_the_narratives_with_the_shipped_topics_finds_the_same() -> None:
    counted = set(READINGS.values())
    for matter in matters(some_days()):
        found = topics_in(matter.narrative)
        wanted = {READINGS[matter.topics[0]]} if matter.topics[0] in READINGS else set()
        assert found & counted == wanted, matter.narrative
        assert (EPIDEMIC in found) == matter.is_epidemic, matter.narrative


def test_every_topic_and_kind_of_the_script_can_be_told() -> None:
    kinds = {(m.kind, m.topics[0]) for m in matters(some_days())}
    assert {kind for kind, topic in kinds if topic == "mask_price"} == set(Kind)
    assert {topic for _, topic in kinds} >= {"refund_ticket", "refund_hotel", "mask_supply", "epidemic_rule"}


def test_seven_nine_eleven_fourteen_lines_are_staffed() -> None:
    agents = [NANJING.on_duty(day, 900) for day in days(*WINDOW)]
    assert sorted(set(agents)) == [14, 18, 22, 28]
    assert agents == sorted(agents)
    assert NANJING.agents == 28
    loads = Counter((c.moment.date(), c.agent) for c in some_days())
    assert max(loads.values()) <= 95


def test_places_people_and_operators_are_those_of_nanjing() -> None:
    known = {code for district in NANJING.districts for code, _ in streets()[district]}
    for contact in some_days():
        assert contact.caller.phone == "" or contact.caller.phone.startswith(("1540", "02500"))
        for matter in contact.matters:
            assert matter.place.division in known
            assert all(stage.district in ("", *NANJING.districts) for stage in matter.stages)
    names = {m.operator.name for m in matters(some_days()) if m.operator}
    assert any("南京" in name for name in names) and not any("苏州" in name for name in names)
    assert not any("苏州" in contact.narrative for contact in some_days())


@pytest.mark.parametrize("city", CITIES.values(), ids=CITIES)
def test_every_city_is_whole(city: City) -> None:
    assert set(city.districts) == set(city.shares) == set(city.roster.districts)
    assert set(city.districts) <= set(streets())
    assert len(set(city.roster.takers)) == city.agents
    assert city.roster.shown_first in {post.unit for post in city.roster.districts.values()}
    for first, last in (city.replay, city.baseline):
        assert city.sorts(1, first) and city.sorts(1, last)
        with pytest.raises(OutOfScript):
            city.sorts(1, first - timedelta(days=1))
        with pytest.raises(OutOfScript):
            list(plan(1, last, last + timedelta(days=1), city.code))


def test_every_number_says_whether_it_was_published_derived_or_invented() -> None:
    assert {row.origin for row in CALIBRATION} == {"published", "derived", "invented"}
    assert all("N" in row.source for row in CALIBRATION if row.origin == "published")
