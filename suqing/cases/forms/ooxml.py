"""The WordprocessingML of a form: lines and ruled tables, in the order the schema demands."""

from __future__ import annotations

from dataclasses import dataclass

from suqing.kit.ooxml import Element, Face, make, run_element, twips


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


def line(text: str, face: Face, stand: Stand) -> Element:
    """A paragraph with one run of text."""
    made = make("p")
    made.append(_properties(stand, face.size))
    made.append(run_element(text, face))
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
