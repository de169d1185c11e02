"""Any measure as a table of one or two dimensions, and the book of measures: what each counts, and how."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person
from suqing.analytics.dimensions import DIMENSIONS
from suqing.analytics.registry import BASIS_LABELS, Measure, all_measures
from suqing.analytics.withholding import least_shown
from suqing.web.context import moment_of
from suqing.web.desks.figure_address import measure_facts
from suqing.web.desks.figure_frame import frame
from suqing.web.desks.figure_listing import listing
from suqing.web.desks.figure_panels import Counter
from suqing.web.desks.figure_pivots import pivot
from suqing.web.desks.figure_question import Asked, read

NO_COLUMNS = "-"


@require_GET
def figure_pivot(request: HttpRequest) -> HttpResponse:
    """A measure by the lines, and columns, that the reader chooses."""
    person, now = request.user, moment_of(request).now
    assert isinstance(person, Person)  # the permission table lets nobody else in
    asked, misfits = fitting(read(request.GET, now, list(all_measures())))
    rows, columns = cuts_of(request.GET, asked.measure)
    counter = Counter(person, asked.period, asked.conditions, asked.switches, least_shown())
    more = {"rows": rows, "columns": columns or NO_COLUMNS}
    by = f"{rows},{columns}" if columns else rows
    facts = {
        **frame(asked, now, person, "figure-pivot", **more),
        "measure": book_facts(asked.measure),
        "groups": measure_options(asked.measure),
        "rows": _options(asked.measure, rows),
        "columns": [(NO_COLUMNS, _("none"), not columns), *_options(asked.measure, columns)],
        "misfits": [_(DIMENSIONS[name].name) for name in misfits],
        "found": None if columns else listing(counter, asked.measure, rows),
        "pivot": pivot(counter, asked.measure, (rows, columns)) if columns else None,
        "csv_url": f"{reverse('figure-table')}?{urlencode(asked.query(by=by))}",
        "kept": [(name, value) for name, value in asked.query(measure="").items()],
    }
    return render(request, "web/figures/pivot.html", facts, status=422 if asked.fault else 200)


def fitting(asked: Asked) -> tuple[Asked, list[str]]:
    """The question without the filters that the rows of the measure cannot be narrowed by, and their names."""
    source = asked.measure.source
    misfits = [
        name for name, value in asked.filters.items() if value and source not in DIMENSIONS[name].sources
    ]
    return replace(asked, filters={**asked.filters, **dict.fromkeys(misfits, "")}), misfits


def cuts_of(given: QueryDict, measure: Measure) -> tuple[str, str]:
    """The dimension of the lines, and of the columns or ""; what does not fit is replaced, or left out."""
    known = cuts_for(measure)
    rows = given.get("rows", "")
    rows = rows if rows in known else known[0]
    columns = given.get("columns", "")
    return rows, columns if columns in known and columns != rows else ""


def cuts_for(measure: Measure) -> list[str]:
    """The dimensions that rows of the measure have."""
    return [one.code for one in DIMENSIONS.values() if measure.source in one.sources]


def _options(measure: Measure, chosen: str) -> list[tuple[str, str, bool]]:
    return [(code, _(DIMENSIONS[code].name), code == chosen) for code in cuts_for(measure)]


def measure_options(chosen: Measure) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Every measure by when in its life a matter is counted."""
    groups: dict[str, list[tuple[str, str, bool]]] = {}
    for one in all_measures():
        groups.setdefault(measure_facts(one)["stage"], []).append((one.code, _(one.name), one is chosen))
    return list(groups.items())


@require_GET
def figure_measures(request: HttpRequest) -> HttpResponse:
    """Every measure with its definition, formula and unit."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in all_measures():
        facts = book_facts(one)
        groups.setdefault(facts["stage"], []).append(facts)
    facts = {"groups": list(groups.items()), "count": sum(map(len, groups.values()))}
    return render(request, "web/figures/measures.html", facts)


def book_facts(measure: Measure) -> dict[str, Any]:
    """All that a reader can know of a measure."""
    return {
        **measure_facts(measure),
        "code": measure.code,
        "basis": _(BASIS_LABELS[measure.basis]),
        "reference": measure.reference,
        "follows_policy": measure.by_policy is not None,
        "is_stock": measure.stock is not None,
        "cuts": [_(DIMENSIONS[code].name) for code in cuts_for(measure)],
        "url": f"{reverse('figure-pivot')}?{urlencode({'measure': measure.code})}",
    }
