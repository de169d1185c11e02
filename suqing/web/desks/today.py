"""The supervisor's today: what came in, which limits are at risk, what waits to be dispatched, who is on duty."""

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
from suqing.accounts.queries import duties_of, in_duty_hours, on_duty, unit_tree, units_of
from suqing.analytics import dimensions
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.queries import figure, table
from suqing.cases.queries.boards import HOURS, AtRisk, at_risk, dispatch_board
from suqing.cases.vocabulary import State
from suqing.kit.dates import local_day
from suqing.web.context import moment_of
from suqing.web.desks.case_rows import rows_of
from suqing.web.desks.figure_address import figure_url, value_text
from suqing.web.desks.work_list_views import view_url

MEASURE = "cases_registered"
CUTS = ("kind", "issue", "district", "channel")
LINES = 8
UNITS = 20
SPANS = {12: "due_12", 24: "due_24", 48: "due_soon"}  # the ready list of each span


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """One page, everything a link to exactly what it counts."""
    person, now = request.user, moment_of(request).now
    assert isinstance(person, Person)  # the permission table lets nobody else in
    period = Period.of_day(local_day(now, CENTRE_ZONE), now)
    contacts = figure("contacts", period=period, person=person)
    facts = {
        "as_of": now,
        "contacts": {"value": value_text(contacts.value), "url": figure_url(contacts)},
        "cuts": [_cut(by, period, person) for by in CUTS],
        "figures_url": reverse("figures"),
        **_risk_facts(person, now),
        **_board_facts(person, now),
        **_duty_facts(person, now),
    }
    return render(request, "web/today/today.html", facts)


def _cut(by: str, period: Period, person: Person) -> dict[str, Any]:
    """What was registered today by one dimension, the most first."""
    found = table(MEASURE, by=(by,), period=period, person=person)
    most = max((int(row.figure.value or 0) for row in found.rows), default=0)
    lines = [
        {
            "label": row.labels[0],
            "value": value_text(row.figure.value),
            "url": figure_url(row.figure),
            "share": round(100 * int(row.figure.value or 0) / most) if most else 0,
        }
        for row in found.rows
        if row.figure.value
    ]
    return {
        "by": by,
        "name": _(dimensions.get(by).name),
        "lines": lines[:LINES],
        "hidden": len(lines) - len(lines[:LINES]),
        "total": {"value": value_text(found.total.value), "url": figure_url(found.total)},
    }


def _risk_facts(person: Person, now: datetime) -> dict[str, Any]:
    total, by_unit = at_risk(person, now)
    return {
        "risk_hours": HOURS,
        "risk_total": [
            (total.overdue, view_url("overdue"), "breach"),
            *(
                (number, view_url(SPANS[hours]), "soon")
                for hours, number in zip(HOURS, total.within, strict=True)
            ),
        ],
        "risk": [_risk_row(one) for one in by_unit[:UNITS]],
        "risk_hidden": len(by_unit) - len(by_unit[:UNITS]),
    }


def _risk_row(one: AtRisk) -> dict[str, Any]:
    assert one.unit is not None  # only the total has none

    def url(due: str) -> str:
        return f"{reverse('cases')}?{urlencode({'view': 'all', 'unit': one.unit.pk, 'due': due})}"  # type: ignore[union-attr]

    within = [(number, url(f"{hours}h"), "soon") for hours, number in zip(HOURS, one.within, strict=True)]
    return {"name": one.unit.name, "cells": [(one.overdue, url("overdue"), "breach"), *within]}


def _board_facts(person: Person, now: datetime) -> dict[str, Any]:
    board = dispatch_board(person, now)
    rows = rows_of(board.cases, now)
    for case, row in zip(board.cases, rows, strict=True):
        proposal = board.proposed.get(case.pk)
        row["proposed"] = proposal.unit.name if proposal and proposal.unit else ""
        row["why"] = _(proposal.reason) % proposal.values if proposal else ""
        row["is_objection"] = case.state == State.OBJECTED
    return {
        "board": rows,
        "board_counts": [
            (_("To dispatch"), board.to_dispatch, view_url("to_dispatch")),
            (_("Objections"), board.objections, view_url("objections")),
            (_("Returned, still open"), board.returned, view_url("returned")),
        ],
        "board_more": board.to_dispatch + board.objections - len(rows),
    }


def _duty_facts(person: Person, now: datetime) -> dict[str, Any]:
    """Who is there for the person's own units, and everybody entered as on duty now."""
    entered = duties_of(list(unit_tree()), now, now + timedelta(seconds=1))
    own = [(unit.name, [one.display_name for one in on_duty(unit, now)]) for unit in units_of(person)]
    return {"is_ordinary": in_duty_hours(now), "duty_own": own, "duty_entered": entered}
