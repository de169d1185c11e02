"""Each published figure of Suzhou holds exactly, whatever the seed."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from suqing.cases.vocabulary import Kind
from suqing.rehearsal.script.cities.suzhou import CALIBRATION, PUBLISHED_PRICE_DAYS, WINDOW, WUJIANG
from suqing.rehearsal.script.contact import Contact, Matter
from suqing.rehearsal.script.readings import topics_in
from tests.rehearsal.scripted import SEEDS, baseline, matters, of_days, replay

PRICES = "R0501"


def is_price_report(matter: Matter) -> bool:
    return matter.kind == Kind.REPORT and matter.is_epidemic and matter.issue_class == PRICES


def topics_of(matter: Matter) -> set[str]:
    return topics_in(matter.narrative)


@pytest.fixture(params=SEEDS)
def window(request: pytest.FixtureRequest) -> list[Contact]:
    return of_days(replay(request.param), *WINDOW)


def test_the_window_holds_the_published_numbers_of_each_kind(window: list[Contact]) -> None:
    assert Counter(matter.kind for matter in matters(window)) == {
        Kind.CONSULTATION: 1404, Kind.COMPLAINT: 789, Kind.REPORT: 658,
    }  # fmt: skip


def test_457_reports_are_related_to_the_epidemic(window: list[Contact]) -> None:
    reports = [matter for matter in matters(window) if matter.kind == Kind.REPORT]
    assert sum(matter.is_epidemic for matter in reports) == 457


def test_whoever_reads_the_reports_with_the_shipped_topics_finds_the_same_457(window: list[Contact]) -> None:
    reports = [matter for matter in matters(window) if matter.kind == Kind.REPORT]
    assert sum("epidemic" in topics_of(matter) for matter in reports) == 457


def test_epidemic_price_reports_are_88_66_60_by_class_and_by_words(window: list[Contact]) -> None:
    for day, published in PUBLISHED_PRICE_DAYS.items():
        reports = [m for m in matters(of_days(window, day, day)) if m.kind == Kind.REPORT]
        assert sum(is_price_report(matter) for matter in reports) == published
        found = [m for m in reports if "epidemic" in (topics := topics_of(m))
                 and (m.issue_class.startswith("R05") or topics & {"mask_price", "price_surge"})]  # fmt: skip
        assert len(found) == published


def test_price_reports_jump_on_the_25th_and_it_shows_by_noon(window: list[Contact]) -> None:
    by_day = Counter(c.moment.date() for c in window for m in c.matters if is_price_report(m))
    noon = sum(
        is_price_report(m)
        for c in window
        if c.moment.date() == date(2020, 1, 25) and c.moment.hour < 12
        for m in c.matters
    )
    assert by_day[date(2020, 1, 25)] >= 4 * by_day[date(2020, 1, 24)]
    assert noon > by_day[date(2020, 1, 24)]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_days_before_are_quiet_and_february_declines(seed: int) -> None:
    by_day = Counter(c.moment.date() for c in replay(seed) for _ in c.matters)
    assert all(by_day[date(2020, 1, day)] < 160 for day in range(20, 24))
    assert (
        max(by_day.values()) == by_day[date(2020, 1, 27)] or max(by_day.values()) == by_day[date(2020, 1, 28)]
    )
    weeks = [sum(by_day[date(2020, 2, day)] for day in days) for days in (range(1, 6), range(6, 11))]
    assert weeks[1] < weeks[0]


def test_wujiang_has_its_168_epidemic_complaints_and_reports(window: list[Contact]) -> None:
    found = [
        m for m in matters(of_days(window, date(2020, 1, 26), date(2020, 1, 29)))
        if m.is_epidemic and m.kind != Kind.CONSULTATION and m.place.district == WUJIANG
    ]  # fmt: skip
    topics = Counter(matter.topics[0] for matter in found)
    assert (len(found), topics["mask_price"], topics["mask_quality"]) == (168, 116, 13)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_year_before_has_about_a_third_and_no_epidemic(seed: int) -> None:
    before, now = matters(baseline(seed)), matters(replay(seed))
    assert 0.27 < len(before) / len(now) < 0.40
    assert not any(matter.is_epidemic for matter in before)
    assert not [m.narrative for m in before if "epidemic" in topics_of(m)]


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_takes_more_calls_than_suzhous_hardest_day(seed: int) -> None:
    loads = Counter((c.moment.date(), c.agent) for c in replay(seed))
    assert 80 <= max(loads.values()) <= 95


def test_every_number_says_whether_it_was_published_derived_or_invented() -> None:
    assert {row.origin for row in CALIBRATION} == {"published", "derived", "invented"}
    assert all(row.source for row in CALIBRATION if row.origin == "published")
