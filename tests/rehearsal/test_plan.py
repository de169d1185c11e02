"""The script is the same for the same seed, in order of time, and its parts fit the whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, timedelta

import pytest

from suqing.cases.vocabulary import Channel, ContactOutcome, Kind
from suqing.kit import phones, uscc
from suqing.rehearsal.script import OutOfScript, plan
from suqing.rehearsal.script.cities.suzhou import REPLAY
from suqing.rehearsal.script.tables import streets
from tests.rehearsal.scripted import SEEDS, baseline, codes, matters, replay


def fingerprint(seed: int, day: date) -> str:
    return hashlib.sha256(repr(list(plan(seed, day, day))).encode()).hexdigest()


def test_the_same_seed_gives_the_same_script_and_another_seed_another() -> None:
    day = date(2020, 1, 27)
    assert fingerprint(1, day) == fingerprint(1, day)
    assert fingerprint(1, day) != fingerprint(2, day)


def test_a_part_of_the_script_equals_that_part_of_the_whole() -> None:
    first, last = date(2020, 1, 25), date(2020, 1, 26)
    assert list(plan(1, first, last)) == [c for c in replay(1) if first <= c.moment.date() <= last]


@pytest.mark.parametrize("seed", SEEDS)
def test_contacts_come_in_order_and_are_registered_on_their_day(seed: int) -> None:
    moments = [contact.moment for contact in replay(seed)]
    assert moments == sorted(moments)
    assert all(c.moment < c.registered_at and c.moment.date() == c.registered_at.date() for c in replay(seed))
    assert len({c.ref for c in replay(seed)} | {c.ref for c in baseline(seed)}) == len(replay(seed)) + len(
        baseline(seed)
    )


def test_days_outside_and_cities_unknown_are_refused() -> None:
    with pytest.raises(OutOfScript, match="2020-01-19"):
        list(plan(1, date(2020, 1, 19), date(2020, 1, 20)))
    with pytest.raises(ValueError, match="wuxi"):
        list(plan(1, *REPLAY, city="wuxi"))


def test_people_turn_to_the_centre_around_the_clock_but_rarely_at_night() -> None:
    by_hour = Counter(contact.moment.hour for contact in replay(1))
    assert set(by_hour) == set(range(24))
    night, day = sum(by_hour[h] for h in range(1, 6)), sum(by_hour[h] for h in range(9, 14))
    assert 0 < night * 8 < day


def test_some_contacts_hold_no_matter_and_some_several() -> None:
    outcomes = Counter(contact.outcome for contact in replay(1))
    assert set(outcomes) == set(ContactOutcome)
    assert all(bool(c.matters) == (c.outcome == ContactOutcome.CASES) for c in replay(1))
    several = [c for c in replay(1) if len(c.matters) > 1]
    mixed = [c for c in several if {m.kind for m in c.matters} == {Kind.COMPLAINT, Kind.REPORT}]
    assert len(several) > 150 and len(mixed) > 40
    assert any(len({m.operator.uscc for m in c.matters if m.operator}) == 2 for c in several)


def test_all_channels_are_used_and_the_phone_most() -> None:
    channels = Counter(contact.channel for contact in replay(1))
    assert set(channels) == set(Channel) - {Channel.OTHER}
    assert channels[Channel.PHONE] > 0.7 * len(replay(1))


def test_who_must_be_named_is_named_and_can_be_called_back() -> None:
    for contact in replay(1):
        if any(
            m.kind == Kind.COMPLAINT or (m.kind == Kind.REPORT and m.is_real_name) for m in contact.matters
        ):
            assert contact.gives_name and contact.caller.name and contact.caller.phone


def test_phones_codes_and_identity_numbers_are_valid_and_recognisably_invented() -> None:
    for contact in replay(1):
        number = contact.caller.phone
        assert number == "" or phones.normalise(number) == number
        assert number == "" or number.startswith(("1540", "051200"))
        assert contact.caller.id_number.startswith("329999")
    operators = {m.operator for m in matters(replay(1)) if m.operator}
    for operator in operators:
        uscc.check(operator.uscc)
        assert operator.uscc[2:8] == "329999"
    assert len({operator.uscc for operator in operators}) == len(operators) > 500


def test_every_code_stands_in_the_taxonomy() -> None:
    objects, requests = codes("object_sz_ch20.json") | {""}, codes("request_2020.json")
    complaint_issues, report_issues = codes("issue_sd_2020.json"), codes("report_issue_platform_2021.json")
    known_streets = {code for found in streets().values() for code, _ in found}
    for matter in matters([*replay(1), *baseline(1)]):
        assert matter.object_class in objects
        assert matter.issue_class in (report_issues if matter.kind == Kind.REPORT else complaint_issues)
        assert set(matter.requests) <= requests
        assert matter.place.division in known_streets and matter.place.division.startswith(
            matter.place.district
        )


def test_prices_went_up_and_the_narrative_agrees_with_the_facts() -> None:
    priced = [m for m in matters(replay(1)) if m.price and m.issue_class == "R0501"]
    assert len(priced) > 500
    for matter in priced:
        assert matter.price and matter.price.asked > matter.price.earlier > 0
        assert matter.price.earlier_on < date(2020, 2, 10) - timedelta(days=1)


def test_some_people_turn_to_the_centre_again() -> None:
    by_person = Counter((c.caller.name, c.caller.phone) for c in replay(1) if c.caller.phone)
    assert sum(1 for times in by_person.values() if times > 1) > 50
