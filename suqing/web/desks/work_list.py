"""The work list: one list for everybody, narrowed by filters that stand in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suqing.accounts.models import Person
from suqing.cases import queries
from suqing.cases.queries import Filters
from suqing.cases.queries.filters import filters_of
from suqing.inbox.models import ListLook
from suqing.inbox.queries import look_of, views_of
from suqing.web.context import moment_of
from suqing.web.desks.bulk_forms import bulk_offers
from suqing.web.desks.case_rows import rows_of
from suqing.web.desks.saved_views import address_of, entries, shares_of
from suqing.web.desks.work_list_filters import (
    NOBODY,
    TEXTS,
    asked_of,
    chips_of,
    fields_of,
    filters_for,
    list_url,
    options_for,
)
from suqing.web.desks.work_list_look import LIST, LOOK, Look, heads_of, look_for, menus_of
from suqing.web.desks.work_list_views import FIRST, VIEWS, known_view, start_of, tabs, view_url


@require_http_methods(["GET", "POST"])
def work_list(request: HttpRequest) -> HttpResponse:
    """One page of cases; a whole case number opens the case itself."""
    person, now = request.user, moment_of(request).now
    assert isinstance(person, Person)  # the permission table lets nobody else in
    kept = look_of(person, LIST)
    if request.method == "GET" and not request.GET and kept and (first := _first_view(person, kept)):
        return redirect(first)
    asked = asked_of(request.GET if request.method == "GET" else request.POST)
    if request.method == "POST" or queries.number_in(asked["q"]):
        # Filters are sent by POST, so that a phone number never stands in an address, a history or a log.
        return redirect(search_url(person, asked, request.POST.get("view", "")))
    hit = _whole_number(person, asked["q"])
    if hit:
        return redirect("case", number=hit)
    view, look, page = _page(person, request.GET, asked, kept, now)
    address = list_url(asked, view)
    facts = {
        "rows": rows_of(page.cases, now),
        "tabs": tabs(person, view, now),
        "hidden": [("view", view), *((name, asked[name]) for name in LOOK if asked[name])],
        "pager": _pager(page, asked, view),
        "empty": _empty(asked, view),
        "view_name": _(VIEWS[view].label),
        "list_query": address.partition("?")[2],
        "bulk": bulk_offers(person),
        "saved_views": entries(person, kept, address),
        "shares": shares_of(person),
        **_bar(person, asked, view, now),
        **_drawn(look, asked, view),
    }
    return render(request, "web/cases/list.html", facts)


def _page(
    person: Person, given: QueryDict, asked: dict[str, str], kept: ListLook | None, now: datetime
) -> tuple[str, Look, queries.Page]:
    # A search looks everywhere: what somebody looks for has often ended already.
    view = known_view(given.get("view", "all" if asked["q"] or asked["same_person"] else FIRST))
    look = look_for(asked, kept, view)
    after, before = given.get("after", ""), given.get("before", "")
    filters = filters_for(person, view, asked)
    return view, look, queries.work_list(person, filters, now, sort=look.sort, after=after, before=before)


@require_GET
def marks(request: HttpRequest) -> HttpResponse:
    """The numbers on a page of the list, each with the revision of its case: whoever looks at it is told what moved."""
    # A page that looks by itself keeps nobody signed in.
    request.is_by_itself = True  # type: ignore[attr-defined]
    person, now = request.user, moment_of(request).now
    assert isinstance(person, Person)  # the permission table lets nobody else in
    _view, _look, page = _page(person, request.GET, asked_of(request.GET), look_of(person, LIST), now)
    return JsonResponse({"rows": {case.number: case.revision for case in page.cases}})


def _bar(person: Person, asked: dict[str, str], view: str, now: datetime) -> dict[str, Any]:
    options = options_for(person, now)
    return {
        "fields": fields_of(asked, options),
        "chips": chips_of(asked, options, view, now),
        "clear_url": view_url(view),
    }


def _drawn(look: Look, asked: dict[str, str], view: str) -> dict[str, Any]:
    def in_order(sort: str) -> str:
        return list_url(asked | {"sort": sort}, view)

    return {
        "columns": heads_of(look, view, in_order),
        "density": look.density,
        "menus": menus_of(look, view, in_order),
    }


def _first_view(person: Person, kept: ListLook) -> str:
    """The address of the view the list opens with; "" if there is none or the person has it no more."""
    if kept.first_view_id is None or not views_of(person, LIST).filter(pk=kept.first_view_id).exists():
        return ""
    assert kept.first_view is not None
    return address_of(kept.first_view)


def search_url(person: Person, asked: dict[str, str], view: str = "") -> str:
    """The list that is asked for; instead of a phone number the newest case under it stands in the address."""
    number = queries.number_in(asked.get("q", ""))
    if number:
        asked = asked | {"q": "", "same_person": queries.newest_under(person, number) or NOBODY}
    return list_url(asked, "all" if number else view)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a list is narrowed to: the filters, their words, and the address of the list; "" if it has none."""

    filters: Filters
    words: list[str]
    url: str


def narrowing(person: Person, given: QueryDict, now: datetime) -> Narrowing:
    """What the address of the work list asks for; for pages that take a list over."""
    view, asked = known_view(given.get("view", FIRST)), asked_of(given)
    chips = [chip["label"] for chip in chips_of(asked, options_for(person, now), view, now)]
    return Narrowing(filters_for(person, view, asked), [_(VIEWS[view].label), *chips], list_url(asked, view))


def saved(stored: Mapping[str, Any], person: Person, now: datetime) -> Narrowing:
    """A stored filter as the work list would show it.  A filter for one person's cases names nobody."""
    filters = filters_of(stored)
    starts = {key: start_of(person, key) for key, view in VIEWS.items() if not view.filters.due}
    view = next((key for key, start in starts.items() if _same_start(start, filters)), "")
    typed = {
        "q": filters.words,
        "kind": filters.kind,
        "state": filters.state,
        "unit": filters.unit,
        "place": filters.place,
        "issue": filters.issue_class,
        "topic": filters.topic,
        "due": filters.due,
        "from": filters.received_from,
        "to": filters.received_to,
        "event": filters.event,
        "run": filters.run,
        "entity": filters.entity,
    }
    asked = {name: str(value) for name, value in typed.items() if value} | {"same_person": ""}
    asked = {name: asked.get(name, "") for name in (*TEXTS, *LOOK)}
    chips = chips_of(asked, options_for(person, now), view or "all", now)
    words = [_(VIEWS[view or "all"].label), *(chip["label"] for chip in chips)]
    if filters.parties is not None:
        return Narrowing(filters, [*words, _("Cases of one person")], "")
    if not view:  # what was one's own list when it was stored has no address for another reader
        return Narrowing(filters, [*words, _("A list of somebody's own")], "")
    return Narrowing(filters, words, list_url(asked, view))


def _same_start(start: Filters, filters: Filters) -> bool:
    names = ("open_only", "waiting", "archived", "handler", "units")
    return all(getattr(start, name) == getattr(filters, name) for name in names)


def _whole_number(person: Person, words: str) -> str:
    number = words.upper()
    if len(number) < 12 or not number[2:].isdigit():
        return ""
    rows = queries.visible_cases(person)
    is_ours = not number[:2].isdigit()
    rows = rows.filter(number=number) if is_ours else rows.filter(imported__number=number)
    found = list(rows.values_list("number", flat=True)[:2])  # two systems may give the same number
    return found[0] if len(found) == 1 else ""


def _pager(page: queries.Page, asked: dict[str, str], view: str) -> dict[str, Any]:
    return {
        "newer_url": list_url(asked, view, before=page.before) if page.before else "",
        "older_url": list_url(asked, view, after=page.after) if page.after else "",
        "shown": len(page.cases),
    }


def _empty(asked: dict[str, str], view: str) -> dict[str, str]:
    if any(asked[name] for name in TEXTS):
        return {
            "title": _("Nothing fits these filters"),
            "text": _("Take one away, or look in all cases."),
            "icon": "filter",
            "url": list_url({name: "" for name in asked} | {"q": asked["q"]}, "all"),
            "verb": _("Look in all cases"),
        }
    return {
        "title": _("Nothing waits here"),
        "text": _("What comes in next will stand here."),
        "icon": "circle-check",
        "url": view_url("all") if view != "all" else "",
        "verb": _("See all cases"),
    }
