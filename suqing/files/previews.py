"""Pictures of what is in a file, drawn anew by a child process: nothing of the upload itself is ever shown.

Kept on this computer under the digest; made when first asked for.  A file that cannot be drawn is remembered as such.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from suqing.files import children
from suqing.files.models import FileKind, StoredFile
from suqing.files.queries import local_path
from suqing.files.storage import Missing, private_folder, root

DRAWN = frozenset({FileKind.JPG, FileKind.PNG, FileKind.PDF})
MOST_PAGES = 20
SECONDS = 25
MEMORY = 1536 * 1024 * 1024
AT_ONCE = 2  # of one process: the other threads answer pages meanwhile
VERSION = 1  # of what is drawn: raised, everything is drawn anew

_drawing = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Preview:
    """What was drawn: pages as JPEG files, a small picture of the first one, how many pages the file has in all."""

    pages: tuple[Path, ...]
    thumbnail: Path | None
    page_count: int

    @property
    def is_drawn(self) -> bool:
        return bool(self.pages)


NOTHING = Preview((), None, 0)


def preview_of(file: StoredFile) -> Preview:
    """The preview, drawn now if it is not there yet; NOTHING for sounds, tables and what cannot be drawn."""
    if file.kind not in DRAWN or file.removed_at is not None:
        return NOTHING
    folder = folder_of(file)
    known = _read(folder)
    if known is not None:
        return known
    with _drawing, _alone(file):
        known = _read(folder)  # somebody else may have drawn it while we waited
        return known if known is not None else _draw(file, folder)


def folder_of(file: StoredFile) -> Path:
    return root() / "previews" / str(VERSION) / file.digest[:2] / file.digest


def _draw(file: StoredFile, folder: Path) -> Preview:
    """Let the child draw into a folder of its own; the finished folder appears by a rename."""
    private_folder(folder.parent)
    half = Path(mkdtemp(dir=folder.parent, prefix=".half-"))
    try:
        with local_path(file) as source:
            result = children.run(
                "drawing.py",
                file.kind,
                str(source),
                str(half),
                str(MOST_PAGES),
                seconds=SECONDS,
                memory=MEMORY,
            )
        made = sorted(half.glob("page-*.jpg")) if result.is_good else []
        facts = {"pages": len(made), "count": result.facts.get("pages", 0) if made else 0}
        if not made:
            for path in half.iterdir():
                path.unlink()
        (half / "facts.json").write_text(json.dumps(facts))
        os.replace(half, folder)
    except Missing:
        shutil.rmtree(half, ignore_errors=True)
        return NOTHING
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    return _read(folder) or NOTHING


def _read(folder: Path) -> Preview | None:
    try:
        facts = json.loads((folder / "facts.json").read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    pages = tuple(folder / f"page-{number:03}.jpg" for number in range(1, facts["pages"] + 1))
    return Preview(pages, folder / "small.jpg" if pages else None, facts["count"])


@contextmanager
def _alone(file: StoredFile) -> Iterator[None]:
    """One process at a time draws a file."""
    locks = private_folder(root() / "previews" / "locks")
    with (locks / file.digest[:2]).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
