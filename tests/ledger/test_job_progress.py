from __future__ import annotations

import pytest

from suqing.ledger.actions import advance_progress, fail_progress, finish_progress, start_progress
from suqing.ledger.queries import latest_progress


@pytest.mark.django_db
def test_a_job_tells_how_far_it_is() -> None:
    progress = start_progress("backfill", total=100)
    advance_progress(progress, 40, "口罩价格")
    seen = latest_progress("backfill")
    assert seen is not None
    assert (seen.done, seen.total, seen.message, seen.finished_at) == (40, 100, "口罩价格", None)
    finish_progress(progress)
    seen = latest_progress("backfill")
    assert seen is not None
    assert seen.finished_at is not None
    assert seen.failed_reason == ""


@pytest.mark.django_db
def test_a_failed_job_says_why_and_the_latest_run_is_shown() -> None:
    finish_progress(start_progress("fold"))
    fail_progress(start_progress("fold"), "disk full")
    seen = latest_progress("fold")
    assert seen is not None
    assert seen.failed_reason == "disk full"
    assert latest_progress("nothing") is None
