"""The few WordprocessingML elements a form needs, in the order the schema demands."""

from __future__ import annotations

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
Element = Any  # lxml has no types of its own


@dataclass(frozen=True, slots=True)
class Face:
    """How characters look; ``size`` in points."""

    east_asia: str
    size: float
    latin: str = LATIN


@dataclass(frozen=True, slots=True)
class Stand:
    """How a paragraph stands: line ``pitch`` and distances in points, indents in characters of its size."""

    pitch: float
    align: str = "both"
    first: float = 0
    right: float = 0
    before: float = 0
    after: float = 0
    keep_next: bool = False
    rule_above: bool = False
    tab_at: float = 0  # points; a right tab stop


def make(tag: str, **attributes: str | int) -> Element:
    """An element of the main namespace with attributes of the same."""
    made: Element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def twips(points: float) -> int:
    """Points as whole twentieths of a point."""
    return round(points * 20)


def face_properties(face: Face) -> Element:
    """The ``rPr`` of a run: the East Asian font is always named."""
    made = make("rPr")
    made.append(make("rFonts", ascii=face.latin, hAnsi=face.latin, eastAsia=face.east_asia, cs=face.latin))
    made.append(make("b", val=0))
    made.append(make("i", val=0))
    made.append(make("color", val="000000"))
    made.append(make("sz", val=round(face.size * 2)))
    made.append(make("szCs", val=round(face.size * 2)))
    made.append(make("lang", val="en-US", eastAsia="zh-CN"))
    return made


def run(text: str, face: Face) -> Element:
    """A run of characters; tabs go to the tab stop."""
    made = make("r")
    made.append(face_properties(face))
    for number, piece in enumerate(text.split("\t")):
        if number:
            made.append(make("tab"))
        words = make("t")
        words.set(qn("xml:space"), "preserve")
        words.text = piece
        made.append(words)
    return made


def field_runs(instruction: str, face: Face) -> list[Element]:
    """A field such as PAGE, with a result that stands until the reader's program counts."""
    pieces: list[Element] = [make("fldChar", fldCharType="begin"), make("instrText")]
    pieces[1].set(qn("xml:space"), "preserve")
    pieces[1].text = f" {instruction} "
    pieces += [make("fldChar", fldCharType="separate"), make("t"), make("fldChar", fldCharType="end")]
    pieces[3].text = "1"
    made = []
    for piece in pieces:
        one = make("r")
        one.append(face_properties(face))
        one.append(piece)
        made.append(one)
    return made


def line(text: str, face: Face, stand: Stand) -> Element:
    """A paragraph with one run of text."""
    made = make("p")
    made.append(_properties(stand, face.size))
    made.append(run(text, face))
    return made


def _properties(stand: Stand, size: float) -> Element:
    made = make("pPr")
    if stand.keep_next:
        made.append(make("keepNext"))
    made.append(make("widowControl"))
    if stand.rule_above:
        border = make("pBdr")
        border.append(make("top", val="single", sz=6, space=4, color="000000"))
        made.append(border)
    if stand.tab_at:
        stops = make("tabs")
        stops.append(make("tab", val="right", pos=twips(stand.tab_at)))
        made.append(stops)
    for name in ("kinsoku", "overflowPunct", "autoSpaceDE", "autoSpaceDN"):
        made.append(make(name))
    made.append(make("snapToGrid", val=0))
    made.append(
        make(
            "spacing",
            before=twips(stand.before),
            after=twips(stand.after),
            line=twips(stand.pitch),
            lineRule="exact",
        )
    )
    made.append(
        make(
            "ind",
            rightChars=round(stand.right * 100),
            right=twips(stand.right * size),
            firstLineChars=round(stand.first * 100),
            firstLine=twips(stand.first * size),
        )
    )
    made.append(make("jc", val=stand.align))
    return made


def table(widths: list[int], rows: list[Element]) -> Element:
    """A ruled table of fixed columns (twips)."""
    made, properties, grid = make("tbl"), make("tblPr"), make("tblGrid")
    properties.append(make("tblW", w=sum(widths), type="dxa"))
    properties.append(make("jc", val="center"))
    borders = make("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(make(side, val="single", sz=6, space=0, color="000000"))
    properties.append(borders)
    properties.append(make("tblLayout", type="fixed"))
    margins = make("tblCellMar")
    for side in ("left", "right"):
        margins.append(make(side, w=90, type="dxa"))
    properties.append(margins)
    for width in widths:
        grid.append(make("gridCol", w=width))
    made.extend([properties, grid, *rows])
    return made


def table_row(cells: list[Element], *, height: float, may_split: bool) -> Element:
    """A row of at least this height (points)."""
    made, properties = make("tr"), make("trPr")
    if not may_split:
        properties.append(make("cantSplit"))
    properties.append(make("trHeight", val=twips(height), hRule="atLeast"))
    made.extend([properties, *cells])
    return made


def table_cell(lines: list[Element], *, width: int, span: int, align: str) -> Element:
    """A cell over ``span`` columns."""
    made, properties = make("tc"), make("tcPr")
    properties.append(make("tcW", w=width, type="dxa"))
    properties.append(make("gridSpan", val=span))
    properties.append(make("vAlign", val=align))
    made.extend([properties, *lines])
    return made
