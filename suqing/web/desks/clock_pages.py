"""Pages about limits: how a last day was computed, and which limits moved when all were counted anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person, Unit
from suqing.accounts.queries import visible_unit_ids
from suqing.cases import queries
from suqing.cases.intake import local_day
from suqing.cases.models import ClockChange
from suqing.cases.queries.clock_changes import RunView, clock_changes, recounts
from suqing.cases.reckoning import limit_of
from suqing.cases.vocabulary import LABELS, Kind
from suqing.lawclock.queries import say, say_day
from suqing.ledger import policy
from suqing.web.context import moment_of
from suqing.web.desks import keyset
from suqing.web.desks.case_desk import case_or_404
from suqing.web.desks.clock_chips import chip
from suqing.web.wording import day_text, moment_text

N_ = str


@require_GET
def clock_explained(request: HttpRequest, number: str, clock: int) -> HttpResponse:
    """How a due date was computed: sentences, then day by day."""
    case = case_or_404(request, number)
    now = moment_of(request).now
    view = next((one for one in queries.clocks_of(case, now) if one.clock.pk == clock), None)
    if view is None:
        raise Http404
    found = queries.explanation(view.clock, local_day(now))
    facts = {
        "case": case,
        "clock": chip(view, now),
        "running": _still_runs(view, now),
        "sentences": [say(sentence) for sentence in found.sentences],
        "rows": [(line.day, line.is_counted, line.number, say_day(line)) for line in found.days],
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "web/cases/_explained.html", facts)
    return render(request, "web/cases/explained.html", facts)


def _still_runs(view: queries.ClockView, now: datetime) -> str:
    """That the count stands still, so that its last day is not known yet."""
    if view.paused is None:
        return ""
    text = _(
        "This limit stands still since %(since)s. Its last day is not known yet: the count below takes the open time to end today."
    )
    return text % {"since": day_text(view.paused.since, now.date())}


# Limits that moved


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """The limits that a run moved: old and new last day of each case the reader may see."""
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    person, now = request.user, moment_of(request).now
    runs = recounts(person)
    chosen = chosen_run(runs, request.GET.get("run", ""))
    units = units_in_sight(person)
    unit = units.get(request.GET.get("unit", ""))
    kept = {"run": chosen.row.run if chosen else "", "unit": str(unit.pk) if unit else ""}
    page = keyset.page(clock_changes(person, kept["run"], unit), request.GET, field="at")
    address = reverse("clock-changes")
    facts = {
        "run": chosen,
        "cause": _cause(chosen.row.cause) if chosen else "",
        "rows": [_row(one, now) for one in page.rows],
        "pager": page.pager(address, kept, ""),
        "fields": _fields(runs, units, kept, now),
        "chips": _chips(unit, kept, address),
        "empty": {
            "title": _("No limit moved") if chosen else _("No limits have been counted anew yet"),
            "text": _("When the calendar or the local policy changes, the limits it moves stand here."),
            "icon": "circle-check",
            "url": reverse("cases"),
            "verb": _("To the work list"),
        },
    }
    return render(request, "web/cases/clock_changes.html", facts)


def chosen_run(runs: list[RunView], name: str) -> RunView | None:
    """The run that is asked for, else the newest that moved something this reader may see, else the newest."""
    named = next((one for one in runs if one.row.run == name), None)
    return named or next((one for one in runs if one.changed), runs[0] if runs else None)


def units_in_sight(person: Person) -> dict[str, Unit]:
    """The units a reader may choose, by key as text."""
    mine = visible_unit_ids(person)
    rows = Unit.objects.active().order_by("path")
    return {str(unit.pk): unit for unit in (rows if mine is None else rows.filter(pk__in=mine))}


def _fields(
    runs: list[RunView], units: dict[str, Unit], kept: dict[str, str], now: datetime
) -> list[dict[str, Any]]:
    """The values that filter_bar.html asks for."""
    named = [(one.row.run, run_words(one, now)) for one in runs]
    inside = [("", _("any")), *((key, unit.name) for key, unit in units.items())]
    fields = [
        {"name": "run", "label": _("Counted anew"), "kind": "select", "value": kept["run"], "options": named},
        {"name": "unit", "label": _("Unit"), "kind": "select", "value": kept["unit"], "options": inside},
    ]
    return [field for field in fields if field["options"]]


def run_words(one: RunView, now: datetime) -> str:
    """When a run was, what caused it and how many limits it moved."""
    at = moment_text(one.row.at, now, now.tzinfo or one.row.at.tzinfo)  # type: ignore[arg-type]
    return _("%(at)s · %(cause)s · %(count)d moved") % {
        "at": at,
        "cause": _cause(one.row.cause),
        "count": one.changed,
    }


def _cause(cause: str) -> str:
    """What made the centre count anew, in words."""
    return _("; ").join(_one_cause(part) for part in cause.split("; "))


def _years(what: str) -> str:
    """Years in a row as first–last; anything else as it stands."""
    years = what.split(", ")
    if len(years) < 3 or not all(year.isdecimal() for year in years):
        return what
    first, last = int(years[0]), int(years[-1])
    return f"{first}–{last}" if last - first == len(years) - 1 else what


def _one_cause(cause: str) -> str:
    kind, _space, what = cause.partition(" ")
    if kind == "calendar":
        return _("working-day calendar %(what)s") % {"what": _years(what)}
    if kind == "setting":
        known = next((one for one in policy.all_declared() if one.key == what), None)
        return _("local policy: %(what)s") % {"what": _(known.label) if known else what}
    return _("by hand")


def _row(change: ClockChange, now: datetime) -> dict[str, Any]:
    clock = change.clock
    case = clock.case
    return {
        "number": case.number,
        "url": reverse("case", args=[case.number]),
        "kind": _(LABELS[Kind(case.kind)]),
        "limit": _(limit_of(clock).name),
        "was": day_text(local_day(change.was_due_at), now.date()),
        "is": day_text(local_day(change.due_at), now.date()),
        "is_earlier": change.due_at < change.was_due_at,
        "unit": case.responsible_unit.name,
    }


def _chips(unit: Unit | None, kept: dict[str, str], address: str) -> list[dict[str, str]]:
    if unit is None:
        return []
    left = urlencode({"run": kept["run"]})
    return [
        {
            "label": _("%(name)s: %(value)s") % {"name": _("Unit"), "value": unit.name},
            "remove_url": f"{address}?{left}",
        }
    ]
