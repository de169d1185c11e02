"""Keeping the files that figures were counted from for as long as the figures: links of their own, and checksums.

A pin is a folder beside the mirror with the fact files of one moment.  A file of the mirror is linked into it (copied
where the folder lies on another disk), so that folding, cleaning and building anew cannot take it away; what had not
been fed yet is written into it as one more file of changes.  Files of Parquet are never written to again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from suqing.analytics.engine.files import FileList, Files

CHUNK = 1024 * 1024


class PinDamaged(Exception):
    """A file of a pin is missing or is not what was pinned; the text names it, ``path`` is where it lies."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} {what}")
        self.path = path


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """One file: of which table and part, where below the folder of the pin, and what it is."""

    table: str
    part: str
    path: str
    sha256: str
    size: int
    rows: int

    def to_json(self) -> dict[str, Any]:
        return {"table": self.table, "part": self.part, "path": self.path, "sha256": self.sha256,
                "size": self.size, "rows": self.rows}  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PinnedFile:
        return cls(**data)


def pin(folder: Path, files: FileList, not_fed: Mapping[str, pa.Table]) -> list[PinnedFile]:
    """Link the files into the folder and write down what was not fed yet; say what there is.

    What fails half-way leaves no folder.
    """
    try:
        found = [
            _kept(folder, name, part, path)
            for name, one in sorted(files.items())
            for part, paths in (("base", one.base), ("changes", one.changes))
            for path in paths
        ]
        for name, rows in sorted(not_fed.items()):
            path = folder / name / "changes" / "not-fed.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(rows, path, compression="zstd")
            found.append(_described(folder, name, "changes", path))
        _sync(folder, found)
    except BaseException:
        remove(folder)
        raise
    return found


def _sync(folder: Path, pinned: Iterable[PinnedFile]) -> None:
    """Have the disk hold the files and their folders before the snapshot that names them is committed."""
    files = [folder / one.path for one in pinned]
    folders = {above for path in files for above in path.parents if above.is_relative_to(folder.parent)}
    for path in (*files, *sorted(folders, reverse=True), *((folder.parent.parent,) if files else ())):
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _kept(folder: Path, name: str, part: str, path: str) -> PinnedFile:
    source = Path(path)
    month = f"{source.parent.name}/" if source.parent.name.startswith("month=") else ""
    target = folder / name / part / f"{month}{source.name}"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no links
        shutil.copyfile(source, target)
    return _described(folder, name, part, target)


def _described(folder: Path, name: str, part: str, path: Path) -> PinnedFile:
    rows = pq.read_metadata(path).num_rows
    return PinnedFile(name, part, str(path.relative_to(folder)), _sha256(path), path.stat().st_size, rows)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def verify(folder: Path, pinned: Iterable[PinnedFile]) -> None:
    """Compare every file with its checksum.  Raise PinDamaged for the first that differs."""
    for one in pinned:
        path = folder / one.path
        if not path.is_file():
            raise PinDamaged(path, "is missing")
        if path.stat().st_size != one.size or _sha256(path) != one.sha256:
            raise PinDamaged(path, "is not the file that was pinned")


def files_in(folder: Path, pinned: Sequence[PinnedFile]) -> dict[str, Files]:
    """The files of a pin as an executor reads them."""
    tables = sorted({one.table for one in pinned})
    return {
        name: Files(*(
            tuple(str(folder / one.path) for one in pinned if (one.table, one.part) == (name, part))
            for part in ("base", "changes")
        ))
        for name in tables
    }  # fmt: skip


def remove(folder: Path) -> None:
    """Let the files of a pin go."""
    shutil.rmtree(folder, ignore_errors=True)
