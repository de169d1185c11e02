"""What a file is, told by its bytes.  Nothing is unpacked or drawn here; parts are walked by what they declare."""

from __future__ import annotations

import codecs
import struct
import zipfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import BinaryIO

import filetype

from suqing.files.models import FileKind
from suqing.files.refusal import Refused

N_ = str

MOST_POINTS = 120_000_000  # of a picture; phones make up to 108 million
MOST_PARTS = 20_000
MOST_LISTED = 1024 * 1024  # bytes of [Content_Types].xml
CHUNK = 1024 * 1024

TORN = N_("The file breaks off in the middle. Send it again.")
BROKEN = N_("The file is damaged: it is named a %(kind)s but cannot be read as one.")
TOO_MANY_POINTS = N_("The picture has %(width)s × %(height)s points; at most %(most)s million are taken.")
MACROS = N_("The file carries macros (programs). Save it without them and send it again.")
OLD_OFFICE = N_(
    "This is an old Office file or one locked with a password. Save it as .docx, .xlsx or PDF without a password."
)
LOCKED = N_("The file is locked with a password. Send it without one.")
BOMB = N_("The file would unpack to %(size)s MB; that much is not taken.")
EMPTY = N_("The file is empty.")
NOT_TAKEN = N_("This is a %(kind)s file. Taken here: %(kinds)s.")
STRANGE = N_(
    "The content of this file is of no kind that is taken here, whatever its name says. Taken here: %(kinds)s."
)
WEB_PAGE = N_(
    "The content is a web page or a drawing with script (HTML, SVG, XML), whatever its name says. Taken here: %(kinds)s."
)
PROGRAM = N_("The content is a program, whatever its name says. Taken here: %(kinds)s.")
NOT_TEXT = N_("The table is neither UTF-8 nor GB18030 text.")

_MARKUP = (
    b"<!doctype",
    b"<html",
    b"<svg",
    b"<?xml",
    b"<script",
    b"<head",
    b"<body",
    b"<!--",
    b"<iframe",
    b"<math",
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa", b"@echo")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PNG = b"\x89PNG\r\n\x1a\n"
_FILM_BRANDS = (
    b"isom",
    b"iso2",
    b"iso3",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"dash",
    b"M4V ",
    b"M4A ",
    b"MSNV",
    b"mmp4",
)


def kind_of(path: Path, *, allowed: Collection[FileKind], most_unpacked: int) -> FileKind:
    """The kind of the file's content.  Raise Refused for every other kind and for what is broken or dangerous."""
    kinds = [kind.value for kind in FileKind if kind in allowed]
    with path.open("rb") as file:
        head = file.read(8192)
        if not head:
            raise Refused(EMPTY)
        kind = _by_signature(head, file)
        if kind is None and FileKind.CSV in allowed and _may_be_table(head):
            kind = FileKind.CSV
        if kind in (FileKind.DOCX, FileKind.XLSX):
            kind = _office_kind(file, most_unpacked)
        if kind is None:
            raise Refused(_what_instead(head), kinds=kinds)
        if kind not in allowed:
            raise Refused(NOT_TAKEN, kind=kind.value, kinds=kinds)
        check = _CHECKS.get(kind)
        if check is not None:
            file.seek(0)
            check(file, path.stat().st_size)
    return kind


def _by_signature(head: bytes, file: BinaryIO) -> FileKind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.JPG
    if head.startswith(_PNG):
        return FileKind.PNG
    if head.startswith(b"%PDF-"):
        return FileKind.PDF
    if head.startswith(b"PK\x03\x04"):
        return FileKind.DOCX  # or xlsx: its list of parts says which
    if head[4:8] == b"ftyp" and head[8:12] in _FILM_BRANDS:
        return FileKind.MP4
    return FileKind.MP3 if _is_mp3(head, file) else None


def _what_instead(head: bytes) -> str:
    """Why a file of no kind is not taken, in the words that help most."""
    text = head.lstrip(b"\xef\xbb\xbf\x00 \t\r\n").lower()
    if text.startswith(_MARKUP):
        return WEB_PAGE
    if head.startswith(_PROGRAMS):
        return PROGRAM
    if head.startswith(_OLE):
        return OLD_OFFICE
    guessed = filetype.guess(head)
    return PROGRAM if guessed is not None and guessed.extension in ("exe", "elf", "swf", "crx") else STRANGE


# Pictures


def _check_jpg(file: BinaryIO, _size: int) -> None:
    """Walk the segments to the picture itself: its size must be sane, its end must be there."""
    file.seek(2)
    is_known = False
    while True:
        marker = _next_marker(file)
        if marker == 0xDA:
            break
        length = struct.unpack(">H", _exactly(file, 2))[0]
        if length < 2:
            raise Refused(BROKEN, kind="jpg")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            _depth, height, width = struct.unpack(">BHH", _exactly(file, 5))
            _check_points(width, height)
            is_known = True
            length -= 5
        file.seek(length - 2, 1)
    if not is_known:
        raise Refused(BROKEN, kind="jpg")
    if not _has(file, b"\xff\xd9"):
        raise Refused(TORN)


def _next_marker(file: BinaryIO) -> int:
    if _exactly(file, 1) != b"\xff":
        raise Refused(BROKEN, kind="jpg")
    marker = 0xFF
    while marker == 0xFF:
        marker = _exactly(file, 1)[0]
    return marker


def _check_png(file: BinaryIO, _size: int) -> None:
    file.seek(8)
    for number in range(200_000):
        length, name = struct.unpack(">I4s", _exactly(file, 8))
        if number == 0:
            if name != b"IHDR" or length != 13:
                raise Refused(BROKEN, kind="png")
            width, height = struct.unpack(">II", _exactly(file, 8))
            _check_points(width, height)
            length -= 8
        if name == b"IEND":
            return
        file.seek(length + 4, 1)
    raise Refused(BROKEN, kind="png")


def _check_points(width: int, height: int) -> None:
    if width * height > MOST_POINTS:
        raise Refused(TOO_MANY_POINTS, width=width, height=height, most=MOST_POINTS // 1_000_000)


# Documents


def _check_pdf(file: BinaryIO, size: int) -> None:
    file.seek(max(0, size - 64 * 1024))
    if b"startxref" not in file.read():
        raise Refused(TORN)


def _office_kind(file: BinaryIO, most_unpacked: int) -> FileKind | None:
    """docx or xlsx by the list of parts; None for any other archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or unpacked > most_unpacked:
                raise Refused(BOMB, size=unpacked // (1024 * 1024))
            if any(part.flag_bits & 1 for part in parts):
                raise Refused(LOCKED)
            names = {part.filename.lower() for part in parts}
            if "[Content_Types].xml" not in archive.namelist():
                return None
            with archive.open("[Content_Types].xml") as stream:
                listed = stream.read(MOST_LISTED)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        NotImplementedError,
        OSError,
        ValueError,
    ) as error:
        raise Refused(
            TORN if isinstance(error, zipfile.BadZipFile | EOFError) else BROKEN, kind="docx/xlsx"
        ) from None
    if b"macroEnabled" in listed or any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise Refused(MACROS)
    if b"wordprocessingml.document.main+xml" in listed:
        return FileKind.DOCX
    return FileKind.XLSX if b"spreadsheetml.sheet.main+xml" in listed else None


def _may_be_table(head: bytes) -> bool:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return not (text.startswith(_MARKUP) or head.startswith((*_PROGRAMS, _OLE)) or b"\0" in head) and (
        filetype.guess(head) is None
    )


def _check_csv(file: BinaryIO, _size: int) -> None:
    """Text without NUL all the way through, in one of the two encodings that tables come in."""
    if not any(_decodes(file, encoding) for encoding in ("utf-8", "gb18030")):
        raise Refused(NOT_TEXT)


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        for chunk in _chunks(file):
            if b"\0" in chunk:
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


# Sound and film


def _is_mp3(head: bytes, file: BinaryIO) -> bool:
    """Two frames of MPEG sound that follow each other, behind the tag if there is one."""
    start = 0
    if head.startswith(b"ID3") and len(head) > 10:
        start = 10 + sum(
            (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
        )
    file.seek(start)
    frames = file.read(8192)
    offset = next((at for at in range(min(2048, len(frames))) if _frame(frames[at : at + 4])), None)
    if offset is None or (start == 0 and offset != 0):
        return False
    following = offset + _frame(frames[offset : offset + 4])
    return bool(_frame(frames[following : following + 4]))


_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_HERTZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _frame(header: bytes) -> int:
    """The length in bytes of the frame of MPEG layer III that begins so, 0 if none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    rate_code, hertz_code = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer != 1 or hertz_code == 3:
        return 0
    rate = (_RATES if version == 3 else _RATES_2)[rate_code] * 1000
    if not rate:
        return 0
    samples = 144 if version == 3 else 72
    return samples * rate // _HERTZ[version][hertz_code] + (header[2] >> 1 & 1)


def _check_mp4(file: BinaryIO, size: int) -> None:
    """Walk the outer boxes: they must fill the file, and one of them must say what is in it."""
    at, has_index = 0, False
    for _number in range(100_000):
        if at >= size:
            break
        file.seek(at)
        length, name = struct.unpack(">I4s", _exactly(file, 8))
        if length == 1:
            length = struct.unpack(">Q", _exactly(file, 8))[0]
        if length == 0:
            length = size - at
        if length < 8:
            raise Refused(BROKEN, kind="mp4")
        has_index = has_index or name == b"moov"
        at += length
    if at > size or not has_index:
        raise Refused(TORN)


# Reading


def _exactly(file: BinaryIO, count: int) -> bytes:
    found = file.read(count)
    if len(found) < count:
        raise Refused(TORN)
    return found


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _has(file: BinaryIO, mark: bytes) -> bool:
    """Whether the mark stands anywhere from here to the end."""
    last = b""
    for chunk in _chunks(file):
        if mark in last + chunk:
            return True
        last = chunk[-len(mark) + 1 :]
    return False


_CHECKS: dict[FileKind, Callable[[BinaryIO, int], None]] = {
    FileKind.JPG: _check_jpg,
    FileKind.PNG: _check_png,
    FileKind.PDF: _check_pdf,
    FileKind.MP4: _check_mp4,
    FileKind.CSV: _check_csv,
}
