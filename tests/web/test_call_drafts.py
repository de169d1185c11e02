"""Drafts of the call desk at two seats: versions are compared, both texts kept; who else has the number open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from suqing.cases.models import Case, Draft, Submission
from suqing.cases.queries import draft_of
from suqing.ledger.actions import set_centre_clock
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

HERE = "我在观前街平江大药房买口罩，一只三十元"
THERE = "我在观前街平江大药房买口罩，一只五元"


@pytest.fixture
def centre(centre: Cast) -> Cast:
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def opened(client: Client, number: str = "13800001234") -> str:
    return str(client.post(reverse("call-open"), {"number": number})["Location"])


def save(client: Client, address: str, words: str, version: int, page: str) -> Any:
    given = {"narrative": words, "m0-kind": "complaint", "version": str(version), "page": page}
    return client.post(f"{address}draft/", given)


def test_a_save_over_a_newer_one_of_another_seat_is_refused_with_both_texts_kept(centre: Cast) -> None:
    first, second = seat(centre.call_taker), seat(centre.call_taker)
    address = opened(first)
    assert save(first, address, HERE, 0, "a" * 32).json()["version"] == 1
    assert 'name="version" value="1"' in second.get(address).content.decode()
    assert save(second, address, THERE, 1, "b" * 32).json()["version"] == 2
    refused = save(first, address, HERE, 1, "a" * 32)
    assert refused.status_code == 409
    assert (refused.json()["theirs"], refused.json()["version"]) == (THERE, 2)
    view = draft_of(centre.call_taker, str(Draft.objects.get().ref))
    assert view is not None
    assert view.content["fields"]["narrative"] == [THERE]
    assert save(first, address, f"{HERE}\n\n{THERE}", 2, "a" * 32).json()["version"] == 3


def test_two_saves_of_one_page_and_two_equal_texts_are_no_conflict(centre: Cast) -> None:
    client = seat(centre.call_taker)
    address = opened(client)
    save(client, address, HERE, 0, "a" * 32)
    save(client, address, THERE, 1, "a" * 32)
    assert (
        save(client, address, f"{THERE}。", 1, "a" * 32).status_code == 200
    )  # sent while the last was answered
    assert (
        save(client, address, f"{THERE}。", 1, "c" * 32).status_code == 200
    )  # the page that was loaded again


def test_a_seat_that_was_left_behind_registers_nothing_until_it_is_settled(centre: Cast) -> None:
    first, second = seat(centre.call_taker), seat(centre.call_taker)
    address = opened(first)
    save(first, address, HERE, 0, "a" * 32)
    save(second, address, THERE, 1, "b" * 32)
    given = {
        "narrative": HERE,
        "m0-kind": "complaint",
        "m0-entity": "平江大药房",
        "party-name": "王小明",
        "page": "a" * 32,
    }
    refused = first.post(address, given | {"version": "1"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert HERE in page
    assert 'name="version" value="1"' in page  # its autosave is refused as well, so nothing is written over
    assert not Submission.objects.exists()
    assert first.post(address, given | {"version": "2"}).status_code == 302
    assert Case.objects.count() == 1


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30, "²"])
def test_a_version_that_cannot_be_read_is_none(centre: Cast, version: str) -> None:
    client = seat(centre.call_taker)
    address = opened(client)
    for words in (HERE, THERE):
        answer = client.post(f"{address}draft/", {"narrative": words, "version": version, "page": "x" * 500})
        assert answer.status_code in (200, 409)


def test_somebody_else_with_the_same_number_is_told_and_forgotten_after_minutes(centre: Cast) -> None:
    mine, other = seat(centre.call_taker), seat(centre.other_call_taker)
    theirs, address = opened(other), opened(mine)
    assert save(mine, address, HERE, 0, uuid4().hex).json()["beside"] == ""
    save(other, theirs, THERE, 0, uuid4().hex)
    name = centre.other_call_taker.display_name
    assert name in save(mine, address, HERE, 1, uuid4().hex).json()["beside"]
    assert name in mine.get(address).content.decode()
    stranger = opened(mine, "13911112222")
    assert save(mine, stranger, HERE, 0, uuid4().hex).json()["beside"] == ""
    withheld = opened(mine, "")
    assert save(mine, withheld, HERE, 0, uuid4().hex).json()["beside"] == ""
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(minutes=5), speed=1.0, by=SYSTEM)
    assert name not in mine.get(address).content.decode()


def test_the_done_page_says_how_long_registration_took(centre: Cast) -> None:
    client = seat(centre.call_taker)
    address = opened(client)
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(minutes=4, seconds=10), speed=1.0, by=SYSTEM)
    given = {"narrative": HERE, "m0-kind": "complaint", "m0-entity": "平江大药房", "party-name": "王小明"}
    answer = client.post(address, given)
    assert "4:1" in client.get(answer["Location"]).content.decode()
