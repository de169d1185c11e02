"""The loop that keeps the mirror: twenty cases a second are each there after its next round."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from suqing.analytics import jobs
from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_checking import check
from suqing.analytics.actions.mirror_feeding import Fed, feed
from suqing.analytics.engine.duck import Duck
from suqing.analytics.facts import CASES
from suqing.analytics.mirror_state import current_view, mirror_row
from suqing.cases.models import Case
from tests.analytics.days import MONDAY, mask_report, moment, take
from tests.analytics.mirror.at_work import nothing_waits
from tests.analytics.mirror.reading import is_equal
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

A_SECOND, SECONDS = 20, 3


class Rounds:
    """The rounds of a loop in a thread of its own, as they begin and end."""

    def __init__(self) -> None:
        self.begun = self.ended = 0

    def feed(self) -> Fed | None:
        self.begun += 1
        fed = feed()
        if fed is not None or mirror_row() is None:  # None: the upkeep was just compacting, nothing was fed
            self.ended = self.begun
        return fed

    def wait_for_a_whole_one(self) -> None:
        """Wait until a round that begins from now on has ended."""
        until, wanted = time.monotonic() + 60, self.begun + 1
        while self.ended < wanted:
            assert time.monotonic() < until, "the loop stands still"
            time.sleep(0.01)


@contextmanager
def the_loop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rounds]:
    rounds, stop = Rounds(), Flag()
    monkeypatch.setattr(jobs, "feed", rounds.feed)

    def run() -> None:
        try:
            jobs.mirror_until(stop, every=0.1)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    try:
        yield rounds
    finally:
        stop.set()
        thread.join()


def mirrored_cases() -> set[int]:
    view = current_view()
    assert view is not None
    duck = Duck(view.facts)
    standing = duck._relation(CASES, None)
    return {row["case_id"] for row in duck.run(f"SELECT case_id FROM ({standing}) AS standing", [])}


def test_twenty_cases_a_second_are_each_there_after_the_next_round(
    thirty_cases: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    with the_loop(monkeypatch) as rounds:
        began = time.monotonic()
        for number in range(A_SECOND * SECONDS):
            case = take(thirty_cases, moment(MONDAY, "20:00"), mask_report()).cases.get()
            if number % A_SECOND == A_SECOND - 1:
                rounds.wait_for_a_whole_one()
                assert case.pk in mirrored_cases()
            time.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
        rounds.wait_for_a_whole_one()
        assert nothing_waits() and len(mirrored_cases()) == Case.objects.count() == 30 + A_SECOND * SECONDS
    assert is_equal() and check().is_whole  # type: ignore[union-attr]


def test_the_loop_builds_the_first_mirror_and_goes_on_after_a_fault(
    thirty_cases: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[Any] = [OSError("no room left"), OSError("no room left")]
    inner = jobs.feed

    def breaks() -> Fed | None:
        if faults and mirror_row() is not None:
            raise faults.pop()
        return inner()

    monkeypatch.setattr("tests.analytics.mirror.test_loop.feed", breaks)
    with the_loop(monkeypatch) as rounds:
        until = time.monotonic() + 60
        while mirror_row() is None or faults:
            assert time.monotonic() < until
            time.sleep(0.05)
        case = take(thirty_cases, moment(MONDAY, "20:00"), mask_report()).cases.get()
        rounds.wait_for_a_whole_one()
        assert case.pk in mirrored_cases() and mirror_row().fault == ""  # type: ignore[union-attr]
    assert is_equal()
