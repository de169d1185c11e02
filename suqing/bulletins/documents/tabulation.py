"""Tables of a bulletin: fixed columns, a head that repeats on each page, rows that do not tear."""

from __future__ import annotations

from itertools import pairwise

from suqing.bulletins.documents.model import Table
from suqing.bulletins.documents.ooxml import Measure, Rule, paragraph_element, rule_element
from suqing.bulletins.documents.punctuation import em_width, tidy
from suqing.bulletins.documents.sheet import LINE_TWIPS
from suqing.kit.ooxml import FANGSONG, HEITI, Element, Face, make, run_element

ROOMY_PT, DENSE_PT = 12.0, 10.5  # 小四, 五号
MOST_ROOMY_COLUMNS = 6
NO_ROWS = "本期无数据"
NARROWEST, WIDEST = 3.0, 16.0  # characters a column asks for when the text decides
HAIR = Rule(eighths=4)
CELL_MARGIN = 80  # twips beside the words of a cell


def table_element(table: Table) -> Element:
    """The table with its head; one row that says so where there are none."""
    widths = column_widths(table)
    size = ROOMY_PT if len(table.header) <= MOST_ROOMY_COLUMNS else DENSE_PT
    made = make("tbl")
    made.append(_properties())
    grid = make("tblGrid")
    for width in widths:
        grid.append(make("gridCol", w=width))
    made.append(grid)
    made.append(_row(table.header, widths, Face(HEITI, size), ("center",) * len(widths), head=True))
    aligns = tuple("right" if column in table.numeric else "left" for column in range(len(widths)))
    for row in table.rows:
        made.append(_row(row, widths, Face(FANGSONG, size), aligns))
    if not table.rows:
        made.append(_empty_row(len(widths), Face(FANGSONG, size)))
    return made


def column_widths(table: Table) -> list[int]:
    """Widths in twips that fill the line exactly."""
    shares = list(table.widths) or [_asked(table, column) for column in range(len(table.header))]
    whole = sum(shares)
    edges = [round(LINE_TWIPS * sum(shares[:count]) / whole) for count in range(len(shares) + 1)]
    return [right - left for left, right in pairwise(edges)]


def _asked(table: Table, column: int) -> float:
    longest = max(em_width(row[column]) for row in (table.header, *table.rows))
    return min(max(longest, NARROWEST), WIDEST) + 1


def _properties() -> Element:
    made = make("tblPr")
    made.append(make("tblW", w=LINE_TWIPS, type="dxa"))
    made.append(make("jc", val="center"))
    borders = make("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(rule_element(side, HAIR))
    made.append(borders)
    made.append(make("tblLayout", type="fixed"))
    margins = make("tblCellMar")
    for side in ("left", "right"):
        margins.append(make(side, w=CELL_MARGIN, type="dxa"))
    made.append(margins)
    return made


def _row(
    cells: tuple[str, ...], widths: list[int], face: Face, aligns: tuple[str, ...], *, head: bool = False
) -> Element:
    made, properties = make("tr"), make("trPr")
    properties.append(make("cantSplit"))
    if head:
        properties.append(make("tblHeader"))
    made.append(properties)
    for text, width, align in zip(cells, widths, aligns, strict=True):
        made.append(_cell(text, width, face, align, keep_next=head))
    return made


def _cell(
    text: str, width: int, face: Face, align: str, *, keep_next: bool = False, span: int = 1
) -> Element:
    made, properties = make("tc"), make("tcPr")
    properties.append(make("tcW", w=width, type="dxa"))
    if span > 1:
        properties.append(make("gridSpan", val=span))
    properties.append(make("vAlign", val="center"))
    made.append(properties)
    measure = Measure(face.size * 1.5, face.size, align=align, before=1, after=1, keep_next=keep_next)
    line = paragraph_element(measure)
    line.append(run_element(tidy(text), face))
    made.append(line)
    return made


def _empty_row(columns: int, face: Face) -> Element:
    made = make("tr")
    made.append(_cell(NO_ROWS, LINE_TWIPS, face, "center", span=columns))
    return made
