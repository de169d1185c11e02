"""Taking a snapshot: many figures from one unchanging view of the database, at a known event position, and pinned."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pyarrow as pa
from deltalake.exceptions import DeltaError
from django.db import transaction
from django.utils import timezone

from suqing.analytics.actions.mirror_feeding import facts_to_append, feed, next_writing, taken_off
from suqing.analytics.actions.views import ATTEMPTS, fix_view
from suqing.analytics.mirror import pins
from suqing.analytics.mirror.epoch import Damaged
from suqing.analytics.mirror.tables import FACT_TABLES
from suqing.analytics.mirror_state import epoch_of, fingerprint, mirror_row, view_of
from suqing.analytics.models import Snapshot
from suqing.analytics.pinned import folder_of
from suqing.analytics.policy_in_force import COUNTED_BY, in_force
from suqing.analytics.standing import LIVE, counted_at
from suqing.ledger.actions import seal_events
from suqing.ledger.models import Event
from suqing.ledger.queries import sealed_position

log = logging.getLogger(__name__)

# How long a snapshot waits for the mirror, and so many changed rows may be missing in it then: they are written into
# the pin at once, in memory.
PATIENCE_SECONDS = 20.0
MOST_NOT_FED = 100_000
# What a mirror does that cannot be read or written.
FAULTS = (Damaged, DeltaError, OSError, pa.ArrowException)


@contextmanager
def snapshot(*, at: datetime) -> Iterator[Snapshot]:
    """Open one REPEATABLE READ transaction, pin the mirror as of it, and give the snapshot that it sees; commit at the
    end of the block.  Figures of the block are counted in that transaction.

    1. What is committed is sealed and fed.  2. A transaction is opened whose view no longer changes.  3. If an event
    without a position is in view (somebody committed in between), seal and open again, a few times; then take it as it
    is and store how many there are.  4. The files of the mirror, and what it has not been fed yet, are pinned: together
    they hold just what the view holds.  Raise RuntimeError inside another transaction: its view would already be fixed.
    """
    for attempt in range(ATTEMPTS):
        seal_events()
        _feed_up()
        key = f"{timezone.now():%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
        try:
            with transaction.atomic(durable=True):
                fix_view()
                unsealed = Event.objects.unsealed().count()
                if unsealed and attempt < ATTEMPTS - 1:
                    continue
                files = _pinned(key)
                with counted_at(LIVE):
                    yield Snapshot.objects.create(
                        position=sealed_position(), unsealed=unsealed, at=at, taken_at=timezone.now(),
                        pin=key if files else "", files=files, policy=in_force(COUNTED_BY),
                    )  # fmt: skip
        except BaseException:
            pins.remove(folder_of(key))
            raise
        return


def _feed_up() -> None:
    """Bring the mirror up to date as far as that goes in a few seconds; what is left is pinned beside it."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            fed = feed()
        except FAULTS:
            log.exception("the mirror could not be fed")
            return
        if fed is not None and not fed.is_more:
            return
        if fed is None:  # there is none, or another feeder is at it
            if mirror_row() is None or not taken_off(MOST_NOT_FED)[1]:
                return
            time.sleep(0.2)


def _pinned(key: str) -> list[dict[str, Any]]:
    """Pin what this transaction sees; nothing without a mirror, or where it cannot be read, was built with other names
    or is far behind: bulletins do not wait for it.

    The row of the mirror and the list of changed rows are written in one transaction: what the view does not find in the
    mirror's files it finds on the list.
    """
    row = mirror_row()
    if row is None:
        return []
    touched, is_more = taken_off(MOST_NOT_FED)
    if is_more or row.fingerprint != fingerprint():
        log.warning("the mirror is behind; figures of this snapshot cannot be counted from files again")
        return []
    not_fed: dict[str, pa.Table] = facts_to_append(touched, next_writing(), FACT_TABLES) if touched else {}
    try:
        if torn := epoch_of(row.epoch).torn({name: row.versions[name] for name in FACT_TABLES}):
            raise Damaged(f"{torn[0]} is not whole")
        files = {name: one for name, one in view_of(row).files.items() if name in FACT_TABLES}
        return [one.to_json() for one in pins.pin(folder_of(key), files, not_fed)]
    except FAULTS:
        log.exception(
            "the mirror could not be pinned; figures of this snapshot cannot be counted from files again"
        )
        return []
