"""Administration: the page that leads to people, units, roles, calendars, local policy, classes and catalogues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suqing.lawclock.queries import missing_year
from suqing.web.context import may_open, moment_of

N_ = str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the administration: where it is, what it is called and what is done there."""

    url_name: str
    label: str
    sentence: str
    icon: str


PARTS = (
    Part("administration-people", N_("People"), N_("Who signs in, in which role and unit, since when."), "users"),
    Part("administration-units", N_("Units"), N_("The tree of who directs whom; names, moves, closing."), "list-details"),
    Part("administration-roles", N_("Roles"), N_("What each role may do, in sentences, and who holds it."), "shield-lock"),
    Part("duty", N_("On duty"), N_("Who is there outside the ordinary hours."), "clock"),
    Part("administration-calendars", N_("Working days"), N_("The calendar year by year: days off, days worked in exchange, local decisions."), "calendar"),
    Part("administration-policy", N_("Local policy"), N_("Everything that no law fixes and this centre decides."), "settings"),
    Part("administration-prices", N_("Price lines"), N_("Baseline days and mark-ups that a province has set; none ships."), "receipt"),
    Part("administration-classes", N_("Classes and topics"), N_("The lists by which matters are classed, in all their versions."), "table"),
    Part("dispatch-rules", N_("Dispatch catalogue"), N_("Which cases go to which unit, with what once held."), "send"),
    Part("administration-tables", N_("Tables"), N_("Reference data, settings and what runs, to look at."), "database"),
    Part("entry-standards", N_("Entry standards"), N_("Which facts registration must and should hold, in versions."), "checklist"),
)  # fmt: skip


@require_GET
def administration(request: HttpRequest) -> HttpResponse:
    """The parts that this person may open, and what cannot wait."""
    facts = {
        "parts": [
            (part, reverse(part.url_name), _(part.label), _(part.sentence))
            for part in PARTS
            if may_open(request.user, part.url_name)
        ],
        "missing_year": missing_year(moment_of(request).now.date())
        if may_open(request.user, "administration-calendars")
        else None,
    }
    return render(request, "web/administration/administration.html", facts)


def back_to(url_name: str) -> dict[str, Any]:
    """The step up that the pages below this one show."""
    part = next(part for part in PARTS if part.url_name == url_name)
    return {"up_url": reverse(url_name), "up_label": _(part.label)}
