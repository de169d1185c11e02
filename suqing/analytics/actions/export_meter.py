"""Who writes a list to a file just now, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from suqing.analytics.models import Export

# Any constant will do, as long as nothing else in the database uses it.  One list is written at a time: each keeps one
# of the few jobs that run at once for as long as it takes.
_LOCK = 0x5371_0074
TELL_SECONDS = 1.0


class TakenAway(Exception):
    """Somebody took the export back while it was written."""


class Meter:
    """A second connection: it holds the lock of the writer, and tells how far the first one is, whose transaction
    nobody can look into."""

    def __init__(self, pk: int) -> None:
        self.pk, self._told_at = pk, 0.0
        self._connection = connections.create_connection(DEFAULT_DB_ALIAS)

    @classmethod
    @contextmanager
    def on(cls, ref: UUID) -> Iterator[Meter | None]:
        """Take the lock; None where another writer has it."""
        meter = cls(Export.objects.values_list("pk", flat=True).get(ref=ref))
        try:
            yield meter if meter._ask("SELECT pg_try_advisory_lock(%s)", [_LOCK]) else None
        finally:
            meter._ask(
                "SELECT pg_advisory_unlock_all()", []
            )  # the pool would keep the connection, and the lock with it
            meter._connection.close()

    def tell(self, progress: int | None, done: int) -> None:
        """Write how far it is, once a second.  Raise TakenAway if nobody wants it any more."""
        if monotonic() - self._told_at < TELL_SECONDS:
            return
        self._told_at = monotonic()
        self._ask("UPDATE ledger_jobprogress SET done = %s WHERE id = %s RETURNING id", [done, progress])
        state = self._ask("SELECT state FROM analytics_export WHERE id = %s", [self.pk])
        if state not in (Export.State.RUNNING, None):
            raise TakenAway

    def _ask(self, statement: str, values: list[Any]) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            row = cursor.fetchone()
        return row[0] if row else None
