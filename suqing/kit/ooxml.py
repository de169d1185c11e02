"""The WordprocessingML that every paper of ours is made of: characters, fields, units, a file that can be made again."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

# Names only: the fonts of official print are not free to ship, the reader's machine has them or substitutes.
SMALL_TITLE_SONG = "方正小标宋简体"
FANGSONG = "仿宋_GB2312"
KAITI = "楷体_GB2312"
HEITI = "黑体"
SONGTI = "宋体"
LATIN = "Times New Roman"

TWIPS_PER_PT = 20
Element = Any  # lxml has no types of its own
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Face:
    """How characters look; ``size`` in points, ``tracking`` in twentieths of a point."""

    east_asia: str
    size: float
    bold: bool = False
    colour: str = ""
    latin: str = LATIN
    tracking: int = 0


def make(tag: str, **attributes: str | int) -> Element:
    """An element of the main namespace with attributes of the same."""
    made: Element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def twips(points: float) -> int:
    """Points as whole twentieths of a point."""
    return round(points * TWIPS_PER_PT)


def face_properties(face: Face) -> Element:
    """The ``rPr`` of a run: the East Asian font is always named."""
    made = make("rPr")
    made.append(make("rFonts", ascii=face.latin, hAnsi=face.latin, eastAsia=face.east_asia, cs=face.latin))
    if face.bold:
        made.append(make("b"))
    else:
        made.append(make("b", val=0))  # a heading style must not add weight of its own
    made.append(make("i", val=0))
    made.append(make("color", val=face.colour or "000000"))
    if face.tracking:
        made.append(make("spacing", val=face.tracking))
    made.append(make("sz", val=round(face.size * 2)))
    made.append(make("szCs", val=round(face.size * 2)))
    made.append(make("lang", val="en-US", eastAsia="zh-CN"))
    return made


def run_element(text: str, face: Face) -> Element:
    """A run of characters; tabs become tab stops."""
    made = make("r")
    made.append(face_properties(face))
    for index, piece in enumerate(text.split("\t")):
        if index:
            made.append(make("tab"))
        words = make("t")
        words.set(qn("xml:space"), "preserve")
        words.text = piece
        made.append(words)
    return made


def field_elements(instruction: str, face: Face) -> list[Element]:
    """A field such as PAGE, with a result that stands until the reader's program counts."""
    pieces: list[Element] = [make("fldChar", fldCharType="begin"), make("instrText")]
    pieces[1].set(qn("xml:space"), "preserve")
    pieces[1].text = f" {instruction} "
    pieces += [make("fldChar", fldCharType="separate"), make("t"), make("fldChar", fldCharType="end")]
    pieces[3].text = "1"
    made = []
    for piece in pieces:
        run = make("r")
        run.append(face_properties(face))
        run.append(piece)
        made.append(run)
    return made


def with_fixed_times(raw: bytes) -> bytes:
    """The same .docx with one time for every part: what is made again from the same facts is the same file."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(fixed, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            new.writestr(entry, old.read(name), compresslevel=6)
    return fixed.getvalue()
