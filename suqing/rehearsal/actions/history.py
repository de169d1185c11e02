"""Writes the ordinary years before the script: many cases at once, marked synthetic, one event a batch.

A batch and the place reached are one transaction: a killed run goes on where it stopped, two runs wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from suqing.cases.actions.past_cases import write_past
from suqing.ledger.actions import seal_events
from suqing.rehearsal.actions.staff import present_staff
from suqing.rehearsal.models import History, Replay
from suqing.rehearsal.script.cities import city_called
from suqing.rehearsal.script.days import DAY
from suqing.rehearsal.script.generating import batches_beside
from suqing.rehearsal.script.history import MOST, MOST_YEARS, Batch, Quiet, batches, quiet_days, usual_size

BATCH = 2_000
MANY = 10_000  # from here on a process beside this one generates
SEALED_EACH = 20  # batches
YEARS = 3  # where only a size is given


class TooMuch(ValueError):
    """More cases, or more years, than a rehearsal has."""


def plan_history(replay: Replay, *, years: int, size: int, horizon: datetime) -> History | None:
    """Note what is to be written, inside the transaction that begins the replay; None where nothing is wanted.

    ``size`` 0 means as many as the city has in ordinary years, ``years`` 0 with a size means YEARS.
    """
    if not years and not size:
        return None
    if not 0 <= size <= MOST or not 0 <= years <= MOST_YEARS:
        raise TooMuch(f"{size} cases, {years} years")
    city, years = city_called(replay.city), years or YEARS
    first, last = quiet_days(city, years)
    left_out = city.baseline if replay.has_baseline else None
    return History.objects.create(
        size=size or usual_size(city, years, left_out),
        years=years,
        first_day=first,
        last_day=last,
        horizon=horizon,
        next_day=first,
    )


def write_history(*, report: Callable[[int, int], None] | None = None) -> int:
    """Write what is not written yet; return how many cases that were.  ``report`` is told done and all."""
    history, replay = History.objects.first(), Replay.objects.first()
    if history is None or replay is None or history.is_written:
        return 0
    done, quiet = 0, _quiet(history, replay)
    generate = batches_beside if history.size - history.written >= MANY else batches
    for number, batch in enumerate(generate(quiet, (history.next_day, history.next_done), BATCH), 1):
        if not _write(batch, replay):
            break  # another run wrote it meanwhile
        done += len(batch.cases)
        if number % SEALED_EACH == 0:
            seal_events()
        if report is not None:
            report(history.written + done, history.size)
    seal_events()
    return done


@transaction.atomic
def _write(batch: Batch, replay: Replay) -> bool:
    history = History.objects.select_for_update().get()
    if (history.next_day, history.next_done) != batch.start:
        return False
    taker = present_staff(city_called(replay.city)).takers[0]
    write_past(
        batch.cases,
        by=taker,
        at=history.horizon,
        verb="rehearsal.history",
        subject=history,
        data={"until": batch.after[0].isoformat()},
    )
    history.next_day, history.next_done = batch.after
    history.written += len(batch.cases)
    if history.written == history.size:
        history.next_day, history.next_done = history.last_day + DAY, 0
    history.save(update_fields=["next_day", "next_done", "written"])
    return True


def _quiet(history: History, replay: Replay) -> Quiet:
    city = city_called(replay.city)
    return Quiet(
        city=city.code,
        seed=replay.seed,
        first=history.first_day,
        last=history.last_day,
        size=history.size,
        horizon=history.horizon,
        left_out=city.baseline if replay.has_baseline else None,
    )
