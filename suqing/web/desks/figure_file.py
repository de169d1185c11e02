"""A table of the page of figures as a file: whole, with its definition, period and filters written above it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person
from suqing.analytics.export_writing import Fact
from suqing.analytics.exports import about
from suqing.analytics.registry import all_measures
from suqing.analytics.withholding import least_published
from suqing.cases.importing.safe_cells import neutral
from suqing.ledger.queries import sealed_position
from suqing.web.context import moment_of
from suqing.web.desks.figure_address import filter_texts, measure_facts, period_text
from suqing.web.desks.figure_listing import listing
from suqing.web.desks.figure_panels import Counter
from suqing.web.desks.figure_pivots import pivot
from suqing.web.desks.figure_question import Asked, limits_of, read
from suqing.web.desks.figure_tables import cuts_for, fitting

MOST = 1_000_000


@require_GET
def figure_table(request: HttpRequest) -> HttpResponse:
    """A table of the page as CSV, whole, with its definition, period and filters written above it."""
    person, moment = request.user, moment_of(request)
    assert isinstance(person, Person)  # the permission table lets nobody else in
    asked, _misfits = fitting(read(request.GET, moment.now, list(all_measures())))
    if asked.fault:
        raise Http404(asked.fault)
    by = request.GET.get("by", "")
    cuts = by.split(",")
    if len(cuts) > 2 or len(set(cuts)) != len(cuts) or not set(cuts) <= set(cuts_for(asked.measure)):
        raise Http404
    # A file may leave the centre.
    counter = Counter(person, asked.period, asked.conditions, asked.switches, least_published())
    if len(cuts) == 2:
        lines = _pivot_lines(pivot(counter, asked.measure, cuts, lines=MOST, columns=MOST))
    else:
        lines = _cut_lines(listing(counter, asked.measure, by, lines=MOST))
    head = _file_head(asked, person, moment.now, is_synthetic=moment.is_rehearsal)
    answer = HttpResponse(csv_text([*head, [], *lines]), content_type="text/csv; charset=utf-8")
    name = f"{_(asked.measure.name)}_{by.replace(',', '-')}_{asked.period.first}_{asked.period.last}.csv"
    answer["Content-Disposition"] = f"attachment; filename=\"figures.csv\"; filename*=UTF-8''{quote(name)}"
    return answer


def _file_head(asked: Asked, person: Person, now: datetime, *, is_synthetic: bool) -> list[Fact]:
    """As above every list that is written to a file, with the measure and its days before it."""
    measure = measure_facts(asked.measure)
    what = [
        (_("Measure"), f"{measure['name']} ({measure['unit']})"),
        (_("Definition"), measure["definition"]),
        (_("Period"), period_text(asked.period, now.date())),
    ]
    rights = [(_("Rights"), limits_of(person))] if limits_of(person) else []
    return about(
        what, words=filter_texts(asked.conditions), as_of=now, position=sealed_position(), person=person,
        is_synthetic=is_synthetic, more=rights,
    )  # fmt: skip


def _pivot_lines(found: dict[str, Any]) -> list[list[Any]]:
    lines = [[found["names"][0], *found["kinds"], _("Total")]]
    for line in found["lines"]:
        lines.append([line["label"], *(cell["raw"] for cell in line["cells"]), line["total"]["raw"]])
    lines.append([_("Total"), *(cell["raw"] for cell in found["totals"]), found["total"]["raw"]])
    return [*lines, *_notes(found)]


def _cut_lines(found: dict[str, Any]) -> list[list[Any]]:
    header = [found["name"], pgettext("of a figure", "Value"), _("Share %")]
    header += [text for words in found["bases"] for text in words]
    lines = [_cut_line(line) for line in (*found["lines"], found["total"])]
    return [header, *lines, *_notes(found)]


def _cut_line(line: dict[str, Any]) -> list[Any]:
    bases = [cell for base in line["bases"] for cell in (base["raw"], base["change"])]
    return [line["label"], line["raw"], line["share"], *bases]


def _notes(found: dict[str, Any]) -> list[list[Any]]:
    return [] if found["adds_up"] else [[_("Parts overlap and do not add up.")]]


def csv_text(lines: Iterable[Sequence[Any]]) -> str:
    """CSV that spreadsheets open as UTF-8 and never as a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([safe_cell(value) for value in line] for line in lines)
    return "\ufeff" + text.getvalue()


def safe_cell(value: object) -> object:
    """Text that would start a formula gets an apostrophe in front; numbers stay numbers."""
    return neutral(value) if isinstance(value, str) else value
