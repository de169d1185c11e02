"""The rehearsed centre lives on: what the script holds for the centre's present is played each minute."""

from __future__ import annotations

from procrastinate.contrib.django import app

from suqing.ledger.queries import centre_now
from suqing.rehearsal.actions.replay import play_on


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="rehearsal.replay_due", pass_context=False)
def replay_due(timestamp: int) -> int:  # noqa: ARG001  (procrastinate tells which minute it is; the centre has its own)
    """Register the contacts and take the steps that became due since the last minute; nothing after the script's end."""
    return play_on(centre_now())
