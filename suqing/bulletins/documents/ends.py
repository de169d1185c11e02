"""Head and foot of a bulletin: 报头 on the first page, 报尾 at the bottom of the last."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from docx.oxml import parse_xml
from docx.oxml.ns import qn

from suqing.bulletins.documents.model import Masthead, Tail
from suqing.bulletins.documents.ooxml import RED, Measure, Rule, paragraph_element, rule_element
from suqing.bulletins.documents.punctuation import em_width, tidy
from suqing.bulletins.documents.sheet import BODY_PT, CHARACTERS, LINE_PT, LINE_TWIPS, PITCH, SYNTHETIC
from suqing.kit.ooxml import (
    FANGSONG,
    HEITI,
    SMALL_TITLE_SONG,
    Element,
    Face,
    face_properties,
    make,
    run_element,
)

NAME_TOP_MM = 35.0  # the name's upper edge under the edge of the type area
NAME_SIZES = (42.0, 36.0, 32.0, 28.0, 26.0, 22.0)
RED_RULE = Rule(
    eighths=18, colour=RED, space=6
)  # with the air inside the line above: 4 mm under the characters
THICK, THIN = Rule(eighths=8), Rule(eighths=6)  # 0.35 mm and 0.25 mm
TAIL_PT = 14.0  # 4号
TAIL_PITCH = 24.0
LONGEST_KEPT_WHOLE = 7 * CHARACTERS
TAIL_MEASURE = Measure(TAIL_PITCH, TAIL_PT, align="left")

EMU_PER_PT = 12700
TEXT_BOX = """
<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
  xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
  xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
  xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
  xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
<mc:Choice Requires="wps"><w:drawing>
<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" locked="0"
  layoutInCell="1" allowOverlap="0"><wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="margin"><wp:align>left</wp:align></wp:positionH>
<wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align></wp:positionV>
<wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapTopAndBottom/>
<wp:docPr id="9001" name="tail"/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>
<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>
<wps:txbx><w:txbxContent/></wps:txbx>
<wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"><a:noAutofit/></wps:bodyPr>
</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent>
"""


def masthead_elements(head: Masthead) -> list[Element]:
    """The lines of the head, down to the two blank ones under the red rule."""
    size = _name_size(tidy(head.series))
    name_pitch = size * 1.25
    glyph_top = (name_pitch - size) / 2
    before = NAME_TOP_MM / 25.4 * 72 - PITCH - glyph_top
    lines = [
        _line(tidy(head.classification), Face(HEITI, BODY_PT), Measure(PITCH, BODY_PT, align="left")),
        _line(
            tidy(head.series),
            Face(SMALL_TITLE_SONG, size, colour=RED),
            Measure(name_pitch, size, align="center", before=before),
        ),
        _line(
            _issue_words(head),
            Face(FANGSONG, BODY_PT),
            Measure(PITCH, BODY_PT, align="center", before=PITCH / 2),
        ),
        _compiler_line(head),
    ]
    under = SYNTHETIC if head.synthetic else ""
    lines.append(_line(under, Face(HEITI, TAIL_PT), Measure(PITCH, BODY_PT, align="center")))
    lines.append(_line("", Face(FANGSONG, BODY_PT), Measure(PITCH, BODY_PT)))
    return lines


def _name_size(name: str) -> float:
    fitting = [size for size in NAME_SIZES if em_width(name) * size <= LINE_PT * 0.9]
    return fitting[0] if fitting else NAME_SIZES[-1]


def _issue_words(head: Masthead) -> str:
    number = "　　" if head.issue_no is None else str(head.issue_no)
    words = f"{'增刊' if head.supplement else ''}第{number}期"
    return words if head.total_no is None else f"{words}（总第{head.total_no}期）"


def _compiler_line(head: Masthead) -> Element:
    """Who compiled it on the left, the signing date on the right, the red rule below."""
    compiled_by = tidy(head.compiled_by)
    day = f"{head.date.year}年{head.date.month}月{head.date.day}日"
    room = LINE_PT - 2 * BODY_PT
    size = next((s for s in (16.0, 14.0, 12.0) if (em_width(compiled_by + day) + 1) * s <= room), 10.5)
    # An indent would shorten the rule, which is as wide as the type area; a space moves only the words.
    measure = Measure(
        PITCH,
        BODY_PT,
        align="left",
        before=PITCH / 2,
        rules=(("bottom", RED_RULE),),
        tab_at=LINE_PT - BODY_PT,
    )
    return _line(f"　{compiled_by}\t{day}", Face(FANGSONG, size), measure)


def hang_tail(tail: Tail, elements: list[Element]) -> None:
    """Set the tail at the bottom of the page where the elements end; an empty one is left out.

    It hangs on the last paragraph, which stays whole: on a full page both go over, never the tail alone.
    A long last paragraph may part; then the tail hangs on an empty line after it.
    """
    lists = (("报", tail.report_to), ("送", tail.send_to), ("发", tail.distribute_to))
    lines = [_names_line(f"{verb}：{_joined(names)}") for verb, names in lists if names]
    if tail.copies is not None:
        right = replace(TAIL_MEASURE, align="right", right=100)
        lines.append(_line(f"共印{tail.copies}份", Face(FANGSONG, TAIL_PT), right))
    if not lines:
        return
    if sum(len(words.text or "") for words in elements[-1].iter(qn("w:t"))) > LONGEST_KEPT_WHOLE:
        elements.append(paragraph_element(Measure(2, 2)))
    _keep_whole(elements[-1].find(qn("w:pPr")))
    _start_of_kept(elements).append(_anchor(_tail_table(lines), _height(tail)))


def _start_of_kept(elements: list[Element]) -> Element:
    """The first of the headings that keep with the last paragraph, or a box would part them from it."""
    at = len(elements) - 1
    while at > 0 and elements[at - 1].find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None:
        at -= 1
    return elements[at]


def _keep_whole(properties: Element) -> None:
    if properties.find(qn("w:keepLines")) is None:
        properties.find(qn("w:widowControl")).addprevious(make("keepLines"))


def _height(tail: Tail) -> float:
    """Points the tail needs, rather a line too many than one cut off: the box sets its words at its foot."""
    room = LINE_PT / TAIL_PT - 5
    lists = (tail.report_to, tail.send_to, tail.distribute_to)
    # Latin capitals are up to three quarters of a character wide, not the half that em_width reckons with.
    wraps = [
        ceil(sum(0.75 if char.isascii() else 1 for char in _joined(names)) / room) for names in lists if names
    ]
    rows = len(wraps) + (tail.copies is not None)
    return (sum(wraps) + (tail.copies is not None)) * TAIL_PITCH + rows * THIN.eighths / 8 + 2


def _anchor(table: Element, height: float) -> Element:
    """A run with a text box on the bottom edge of the type area, which keeps the body's words off."""
    drawing: Element = parse_xml(
        TEXT_BOX.format(width=round(LINE_PT * EMU_PER_PT), height=round(height * EMU_PER_PT))
    )
    content = next(drawing.iter(qn("w:txbxContent")))
    content.append(table)
    content.append(_line("", Face(FANGSONG, 1), Measure(1, 1)))
    made = make("r")
    made.append(face_properties(Face(FANGSONG, 1)))
    made.append(drawing)
    return made


def _tail_table(lines: list[Element]) -> Element:
    table, properties, margins, grid = make("tbl"), make("tblPr"), make("tblCellMar"), make("tblGrid")
    properties.append(make("tblW", w=LINE_TWIPS, type="dxa"))
    properties.append(make("tblLayout", type="fixed"))
    for side in ("left", "right"):
        margins.append(make(side, w=0, type="dxa"))
    properties.append(margins)
    grid.append(make("gridCol", w=LINE_TWIPS))
    table.extend([properties, grid])
    for number, line in enumerate(lines, start=1):
        table.append(_tail_row(line, first=number == 1, last=number == len(lines)))
    return table


def _tail_row(content: Element, *, first: bool, last: bool) -> Element:
    row, cell, look, borders = make("tr"), make("tc"), make("tcPr"), make("tcBorders")
    borders.append(rule_element("top", THICK if first else THIN))
    borders.append(rule_element("bottom", THICK if last else THIN))
    look.extend([make("tcW", w=LINE_TWIPS, type="dxa"), borders, make("vAlign", val="center")])
    cell.extend([look, content])
    row.append(cell)
    return row


def _joined(names: tuple[str, ...]) -> str:
    return "，".join(tidy(name) for name in names) + "。"


def _names_line(text: str) -> Element:
    """The verb hangs out, so that further lines of names align under the first name."""
    measure = replace(TAIL_MEASURE, left=300, right=100, first=200, hanging=True)
    return _line(text, Face(FANGSONG, TAIL_PT), measure)


def _line(text: str, face: Face, measure: Measure) -> Element:
    made = paragraph_element(measure)
    if text:
        made.append(run_element(text, face))
    else:
        made.find(qn("w:pPr")).append(_mark_size(face))
    return made


def _mark_size(face: Face) -> Element:
    """The size of an empty line's paragraph mark, or the line would take that of the style."""
    made = make("rPr")
    made.append(make("sz", val=round(face.size * 2)))
    return made
