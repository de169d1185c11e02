"""Ordinary years reach the centre many cases at once, each exactly once, whatever dies in between; then the script goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from suqing.accounts.actions import load_units
from suqing.cases.actions import past_cases
from suqing.cases.models import Case, Submission, TopicMembership
from suqing.cases.vocabulary import Kind
from suqing.lawclock.actions import load_calendars
from suqing.ledger.models import Event
from suqing.ledger.queries import verify_chain
from suqing.rehearsal.actions import history, replay
from suqing.rehearsal.actions.history import TooMuch, write_history
from suqing.rehearsal.models import History, Replay
from suqing.rehearsal.script.cities import NANJING
from suqing.rehearsal.script.days import days
from suqing.rehearsal.script.history import Quiet, cases_of
from suqing.rehearsal.script.moments import SHANGHAI
from suqing.taxonomy.actions import load_reference_data
from tests.cast import AT, SYSTEM
from tests.dying import killed_until_finished

SEED = 3
CLOCK = datetime(2020, 1, 20, 9, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _quick_passwords() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def empty_centre(nobody_yet: None) -> None:
    load_units(by=SYSTEM, at=AT)
    load_calendars(by=SYSTEM, at=AT)
    load_reference_data(by=SYSTEM, at=AT)


def begin(*, city: str = "suzhou", size: int = 0, years: int = 1) -> None:
    replay.begin(city=city, seed=SEED, with_baseline=False, clock=CLOCK, years=years, size=size)


def generated() -> dict[object, tuple[object, ...]]:
    plan = History.objects.get()
    quiet = Quiet("suzhou", SEED, plan.first_day, plan.last_day, plan.size, plan.horizon)
    return {
        case.ref: (case.kind, case.narrative.strip(), case.state, case.outcome or "", case.received_at, case.closed_at)
        for day in days(plan.first_day, plan.last_day)
        for case in cases_of(quiet, day)
    }  # fmt: skip


def stored() -> dict[object, tuple[object, ...]]:
    rows = Case.objects.values_list(
        "submission__ref", "kind", "narrative", "state", "outcome", "received_at", "closed_at"
    )
    return {row[0]: (row[1], row[2].strip(), *row[3:]) for row in rows}


@pytest.mark.usefixtures("empty_centre")
def test_every_generated_case_stands_in_the_centre_as_it_is_and_is_marked_synthetic() -> None:
    begin(size=200)
    assert write_history() == 200
    assert stored() == generated()
    assert Case.objects.filter(is_synthetic=True).count() == Case.objects.count() == 200
    assert Submission.objects.filter(is_synthetic=False).count() == 0
    assert not TopicMembership.objects.filter(version__topic__code="epidemic").exists()
    assert not Case.objects.filter(closed_at=None, next_due_at=None).exclude(kind=Kind.CONSULTATION).exists()
    written = Event.objects.filter(verb="rehearsal.history")
    assert [event.data["count"] for event in written] == [200]
    assert verify_chain().is_whole
    assert History.objects.get().is_written and write_history() == 0


@pytest.mark.usefixtures("empty_centre")
def test_what_fails_in_the_middle_leaves_whole_batches_and_goes_on_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(history, "BATCH", 30)
    begin(size=100)
    calls = []

    def dies_at_the_third(cases: object, **more: object) -> object:
        calls.append(cases)
        if len(calls) == 3:
            past_cases.write_past(cases, **more)  # type: ignore[arg-type]
            raise ConnectionError
        return past_cases.write_past(cases, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(history, "write_past", dies_at_the_third)
        with pytest.raises(ConnectionError):
            write_history()
    assert Case.objects.count() == History.objects.get().written == 60
    told: list[tuple[int, int]] = []
    assert write_history(report=lambda done, total: told.append((done, total))) == 40
    assert told == [(90, 100), (100, 100)]
    assert stored() == generated()


@pytest.mark.usefixtures("empty_centre")
def test_after_the_ordinary_years_the_script_is_played() -> None:
    begin(size=40)
    write_history()
    assert replay.play_until(CLOCK) > 4
    assert Case.objects.filter(received_at__gte=datetime(2020, 1, 20, tzinfo=SHANGHAI)).exists()
    assert Case.objects.filter(received_at__lt=datetime(2020, 1, 20, tzinfo=SHANGHAI)).count() == 40


@pytest.mark.usefixtures("empty_centre")
def test_the_command_writes_the_years_first_and_another_past_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    script = ("rehearse", "--no-baseline", "--seed", str(SEED), "--until", "2020-01-20T02:00")
    call_command(*script, "--size", "50", "--quiet-years", "2")
    assert "50" in capsys.readouterr().err
    call_command(*script)  # goes on with the past that it has
    call_command("rehearse", "--until", "2020-01-20T08:30")  # and with the script that it has
    assert Replay.objects.get().played_until == datetime(2020, 1, 20, 8, 30, tzinfo=SHANGHAI)
    call_command(*script, "--size", "50")
    assert History.objects.get().written == 50
    for other in (("--size", "60"), ("--quiet-years", "3")):
        with pytest.raises(CommandError, match="脚本"):
            call_command(*script, *other)


@pytest.mark.usefixtures("empty_centre")
@pytest.mark.parametrize(("size", "years"), [(10_000_001, 1), (10, 13), (-1, 1)])
def test_more_than_a_rehearsal_has_is_refused_and_nothing_begins(size: int, years: int) -> None:
    with pytest.raises(TooMuch):
        begin(size=size, years=years)
    assert not Replay.objects.exists()


@pytest.mark.usefixtures("empty_centre")
def test_nanjing_is_played_in_its_own_units_by_its_own_people() -> None:
    morning = datetime(2020, 1, 20, 9, 30, tzinfo=SHANGHAI)
    replay.begin(city="nanjing", seed=SEED, with_baseline=False, clock=morning)
    assert replay.play_until(morning) > 30
    units = set(Case.objects.values_list("responsible_unit__code", flat=True))
    assert "nj-12315" in units and len(units) > 5
    assert all(code.startswith("nj") for code in units)
    places = set(Case.objects.exclude(place=None).values_list("place__code", flat=True))
    assert {code[:6] for code in places} <= set(NANJING.districts)
    assert replay.end_of(NANJING) == datetime(2020, 3, 6, tzinfo=SHANGHAI)
    with pytest.raises(replay.OtherScript):
        begin()


SCRIPT = """
import time
import django
django.setup()
from suqing.rehearsal.actions import history
history.BATCH = 30
inner = history.write_past
def told(*cases, **more):
    done = inner(*cases, **more)
    print("written", flush=True)
    time.sleep(0.03)  # the batch is written but not committed: here death is worst
    return done
history.write_past = told
history.write_history()
print("finished", flush=True)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("empty_centre")
def test_a_run_that_is_killed_again_and_again_leaves_exactly_the_same_centre() -> None:
    begin(size=240)
    deaths = killed_until_finished(SCRIPT, lines=(3, 5), pause=0.05)
    assert deaths >= 1
    assert stored() == generated()
    assert sum(event.data["count"] for event in Event.objects.filter(verb="rehearsal.history")) == 240
    assert Submission.objects.count() == 240
