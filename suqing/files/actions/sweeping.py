"""Removing what belongs to nothing: uploads that were given up, files that no row points to any more."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, ForeignKey, OuterRef, QuerySet
from django.utils import timezone

from suqing.files.actions.uploads import part_of
from suqing.files.models import StoredFile, Upload
from suqing.files.policy import ORPHAN_HOURS, UPLOAD_HOURS
from suqing.files.previews import folder_of
from suqing.files.storage import object_key, private_folder, root, storage
from suqing.ledger.actions import record
from suqing.ledger.queries import setting

SWEEPER = "system:file-sweeper"
BATCH = 200


def sweep_uploads() -> int:
    """Remove uploads that nobody went on with for the hours of the setting, and their bytes; return how many."""
    before = timezone.now() - timedelta(hours=setting(UPLOAD_HOURS.key))
    gone = list(Upload.objects.filter(last_at__lt=before)[:BATCH])
    for upload in gone:
        part_of(upload).unlink(missing_ok=True)
        upload.delete()
    _sweep_incoming(before)
    return len(gone)


def _sweep_incoming(before: datetime) -> None:
    """What a killed process left in the folder of incoming files."""
    for path in private_folder(root() / "incoming").iterdir():
        if path.is_file() and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def sweep_files(*, at: datetime) -> int:
    """Remove the bytes of files that nothing points to and that nobody sent within the grace; return how many."""
    before = timezone.now() - timedelta(hours=setting(ORPHAN_HOURS.key))
    keys = list(unowned().filter(stored_at__lt=before, removed_at=None).values_list("pk", flat=True)[:BATCH])
    swept = sum(_remove(key, before, at) for key in keys)
    _sweep_strays(before)
    return swept


def forget_files(keys: Collection[int], *, sent_by: Collection[int], at: datetime) -> None:
    """Somebody was erased: the names that these people sent the files under go now, and the bytes that belong to
    nothing else as soon as the erasure is committed."""
    Upload.objects.filter(file__in=keys, owner__in=sent_by).delete()
    # Not before: bytes do not come back with a transaction.  Where the process dies between, the sweeper finds them.
    transaction.on_commit(lambda: _remove_now(keys, at), robust=True)


def remove_lapsed(owners: QuerySet[Any], *, at: datetime, most: int = BATCH) -> int:
    """Remove the bytes of files that only these rows still point to, though they need them no longer; return how many.

    The rows go on pointing to their file, which says that it is gone.
    """
    fields = [one for one in owners.model._meta.concrete_fields if _points_to_files(one)]
    keys = {
        key
        for field in fields
        for key in owners.filter(**{f"{field.name}__removed_at": None}).values_list(field.attname, flat=True)[
            :most
        ]
    }
    return _remove_now(keys, at, owners)


def _remove_now(keys: Iterable[int], at: datetime, lapsed: QuerySet[Any] | None = None) -> int:
    return sum(_remove(key, None, at, lapsed) for key in sorted(keys))


def _points_to_files(field: Any) -> bool:
    return isinstance(field, ForeignKey) and field.related_model is StoredFile


def unowned(lapsed: QuerySet[Any] | None = None) -> QuerySet[StoredFile]:
    """Files that no row of any app points to by a foreign key, but perhaps the ``lapsed`` ones.

    Whoever owns files has such a key: no register of owners can be forgotten.  An upload points to its file until it
    is swept itself.
    """
    rows = StoredFile.objects.all()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if _points_to_files(field):
                pointing = model._default_manager.filter(**{field.attname: OuterRef("pk")})
                if lapsed is not None and lapsed.model is model:
                    pointing = pointing.exclude(pk__in=lapsed.values("pk"))
                rows = rows.exclude(Exists(pointing))
    return rows


@transaction.atomic
def _remove(pk: int, before: datetime | None, at: datetime, lapsed: QuerySet[Any] | None = None) -> bool:
    """Remove one file's bytes, unless somebody took it meanwhile, or sent it since ``before`` (None: whenever)."""
    row = StoredFile.objects.select_for_update().get(pk=pk)
    if row.removed_at is not None or (before is not None and row.stored_at >= before):
        return False
    if not unowned(lapsed).filter(pk=pk).exists():
        return False
    row.removed_at = timezone.now()
    row.save(update_fields=["removed_at"])
    record("file.removed", row, by=SWEEPER, at=at, data={"digest": row.digest})
    # Under the lock: whoever sends the same bytes now waits, finds the row removed and puts them again.
    shutil.rmtree(folder_of(row), ignore_errors=True)
    storage().delete(object_key(row.digest))
    return True


def _sweep_strays(before: datetime) -> None:
    """Bytes without a row: their transaction was rolled back after they were put, or their row says they are gone."""
    found = [one.key for one in storage().keys("objects") if one.at < before]
    for start in range(0, len(found), BATCH):
        keys = {key.rpartition("/")[2]: key for key in found[start : start + BATCH]}
        held = set(
            StoredFile.objects.filter(digest__in=keys, removed_at=None).values_list("digest", flat=True)
        )
        for digest in keys.keys() - held:
            storage().delete(keys[digest])
