"""The folders in which lists are being written: one for each writer, gone with it, swept when it died."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID

from suqing.files.storage import private_folder, root


def work_root() -> Path:
    """Where writers keep what is half written."""
    return root() / "exports-at-work"


@contextmanager
def work_folder(ref: UUID) -> Iterator[Path]:
    """A folder of our own for the half-written file and the temporary files beside it."""
    folder = Path(mkdtemp(prefix=f"{os.getpid()}-{ref.hex[:8]}-", dir=private_folder(work_root())))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_dead_folders() -> None:
    """Remove the folders of writers that died."""
    folders = list(work_root().iterdir()) if work_root().exists() else []
    for folder in folders:
        if not _is_being_written(folder.name.split("-")[0]):
            shutil.rmtree(folder, ignore_errors=True)


def _is_being_written(name: str) -> bool:
    """Whether the owner of a folder of work still lives: its process, on this computer."""
    try:
        os.kill(int(name), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
