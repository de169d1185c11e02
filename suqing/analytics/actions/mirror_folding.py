"""Keeping the mirror in shape: few files, small changes, nothing left over."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from suqing.analytics.actions.mirror_feeding import Lock, lock, newest
from suqing.analytics.mirror.tables import SPECS
from suqing.analytics.mirror_state import epoch_of, mirror_row
from suqing.analytics.models import Mirror
from suqing.ledger.queries import setting

# As many small files of changes are made one.
MANY_FILES = 30
FOLD_EVERY = timedelta(hours=24)


def compact_changes() -> int:
    """Make one file of many small ones where they grew to many; return how many tables that were."""
    with lock(Lock.FEED, wait=True):
        row = mirror_row()
        if row is None:
            return 0
        epoch, versions = epoch_of(row.epoch), {}
        for name, at in row.versions.items():
            if len(epoch.files(name, "changes", at["changes"])) >= MANY_FILES:
                versions[name] = {"base": at["base"], "changes": epoch.compact(name, "changes")}
        if versions:
            _write_down(row.epoch, versions)
        return len(versions)


def is_fold_due() -> bool:
    """Whether the changes grew beyond the number of rows of the local policy, or a day has passed."""
    row = mirror_row()
    if row is None:
        return False
    if row.folded_at is None or timezone.now() - row.folded_at >= FOLD_EVERY:
        return True
    epoch = epoch_of(row.epoch)
    most = setting("mirror.fold_rows")
    return any(epoch.row_count(name, "changes", at["changes"]) > most for name, at in row.versions.items())


def fold() -> dict[str, int]:
    """Write the changes into the months they belong to; return how many rows of changes that were, by table.

    The feeder goes on while the months are written, and stands still only while folded changes are taken away.  First the
    months are written down, then the changes are taken away, so that no reader misses both.  Killed in between, the
    changes are folded once more.
    """
    folded: dict[str, int] = {}
    with lock(Lock.FOLD) as held:
        row = mirror_row() if held else None
        if row is None:
            return {}
        epoch = epoch_of(row.epoch)
        for name in SPECS:
            position, count = epoch.extent(name, row.versions[name]["changes"])
            if count == 0 or epoch.fold(name, row.versions, position) is None:
                continue
            at = {"base": epoch.version(name, "base"), "changes": row.versions[name]["changes"]}
            _write_down(row.epoch, {name: at})
            with lock(Lock.FEED, wait=True):
                at["changes"] = epoch.drop_changes(name, position)
                _write_down(row.epoch, {name: at})
            folded[name] = count
        Mirror.objects.filter(epoch=row.epoch).update(folded_at=timezone.now())
    return folded


@transaction.atomic
def _write_down(epoch: str, versions: dict[str, dict[str, int]]) -> None:
    row = Mirror.objects.select_for_update().get()
    if row.epoch == epoch:
        row.versions = newest(row.versions, versions)
        row.save(update_fields=["versions"])


def clean() -> int:
    """Remove what no reader can still need; return how many files.

    What a feeder or a folder that died wrote and did not write down is whole by itself, and is written down now: only
    files of the newest versions are kept.
    """
    with lock(Lock.FOLD) as held:
        row = mirror_row() if held else None
        if row is None:
            return 0
        epoch = epoch_of(row.epoch)
        with lock(Lock.FEED, wait=True):
            _write_down(row.epoch, epoch.versions())
            return epoch.clean()
