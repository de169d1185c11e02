"""Begins a replay and moves it on.

1. ``begin`` refuses a centre in which people work; it makes the staff, turns the clock to the rehearsal and notes that
   nothing has been played yet.
2. ``play_until`` plays day by day.  What was played and the moment reached are one transaction: a killed run
   goes on where it stopped, and two runs wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, time, timedelta

from django.db import transaction

from suqing.accounts.models import Person
from suqing.analytics.actions.published import put_published
from suqing.analytics.comparing import is_published
from suqing.cases.models import Submission
from suqing.ledger.actions import change_setting, record, seal_events, set_centre_clock
from suqing.ledger.queries import is_rehearsal
from suqing.ledger.writing import gathered
from suqing.rehearsal.actions.deeds import perform
from suqing.rehearsal.actions.history import plan_history
from suqing.rehearsal.actions.playing import Player, TakenOver, Tally
from suqing.rehearsal.actions.staff import SignIn, make_staff, present_staff
from suqing.rehearsal.models import History, Replay
from suqing.rehearsal.script.cities import city_called
from suqing.rehearsal.script.cities.city import City
from suqing.rehearsal.script.deeds import deeds_between
from suqing.rehearsal.script.moments import SHANGHAI
from suqing.rehearsal.script.timeline import Due, between, timeline
from suqing.telephony.models import Call

SYSTEM = "system:rehearsal"
DAY = timedelta(days=1)
MANY = 40


class CentreInUse(Exception):
    """This centre holds real work or other people; a rehearsal belongs in an empty one."""


class OtherScript(Exception):
    """Another script is being played in this centre."""


def end_of(city: City) -> datetime:
    """Give the moment at which the script of the city ends."""
    return datetime.combine(city.replay[1] + DAY, time.min, SHANGHAI)


@transaction.atomic
def begin(
    *, city: str, seed: int, with_baseline: bool, clock: datetime, years: int = 0, size: int = 0
) -> list[SignIn]:  # fmt: skip
    """Prepare an empty centre for the replay and return the sign-ins; an empty list if it had begun before.

    ``years`` and ``size``: the ordinary years to write before the script (``history``); a rehearsal that runs keeps its
    own where both are 0.  Raise CentreInUse, or OtherScript if this centre replays another city, seed, base or past.
    """
    running = Replay.objects.select_for_update().first()
    if running is not None:
        if (running.city, running.seed, running.has_baseline) != (city, seed, with_baseline):
            raise OtherScript(f"{running.city}, seed {running.seed}, with 2019: {running.has_baseline}")
        past = History.objects.first()
        if (years or size) and (
            past is None or (years or past.years, size or past.size) != (past.years, past.size)
        ):
            raise OtherScript(f"{past.size if past else 0} cases before, {past.years if past else 0} years")
        if not is_published():  # begun by a release that did not compare
            put_published(city_called(city).published, by=SYSTEM, at=running.played_until)
        return []
    if Submission.objects.exists() or Call.objects.exists() or Person.objects.exists():
        raise CentreInUse
    place = city_called(city)
    start = datetime.combine((place.baseline if with_baseline else place.replay)[0], time.min, SHANGHAI)
    sign_ins = make_staff(place, by=SYSTEM, at=start)
    set_centre_clock(mode="rehearsal", by=SYSTEM, centre=clock, speed=1.0)
    replay = Replay.objects.create(
        city=city, seed=seed, has_baseline=with_baseline, played_until=start, began_at=clock
    )
    plan_history(replay, years=years, size=size, horizon=clock)
    change_setting("bulletins.marks", [list(mark) for mark in place.marks], by=SYSTEM, at=start)
    put_published(place.published, by=SYSTEM, at=start)
    record(
        "rehearsal.begun",
        replay,
        by=SYSTEM,
        at=start,
        data={"city": city, "seed": seed, "baseline": with_baseline},
    )
    return sign_ins


def play_until(until: datetime, *, report: Callable[[int, int], None] | None = None) -> int:
    """Play what is due up to that moment, a transaction a day; return how many contacts and steps that were.

    ``report`` is told how many are done and how many there are.  Without a replay nothing happens.
    """
    running = Replay.objects.first()
    if running is None:
        return 0
    line = timeline(
        running.seed,
        running.city,
        with_baseline=running.has_baseline,
        through=until.astimezone(SHANGHAI).date(),
    )
    total, done = len(between(line, running.played_until, until)), 0
    city = city_called(running.city)
    player = Player(present_staff(city))
    for day_end in _day_ends(city, running.played_until, until) if total else ():
        try:
            done += _play_day(line, day_end, player)
        except TakenOver:
            player = Player(present_staff(city))
            done += _play_day(line, day_end, player, one_by_one=True)
        seal_events()
        if report is not None:
            report(done, total)
    return done


@transaction.atomic
def _play_day(line: tuple[Due, ...], until: datetime, player: Player, *, one_by_one: bool = False) -> int:
    running = Replay.objects.select_for_update().get()
    pending = between(line, running.played_until, until)
    player.tally = Tally()
    # A day is gathered and written in few statements; the few things of a minute are written as a desk does, so that
    # people who work in the rehearsal meet them row by row.
    with nullcontext() if one_by_one or len(pending) < MANY else gathered():
        for due in pending:
            player.play(due)
    # What the centre does of itself reads what is stored: after the gathered rows of the day are written.
    done = perform(
        deeds_between(city_called(running.city), running.played_until, until), player.staff, running.seed
    )
    running.contacts += player.tally.contacts
    running.steps += player.tally.steps + done
    running.left_to_people += player.tally.left_to_people
    running.played_until = max(until, running.played_until)
    running.save(update_fields=["contacts", "steps", "left_to_people", "played_until"])
    return len(pending)


def _day_ends(city: City, after: datetime, until: datetime) -> Iterator[datetime]:
    """Give the midnights between the two moments, then the second; the empty months of 2019 in one step."""
    first_replayed = datetime.combine(city.replay[0], time.min, SHANGHAI)
    moment = after.astimezone(SHANGHAI)
    while moment < until:
        following = datetime.combine(moment.date() + DAY, time.min, SHANGHAI)
        if moment.year < first_replayed.year and following > datetime.combine(
            city.baseline[1] + DAY * 60, time.min, SHANGHAI
        ):
            following = first_replayed
        moment = min(following, until)
        yield moment


def play_on(now: datetime) -> int:
    """Play what became due, as long as the centre rehearses and the script goes; return how much that was."""
    running = Replay.objects.first() if is_running() else None
    if running is None:
        return 0
    return play_until(min(now, end_of(city_called(running.city))))


def is_running() -> bool:
    """Say whether this centre rehearses a script."""
    return is_rehearsal() and Replay.objects.exists()
