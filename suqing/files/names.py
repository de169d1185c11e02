"""Names of files as they are kept and shown: one line, no path, nothing that pretends."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
_PATH = re.compile(r"[/\\]")
_ENDINGS = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "m4a": "mp4", "m4v": "mp4", "txt": "csv"}


def clean(name: str, kind: str) -> str:
    """The last part of the given path without control characters and marks of direction, with the ending of its kind.

    What is really a picture but was called ``bill.exe`` becomes ``bill.exe.jpg``.
    """
    line = _PATH.split(unicodedata.normalize("NFC", name))[-1]
    # Cc control, Cf marks of direction and joiners, Cs/Co/Cn nothing that a person could have typed.
    visible = "".join(mark for mark in line if not unicodedata.category(mark).startswith("C") or mark == "\t")
    one_line = " ".join(visible.split()).strip(". ")
    stem, dot, ending = one_line.rpartition(".")
    ending = ending.lower()
    if not dot or _ENDINGS.get(ending, ending) != kind:
        known = dot and _ENDINGS.get(ending, ending) in {
            "jpg",
            "png",
            "pdf",
            "mp3",
            "mp4",
            "docx",
            "xlsx",
            "csv",
        }
        stem = stem if known else one_line
    return f"{stem.strip('. ')[:LONGEST] or 'file'}.{kind}"


def ending(name: str) -> str:
    """The ending of a name as the kind it stands for, "" if it has none."""
    _stem, dot, found = name.strip().rpartition(".")
    found = found.lower()
    return _ENDINGS.get(found, found) if dot else ""
