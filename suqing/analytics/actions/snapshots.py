"""Taking a snapshot: many figures from one unchanging view of the database, at a known event position."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from suqing.analytics.models import Snapshot
from suqing.ledger.actions import seal_events
from suqing.ledger.models import Event
from suqing.ledger.queries import sealed_position

ATTEMPTS = 5  # to find a moment at which everything committed is sealed


@contextmanager
def snapshot(*, at: datetime) -> Iterator[Snapshot]:
    """Open one REPEATABLE READ transaction and give the snapshot that it sees; commit at the end of the block.

    1. What is committed is sealed.  2. A transaction is opened whose view no longer changes.  3. If an event without
    a position is in view (somebody committed in between), seal and open again, a few times; then take it as it is
    and store how many there are.  Raise RuntimeError inside another transaction: its view would already be fixed.
    """
    for attempt in range(ATTEMPTS):
        seal_events()
        with transaction.atomic(durable=True):
            fix_view()
            unsealed = Event.objects.unsealed().count()
            if unsealed and attempt < ATTEMPTS - 1:
                continue
            yield Snapshot.objects.create(
                position=sealed_position(), unsealed=unsealed, at=at, taken_at=timezone.now()
            )
            return


def fix_view() -> None:
    """Let every query of this transaction see the same data.  Tests that roll back are inside a transaction already,
    where PostgreSQL no longer allows it; they are alone in their database."""
    if not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
