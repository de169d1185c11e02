"""Figures of a day or a period, and the rows behind each number."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person
from suqing.analytics.comparing import is_published
from suqing.analytics.periods import CENTRE_ZONE
from suqing.analytics.withholding import least_shown
from suqing.cases.models import Submission
from suqing.kit.dates import local_day
from suqing.web.context import drawn_theme, moment_of
from suqing.web.desks import figure_panels as panels
from suqing.web.desks import figure_parts
from suqing.web.desks.figure_address import (
    measure_facts,
)
from suqing.web.desks.figure_curve import curve
from suqing.web.desks.figure_frame import frame
from suqing.web.desks.figure_panels import Counter
from suqing.web.desks.figure_pivots import pivot
from suqing.web.desks.figure_question import Asked, read

SUMMARY = 60  # characters of the redacted words in a row
LISTED = ("entity", "place", "issue_class", "object_class", "responsible_unit", "party")


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The headline, the tables and the curve of a period."""
    person, now = _person(request), moment_of(request).now
    asked = read(request.GET, now)
    counter = Counter(person, asked.period, asked.conditions, asked.switches, least_shown())
    measures = panels.measures_to_cut()
    whole = request.GET.get("all", "")
    facts = {
        **frame(asked, now, person, "figures"),
        "presets": _presets(asked, now),
        "groups": panels.headline(counter),
        "measure": measure_facts(asked.measure),
        "measures": [(one.code, _(one.name), one is asked.measure) for one in measures],
        "pivot": pivot(counter, asked.measure, panels.PIVOT),
        "tables": [_table_facts(counter, asked, by, whole) for by in panels.CUTS],
        "parts": figure_parts.parts(counter, asked.measure),
        "accuracy": figure_parts.accuracy(counter),
        "pivot_csv": _csv_url(asked, ",".join(panels.PIVOT)),
        "curve": curve(counter, asked.measure, drawn_theme(request)),
        "is_compared": moment_of(request).is_rehearsal and is_published(),
        "kept": asked.query(measure=""),
        "pivot_url": f"{reverse('figure-pivot')}?{urlencode(asked.query())}",
    }
    return render(request, "web/figures/figures.html", facts, status=422 if asked.fault else 200)


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def _url(asked: Asked, **changes: str) -> str:
    return f"{reverse('figures')}?{urlencode(asked.query(**changes))}"


def _csv_url(asked: Asked, by: str) -> str:
    return f"{reverse('figure-table')}?{urlencode(asked.query(by=by))}"


def _table_facts(counter: Counter, asked: Asked, by: str, whole: str) -> dict[str, Any]:
    found = panels.cut_table(
        counter, asked.measure, by, shown=panels.MOST_LINES if whole == by else panels.LINES
    )
    return found | {
        "csv_url": _csv_url(asked, by),
        "all_url": f"{_url(asked, all=by)}#cut-{by}",
        "is_whole": whole == by,
        "few_url": f"{_url(asked)}#cut-{by}",
    }


def _presets(asked: Asked, now: datetime) -> list[tuple[str, str, bool]]:
    """Days that are asked for most: name, address, whether it is the one shown."""
    today = local_day(now, CENTRE_ZONE)
    yesterday = today - timedelta(days=1)
    presets = [
        (_("Today"), today, today),
        (_("Yesterday"), yesterday, yesterday),
        (_("Last 7 days"), today - timedelta(days=6), today),
        (_("Last 30 days"), today - timedelta(days=29), today),
    ]
    since = Submission.objects.order_by("received_at").values_list("received_at", flat=True).first()
    if since is not None and local_day(since, CENTRE_ZONE) < today:
        presets.append((_("Since the first data"), local_day(since, CENTRE_ZONE), today))
    shown = (asked.period.first, asked.period.last)
    return [
        (
            name,
            _url(asked, **{"from": first.isoformat(), "to": last.isoformat(), "period": ""}),
            shown == (first, last) and not asked.period.is_named,
        )
        for name, first, last in presets
    ]
