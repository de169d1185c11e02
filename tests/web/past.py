"""Ordinary days of the rehearsal written many cases at once: a centre with as many cases as a test asks for."""

from __future__ import annotations

from datetime import date, datetime

from suqing.accounts.models import Person
from suqing.cases.actions.past_cases import write_past
from suqing.ledger.actions import seal_events
from suqing.rehearsal.script.history import Quiet, batches

BATCH = 2_000


def fill(count: int, *, first: date, last: date, horizon: datetime, by: Person, seed: int = 1) -> int:
    """Write so many cases of these days as they stand at the horizon; another seed writes other cases."""
    done = 0
    for batch in batches(Quiet("suzhou", seed, first, last, count, horizon), (first, 0), BATCH):
        done += len(
            write_past(batch.cases, by=by, at=horizon, verb="rehearsal.history", subject=("history", seed))
        )
    seal_events()
    return done
