"""The few WordprocessingML elements a bulletin needs, always written in the order the schema demands."""

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

RED = "FF0000"
TWIPS_PER_PT = 20
TWIPS_PER_MM = 1440 / 25.4
Element = Any  # lxml has no types of its own


@dataclass(frozen=True)
class Face:
    """How characters look; ``size`` in points, ``tracking`` in twentieths of a point."""

    east_asia: str
    size: float
    bold: bool = False
    colour: str = ""
    latin: str = LATIN
    tracking: int = 0


@dataclass(frozen=True)
class Rule:
    """A rule beside a paragraph or cell: ``eighths`` of a point thick, ``space`` points off the text."""

    eighths: int
    colour: str = "000000"
    space: int = 0


@dataclass(frozen=True)
class Measure:
    """How a paragraph stands.  ``pitch`` is the fixed distance of lines in points; ``None`` fits the content.

    Indents are in hundredths of a character of ``size`` points, distances before and after in points.
    """

    pitch: float | None
    size: float
    align: str = "both"
    first: int = 0
    left: int = 0
    right: int = 0
    before: float = 0
    after: float = 0
    keep_next: bool = False
    keep_lines: bool = False
    rules: tuple[tuple[str, Rule], ...] = ()
    tab_at: float | None = None
    style: str = ""
    hanging: bool = False


def make(tag: str, **attributes: str | int) -> Element:
    """An element of the main namespace with attributes of the same."""
    made: Element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def twips(points: float) -> int:
    """Points as whole twentieths of a point."""
    return round(points * TWIPS_PER_PT)


def rule_element(side: str, rule: Rule) -> Element:
    """One side of a border."""
    return make(side, val="single", sz=rule.eighths, space=rule.space, color=rule.colour)


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


def paragraph_element(measure: Measure) -> Element:
    """An empty paragraph that stands so; children of ``pPr`` in the order of the schema."""
    made = make("p")
    made.append(paragraph_properties(measure))
    return made


def paragraph_properties(measure: Measure) -> Element:
    """The ``pPr`` of a paragraph: line breaking after Chinese rules and widow control are always on."""
    made = make("pPr")
    if measure.style:
        made.append(make("pStyle", val=measure.style))
    if measure.keep_next:
        made.append(make("keepNext"))
    if measure.keep_lines:
        made.append(make("keepLines"))
    made.append(make("widowControl"))
    if measure.rules:
        made.append(_border(measure))
    if measure.tab_at is not None:
        made.append(_tab_stop(measure.tab_at))
    for name in ("kinsoku", "overflowPunct", "autoSpaceDE", "autoSpaceDN"):
        made.append(make(name))
    made.append(
        make("snapToGrid", val=0)
    )  # the fixed pitch already is the grid; small print must not jump to it
    made.append(_spacing(measure))
    made.append(_indent(measure))
    made.append(make("jc", val=measure.align))
    return made


def _border(measure: Measure) -> Element:
    border = make("pBdr")
    for side, rule in measure.rules:
        border.append(rule_element(side, rule))
    return border


def _tab_stop(points: float) -> Element:
    stops = make("tabs")
    stops.append(make("tab", val="right", pos=twips(points)))
    return stops


def _spacing(measure: Measure) -> Element:
    line: dict[str, str | int] = {"line": 240, "lineRule": "auto"}
    if measure.pitch is not None:
        line = {"line": twips(measure.pitch), "lineRule": "exact"}
    return make("spacing", before=twips(measure.before), after=twips(measure.after), **line)


def _indent(measure: Measure) -> Element:
    """Indents in characters, with their length for programs that do not count characters."""

    def length(hundredths: int) -> int:
        return twips(hundredths / 100 * measure.size)

    first = "hanging" if measure.hanging else "firstLine"
    counted: dict[str, str | int] = {
        "leftChars": measure.left,
        "left": length(measure.left),
        "rightChars": measure.right,
        "right": length(measure.right),
        f"{first}Chars": measure.first,
        first: length(measure.first),
    }
    return make("ind", **counted)
