"""The blocks of a bulletin in the form that is stored, shown on a page and typeset.  Pure.

Words are those of ``documents``; three kinds are richer here, because a page can open what a document only prints:
cells of a table and points of a curve are figures, a typical case knows its case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from suqing.bulletins import documents
from suqing.bulletins.documents import (
    CaseBox,
    FigureRef,
    Heading,
    Lead,
    Note,
    Paragraph,
    Picture,
    Run,
    Text,
    Title,
)
from suqing.charts.figure import draw
from suqing.charts.spec import Axis, Chart, Kind, Mark, Series

CHART_WIDTH_MM, CHART_HEIGHT_MM = 150.0, 75.0


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table whose cells are words or figures."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Run, ...], ...]
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """A line over days; a point is None where there are no data.  ``marks`` are dated events."""

    caption: str
    series: str
    unit: str
    days: tuple[date, ...]
    points: tuple[FigureRef | None, ...]
    marks: tuple[tuple[date, str], ...] = ()
    source_note: str = ""

    @property
    def chart(self) -> Chart:
        """The description that pages and documents draw from."""
        values = tuple(None if point is None else float(point.text) for point in self.points)
        marks = tuple(Mark.on(day, label) for day, label in self.marks if day in self.days)
        return Chart(
            Kind.LINE, self.caption, Axis.of_days(self.days), (Series(self.series, values),), marks, self.unit,
            self.source_note,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypicalCase:
    """A typical case without names; ``case_id`` opens it for those who may see it."""

    title: str
    narrative: str
    facts: tuple[tuple[str, str], ...]
    case_id: int


Block: TypeAlias = Title | Lead | Heading | Paragraph | Note | FigureTable | Curve | TypicalCase


def all_runs(blocks: Sequence[Block]) -> Iterator[Run]:
    """Every stretch of words and every figure; typical cases, which quote people, are left out."""
    for block in blocks:
        if isinstance(block, Lead | Paragraph):
            yield from block.runs
        elif isinstance(block, FigureTable):
            yield from (Text(text) for text in (block.caption, *block.header))
            yield from (run for row in block.rows for run in row)
        elif isinstance(block, Curve):
            yield from (point for point in block.points if point is not None)
            yield Text(block.caption)
        elif isinstance(block, Title | Heading | Note):
            yield Text(block.text)


# For the document


def for_document(blocks: Sequence[Block]) -> tuple[documents.Block, ...]:
    """The blocks as the typesetter takes them; curves are drawn here."""
    return tuple(_printed(block) for block in blocks)


def _printed(block: Block) -> documents.Block:
    if isinstance(block, FigureTable):
        rows = tuple(tuple(run.text for run in row) for row in block.rows)
        numeric = tuple(range(1, len(block.header)))
        return documents.Table(block.caption, block.header, rows, block.widths, numeric)
    if isinstance(block, Curve):
        png = draw(block.chart, CHART_WIDTH_MM, CHART_HEIGHT_MM)
        told = "，".join(
            f"{day.month}月{day.day}日{p.text}{block.unit}"
            for day, p in zip(block.days, block.points, strict=True)
            if p
        )
        return Picture(png, block.caption, f"折线图：{told}" if told else "折线图：无数据", CHART_WIDTH_MM)
    if isinstance(block, TypicalCase):
        return CaseBox(block.title, block.narrative, block.facts)
    return block


# For the store


def to_json(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """JSON-safe data that ``from_json`` reads."""
    return [_write(block) for block in blocks]


def _write(block: Block) -> dict[str, Any]:
    if isinstance(block, Lead | Paragraph):
        return {"type": type(block).__name__.lower(), "runs": [_write_run(run) for run in block.runs]}
    if isinstance(block, FigureTable):
        rows = [[_write_run(run) for run in row] for row in block.rows]
        return {"type": "table", "caption": block.caption, "header": list(block.header), "rows": rows,
                "widths": list(block.widths)}  # fmt: skip
    if isinstance(block, Curve):
        return {"type": "curve", "caption": block.caption, "series": block.series, "unit": block.unit,
                "days": [day.isoformat() for day in block.days],
                "points": [point and _write_run(point) for point in block.points],
                "marks": [[day.isoformat(), label] for day, label in block.marks],
                "source_note": block.source_note}  # fmt: skip
    if isinstance(block, TypicalCase):
        return {"type": "case", "title": block.title, "narrative": block.narrative,
                "facts": [list(fact) for fact in block.facts], "case_id": block.case_id}  # fmt: skip
    if isinstance(block, Heading):
        return {"type": "heading", "level": block.level, "text": block.text, "numbered": block.numbered}
    return {"type": "title" if isinstance(block, Title) else "note", "text": block.text}


def _write_run(run: Run) -> dict[str, Any]:
    if isinstance(run, FigureRef):
        return {"text": run.text, "key": run.key}
    return {"text": run.text} | ({"strong": True} if run.strong else {})


def from_json(data: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Read what ``to_json`` wrote."""
    return tuple(_READERS[one["type"]](one) for one in data)


def _read_run(data: Mapping[str, Any]) -> Run:
    return (
        FigureRef(data["text"], data["key"])
        if "key" in data
        else Text(data["text"], data.get("strong", False))
    )


def _read_runs(data: Mapping[str, Any]) -> tuple[Run, ...]:
    return tuple(_read_run(run) for run in data["runs"])


def _read_table(data: Mapping[str, Any]) -> FigureTable:
    rows = tuple(tuple(_read_run(run) for run in row) for row in data["rows"])
    return FigureTable(data["caption"], tuple(data["header"]), rows, tuple(data["widths"]))


def _read_curve(data: Mapping[str, Any]) -> Curve:
    return Curve(
        data["caption"], data["series"], data["unit"],
        tuple(date.fromisoformat(day) for day in data["days"]),
        tuple(FigureRef(point["text"], point["key"]) if point else None for point in data["points"]),
        tuple((date.fromisoformat(day), label) for day, label in data["marks"]),
        data["source_note"],
    )  # fmt: skip


def _read_case(data: Mapping[str, Any]) -> TypicalCase:
    facts = tuple((name, value) for name, value in data["facts"])
    return TypicalCase(data["title"], data["narrative"], facts, data["case_id"])


_READERS: dict[str, Any] = {
    "title": lambda data: Title(data["text"]),
    "note": lambda data: Note(data["text"]),
    "heading": lambda data: Heading(data["level"], data["text"], data["numbered"]),
    "lead": lambda data: Lead(_read_runs(data)),
    "paragraph": lambda data: Paragraph(_read_runs(data)),
    "table": _read_table,
    "curve": _read_curve,
    "case": _read_case,
}
