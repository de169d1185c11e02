"""Counting all unfinished clocks anew after the calendar or the local policy changed, in batches that go on after a
death: a run keeps how far it has come, and a batch is written wholly or not at all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from suqing.cases.actions.clocks import CHANGING, ClockBook
from suqing.cases.models import Case, Clock, ClockChange, ClockRecount
from suqing.cases.vocabulary import ClockState
from suqing.ledger.actions import advance_progress, consume, finish_progress, record, start_progress
from suqing.ledger.models import Event, JobProgress

CONSUMER = "cases.recount"
PROGRESS = "cases.recount"
SYSTEM = "system:clocks"
BATCH = 500  # cases
EVENTS_AT_ONCE = 2000
UNFINISHED = (ClockState.RUNNING, ClockState.PAUSED)
# Settings that move last days; the others of ``lawclock`` choose rules for new cases or marks for warnings.
MOVING = frozenset(
    f"lawclock.{name}" for name in ("rolling", "mediation_binding", "recusal_stops_mediation", "local_limits")
)


def note_changes(*, at: datetime) -> list[str]:
    """Read the sealed events on and open one run for what changed; return the names of the new runs."""
    opened: list[str] = []

    def handle(events: list[Event]) -> None:
        found = [event for event in events if _moves_last_days(event)]
        if found:
            run = f"event-{found[-1].position}"
            cause = "; ".join(dict.fromkeys(_cause(event) for event in found))[:300]
            ClockRecount.objects.get_or_create(run=run, defaults={"cause": cause, "at": at})
            opened.append(run)

    while consume(CONSUMER, handle, EVENTS_AT_ONCE) == EVENTS_AT_ONCE:
        pass
    return opened


def _moves_last_days(event: Event) -> bool:
    if event.verb == "setting.changed":
        return event.subject_id in MOVING
    return event.verb == "calendar.changed"


def _cause(event: Event) -> str:
    """What changed, as the page reads it: ``calendar 2020-01-31``, ``calendar 2020, 2021``, ``setting KEY``."""
    if event.verb == "setting.changed":
        return f"setting {event.subject_id}"
    years = ", ".join(str(year) for year in event.data.get("years", ()))
    return f"calendar {event.data.get('day') or years}"


def finish_runs(*, at: datetime) -> int:
    """Work off every run that is not finished, oldest first; return how many were."""
    runs = list(ClockRecount.objects.filter(finished_at=None).order_by("id").values_list("run", flat=True))
    for run in runs:
        recount_clocks(run, at=at)
    return len(runs)


def recount_clocks(run: str, *, at: datetime, cause: str = "") -> ClockRecount:
    """Count every unfinished clock anew under this run's name; a run that was begun goes on, a finished one stays.

    What moved is kept as ClockChange, once for each clock and run; the run ends with one event ``clocks.recounted``.
    """
    ClockRecount.objects.get_or_create(run=run, defaults={"cause": cause, "at": at})
    while _batch(run, at):
        pass
    return ClockRecount.objects.get(run=run)


@transaction.atomic
def _batch(run: str, at: datetime) -> bool:
    """Do the next batch; False when there is none left."""
    row = ClockRecount.objects.select_for_update().get(run=run)
    if row.finished_at is not None:
        return False
    progress = _progress(row)
    ids = _next_cases(row.last_case)
    if not ids:
        _finish(row, progress, at)
        return False
    done = _recount(ids, run, at)
    row.last_case = ids[-1]
    row.counted += done.counted
    row.changed += done.changed
    row.progress = progress.pk
    row.save(update_fields=["last_case", "counted", "changed", "progress"])
    advance_progress(progress, row.counted, message=run)
    return True


def _progress(row: ClockRecount) -> JobProgress:
    known = JobProgress.objects.filter(pk=row.progress).first() if row.progress else None
    return known or start_progress(PROGRESS, Clock.objects.filter(state__in=UNFINISHED).count())


def _next_cases(after: int) -> list[int]:
    rows = Clock.objects.filter(state__in=UNFINISHED, case_id__gt=after)
    return list(rows.order_by("case_id").values_list("case_id", flat=True).distinct()[:BATCH])


def _finish(row: ClockRecount, progress: JobProgress, at: datetime) -> None:
    row.finished_at, row.progress = at, progress.pk
    row.save(update_fields=["finished_at", "progress"])
    finish_progress(progress, message=row.run)
    facts = {"run": row.run, "cause": row.cause, "counted": row.counted, "changed": row.changed}
    record("clocks.recounted", row, by=SYSTEM, at=at, data=facts)


@dataclass(frozen=True, slots=True)
class _Done:
    counted: int
    changed: int


def _recount(ids: list[int], run: str, at: datetime) -> _Done:
    """Count the clocks of these cases anew and write what became different."""
    cases = list(Case.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    rows = Clock.objects.select_for_update(of=("self",)).filter(case__in=cases, state__in=UNFINISHED)
    clocks: dict[int, list[Clock]] = defaultdict(list)
    for clock in rows.order_by("id"):
        clocks[clock.case_id].append(clock)
    different: list[Clock] = []
    moved: list[ClockChange] = []
    ahead: list[Case] = []
    law = ClockBook.law_now()
    for case in cases:
        mine = clocks[case.pk]
        before = {clock.pk: _values(clock) for clock in mine}
        book = ClockBook(case, mine, law=law)
        for clock, was in book.recount():
            moved.append(ClockChange(clock=clock, run=run, was_due_at=was, due_at=clock.due_at, at=at))
        different += [clock for clock in mine if _values(clock) != before[clock.pk]]
        if case.next_due_at != book.next_due_at:
            case.next_due_at = book.next_due_at
            ahead.append(case)
    Clock.objects.bulk_update(different, CHANGING, batch_size=BATCH)
    Case.objects.bulk_update(ahead, ["next_due_at"], batch_size=BATCH)
    ClockChange.objects.bulk_create(moved, batch_size=BATCH)
    return _Done(sum(len(one) for one in clocks.values()), len(moved))


def _values(clock: Clock) -> tuple[object, ...]:
    return tuple(getattr(clock, name) for name in CHANGING)
