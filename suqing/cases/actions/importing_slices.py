"""Imports worked off in slices, so that other jobs run in between; what is committed says where to go on."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from suqing.cases.actions.imports import check_some, run_some
from suqing.cases.models import ImportRun

SLICE_SECONDS = 20.0
WAITING = (ImportRun.State.READING, ImportRun.State.RUNNING)


def imports_waiting() -> list[ImportRun]:
    """The runs that are to be read or imported, oldest first."""
    return list(ImportRun.objects.filter(state__in=WAITING).defer("preview").order_by("id"))


def work_off_imports(*, now: Callable[[], datetime], seconds: float = SLICE_SECONDS) -> tuple[int, bool]:
    """Check and import for so long; return how many batches were done and whether there is more to do.

    A run that fails holds no other up: it is tried again in the next slice.
    """
    until, done = time.monotonic() + seconds, 0
    failed: Exception | None = None
    with _collected_at_the_end():
        for run in imports_waiting():
            step = check_some if run.state == ImportRun.State.READING else run_some
            try:
                while time.monotonic() < until and step(run, at=now()):
                    done += 1
            except Exception as problem:
                failed = failed or problem
    if failed is not None:
        raise failed
    return done, bool(done) and bool(imports_waiting())


@contextmanager
def _collected_at_the_end() -> Iterator[None]:
    """Batches make many objects and no cycles: looking for cycles again and again would take a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
