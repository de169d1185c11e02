"""What the centre does by itself with bulletins."""

from __future__ import annotations

from procrastinate.contrib.django import app

from suqing.bulletins.actions.pins import release_pins


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="bulletins.release_unused_pins", pass_context=False)
def release_unused_pins(timestamp: int) -> int:  # noqa: ARG001  (procrastinate tells which minute it is)
    """Let the files go that only drafts of the past stood on."""
    return len(release_pins())
