"""Files as people send them, and as those send them who mean harm; each made by the library that would make it."""

from __future__ import annotations

import struct
import zipfile
import zlib
from importlib.resources import files
from io import BytesIO

from docx import Document
from openpyxl import Workbook
from PIL import Image, ImageDraw, ImageFont


def jpg(colour: str = "navy", size: tuple[int, int] = (640, 480), **options: object) -> bytes:
    return _picture("JPEG", colour, size, **options)


def png(colour: str = "teal", size: tuple[int, int] = (300, 200), mode: str = "RGB") -> bytes:
    return _picture("PNG", colour, size, mode)


def _picture(format: str, colour: str, size: tuple[int, int], mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, colour).save(out, format, **options)
    return out.getvalue()


def turned_jpg() -> bytes:
    """Lying on its side, with a place and a camera in its metadata: red left, blue right as the sensor saw it."""
    picture = Image.new("RGB", (400, 200), "red")
    picture.paste("blue", (200, 0, 400, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned to the right
    exif[0x010F] = "SECRET-CAMERA"
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def pdf(pages: int = 2) -> bytes:
    """Sheets of different colours."""
    sheets = [Image.new("RGB", (600, 800), colour) for colour in ("white", "yellow", "green")[:pages]]
    out = BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


def docx() -> bytes:
    document = Document()
    document.add_paragraph("收据")
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx() -> bytes:
    book = Workbook()
    book.active["A1"] = "金额"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def macro_xlsx() -> bytes:
    """A workbook with a program in it, named .xlsx by whoever sends it."""
    return with_part(xlsx(), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 Sub AutoOpen()")


def bomb_docx(megabytes: int = 300) -> bytes:
    """A few kilobytes that would become hundreds of megabytes."""
    out = BytesIO(docx())
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as opened,
        opened.open("word/zeros.bin", "w") as part,
    ):
        for _number in range(megabytes):
            part.write(bytes(1024 * 1024))
    return out.getvalue()


def with_part(archive: bytes, name: str, content: bytes) -> bytes:
    out = BytesIO(archive)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return out.getvalue()


def bomb_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """A true PNG that says it has 2.5 thousand million points."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + _chunk(b"IEND")
    )


def _chunk(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def mp3(frames: int = 40, *, tagged: bool = True) -> bytes:
    """Silence at 128 kbit/s."""
    frame = b"\xff\xfb\x90\x00" + b"\0" * 413
    return (b"ID3\x03\x00\x00\x00\x00\x00\x0a" + b"\0" * 10 if tagged else b"") + frame * frames


def mp4(content: int = 1000) -> bytes:
    """The boxes of a film, without pictures in it."""
    return (
        _box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")
        + _box(b"moov", b"\0" * 100)
        + _box(b"mdat", b"\0" * content)
    )


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EXE = b"MZ\x90\x00" + b"\0" * 200


def receipt() -> bytes:
    """A receipt of a pharmacy, drawn with the font that ships with the bulletins."""
    font = ImageFont.truetype(str(files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf"), 28)
    picture = Image.new("RGB", (520, 360), "white")
    pen = ImageDraw.Draw(picture)
    lines = ("平江大药房 销售小票", "日期：2020-01-26 14:05", "医用口罩 4只 单价 32.00", "合计：128.00 元")
    for number, line in enumerate(lines):
        pen.text((30, 30 + number * 70), line, font=font, fill="black")
    out = BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()
