"""CSV files: which encoding, which separator, and records whose length is bounded."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from suqing.cases.importing import unreadable as why
from suqing.cases.importing.unreadable import Unreadable
from suqing.cases.importing.workbook import looks_like_html

ENCODINGS = {"utf-8": "utf-8-sig", "gb18030": "gb18030", "utf-16": "utf-16"}  # what a person chooses -> codec
_SAME = {
    "utf-8": "utf-8", "utf8": "utf-8", "utf-8-sig": "utf-8", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030",
    "cp936": "gb18030", "utf-16": "utf-16", "utf16": "utf-16", "utf-16le": "utf-16", "utf-16be": "utf-16",
}  # fmt: skip
MAX_LINE = 1_000_000  # characters; 256 cells of 32,767 would be more, and no table of cases
LONGEST_CELL = 131_072  # characters; a quotation mark that nobody closes swallows no more
_CHUNK = 1 << 20
_SEPARATORS = ",;\t"
# As many characters of three bytes that are good UTF-8 do not stand in GB18030 text by chance.
_SURELY_UTF8 = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){3}")


def encoding_of(path: Path, wanted: str = "") -> str:
    """Say how the file is written: utf-8, gb18030 or utf-16; the whole file must be so.  Raise Unreadable."""
    with path.open("rb") as file:
        head = file.read(65_536)
    if not head.strip():
        raise Unreadable(why.EMPTY)
    _refuse_other_files(head)
    if wanted:
        name = _SAME.get(wanted.strip().lower().replace("_", "-"))
        if name is None:
            raise Unreadable(why.UNKNOWN_ENCODING, encoding=wanted)
        return _checked(path, name)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(path, "utf-16")
    return _found_out(path, head)


def _found_out(path: Path, head: bytes) -> str:
    """Try UTF-8, then GB18030, both strictly; charset-normalizer only helps to say what else it may be."""
    bad = _first_bad(path, "utf-8")
    if bad is None:
        return _without_nul(path, "utf-8")
    if head.startswith(codecs.BOM_UTF8) or _is_utf8_before(path, bad):
        raise Unreadable(why.BAD_BYTE, line=_line(path, bad), encoding="UTF-8")
    other = _first_bad(path, "gb18030")
    if other is None:
        return _without_nul(path, "gb18030")
    guess = from_bytes(head).best()
    name = guess.encoding if guess is not None else ""
    line = _line(path, max(bad, other))
    if name in ("", "utf_8", "gb18030", "gbk", "gb2312"):
        raise Unreadable(why.BAD_BYTE, line=line, encoding="GB18030")
    raise Unreadable(why.BAD_BYTE_GUESS, line=line, guess=name)


def records(path: Path, encoding: str, separator: str = "") -> Iterator[tuple[int, list[str]]]:
    """Give (number, cells) of each record; line breaks inside quotes belong to a cell.  Raise Unreadable."""
    separator = separator or separator_of(path, encoding)
    with path.open("r", encoding=ENCODINGS[encoding], newline="") as file:
        csv.field_size_limit(
            LONGEST_CELL
        )  # the module has one for the whole process: others may have changed it
        reader = csv.reader(_lines(file), delimiter=separator)
        number = 0
        try:
            for number, cells in enumerate(reader, 1):
                yield number, cells
        except csv.Error as bad:
            raise Unreadable(why.BAD_QUOTES, row=number + 1, limit=LONGEST_CELL) from bad


def separator_of(path: Path, encoding: str) -> str:
    """Find the separator: the one that the first lines hold most of, outside quotes; a comma where there is none."""
    with path.open("r", encoding=ENCODINGS[encoding], newline="") as file:
        lines = [line for _, line in zip(range(20), _lines(file), strict=False)]
    bare = re.sub(r'"[^"]*"', "", "".join(lines))
    first = [line for line in bare.splitlines() if line.strip()][:10]
    counts = {one: max((line.count(one) for line in first), default=0) for one in _SEPARATORS}
    best = max(_SEPARATORS, key=lambda one: counts[one])
    return best if counts[best] else ","


def _lines(file: io.TextIOBase) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise Unreadable(why.LONG_LINE, line=number, limit=MAX_LINE)
        yield line


def _refuse_other_files(head: bytes) -> None:
    if head.startswith(b"PK\x03\x04"):
        raise Unreadable(why.IS_WORKBOOK)
    if head.startswith(bytes.fromhex("D0CF11E0A1B11AE1")):
        raise Unreadable(why.IS_OLD_XLS)
    if looks_like_html(head):
        raise Unreadable(why.IS_HTML)


def _checked(path: Path, name: str) -> str:
    bad = _first_bad(path, name)
    if bad is not None:
        raise Unreadable(why.BAD_BYTE, line=_line(path, bad), encoding=name.upper())
    return _without_nul(path, name)


def _first_bad(path: Path, name: str) -> int | None:
    """Give the place of the first byte that the encoding does not allow, reading the file once in pieces."""
    decoder = codecs.getincrementaldecoder(ENCODINGS[name])("strict")
    place = 0
    with path.open("rb") as file:
        while True:
            piece = file.read(_CHUNK)
            kept = decoder.getstate()[0]
            try:
                decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as bad:
                return place - len(kept) + bad.start
            if not piece:
                return None
            place += len(piece)


def _is_utf8_before(path: Path, bad: int) -> bool:
    with path.open("rb") as file:
        return _SURELY_UTF8.search(file.read(min(bad, _CHUNK))) is not None


def _without_nul(path: Path, name: str) -> str:
    if name == "utf-16":
        with path.open("r", encoding="utf-16", newline="") as text:
            while piece := text.read(_CHUNK):
                if "\x00" in piece:
                    raise Unreadable(why.HAS_NUL, line=1 + piece[: piece.index("\x00")].count("\n"))
        return name
    place = 0
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            if b"\x00" in block:
                raise Unreadable(why.HAS_NUL, line=_line(path, place + block.index(b"\x00")))
            place += len(block)
    return name


def _line(path: Path, place: int) -> int:
    """Say in which line a byte stands."""
    count, left = 1, place
    with path.open("rb") as file:
        while left > 0 and (block := file.read(min(_CHUNK, left))):
            count += block.count(b"\n")
            left -= len(block)
    return count
