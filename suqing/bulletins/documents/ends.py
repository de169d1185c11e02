"""Head and foot of a bulletin: 报头 on the first page, 报尾 at the bottom of the last."""

from __future__ import annotations

from docx.oxml.ns import qn

from suqing.bulletins.documents.model import Masthead, Tail
from suqing.bulletins.documents.ooxml import (
    FANGSONG,
    HEITI,
    RED,
    SMALL_TITLE_SONG,
    Element,
    Face,
    Measure,
    Rule,
    make,
    paragraph_element,
    rule_element,
    run_element,
    twips,
)
from suqing.bulletins.documents.punctuation import em_width, tidy
from suqing.bulletins.documents.sheet import BODY_PT, LINE_PT, LINE_TWIPS, PITCH, SYNTHETIC

NAME_TOP_MM = 35.0  # the name's upper edge under the edge of the type area
NAME_SIZES = (42.0, 36.0, 32.0, 28.0, 26.0, 22.0)
RED_RULE = Rule(
    eighths=18, colour=RED, space=6
)  # with the air inside the line above: 4 mm under the characters
THICK, THIN = Rule(eighths=8), Rule(eighths=6)  # 0.35 mm and 0.25 mm
TAIL_PT = 14.0  # 4号
TAIL_PITCH = 24.0


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
    fitting = [size for size in NAME_SIZES if em_width(name) * size <= LINE_PT * 0.94]
    return fitting[0] if fitting else NAME_SIZES[-1]


def _issue_words(head: Masthead) -> str:
    words = f"{'增刊' if head.supplement else ''}第{head.issue_no}期"
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


def tail_elements(tail: Tail) -> list[Element]:
    """A table at the bottom of the type area and the paragraph it hangs on; nothing for an empty tail."""
    lists = (("报", tail.report_to), ("送", tail.send_to), ("发", tail.distribute_to))
    lines = [(f"{verb}：", _joined(names)) for verb, names in lists if names]
    if not lines and tail.copies is None:
        return []
    table = make("tbl")
    table.append(_floating_properties())
    grid = make("tblGrid")
    grid.append(make("gridCol", w=LINE_TWIPS))
    table.append(grid)
    count = len(lines) + (tail.copies is not None)
    for index, (verb, names) in enumerate(lines):
        table.append(_tail_row(_names_line(verb, names), first=index == 0, last=index == count - 1))
    if tail.copies is not None:
        copies = _line(
            f"共印{tail.copies}份",
            Face(FANGSONG, TAIL_PT),
            Measure(TAIL_PITCH, TAIL_PT, align="right", right=100),
        )
        table.append(_tail_row(copies, first=count == 1, last=True))
    return [table, _line("", Face(FANGSONG, 2), Measure(2, 2))]


def _joined(names: tuple[str, ...]) -> str:
    return "，".join(tidy(name) for name in names) + "。"


def _names_line(verb: str, names: str) -> Element:
    """The verb hangs out, so that further lines of names align under the first name."""
    measure = Measure(TAIL_PITCH, TAIL_PT, left=300, right=100, first=200, hanging=True)
    return _line(verb + names, Face(FANGSONG, TAIL_PT), measure)


def _floating_properties() -> Element:
    made = make("tblPr")
    made.append(
        make(
            "tblpPr",
            leftFromText=0,
            rightFromText=0,
            topFromText=twips(12),
            bottomFromText=0,
            vertAnchor="margin",
            horzAnchor="margin",
            tblpXSpec="left",
            tblpYSpec="bottom",
        )
    )
    made.append(make("tblOverlap", val="never"))
    made.append(make("tblW", w=LINE_TWIPS, type="dxa"))
    made.append(make("tblLayout", type="fixed"))
    margins = make("tblCellMar")
    for side in ("left", "right"):
        margins.append(make(side, w=0, type="dxa"))
    made.append(margins)
    return made


def _tail_row(content: Element, *, first: bool, last: bool) -> Element:
    row, properties, cell, look = make("tr"), make("trPr"), make("tc"), make("tcPr")
    properties.append(make("cantSplit"))
    look.append(make("tcW", w=LINE_TWIPS, type="dxa"))
    borders = make("tcBorders")
    borders.append(rule_element("top", THICK if first else THIN))
    borders.append(rule_element("bottom", THICK if last else THIN))
    look.append(borders)
    look.append(make("vAlign", val="center"))
    cell.append(look)
    cell.append(content)
    row.append(properties)
    row.append(cell)
    if not last:
        content.find(qn("w:pPr")).insert(0, make("keepNext"))
    return row


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
