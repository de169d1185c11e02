"""Reading what is kept: the bytes of a file, an upload on its way, a file whose upload is finished."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from suqing.accounts.models import Person
from suqing.files.models import StoredFile, Upload
from suqing.files.storage import Missing, object_key, storage


def opened(file: StoredFile) -> BinaryIO:
    """The bytes as a stream; the caller closes it and has checked the right to see them.  Raise Missing."""
    if file.removed_at is not None:
        raise Missing(file.digest)
    return storage().opened(object_key(file.digest))


def local_path(file: StoredFile) -> AbstractContextManager[Path]:
    """The bytes as a file of this computer, to be read only inside the block.  Raise Missing."""
    if file.removed_at is not None:
        raise Missing(file.digest)
    return storage().local(object_key(file.digest))


def upload_of(person: Person, ref: str | UUID) -> Upload:
    """The person's own upload.  Raise Upload.DoesNotExist, for those of others too."""
    return Upload.objects.select_related("file").get(ref=_as_uuid(ref), owner=person)


def finished(person: Person, ref: str | UUID, purpose: str) -> tuple[StoredFile, str]:
    """The file that an upload of this person brought, and its name.  Raise Upload.DoesNotExist if there is none."""
    upload = Upload.objects.select_related("file").get(
        ref=_as_uuid(ref), owner=person, purpose=purpose, file__removed_at=None
    )
    if upload.file is None:
        raise Upload.DoesNotExist
    return upload.file, upload.name


def _as_uuid(ref: str | UUID) -> UUID:
    try:
        return ref if isinstance(ref, UUID) else UUID(ref)
    except ValueError:
        raise Upload.DoesNotExist from None
