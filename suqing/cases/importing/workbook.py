"""Excel workbooks: looked over from outside, then read in a process of their own and taken row by row."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Timer
from typing import IO, Any

from suqing.cases.importing import unreadable as why
from suqing.cases.importing.cells import Cell
from suqing.cases.importing.unreadable import Unreadable

MAX_UNPACKED = 2_000_000_000  # bytes; a million rows of cases unpack to about 1.5 GB
MAX_RATIO = 100  # sheets of text pack to a tenth; what packs to a hundredth repeats itself
RATIO_COUNTS_FROM = 100_000_000  # bytes: small sheets of zeros may pack better than that
MAX_MEMBERS = 10_000
CHILD_MEMORY = 6_000_000_000  # bytes of address space; a million rows of 21 columns need about 4 GB
CHILD_SECONDS = 600
MAX_FRAME = 512_000_000  # bytes; 500 rows of 256 cells of 32,767 characters would not be a table

_CHILD = Path(__file__).with_name("xlsx_child.py")
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one workbook may use: bytes of memory, seconds of time, bytes unpacked."""

    memory: int = CHILD_MEMORY
    seconds: int = CHILD_SECONDS
    unpacked: int = MAX_UNPACKED


LIMITS = Limits()


def look_over(path: Path, limits: Limits = LIMITS) -> None:
    """Refuse what is no workbook without macros, or unpacks to too much.  Raise Unreadable."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise Unreadable(why.EMPTY)
    if head.startswith(_OLE):
        raise Unreadable(_kind_of_ole(path))
    if not head.startswith(b"PK"):
        raise Unreadable(
            why.IS_HTML if looks_like_html(head) else why.IS_TEXT if _is_text(head) else why.IS_OTHER_ZIP
        )
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive, path.stat().st_size, limits)
            _check_content(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as bad:
        raise Unreadable(why.BROKEN, detail=str(bad)[:100] or type(bad).__name__) from bad


def looks_like_html(head: bytes) -> bool:
    """Say whether a file begins like a web page, as some portals name .xlsx or .xls."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<body")) or (
        start.startswith(b"<?xml") and b"<html" in start
    )


class WorkbookRows:
    """The rows of one sheet as the child process hands them over; memory stays that of some hundred rows."""

    def __init__(self, path: Path, sheet: str, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._ends_at = time.monotonic() + limits.seconds
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(_CHILD), str(path), sheet, str(limits.memory), str(limits.seconds)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},  # no secret goes near a hostile file
        )
        # Time counts while the workbook is opened; later the reader waits for us as often as we for it.
        self._watch = Timer(limits.seconds, self._process.kill)
        self._watch.daemon = True
        self._watch.start()
        try:
            self.about: dict[str, Any] = self._opened()
        except BaseException:
            self.close()
            raise
        self._watch.cancel()

    def __iter__(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        while (rows := self._frame()) is not None:
            for number, cells in rows:
                yield number, tuple([_cell(cell) for cell in cells])

    def close(self) -> None:
        """End the child, whatever it is doing."""
        self._watch.cancel()
        self._process.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.wait()

    def _opened(self) -> dict[str, Any]:
        about = self._frame()
        if not isinstance(about, dict):
            raise Unreadable(why.READER_DIED)
        return about

    def _frame(self) -> Any:
        pipe = self._process.stdout
        head = _exactly(pipe, 4) if pipe is not None else b""
        if len(head) < 4:
            raise self._death()
        length = struct.unpack("!I", head)[0]
        data = _exactly(pipe, length) if pipe is not None and length <= MAX_FRAME else b""
        if len(data) < length:
            raise self._death()
        content = json.loads(data)
        if isinstance(content, dict) and "error" in content:
            raise _error(content["error"], content["detail"])
        return content

    def _death(self) -> Unreadable:
        """Say why the child ended before its last frame."""
        code = self._process.wait()
        if time.monotonic() >= self._ends_at or code in (-24, 152):  # SIGXCPU
            return Unreadable(why.NO_TIME, seconds=self._limits.seconds)
        if code in (-6, 134, -9, 137, -7, 135):  # the allocator aborts, or the system ends it
            return Unreadable(why.NO_MEMORY)
        return Unreadable(why.READER_DIED)


def _exactly(pipe: IO[bytes] | None, length: int) -> bytes:
    return pipe.read(length) if pipe is not None else b""


def _cell(cell: Any) -> Cell:
    if isinstance(cell, list):
        text = cell[0]
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return cell or None if isinstance(cell, str) else cell


def _error(code: str, detail: str) -> Unreadable:
    if code == "memory":
        return Unreadable(why.NO_MEMORY)
    if code == "sheet":
        return Unreadable(why.NO_SUCH_SHEET, sheet=detail)
    if code == "password":
        return Unreadable(why.IS_ENCRYPTED)
    return Unreadable(why.BROKEN, detail=detail[:100])


def _kind_of_ole(path: Path) -> str:
    """An encrypted .xlsx is packed into the container of the old Office formats; its directory names the package."""
    with path.open("rb") as file:
        beginning = file.read(1_000_000)
        file.seek(max(0, path.stat().st_size - 1_000_000))
        end = file.read()
    return why.IS_ENCRYPTED if _ENCRYPTED in beginning or _ENCRYPTED in end else why.IS_OLD_XLS


def _check_sizes(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise Unreadable(why.BROKEN, detail=f"{len(members)} parts")
    size = sum(member.file_size for member in members)
    if size > RATIO_COUNTS_FROM and size > packed * MAX_RATIO:
        raise Unreadable(why.ZIP_BOMB, ratio=size // max(packed, 1))
    if size > limits.unpacked:
        raise Unreadable(why.TOO_BIG_INSIDE, size=size // 1_000_000, limit=limits.unpacked // 1_000_000)


def _check_content(archive: zipfile.ZipFile) -> None:
    names = {name.lower() for name in archive.namelist()}
    if "[content_types].xml" not in names:
        raise Unreadable(why.IS_OTHER_ZIP)
    with archive.open("[Content_Types].xml") as part:
        types = part.read(1_000_000).decode("utf-8", "replace")
    if (
        any(name.endswith("vbaproject.bin") for name in names)
        or "macroEnabled" in types
        or "vbaProject" in types
    ):
        raise Unreadable(why.HAS_MACROS)
    if "sheet.binary" in types:
        raise Unreadable(why.IS_BINARY_BOOK)
    if _MAIN not in types:
        raise Unreadable(why.IS_OTHER_ZIP)


def _is_text(head: bytes) -> bool:
    return b"\x00" not in head
