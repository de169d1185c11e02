"""The sheet a bulletin stands on (GB/T 9704-2012, 4 to 7.5): paper, type area, grid, page numbers."""

from __future__ import annotations

from typing import cast

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm
from docx.styles.style import BaseStyle

from suqing.bulletins.documents.ooxml import TWIPS_PER_MM, Measure, paragraph_element
from suqing.kit.ooxml import (
    FANGSONG,
    HEITI,
    KAITI,
    SONGTI,
    Element,
    Face,
    face_properties,
    field_elements,
    make,
    run_element,
    twips,
)

PAPER_MM = (210.0, 297.0)
TOP_MM, LEFT_MM, BOTTOM_MM, RIGHT_MM = 37.0, 28.0, 35.0, 26.0
LINE_MM = PAPER_MM[0] - LEFT_MM - RIGHT_MM  # 156 mm, the width of the type area
LINE_TWIPS = round(LINE_MM * TWIPS_PER_MM)
LINE_PT = LINE_MM / 25.4 * 72
BODY_PT = 16.0  # 3号
PITCH = 28.95  # points; 22 lines need at most 28.99
CHARACTERS = 28
# 28 characters of 16 pt are 448 pt, the line is 442.2 pt: each gives up a quarter of a point.
TRACKING = -5
PAGE_NUMBER = Face(SONGTI, 14, latin=SONGTI)
DASH_BELOW_MM = 7.0

SYNTHETIC = "模拟数据"
SYNTHETIC_HEADER = "模拟数据　由仿真演练生成，非真实诉求"

HEADING_FACES = (
    Face(HEITI, BODY_PT, tracking=TRACKING),
    Face(KAITI, BODY_PT, tracking=TRACKING),
    Face(FANGSONG, BODY_PT, tracking=TRACKING),
    Face(FANGSONG, BODY_PT, tracking=TRACKING),
)


def lay(word: WordDocument, *, synthetic: bool) -> None:
    """Set paper, margins, grid, running header, page numbers and styles."""
    section = word.sections[0]
    section.page_width, section.page_height = Mm(PAPER_MM[0]), Mm(PAPER_MM[1])
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    section.header_distance = Mm(20)
    section.footer_distance = Mm(BOTTOM_MM - DASH_BELOW_MM - 14 / 72 * 25.4 / 2)
    _set_grid(section)
    word.settings.odd_and_even_pages_header_footer = True
    _number_pages(section)
    _head_pages(section, synthetic=synthetic)
    _set_defaults(word)
    _set_compatibility(word)


def _set_grid(section: Section) -> None:
    properties: Element = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    # The spacing of characters is carried by the runs, which every program honours; the grid sets the lines.
    properties.append(make("docGrid", type="lines", linePitch=twips(PITCH)))


def _number_pages(section: Section) -> None:
    """`— 1 —`, right on odd pages and left on even ones, one character from the edge."""
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        body: Element = footer._element
        for old in list(body):
            body.remove(old)
        odd = side == "right"
        line = paragraph_element(Measure(14, 14, align=side, left=0 if odd else 100, right=100 if odd else 0))
        line.append(run_element("— ", PAGE_NUMBER))
        for piece in field_elements("PAGE", PAGE_NUMBER):
            line.append(piece)
        line.append(run_element(" —", PAGE_NUMBER))
        body.append(line)


def _head_pages(section: Section, *, synthetic: bool) -> None:
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        body: Element = header._element
        for old in list(body):
            body.remove(old)
        line = paragraph_element(Measure(14, 10.5, align="center"))
        if synthetic:
            line.append(run_element(SYNTHETIC_HEADER, Face(HEITI, 10.5)))
        body.append(line)


def _set_defaults(word: WordDocument) -> None:
    styles: Element = word.styles.element
    defaults = styles.find(qn("w:docDefaults")).find(qn("w:rPrDefault"))
    for old in list(defaults):
        defaults.remove(old)
    defaults.append(face_properties(Face(FANGSONG, BODY_PT)))
    _restyle(word.styles["Normal"], Face(FANGSONG, BODY_PT))
    for level, face in enumerate(HEADING_FACES, start=1):
        _restyle(word.styles[f"Heading {level}"], face)


def _restyle(style: BaseStyle, face: Face) -> None:
    element = cast(Element, style.element)
    for old in element.findall(qn("w:rPr")):
        element.remove(old)
    made = face_properties(face)
    properties = element.find(qn("w:pPr"))
    if properties is not None:
        properties.addnext(made)
    else:
        element.append(made)


def _set_compatibility(word: WordDocument) -> None:
    """Say that the file is of today's Word, or it opens in a mode for old files."""
    settings: Element = word.settings.element
    compat = settings.find(qn("w:compat"))  # python-docx's template has one
    for child in compat.findall(qn("w:compatSetting")):
        compat.remove(child)
    uri = "http://schemas.microsoft.com/office/word"
    compat.append(make("compatSetting", name="compatibilityMode", uri=uri, val=15))
