"""What is done by itself: sessions that are over are forgotten."""

from __future__ import annotations

from procrastinate.contrib.django import app

from suqing.accounts.actions.sessions import forget_sessions_over


@app.periodic(cron="37 * * * *")
@app.task(queueing_lock="accounts.sweep_sessions", pass_context=False)
def sweep_sessions(timestamp: int) -> int:  # noqa: ARG001
    """Delete what is kept of sessions whose time is over, also of people who never came in."""
    return forget_sessions_over()
