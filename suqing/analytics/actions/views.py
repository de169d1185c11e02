"""Views of the database that do not change while one reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from suqing.ledger.actions import seal_events
from suqing.ledger.models import Event
from suqing.ledger.queries import sealed_position

ATTEMPTS = 5  # to find a moment at which everything committed is sealed


@contextmanager
def settled_view() -> Iterator[int]:
    """A transaction whose view does not change, at a moment when every event in view is sealed; give the position.

    Where writers outrun the sealer, the view is taken as it is after some attempts: a row may then be a little newer
    than the position says.
    """
    for attempt in range(ATTEMPTS):
        seal_events()
        with transaction.atomic(durable=True):
            fix_view()
            if Event.objects.unsealed().exists() and attempt < ATTEMPTS - 1:
                continue
            yield sealed_position()
            return


def fix_view() -> None:
    """Let every query of this transaction see the same data.  Tests that roll back are inside a transaction already,
    where PostgreSQL no longer allows it; they are alone in their database."""
    if not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
