"""Keeping a file: looked at, measured, stored once under its digest."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from suqing.accounts.queries import Actor, require
from suqing.files import names
from suqing.files.content import kind_of
from suqing.files.models import StoredFile
from suqing.files.policy import MEGABYTE
from suqing.files.purposes import Purpose, purpose_of
from suqing.files.refusal import Refused
from suqing.files.storage import object_key, private_folder, root, storage
from suqing.ledger.actions import record

N_ = str
CHUNK = 1024 * 1024
RESERVE = 256 * MEGABYTE  # left free for everything else on the disk

TOO_LARGE = N_("The file has %(size)s MB; at most %(limit)s MB are taken.")
NO_ROOM = N_("The server has no room for this file now. Nothing of it was kept; tell the administrator.")


def keep(source: BinaryIO | Path, *, purpose: str, name: str, by: Actor, at: datetime) -> StoredFile:
    """Keep the bytes once, however often they are sent.  Raise Refused, NotPermitted.

    Two who send the same bytes at once get the same row.  ``name`` decides nothing; what it claimed is put on record.
    """
    wanted = purpose_of(purpose)
    require(by, wanted.permission)
    if isinstance(source, Path):
        return keep_local(source, wanted, name, by=by, at=at)
    with incoming() as half:
        with half.open("wb") as file:
            _copy(source, file, wanted.largest())
        return keep_local(half, wanted, name, by=by, at=at)


def keep_local(path: Path, purpose: Purpose, name: str, *, by: Actor, at: datetime) -> StoredFile:
    """Keep a file of this computer.  Raise Refused."""
    size = path.stat().st_size
    check_size(size, purpose.largest())
    kind = kind_of(path, allowed=purpose.kinds, most_unpacked=purpose.most_unpacked)
    check_size(size, purpose.limit(kind))
    digest = _digest(path)
    with transaction.atomic(), full_disk_in_words():
        now = timezone.now()
        StoredFile.objects.bulk_create(
            [StoredFile(digest=digest, size=size, kind=kind, stored_at=now)], ignore_conflicts=True
        )
        # The lock keeps the sweeper away, and whoever sends the same bytes at this moment.
        row = StoredFile.objects.select_for_update().get(digest=digest)
        is_new = row.stored_at == now
        if is_new or row.removed_at is not None or not storage().has(object_key(digest)):
            storage().put(object_key(digest), path)
        row.stored_at, row.removed_at = now, None  # the days of grace begin again
        row.save(update_fields=["stored_at", "removed_at"])
        if is_new:
            facts = {"digest": digest, "size": size, "kind": str(kind), "purpose": purpose.code}
            facts["named"] = names.ending(name)[:12]
            record("file.stored", row, by=by, at=at, data=facts)
    return row


def check_size(size: int, limit: int) -> None:
    if size > limit:
        raise Refused(TOO_LARGE, size=-(-size // MEGABYTE), limit=limit // MEGABYTE)


def check_room(size: int) -> None:
    """Raise Refused where the disk could not take that much."""
    if shutil.disk_usage(private_folder(root())).free < size + RESERVE:
        raise Refused(NO_ROOM)


@contextmanager
def incoming() -> Iterator[Path]:
    """A file of our own that is gone at the end of the block."""
    with (
        full_disk_in_words(),
        NamedTemporaryFile(dir=private_folder(root() / "incoming"), prefix="in-") as file,
    ):
        yield Path(file.name)


@contextmanager
def full_disk_in_words() -> Iterator[None]:
    """A disk that has no room is said so; nothing half-kept stays."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise Refused(NO_ROOM) from error
        raise


def _copy(source: BinaryIO, target: BinaryIO, limit: int) -> None:
    size = 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        check_size(size, limit)
        target.write(chunk)
    target.flush()
    os.fsync(target.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
