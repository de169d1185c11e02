"""From the blocks of a paper to the bytes of a .docx: same content, same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Mm

from suqing.cases.forms.model import (
    Addressee,
    Block,
    Cell,
    Content,
    Foot,
    Grid,
    Heading,
    Paragraph,
    Seal,
    Section,
    Signatures,
)
from suqing.cases.forms.ooxml import Stand, line, table, table_cell, table_row
from suqing.cases.forms.wording import BLANK_DAY, OPEN, TICKED, clean, day
from suqing.kit.ooxml import (
    FANGSONG,
    HEITI,
    KAITI,
    SMALL_TITLE_SONG,
    SONGTI,
    Element,
    Face,
    face_properties,
    field_elements,
    make,
    run_element,
    with_fixed_times,
)

PAPER_MM = (210.0, 297.0)
TOP_MM, LEFT_MM, BOTTOM_MM, RIGHT_MM = 28.0, 28.0, 24.0, 26.0
COLUMNS = 12
LINE_TWIPS = round((PAPER_MM[0] - LEFT_MM - RIGHT_MM) / 25.4 * 1440)
BODY, BODY_PITCH = Face(FANGSONG, 14), 25.0
CELL, CELL_PITCH = Face(FANGSONG, 10.5), 16.0
SMALL, SMALL_PITCH = Face(KAITI, 10.5), 16.0
SYNTHETIC = "模拟数据　由仿真演练生成，非真实诉求"


def typeset(content: Content, blocks: Sequence[Block]) -> bytes:
    """The paper as a .docx on A4; deterministic."""
    word = docx.Document()
    _lay(word, synthetic=content.synthetic)
    section: Element = word.element.body.find(qn("w:sectPr"))
    for block in blocks:
        for element in _SETTERS[type(block)](block):
            section.addprevious(element)
    _describe(word, content, blocks)
    raw = io.BytesIO()
    word.save(raw)
    return with_fixed_times(raw.getvalue())


# The blocks


def _lines(text: str) -> list[str]:
    return clean(text).split("\n")


def _heading(block: Heading) -> list[Element]:
    unit = Stand(26, align="center", keep_next=True)
    title = Stand(34, align="center", before=2, after=2, keep_next=True)
    number = Stand(20, align="right", after=6, keep_next=True)
    made = [
        line(block.unit, Face(SMALL_TITLE_SONG, 18), unit),
        line(block.title, Face(SMALL_TITLE_SONG, 22), title),
    ]
    return [*made, line(block.number, Face(FANGSONG, 12), number)]


def _addressee(block: Addressee) -> list[Element]:
    return [line(clean(block.text), BODY, Stand(BODY_PITCH, align="left", keep_next=True))]


def _section(block: Section) -> list[Element]:
    stand = Stand(BODY_PITCH, first=2, before=6, keep_next=True)
    return [line(block.text, Face(HEITI, 14), stand)]


def _paragraph(block: Paragraph) -> list[Element]:
    return [line(text, BODY, Stand(BODY_PITCH, first=2)) for text in _lines(block.text)]


def _grid(block: Grid) -> list[Element]:
    edges = [round(LINE_TWIPS * count / COLUMNS) for count in range(COLUMNS + 1)]
    rows = []
    for row in block.rows:
        cells, at = [], 0
        for cell in row.cells:
            width = edges[at + cell.width] - edges[at]
            cells.append(_cell(cell, width))
            at += cell.width
        most = max(cell.lines for cell in row.cells)
        rows.append(table_row(cells, height=most * CELL_PITCH + 8, may_split=most > 2))
    widths = [right - left for left, right in pairwise(edges)]
    # A table between paragraphs of a letter needs air on both sides.
    return [line("", SMALL, Stand(4)), table(widths, rows), line("", SMALL, Stand(6))]


def _cell(cell: Cell, width: int) -> Element:
    face = Face(HEITI, 10.5) if cell.is_label else _cell_face(cell.text)
    stand = Stand(CELL_PITCH, align="center" if cell.is_label else "left", before=1, after=1)
    lines = [line(text, face, stand) for text in cell.text.split("\n")]
    align = "top" if cell.lines > 2 and not cell.is_label else "center"
    return table_cell(lines, width=width, span=cell.width, align=align)


def _cell_face(text: str) -> Face:
    # Boxes to tick have no side of their own between Latin and Chinese: beside letters they would change their size.
    return replace(CELL, latin=CELL.east_asia) if TICKED in text or OPEN in text else CELL


def _signatures(block: Signatures) -> list[Element]:
    stand = Stand(BODY_PITCH, align="left", before=6, keep_next=True, tab_at=LINE_TWIPS / 20)
    return [line(f"{place}：	{BLANK_DAY}", BODY, stand) for place in block.places]


def _seal(block: Seal) -> list[Element]:
    above = Stand(BODY_PITCH, align="right", right=2, before=BODY_PITCH * 0.8, keep_next=True)
    below = Stand(BODY_PITCH, align="right", right=2)
    return [line(f"{block.unit}（印章）", BODY, above), line(day(block.on), BODY, below)]


def _foot(block: Foot) -> list[Element]:
    return [
        line(text, SMALL, Stand(SMALL_PITCH, align="left", before=10 if first else 0, rule_above=first))
        for first, text in ((number == 0, text) for number, text in enumerate(block.lines))
    ]


_SETTERS: dict[type, Callable[[Any], list[Element]]] = {
    Heading: _heading,
    Addressee: _addressee,
    Section: _section,
    Paragraph: _paragraph,
    Grid: _grid,
    Signatures: _signatures,
    Seal: _seal,
    Foot: _foot,
}


# The sheet


def _lay(word: WordDocument, *, synthetic: bool) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(PAPER_MM[0]), Mm(PAPER_MM[1])
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    section.header_distance, section.footer_distance = Mm(15), Mm(13)
    section.footer.is_linked_to_previous = section.header.is_linked_to_previous = False
    _fill(section.footer._element, _page_number())
    _fill(
        section.header._element, line(SYNTHETIC if synthetic else "", Face(HEITI, 10.5), Stand(14, "center"))
    )
    styles: Element = word.styles.element
    defaults = styles.find(qn("w:docDefaults")).find(qn("w:rPrDefault"))
    for old in list(defaults):
        defaults.remove(old)
    defaults.append(face_properties(BODY))
    _drop_thumbnail(word)


def _fill(part: Element, paragraph: Element) -> None:
    for old in list(part):
        part.remove(old)
    part.append(paragraph)


def _page_number() -> Element:
    face = Face(SONGTI, 10.5)
    made = line("第", face, Stand(14, align="center"))
    made.extend(field_elements("PAGE", face))
    made.append(run_element("页　共", face))
    made.extend(field_elements("NUMPAGES", face))
    made.append(run_element("页", face))
    return made


def _drop_thumbnail(word: WordDocument) -> None:
    """The template carries a picture of itself, which file managers would show."""
    relations = word.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[key]


def _describe(word: WordDocument, content: Content, blocks: Sequence[Block]) -> None:
    """Fill the file's properties; nothing of the template's author is left, and nobody's name enters."""
    properties = word.core_properties
    heading = next(block for block in blocks if isinstance(block, Heading))
    properties.title = f"{heading.title} {content.number}".strip()[:255]
    properties.subject = properties.keywords = properties.category = ""
    properties.author = properties.last_modified_by = content.unit[:255]
    properties.created = properties.modified = datetime(content.on.year, content.on.month, content.on.day)  # noqa: DTZ001
    properties.comments = SYNTHETIC if content.synthetic else ""
    properties.language = "zh-CN"
    properties.revision = 1
    compat = word.settings.element.find(qn("w:compat"))
    for child in compat.findall(qn("w:compatSetting")):
        compat.remove(child)
    uri = "http://schemas.microsoft.com/office/word"
    compat.append(make("compatSetting", name="compatibilityMode", uri=uri, val=15))
