"""The WordprocessingML of a bulletin's paragraphs and rules, always written in the order the schema demands."""

from __future__ import annotations

from dataclasses import dataclass

from suqing.kit.ooxml import Element, make, twips

RED = "FF0000"
TWIPS_PER_MM = 1440 / 25.4


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


def rule_element(side: str, rule: Rule) -> Element:
    """One side of a border."""
    return make(side, val="single", sz=rule.eighths, space=rule.space, color=rule.colour)


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
