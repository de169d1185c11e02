from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from suqing.ledger import queries
from suqing.ledger.actions import set_centre_clock
from suqing.ledger.models import CentreClock, Event
from tests.cast import AT, SHANGHAI, SYSTEM

REAL = datetime(2026, 5, 1, 0, 0, tzinfo=UTC)


def test_a_rehearsal_clock_runs_from_its_anchor_at_its_speed() -> None:
    clock = CentreClock(mode="rehearsal", anchor_real=REAL, anchor_centre=AT, speed=60.0)
    assert clock.read(REAL) == AT
    assert clock.read(REAL + timedelta(seconds=10)) == AT + timedelta(minutes=10)
    assert clock.read(REAL + timedelta(minutes=24)) == AT + timedelta(days=1)


def test_a_real_clock_shows_real_time_whatever_its_anchor() -> None:
    clock = CentreClock(mode="real", anchor_real=REAL, anchor_centre=AT, speed=60.0)
    assert clock.read(REAL + timedelta(hours=1)) == REAL + timedelta(hours=1)


@pytest.mark.django_db
def test_the_centre_keeps_real_time_until_told_otherwise() -> None:
    before = timezone.now()
    now = queries.centre_now()
    assert before <= now <= timezone.now()
    assert now.utcoffset() == timedelta(hours=8)
    assert not queries.is_rehearsal()


@pytest.mark.django_db
def test_a_rehearsal_starts_where_it_was_set_and_goes_on() -> None:
    set_centre_clock(mode="rehearsal", centre=AT, speed=1000.0, by=SYSTEM)
    assert queries.is_rehearsal()
    first = queries.centre_now()
    assert AT <= first < AT + timedelta(hours=3)
    assert queries.centre_now() > first


@pytest.mark.django_db
def test_the_clock_can_go_back_to_real_time() -> None:
    set_centre_clock(mode="rehearsal", centre=AT, by=SYSTEM)
    set_centre_clock(mode="real", by=SYSTEM)
    assert not queries.is_rehearsal()
    assert abs(queries.centre_now() - timezone.now()) < timedelta(seconds=5)
    assert CentreClock.objects.count() == 1


@pytest.mark.django_db
def test_setting_the_clock_is_on_record() -> None:
    set_centre_clock(mode="rehearsal", centre=AT, speed=2.0, by=SYSTEM)
    event = Event.objects.get()
    assert (event.verb, event.at) == ("centre_clock.set", AT)
    event.refresh_from_db()
    assert event.data["speed"] == 2.0
    assert event.data["mode"] == "rehearsal"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mode", "centre", "speed"),
    [
        ("rehearsal", None, 1.0),
        ("rehearsal", datetime(2020, 1, 27), 1.0),  # noqa: DTZ001
        ("rehearsal", AT, 0.0),
        ("rehearsal", AT, -1.0),
        ("rehearsal", AT, float("nan")),
        ("dream", AT, 1.0),
    ],
)
def test_a_clock_that_makes_no_sense_is_refused(mode: str, centre: datetime | None, speed: float) -> None:
    with pytest.raises(ValueError):
        set_centre_clock(mode=mode, centre=centre, speed=speed, by=SYSTEM)
    assert not CentreClock.objects.exists()


@pytest.mark.django_db
def test_pages_get_shanghai_time() -> None:
    set_centre_clock(mode="rehearsal", centre=AT.astimezone(UTC), by=SYSTEM)
    assert queries.centre_now().astimezone(SHANGHAI).date() == AT.date()
    assert queries.centre_now().hour == AT.hour
