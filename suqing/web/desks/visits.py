"""Return visits: who is to be called back, whose redo is awaited; the number is shown one at a time and logged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.actions import look_at_personal
from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import NotPermitted, can, can_in
from suqing.cases import queries
from suqing.cases.models import Case
from suqing.cases.queries.visits import ATTEMPTS, DAYS, SHARE, is_queued, may_see_number, queue
from suqing.cases.vocabulary import LABELS, Kind, Outcome, VisitGrade
from suqing.ledger.queries import setting
from suqing.web.context import moment_of
from suqing.web.desks import keyset

N_ = str
VIEWS = {
    "to_visit": N_("To be visited"),
    "second": N_("Second visit due"),
    "dissatisfied": N_("Dissatisfied, redo to be ordered"),
    "not_reached": N_("Not reached"),
}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """Ended cases whose people are to be called back, the longest ended first."""
    person = _person(request)
    view = request.GET.get("view", "to_visit")
    view = view if view in VIEWS else "to_visit"
    rows = queue(person, view, moment_of(request).now).select_related(
        "party", "responsible_unit", "issue_class"
    )
    page = keyset.page(rows, request.GET.dict(), field="closed_at", oldest_first=True)
    address = reverse("visits")
    facts = {
        "rows": [_row(person, case, view) for case in page.rows],
        "views": [(key, _(name), f"{address}?view={key}", key == view) for key, name in VIEWS.items()],
        "view_name": _(VIEWS[view]),
        "share": setting(SHARE.key),
        "attempts": setting(ATTEMPTS.key),
        "days": setting(DAYS.key),
        "pager": page.pager(address, {"view": view}, ""),
        "empty": {
            "title": _("Nobody is to be called back here"),
            "text": _("Ended cases stand here until somebody was reached, or tried as often as policy asks."),
            "icon": "phone",
        },
    }
    return render(request, "web/visits/queue.html", facts)


def _row(person: Person, case: Case, view: str) -> dict[str, Any]:
    step = "reopen" if view == "dissatisfied" and can(person, Permission.CASE_REOPEN) else "visit"
    about = " · ".join(
        part for part in (case.entity_name, case.issue_class.label if case.issue_class else "") if part
    )
    return {
        "case": case,
        "kind": _(LABELS[Kind(case.kind)]),
        "about": about,
        "outcome": _(LABELS[Outcome(case.outcome)]) if case.outcome else "",
        "grade": _(LABELS[VisitGrade(case.visit_grade)]) if case.visit_grade else "",
        "attempts": getattr(case, "attempts", 0),
        "phone": case.party.phone_masked if case.party else "",
        "may_see_number": may_see_number(person, case),
        "step_url": "" if view == "not_reached" else _step_url(person, case, step, view),
        "is_redo": step == "reopen",
    }


def _step_url(person: Person, case: Case, step: str, view: str) -> str:
    """Where the next step is taken: the visit, or the redo for those who may order it."""
    if view == "dissatisfied" and step != "reopen":
        return ""
    needed = Permission.CASE_REOPEN if step == "reopen" else Permission.CASE_VISIT
    return (
        reverse("case-step", args=[case.number, step])
        if can_in(person, needed, case.responsible_unit)
        else ""
    )


@require_POST
def number(request: HttpRequest, number: str) -> HttpResponse:
    """The number to call, in plain; the look is logged before it is shown."""
    person, now = _person(request), moment_of(request).now
    case = _case(person, number)
    if not can_in(person, Permission.CASE_VISIT, case.responsible_unit):
        raise NotPermitted(Permission.CASE_VISIT)
    if not may_see_number(person, case):
        raise NotPermitted(Permission.PERSONAL_UNMASK)
    # The call back is the reason of the look: without one, it needs a reason in words, on the page of the case.
    if case.party is None or not is_queued(person, case, now):
        raise Http404
    _look(person, case, now)
    plain = queries.personal_data(case.party)
    facts = {"case": case, "phone": plain.phone or "", "name": plain.name or ""}
    return render(request, "web/visits/_number.html" if request.htmx else "web/visits/number.html", facts)  # type: ignore[attr-defined]


def _look(person: Person, case: Case, now: datetime) -> None:
    reason = _("Return visit on %(number)s") % {"number": case.number}
    look_at_personal(by=person, subject=case.party or case, reason=reason, at=now)


def _case(person: Person, number: str) -> Case:
    try:
        return queries.case_for(person, number)
    except Case.DoesNotExist:
        raise Http404 from None
