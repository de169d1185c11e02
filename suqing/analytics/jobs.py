"""What the centre does by itself: it writes lists that wait, removes files whose time is over, and keeps the mirror."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from threading import Event as Flag
from threading import Thread
from typing import TypeVar
from uuid import UUID

import duckdb
import pyarrow as pa
from deltalake.exceptions import DeltaError
from django.db import Error, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from suqing.analytics.actions.exports import remove_expired, write_kept
from suqing.analytics.actions.mirror_building import BeingBuilt, build, remove_old_folders
from suqing.analytics.actions.mirror_checking import check_and_mend
from suqing.analytics.actions.mirror_feeding import feed, note_fault
from suqing.analytics.actions.mirror_folding import clean, compact_changes, fold, is_fold_due
from suqing.analytics.actions.topic_backfills import go_on
from suqing.analytics.mirror.epoch import Damaged
from suqing.analytics.mirror_state import is_build_due, is_torn
from suqing.analytics.models import TopicBackfill
from suqing.analytics.queries import exports_waiting
from suqing.ledger.queries import centre_now

log = logging.getLogger(__name__)

UPKEEP_SECONDS = 30.0
HOUR = 3600.0
Result = TypeVar("Result")


class Failed(Enum):
    """What a step answers that could not be done."""

    FAILED = "failed"


FAILED = Failed.FAILED


def begin_writing() -> None:
    """Have the lists that wait written at once, not only at the next full minute."""
    _at_once(write_exports)


@app.task(queueing_lock="analytics.write_exports", pass_context=False)
def write_exports() -> int:
    """Write the lists that wait, oldest first; return how many were taken up.  A list that fails holds no other up."""
    tried: set[UUID] = set()
    while waiting := [ref for ref in exports_waiting() if ref not in tried]:
        tried.add(waiting[0])
        try:
            if not write_kept(waiting[0]):
                return len(tried) - 1  # another writer is at it and will come to the rest
        except Exception:
            log.exception("a list could not be written; it is tried again")
    return len(tried)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="analytics.exports_due", pass_context=False)
def exports_due(timestamp: int) -> int:  # noqa: ARG001  (procrastinate tells which minute it is; the centre has its own)
    """Take up lists whose writer died, and remove what has expired."""
    return write_exports() + remove_expired(at=centre_now())


def begin_backfills() -> None:
    """Have topics brought over all cases at once, not only at the next full minute."""
    _at_once(backfill_topics)


def _at_once(task: Task[[], int, []]) -> None:
    try:
        with transaction.atomic():
            task.defer()
    except AlreadyEnqueued:
        pass  # the job that waits already will find the new one too


@app.task(queueing_lock="analytics.backfill_topics", pass_context=False)
def backfill_topics() -> int:
    """Bring to its end what was begun and not yet done, oldest first; return how many.  One that fails holds no other
    up."""
    done = 0
    for backfill in TopicBackfill.objects.filter(ended_at=None, is_superseded=False).order_by("pk"):
        try:
            go_on(backfill)
            done += 1
        except Exception:
            log.exception("topic %s could not be brought over all cases; it is tried again", backfill.version)
    return done


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="analytics.backfills_due", pass_context=False)
def backfills_due(timestamp: int) -> int:  # noqa: ARG001  (procrastinate tells which minute it is; the centre has its own)
    """Go on with topics whose worker died."""
    return backfill_topics()


# The mirror


def mirror_until(stop: Flag, every: float = 1.0) -> None:
    """Feed the mirror about every second until ``stop`` is set, and keep it in shape beside that.

    What fails (a database that goes away, a full disk) is logged and written down, and tried again: what changed stays
    on the list until it is in the mirror.
    """
    upkeep = Thread(target=_keep_in_shape, args=(stop,), name="mirror-upkeep")
    upkeep.start()
    while not stop.is_set():
        fed = _tried(feed)
        if fed is FAILED:
            stop.wait(5 * every)
        elif fed is None or not fed.is_more:
            stop.wait(every)
    upkeep.join()


def _keep_in_shape(stop: Flag) -> None:
    """Build a mirror that is missing or speaks of other names, and compact, fold, clean and check the one in use."""
    cleaned = checked = -math.inf  # also a centre that never runs for an hour is cleaned
    while not stop.is_set():
        if _tried(is_build_due) is True:
            _tried(build)
        if _tried(is_torn) is True:
            _tried(check_and_mend)
        _tried(compact_changes)
        if _tried(is_fold_due) is True:
            # Folding reads what is folded: what cannot be read is looked for, though not twice a minute.
            folded = _tried(fold)
            if folded is not FAILED or time.monotonic() - checked > HOUR:
                checked = time.monotonic()
                _tried(check_and_mend)
        if time.monotonic() - cleaned > HOUR:
            cleaned = time.monotonic()
            _tried(clean)
            _tried(remove_old_folders)
        stop.wait(UPKEEP_SECONDS)
    connection.close()


def _tried(step: Callable[[], Result]) -> Result | Failed | None:
    """What the step answers, None while somebody else is at it; where it failed, that is logged and written down."""
    try:
        return step()
    except BeingBuilt:
        return None
    except (Error, OSError, DeltaError, Damaged, duckdb.Error, pa.ArrowException) as fault:
        log.exception("the mirror: %s failed; trying again", step.__name__)
        connection.close()
        with suppress(Error):
            note_fault(fault)
        return FAILED
