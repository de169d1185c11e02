"""What the centre does by itself with lists: it writes those that wait and removes the files whose time is over."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from suqing.analytics.actions.exports import remove_expired, write_kept
from suqing.analytics.queries import exports_waiting
from suqing.ledger.queries import centre_now

log = logging.getLogger(__name__)


def begin_writing() -> None:
    """Have the lists that wait written at once, not only at the next full minute."""
    try:
        with transaction.atomic():
            write_exports.defer()
    except AlreadyEnqueued:
        pass  # the job that waits already will find the new one too


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
