"""The tour of the first day: it goes from page to page; where somebody stands is kept in session and database."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suqing.accounts.models import Person
from suqing.accounts.queries import roles_of
from suqing.inbox.actions import keep_tour
from suqing.inbox.queries import tour_of
from suqing.web.context import may_open, moment_of
from suqing.web.help.topic import parts_of
from suqing.web.help.tours import Step, steps_for

RUNNING = "tour"  # in the session: the code of the step
ACTS = ("begin", "go-on", "next", "back", "leave", "dismiss")


def steps_of(person: Person) -> list[Step]:
    """The tour of this person."""
    return steps_for(roles_of(person), lambda name: may_open(person, name))


@require_POST
def tour(request: HttpRequest, act: str) -> HttpResponse:
    """Begin, go on where it was left, one step on or back, leave, or have it offered no more; then the page of the step."""
    person = request.user
    assert isinstance(person, Person)  # the permission table lets nobody else in
    steps = steps_of(person)
    if act not in ACTS or not steps:
        raise Http404
    codes = [step.code for step in steps]
    kept = tour_of(person)
    at = _place(codes, request.session.get(RUNNING) or (kept.step if kept else ""))
    place = {"begin": 0, "next": at + 1, "back": max(at - 1, 0)}.get(act, at)
    is_done = act == "dismiss" or place >= len(steps)
    step = steps[min(place, len(steps) - 1)]
    keep_tour(by=person, step=step.code, is_done=is_done, at=moment_of(request).now)
    if is_done or act == "leave":
        request.session.pop(RUNNING, None)
        return redirect("home")
    request.session[RUNNING] = step.code
    return redirect(reverse(step.url_name) + step.query)


def _place(codes: list[str], code: str) -> int:
    return codes.index(code) if code in codes else 0


def card_of(request: HttpRequest) -> dict[str, Any] | None:
    """The card of the running step, or nothing; asks the database nothing."""
    person = request.user
    code = request.session.get(RUNNING)
    if not code or not isinstance(person, Person):
        return None
    steps = steps_of(person)
    codes = [step.code for step in steps]
    if code not in codes:
        return None
    at = codes.index(code)
    step = steps[at]
    here = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "title": _(step.title),
        "text": parts_of(_(step.text)),
        "number": at + 1,
        "count": len(steps),
        "target": step.target if here == step.url_name else "",
        "page_url": "" if here == step.url_name else reverse(step.url_name) + step.query,
        "is_first": at == 0,
        "is_last": at == len(steps) - 1,
    }


def offer_of(person: Person) -> dict[str, Any] | None:
    """What the first page offers: to begin, or to go on; nothing once the tour is over or has no steps."""
    if not steps_of(person):
        return None
    kept = tour_of(person)
    if kept is None:
        return {"act": "begin", "label": _("Begin the tour")}
    if kept.done_at is not None:
        return None
    return {"act": "go-on", "label": _("Go on with the tour")}
