"""The first page: what waits for me, what is due next, what I have not finished."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.models import Draft
from suqing.cases.queries import visible_cases
from suqing.web.context import moment_of, rail_of
from suqing.web.desks.case_rows import rows_of
from suqing.web.desks.tour import RUNNING, offer_of
from suqing.web.desks.work_list import view_url
from suqing.web.waiting import sees_cases, waiting_for

SHOWN = 12


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person; a plain word to somebody without any desk."""
    person, now = request.user, moment_of(request).now
    assert isinstance(person, Person)  # the permission table lets nobody else in
    desks = rail_of(request)
    if not desks:
        empty = {
            "title": _("No desk is open to you yet"),
            "text": _("Whoever appoints people can give you a role; then your desk appears here by itself."),
            "icon": "users",
        }
        return render(request, "web/no_desk.html", {"empty": empty})
    facts = {
        "tour_offer": None if RUNNING in request.session else offer_of(person),
        "desks": desks,
        "waiting": [(one, _(one.label), view_url(one.view)) for one in waiting_for(person, now)],
        "drafts": _drafts(person),
        "rows": _due_next(person, now),
        "sees_cases": sees_cases(person),
        "all_open_url": view_url("open"),
        "empty": {"title": _("Nothing is due"), "text": _("No open case in your sight has a running limit.")},
    }
    return render(request, "web/home/home.html", facts)


def _drafts(person: Person) -> list[dict[str, Any]]:
    """Unfinished registrations, without opening what they hold."""
    if not can(person, Permission.CALL_TAKE):
        return []
    rows = Draft.objects.filter(owner=person).select_related("call").order_by("-saved_at")[:SHOWN]
    return [
        {"url": reverse("call", args=[row.ref]), "saved_at": row.saved_at, "call": row.call} for row in rows
    ]


def _due_next(person: Person, now: datetime) -> list[dict[str, Any]]:
    """The open cases whose limits end first, those overdue among them."""
    if not sees_cases(person):
        return []
    rows = visible_cases(person).unfinished().exclude(next_due_at=None).order_by("next_due_at", "id")
    named = rows.select_related("entity", "place", "issue_class", "responsible_unit")
    return rows_of(list(named[:SHOWN]), now)
