"""Files in pieces: each is on the disk before it is acknowledged, and a broken line goes on where it stopped."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from suqing.accounts.models import Person
from suqing.accounts.queries import require
from suqing.files import names
from suqing.files.actions.storing import (
    check_room,
    check_size,
    full_disk_in_words,
    keep_local,
)
from suqing.files.models import FileKind, StoredFile, Upload
from suqing.files.policy import MEGABYTE, UPLOADS_AT_ONCE
from suqing.files.purposes import purpose_of
from suqing.files.refusal import Refused
from suqing.files.storage import private_folder, root
from suqing.ledger.queries import setting

N_ = str
PIECE = 4 * MEGABYTE  # the largest piece; a request is never held in memory beyond it

TOO_MANY = N_(
    "There are %(count)s unfinished uploads of yours already. Finish them, or wait until they are removed."
)
BEYOND = N_("More bytes came than were announced. Nothing of the file was kept; send it again.")
NO_SIZE = N_("The file is empty.")


class WrongOffset(Exception):
    """The piece does not begin where the last one ended; says where it should."""

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} bytes are here already")
        self.received = received


def begin_upload(*, purpose: str, name: str, size: int, by: Person, at: datetime) -> Upload:
    """Announce a file; no byte of it is here yet.  Raise Refused for what is too large, NotPermitted."""
    del at  # uploads live in real time: they are nobody's history
    wanted = purpose_of(purpose)
    require(by, wanted.permission)
    if size < 1:
        raise Refused(NO_SIZE)
    # What the name says is believed only to refuse early what is too large.
    kind = names.ending(name)
    check_size(size, wanted.limit(FileKind(kind)) if kind in wanted.limits else wanted.largest())
    check_room(size)
    count = Upload.objects.filter(owner=by, file=None, refusal="").count()
    if count >= setting(UPLOADS_AT_ONCE.key):
        raise Refused(TOO_MANY, count=count)
    now = timezone.now()
    return Upload.objects.create(
        ref=uuid4(),
        owner=by,
        purpose=wanted.code,
        name=name.replace("\0", "")[:200],
        size=size,
        started_at=now,
        last_at=now,
    )


def append(upload: Upload, offset: int, data: bytes) -> Upload:
    """Add a piece.  Raise WrongOffset, or Refused when more comes than was announced."""
    with transaction.atomic(), full_disk_in_words():
        row = Upload.objects.select_for_update().get(pk=upload.pk)
        if row.file_id is not None or row.refusal:
            raise WrongOffset(row.size)
        path = part_of(row)
        if row.received and not path.exists():
            # The disk was changed under us: begin again rather than keep a file with a hole.
            row.received = 0
        fits = offset == row.received and row.received + len(data) <= row.size
        if fits:
            _write(path, row.received, data)
            row.received += len(data)
        row.last_at = timezone.now()
        row.save(update_fields=["received", "last_at"])
    if not fits:
        if offset + len(data) > row.size:
            _refuse(row, Refused(BEYOND))
        raise WrongOffset(row.received)
    return row


def finish(upload: Upload, *, at: datetime) -> StoredFile:
    """Look at the whole file and keep it; a second call returns the same.  Raise Refused, WrongOffset if not whole."""
    with transaction.atomic():
        row = Upload.objects.select_for_update(of=("self",)).select_related("file", "owner").get(pk=upload.pk)
        if row.file is not None:
            return row.file
        if row.received < row.size or not part_of(row).exists():
            raise WrongOffset(row.received)
        try:
            with transaction.atomic():
                file = keep_local(part_of(row), purpose_of(row.purpose), row.name, by=row.owner, at=at)
        except Refused as refused:
            why = refused
        else:
            row.file, row.name, row.last_at = file, names.clean(row.name, file.kind), timezone.now()
            row.save(update_fields=["file", "name", "last_at"])
            part = part_of(row)
            transaction.on_commit(lambda: part.unlink(missing_ok=True))
            return file
    _refuse(row, why)
    raise AssertionError("unreachable")


def _refuse(row: Upload, why: Refused) -> None:
    """Remember that the file was not taken, and let go of its bytes."""
    Upload.objects.filter(pk=row.pk).update(refusal=why.message[:300], last_at=timezone.now())
    part_of(row).unlink(missing_ok=True)
    raise why


def part_of(upload: Upload) -> Path:
    """Where the pieces of an upload lie until it is whole."""
    return private_folder(root() / "incoming") / f"{upload.ref}.part"


def _write(path: Path, offset: int, data: bytes) -> None:
    """Put the piece behind what was acknowledged; what a killed process wrote beyond that is overwritten."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        _truncate(file, offset)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            _truncate(file, offset)
            raise


def _truncate(file: BinaryIO, size: int) -> None:
    file.truncate(size)
    file.seek(size)
