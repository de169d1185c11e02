"""A replay fills an empty centre through the actions of the desks, exactly once, and yields to people."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from suqing.accounts.actions import create_person, load_units
from suqing.accounts.models import Person
from suqing.cases.actions import dispatching
from suqing.cases.models import Case, Clock, Notice, Submission
from suqing.cases.vocabulary import Kind, State
from suqing.lawclock.actions import load_calendars
from suqing.ledger.models import Event
from suqing.ledger.queries import centre_now, is_rehearsal, verify_chain
from suqing.rehearsal.actions import replay
from suqing.rehearsal.actions.staff import UnitsMissing, present_staff
from suqing.rehearsal.jobs import replay_due
from suqing.rehearsal.models import Replay
from suqing.rehearsal.script.cities import SUZHOU
from suqing.rehearsal.script.moments import SHANGHAI
from suqing.rehearsal.script.timeline import between, timeline
from suqing.taxonomy.actions import load_reference_data
from suqing.telephony.models import Call
from tests.cast import AT, SYSTEM

SEED = 3
MORNING = datetime(2020, 1, 20, 10, 30, tzinfo=SHANGHAI)
START = datetime(2020, 1, 20, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _quick_passwords(nobody_yet: None) -> Iterator[None]:
    """Argon2 is slow on purpose, and each rehearsal makes some thirty passwords."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def empty_centre(db: None) -> None:
    load_units(by=SYSTEM, at=AT)
    load_calendars(by=SYSTEM, at=AT)
    load_reference_data(by=SYSTEM, at=AT)


@pytest.fixture
def begun(empty_centre: None) -> None:
    replay.begin(city="suzhou", seed=SEED, with_baseline=False, clock=MORNING)


def due_until(moment: datetime) -> int:
    return len(between(timeline(SEED, "suzhou", with_baseline=False), START, moment))


@pytest.mark.usefixtures("begun")
def test_what_is_due_is_registered_and_handled_at_its_moment() -> None:
    assert replay.play_until(MORNING) == due_until(MORNING) > 30
    contacts = [due.contact for due in between(timeline(SEED, "suzhou", with_baseline=False), START, MORNING)
                if due.stage is None]  # fmt: skip
    assert set(Submission.objects.values_list("ref", "received_at")) == {(c.ref, c.moment) for c in contacts}
    assert Case.objects.count() == sum(len(contact.matters) for contact in contacts)
    assert (
        Submission.objects.filter(is_synthetic=False).count()
        == Case.objects.filter(is_synthetic=False).count()
        == 0
    )
    assert Call.objects.filter(ended_at=None).count() == 0
    assert Case.objects.filter(kind=Kind.CONSULTATION, state=State.CLOSED).exists()
    assert Case.objects.filter(state=State.DISPATCHED, clocks__limit="D1").exists()
    assert not Event.objects.filter(verb__startswith="case.", at__gt=MORNING).exists()
    assert verify_chain().is_whole


@pytest.mark.usefixtures("begun")
def test_who_must_be_told_of_an_ending_is_told_but_for_a_few() -> None:
    replay.play_until(MORNING + timedelta(days=4))
    owed = Clock.objects.filter(limit__in=("D3", "D6"))
    told = owed.filter(state="met").count()
    assert told >= 3 and owed.filter(state="running").count() < told
    assert Notice.objects.count() >= told


@pytest.mark.usefixtures("begun")
def test_nothing_is_doubled_when_it_goes_on() -> None:
    half = MORNING - timedelta(hours=1)
    first, second = replay.play_until(half), replay.play_until(MORNING)
    assert replay.play_until(MORNING) == 0
    assert first + second == due_until(MORNING)
    running = Replay.objects.get()
    assert (running.contacts + running.steps, running.left_to_people) == (due_until(MORNING), 0)
    assert Submission.objects.count() == running.contacts


@pytest.mark.usefixtures("begun")
def test_gathered_and_one_by_one_leave_the_same_centre(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MANY", 1)
    replay.play_until(MORNING - timedelta(hours=1))
    monkeypatch.setattr(replay, "MANY", 10**6)
    replay.play_until(MORNING)
    for case in Case.objects.select_related("submission"):
        contact = next(
            d.contact
            for d in timeline(SEED, "suzhou", with_baseline=False)
            if d.contact.ref == case.submission.ref
        )
        assert case.narrative in {matter.narrative.strip() for matter in contact.matters}
        assert case.registered_at == contact.registered_at


@pytest.mark.usefixtures("begun")
def test_a_case_that_a_person_has_taken_over_is_left_to_that_person() -> None:
    line = timeline(SEED, "suzhou", with_baseline=False)
    due = next(d for d in line if d.stage is not None and d.moment < MORNING)
    before = due.moment - timedelta(seconds=1)
    replay.play_until(before)
    staff = present_staff(SUZHOU)
    case = Case.objects.filter(submission__ref=due.contact.ref).order_by("id")[due.matter]
    dispatching.dispatch(case=case, to_unit=staff.units["320508"], by=staff.dispatchers[0], at=before)
    replay.play_until(due.moment)
    case.refresh_from_db()
    assert case.responsible_unit == staff.units["320508"]
    assert Replay.objects.get().left_to_people == 1


@pytest.mark.usefixtures("begun")
def test_a_day_with_a_taken_over_case_is_played_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MANY", 1)
    line = timeline(SEED, "suzhou", with_baseline=False)
    due = next(d for d in line if d.stage is not None and d.moment < MORNING)
    before = due.moment - timedelta(seconds=1)
    replay.play_until(before)
    staff = present_staff(SUZHOU)
    case = Case.objects.filter(submission__ref=due.contact.ref).order_by("id")[due.matter]
    dispatching.dispatch(case=case, to_unit=staff.units["320508"], by=staff.dispatchers[0], at=before)
    replay.play_until(MORNING)
    running = Replay.objects.get()
    assert running.left_to_people >= 1
    assert running.contacts + running.steps + running.left_to_people == due_until(MORNING)


@pytest.mark.usefixtures("begun")
def test_each_minute_the_centre_lives_on_and_its_clock_decides() -> None:
    replay.play_until(MORNING - timedelta(minutes=45))
    assert replay_due(timestamp=0) > 0
    played = Replay.objects.get().played_until
    assert MORNING <= played <= centre_now()
    assert replay_due(timestamp=60) == 0 or Replay.objects.get().played_until > played


@pytest.mark.django_db
def test_a_centre_without_a_replay_is_left_alone() -> None:
    assert replay_due(timestamp=0) == 0
    assert not Submission.objects.exists()


@pytest.mark.usefixtures("empty_centre")
def test_the_command_staffs_the_centre_hands_over_sign_ins_and_sets_the_clock(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("rehearse", "--no-baseline", "--seed", str(SEED), "--until", "2020-01-20T08:00")
    told = capsys.readouterr().out
    kept = Path(settings.VAR_DIR / "sign-ins.txt")
    assert kept.read_text(encoding="utf-8") == told
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    username, password = told.split()[:2]
    assert Person.objects.get(username=username).check_password(password)
    assert not Person.objects.get(username=username).must_change_password
    assert is_rehearsal()
    assert abs(centre_now() - datetime(2020, 1, 20, 8, tzinfo=SHANGHAI)) < timedelta(minutes=1)
    people = Person.objects.count()
    call_command("rehearse", "--no-baseline", "--seed", str(SEED), "--until", "2020-01-20T08:30")
    assert capsys.readouterr().out == ""
    assert Person.objects.count() == people
    assert Replay.objects.get().played_until == datetime(2020, 1, 20, 8, 30, tzinfo=SHANGHAI)


@pytest.mark.usefixtures("empty_centre")
def test_a_centre_in_which_people_work_is_refused_and_stays_as_it_is() -> None:
    create_person(username="somebody", display_name="某人", by=SYSTEM, at=AT)
    with pytest.raises(CommandError, match="演练"):
        call_command("rehearse")
    assert Person.objects.count() == 1 and not is_rehearsal()


@pytest.mark.usefixtures("begun")
def test_another_script_in_the_same_centre_is_refused() -> None:
    with pytest.raises(CommandError, match="脚本"):
        call_command("rehearse", "--seed", str(SEED + 1), "--no-baseline")


@pytest.mark.django_db
def test_without_units_nothing_begins() -> None:
    with pytest.raises(UnitsMissing):
        replay.begin(city="suzhou", seed=SEED, with_baseline=False, clock=MORNING)
    assert not Person.objects.exists()


@pytest.mark.parametrize("text", ["yesterday", "2020-03-01T00:00"])
def test_moments_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(CommandError):
        call_command("rehearse", "--until", text)
