"""What was pinned with a snapshot: where its files are, and figures counted from them once more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from suqing.analytics.engine.files import FileList
from suqing.analytics.mirror import pins
from suqing.analytics.mirror.pins import PinnedFile
from suqing.analytics.models import Snapshot
from suqing.analytics.policy_in_force import as_of
from suqing.analytics.standing import Standing, counted_at, of_pin

PINS = "pins"


def folder_of(key: str) -> Path:
    """The folder of a pin."""
    return Path(settings.SUQING_MIRROR) / PINS / key


def pinned_files(row: Snapshot) -> list[PinnedFile]:
    """What was pinned with the snapshot; empty where there was no mirror."""
    return [PinnedFile.from_json(one) for one in row.files]


def is_pinned(row: Snapshot) -> bool:
    """Whether the files of the snapshot are still kept."""
    return bool(row.files) and folder_of(row.pin).is_dir()


def files_of(row: Snapshot) -> FileList:
    """The files that are kept for a snapshot; none where it is not pinned."""
    return pins.files_in(folder_of(row.pin), pinned_files(row)) if is_pinned(row) else {}


def verify(row: Snapshot) -> None:
    """Compare the files of a snapshot with their checksums.  Raise PinDamaged."""
    pins.verify(folder_of(row.pin), pinned_files(row))


@contextmanager
def counted_as_pinned(row: Snapshot) -> Iterator[Standing]:
    """Count every figure of the block from the files of the snapshot, by the local policy of its moment."""
    with as_of(row.policy), counted_at(of_pin(files_of(row), row.position, row.at)) as standing:
        yield standing
