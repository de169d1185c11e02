"""A stored bulletin as its page shows it: the document's blocks with every number as a link to its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from django.urls import reverse

from suqing.accounts.models import Person
from suqing.analytics.periods import CENTRE_ZONE
from suqing.bulletins.blocks import Block, Curve, FigureTable, TypicalCase
from suqing.bulletins.documents import FigureRef, Heading, Lead, Paragraph, Run, heading_labels
from suqing.bulletins.models import Bulletin, State
from suqing.bulletins.queries import INTERNAL, BulletinPage
from suqing.cases.queries import visible_cases
from suqing.charts import echarts
from suqing.kit.dates import local_day

Said: TypeAlias = dict[str, Any]  # {"text", "url", "is_strong"}: what a template prints of a run


def masthead(page: BulletinPage) -> dict[str, Any]:
    """The head of the sheet; a draft has no number yet."""
    bulletin = page.bulletin
    return {
        "classification": INTERNAL,
        "series": bulletin.series.name,
        "issue_no": bulletin.issue_no,
        "total_no": bulletin.total_no,
        "compiled_by": page.compiled_by,
        "date": _chinese_day(local_day(bulletin.issued_at or bulletin.drafted_at, CENTRE_ZONE)),
        "is_draft": bulletin.state == State.DRAFT,
        "is_withdrawn": bulletin.state == State.WITHDRAWN,
        "is_synthetic": bulletin.is_synthetic,
    }


def _chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def tail(page: BulletinPage) -> list[tuple[str, str]]:
    """报, 送, 发 with their names; empty ones are left out."""
    found = (("报", page.tail.report_to), ("送", page.tail.send_to), ("发", page.tail.distribute_to))
    return [(word, "，".join(names) + "。") for word, names in found if names]


def blocks(page: BulletinPage, person: Person, theme: str) -> list[dict[str, Any]]:
    """The blocks in the order they are read, each with its type and what its template prints."""
    labels = iter(heading_labels(page.blocks))  # type: ignore[arg-type]  # only headings are looked at
    numbers = _case_numbers(page, person)
    shown = []
    for place, block in enumerate(page.blocks):
        if isinstance(block, Heading):
            shown.append(
                {"type": "heading", "level": block.level + 1, "rank": block.level, "text": next(labels)}
            )
        else:
            shown.append(_shown(page.bulletin, block, place, numbers, theme))
    return shown


def _case_numbers(page: BulletinPage, person: Person) -> dict[int, str]:
    """The numbers of those typical cases that the person may open.  One query."""
    wanted = [block.case_id for block in page.blocks if isinstance(block, TypicalCase)]
    return dict(visible_cases(person).filter(pk__in=wanted).values_list("pk", "number")) if wanted else {}


def _shown(
    bulletin: Bulletin, block: Block, place: int, numbers: Mapping[int, str], theme: str
) -> dict[str, Any]:
    if isinstance(block, Lead | Paragraph):
        return {
            "type": "lead" if isinstance(block, Lead) else "paragraph",
            "runs": said(bulletin, block.runs),
        }
    if isinstance(block, FigureTable):
        rows = [said(bulletin, row) for row in block.rows]
        return {"type": "table", "caption": block.caption, "header": block.header, "rows": rows}
    if isinstance(block, Curve):
        return _curve(bulletin, block, place, theme)
    if isinstance(block, TypicalCase):
        number = numbers.get(block.case_id, "")
        return {"type": "case", "title": block.title, "narrative": block.narrative, "facts": block.facts,
                "number": number, "url": reverse("case", args=[number]) if number else ""}  # fmt: skip
    return {"type": type(block).__name__.lower(), "text": block.text}


def _curve(bulletin: Bulletin, block: Curve, place: int, theme: str) -> dict[str, Any]:
    points = [None if point is None else said(bulletin, [point])[0] for point in block.points]
    chart = block.chart
    return {
        "type": "curve",
        "id": f"curve-{place}",
        "title": chart.heading,
        "option": echarts.option(chart, theme),
        "series": block.series,
        "rows": [(f"{day.month}月{day.day}日", point) for day, point in zip(block.days, points, strict=True)],
    }


def said(bulletin: Bulletin, runs: Sequence[Run]) -> list[Said]:
    """Runs for a template: words as they are, numbers with the address of their rows."""
    return [
        {"text": run.text, "url": figure_address(bulletin, run.key), "is_strong": False}
        if isinstance(run, FigureRef)
        else {"text": run.text, "url": "", "is_strong": run.strong}
        for run in runs
    ]


def figure_address(bulletin: Bulletin, key: str) -> str:
    """The page of a stored figure: its key is what stands before the colon."""
    return reverse("bulletin-figure", args=[bulletin.pk, key.partition(":")[0]])
