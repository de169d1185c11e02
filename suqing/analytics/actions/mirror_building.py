"""Building the mirror anew from PostgreSQL, beside the one in use, which goes on being fed and read meanwhile."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from suqing.analytics.actions.mirror_feeding import Lock, lock, next_writing
from suqing.analytics.actions.views import settled_view
from suqing.analytics.mirror.epoch import Epoch
from suqing.analytics.mirror.facts_of import all_rows
from suqing.analytics.mirror.tables import SPECS, marked
from suqing.analytics.mirror_state import epoch_of, fingerprint, mirror_row
from suqing.analytics.models import Mirror, Touched
from suqing.ledger.actions import advance_progress, fail_progress, finish_progress, start_progress
from suqing.ledger.models import JobProgress

log = logging.getLogger(__name__)

PROGRESS = "mirror.build"
# How long a folder that nothing points to is kept for whoever still reads it, in seconds.
GRACE = 600.0
PINS = "pins"

Report = Callable[[int, int], None]


class BeingBuilt(Exception):
    """Somebody else is building the mirror."""


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: so many rows of each table, up to this position."""

    rows: dict[str, int]
    position: int
    seconds: float


def build(*, report: Report | None = None) -> Built:
    """Build the mirror from PostgreSQL and switch to it.  Raise BeingBuilt while another builder works.

    1. Ask the feeder to keep what it takes off the list.  2. Copy every row of one view, month by month, to a folder of
    its own.  3. Switch, and hand the kept rows to the feeder again, which brings them to the new mirror too.  Killed
    before 3, the mirror in use stays as it is, and the next run begins anew.
    """
    with lock(Lock.BUILD) as held:
        if not held:
            raise BeingBuilt
        name = f"{timezone.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        _begin(name)
        progress = start_progress(PROGRESS, _size())
        epoch, began = epoch_of(name), time.monotonic()
        try:
            epoch.create()
            stands_for = fingerprint()
            rows, position = _copy(epoch, progress, report)
            for table in SPECS:
                epoch.compact(table, "base")
            _switch(name, epoch, position, stands_for)
        except BaseException as fault:
            epoch.remove()
            _give_up(progress, fault)
            raise
        finish_progress(progress)
        return Built(rows, position, time.monotonic() - began)


def _begin(name: str) -> None:
    """From here on the feeder keeps what it takes off the list; what a builder that died left kept is let go."""
    with lock(Lock.FEED, wait=True), transaction.atomic():
        Mirror.objects.get_or_create(id=1)
        Touched.objects.filter(is_held=True).delete()
        Mirror.objects.update(building=name)


def _size() -> int:
    return sum(spec.source.model._default_manager.count() for spec in SPECS.values())


def _copy(epoch: Epoch, progress: JobProgress, report: Report | None) -> tuple[dict[str, int], int]:
    counts = dict.fromkeys(SPECS, 0)
    is_first = mirror_row() is None
    with settled_view() as position:
        if is_first:
            # Nobody else takes rows off the list yet; those in view are all copied.
            Touched.objects.filter(is_held=False).delete()
        writing = next_writing()
        for name, spec in SPECS.items():
            for block in all_rows(spec):
                epoch.append(name, "base", marked(spec, block, writing))
                counts[name] += len(block)
                if report is not None:
                    report(sum(counts.values()), progress.total or 0)
    advance_progress(progress, sum(counts.values()))
    return counts, position


def _switch(name: str, epoch: Epoch, position: int, stands_for: str) -> None:
    now = timezone.now()
    with lock(Lock.FEED, wait=True), transaction.atomic():
        row = Mirror.objects.select_for_update().get()
        row.epoch, row.building, row.versions, row.position = name, "", epoch.versions(), position
        row.fingerprint, row.built_at, row.folded_at, row.fed_at, row.fault = stands_for, now, now, now, ""
        row.save()
        Touched.objects.filter(is_held=True).update(is_held=False)


def _give_up(progress: JobProgress, fault: BaseException) -> None:
    with transaction.atomic():
        Mirror.objects.update(building="")
        Touched.objects.filter(is_held=True).delete()
        fail_progress(progress, f"{type(fault).__name__}: {fault}"[:500])


def remove_old_folders(*, grace: float = GRACE) -> list[str]:
    """Take away folders that are not in use, once nobody can be reading them any more."""
    root, removed = Path(settings.SUQING_MIRROR), list[str]()
    with lock(Lock.BUILD) as held:
        if not held or not root.is_dir():
            return []
        _forget_the_dead()
        row = Mirror.objects.first()
        if row is not None and row.built_at and timezone.now() - row.built_at < timedelta(seconds=grace):
            return []
        used = {PINS, row.epoch if row else ""}
        for folder in root.iterdir():
            if folder.is_dir() and folder.name not in used and time.time() - _last_written(folder) > grace:
                Epoch(folder).remove()
                removed.append(folder.name)
    return removed


@transaction.atomic
def _forget_the_dead() -> None:
    """Let go of what is kept for a builder that died; nobody builds now."""
    if Mirror.objects.exclude(building="").update(building=""):
        Touched.objects.filter(is_held=True).delete()


def _last_written(folder: Path) -> float:
    return max((one.stat().st_mtime for one in folder.rglob("_delta_log/*")), default=folder.stat().st_mtime)
