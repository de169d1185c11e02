"""The sealer as a loop, for the command and for the process that serves."""

from __future__ import annotations

import logging
from threading import Event as Flag

from django.db import Error, connection

from suqing.ledger.actions import seal_events

log = logging.getLogger(__name__)


def seal_until(stop: Flag, every: float = 0.5) -> int:
    """Seal at least once in ``every`` seconds until ``stop`` is set; return how many events were sealed.

    A database that goes away is no end: the error is logged and the next round connects anew.
    """
    total = 0
    while True:
        try:
            total += seal_events()
        except Error:
            log.exception("sealing failed; trying again")
            connection.close()
            stop.wait(5 * every)
        if stop.wait(every):
            return total
