"""What the centre watches by itself."""

from __future__ import annotations

from procrastinate.contrib.django import app

from suqing.ledger.queries import centre_now
from suqing.surveillance.actions import look_where_due


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="surveillance.new_words", lock="surveillance.new_words", pass_context=False)
def new_words(timestamp: int) -> int:  # noqa: ARG001  (the centre has its own time)
    """Look for words heard more than usual: those of a day every hour, those of a week every six."""
    return len(look_where_due(at=centre_now()))
