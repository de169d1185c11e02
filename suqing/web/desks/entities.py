"""Operators: the list of them, and the file of one with its cases, figures, relations and history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suqing.accounts.actions import ReasonMissing, look_at_personal
from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import NotPermitted, can
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.queries import table, where
from suqing.cases.models import EntityRelation, MarketEntity
from suqing.cases.queries import entities as queries
from suqing.cases.queries import same_entities
from suqing.cases.queries.operator_persons import PlainOperator, may_unmask_operator, plain_operator
from suqing.cases.queries.sight import sees_all_cases
from suqing.kit.dates import local_day
from suqing.ledger.queries import setting
from suqing.web.context import drawn_theme, moment_of
from suqing.web.desks import entity_figures as figures
from suqing.web.desks.case_rows import rows_of
from suqing.web.desks.entity_words import KINDS, suggestion_facts, tell
from suqing.web.desks.figure_address import value_text
from suqing.web.desks.figure_frame import districts

CASES_SHOWN = 20
LISTED = ("entity", "place", "issue_class", "object_class", "responsible_unit", "party")


def person_of(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def entity_or_404(request: HttpRequest, pk: int) -> MarketEntity:
    """The operator as it is now, if the person may know of it."""
    try:
        return queries.entity_for(person_of(request), pk)
    except MarketEntity.DoesNotExist:
        raise Http404 from None


# The list


@require_GET
def entities(request: HttpRequest) -> HttpResponse:
    """Operators of which this person sees a case."""
    person, now = person_of(request), moment_of(request).now
    asked = {name: request.GET.get(name, "").strip()[:200] for name in ("q", "place", "only", "sort")}
    number = request.GET.get("page", "")
    page = queries.list_entities(
        person,
        queries.EntityFilters(
            words=asked["q"],
            place=asked["place"] if asked["place"].isdigit() else "",
            is_open=asked["only"] == "open",
            is_several=asked["only"] == "several",
        ),
        now,
        by_cases=asked["sort"] != "newest",
        number=int(number) if number.isdecimal() and len(number) < 4 else 1,
    )
    facts = {
        "rows": _rows(person, page.rows, now),
        "sorts": [
            (name, _url(asked | {"sort": key}), (asked["sort"] == "newest") is bool(key))
            for name, key in (
                (_("Most cases in %(days)d days") % {"days": setting(queries.RECENT_DAYS.key)}, ""),
                (_("Newest"), "newest"),
            )
        ],
        "fields": _fields(asked),
        "hidden": [("sort", asked["sort"])] if asked["sort"] else [],
        "days": setting(queries.RECENT_DAYS.key),
        "pager": _pager(page, asked),
        "empty": _empty(asked),
    }
    return render(request, "web/entities/list.html", facts)


def _rows(person: Person, rows: list[MarketEntity], now: datetime) -> list[dict[str, Any]]:
    """Each with its recent cases as a figure and the moment of the newest; two queries for the page."""
    if not rows:
        return []
    today = local_day(now, CENTRE_ZONE)
    period = Period(local_day(queries.recent_since(now), CENTRE_ZONE), today)
    mine = where(entity=[str(one.pk) for one in rows])
    counted = table(figures.REGISTERED, by=["entity"], period=period, filters=mine, person=person)
    found = {row.values[0]: row.figure for row in counted.rows}
    newest = queries.newest_cases(person, rows)
    made = []
    for one in rows:
        recent = found.get(str(one.pk))
        counter = figures.EntityCounter(person, one, period)
        made.append({
            "entity": one,
            "url": reverse("entity", args=[one.pk]),
            "recent": value_text(recent.value) if recent else "",
            "recent_url": counter.url(replace(recent, filters=counter.mine)) if recent else "",
            "newest_at": newest.get(one.pk),
        })  # fmt: skip
    return made


def _url(asked: dict[str, str], **more: str) -> str:
    kept = {name: value for name, value in {**asked, **more}.items() if value}
    return f"{reverse('entities')}?{urlencode(kept)}"


def _fields(asked: dict[str, str]) -> list[dict[str, Any]]:
    """The values that filter_bar.html asks for."""
    only = [
        ("", _("any")),
        ("open", _("With open cases")),
        ("several", _("With %(count)d or more recent cases") % {"count": setting(queries.SEVERAL.key)}),
    ]
    return [
        {"name": "q", "label": _("Name, pinyin, initials or code"), "kind": "search", "value": asked["q"]},
        {
            "name": "place",
            "label": _("District"),
            "kind": "select",
            "value": asked["place"],
            "options": [("", _("any")), *districts()],
        },
        {"name": "only", "label": _("Cases"), "kind": "select", "value": asked["only"], "options": only},
    ]


def _pager(page: queries.EntityPage, asked: dict[str, str]) -> dict[str, Any]:
    return {
        "newer_url": _url(asked, page=str(page.number - 1)) if page.number > 1 else "",
        "older_url": _url(asked, page=str(page.number + 1)) if page.has_more else "",
        "shown": len(page.rows),
    }


def _empty(asked: dict[str, str]) -> dict[str, str]:
    if asked["q"] or asked["place"] or asked["only"]:
        return {
            "title": _("No operator fits these filters"),
            "text": _("Try a shorter part of the name, its pinyin, or the social credit code."),
            "icon": "filter",
            "url": reverse("entities"),
            "verb": _("See all operators"),
        }
    return {
        "title": _("No operator has recent cases"),
        "text": _("Operators come with the cases that name them."),
        "icon": "building-store",
        "url": _url({"sort": "newest"}),
        "verb": _("See the newest operators"),
    }


# The file of one


@require_GET
def entity(request: HttpRequest, pk: int) -> HttpResponse:
    """One operator: what is known, what came in, what became of it, who it is related to, what was done to the file."""
    found = entity_or_404(request, pk)
    if found.pk != pk:
        messages.info(request, _("The operator you asked for was merged into this one."))
        return redirect("entity", pk=found.pk)
    return render(request, "web/entities/entity.html", _file_of(request, found))


@require_http_methods(["GET", "POST"])
def unmask(request: HttpRequest, pk: int) -> HttpResponse:
    """The natural person in plain, once the look is logged with its reason; nobody sees one in plain by role here."""
    person, found = person_of(request), entity_or_404(request, pk)
    if request.method == "GET" or not found.is_person:
        return redirect("entity", pk=found.pk)
    if not may_unmask_operator(person, found):
        raise NotPermitted(Permission.PERSONAL_UNMASK)
    reason, status = request.POST.get("reason", ""), 200
    try:
        look_at_personal(by=person, subject=found, reason=reason, at=moment_of(request).now)
        card = _card(person, found, plain=True)
    except ReasonMissing:
        error = _("Give a reason of at least %(count)d characters.") % {
            "count": setting("accounts.look_reason_min")
        }
        card, status = _card(person, found) | {"error": error, "reason": reason}, 422
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "web/_components/person_card.html", {"person": card}, status=status)
    return render(
        request, "web/entities/entity.html", _file_of(request, found) | {"person": card}, status=status
    )


def _card(person: Person, found: MarketEntity, *, plain: bool = False) -> dict[str, Any]:
    """The values that person_card.html asks for."""
    told = plain_operator(found) if plain else PlainOperator(found.name, found.address)
    may = not plain and may_unmask_operator(person, found)
    return {
        "id": f"operator-{found.pk}",
        "role": _("natural person"),
        "name": told.name,
        "address": told.address,
        "is_masked": not plain,
        "unmask_url": reverse("entity-unmask", args=[found.pk]) if may else "",
        "reason_min": setting("accounts.look_reason_min"),
    }


def _file_of(request: HttpRequest, found: MarketEntity) -> dict[str, Any]:
    person, now = person_of(request), moment_of(request).now
    cases = queries.cases_of(person, found)
    first = cases.order_by("received_at").values_list("received_at", flat=True).first()
    counter = figures.counter_of(person, found, first, now)
    newest = list(cases.select_related(*LISTED).newest_first()[:CASES_SHOWN])
    return {
        "entity": found,
        "person": _card(person, found) if found.is_person else None,
        "names": queries.names_of(found),
        "has_cases": first is not None,
        "figures": figures.headline(counter),
        "recent": figures.recent(counter, queries.recent_since(now)),
        "days": setting(queries.RECENT_DAYS.key),
        "several": setting(queries.SEVERAL.key),
        "trend": figures.trend(counter, drawn_theme(request)),
        "tops": figures.tops(counter),
        "rows": rows_of(newest, now),
        "all_url": f"{reverse('cases')}?view=all&entity={found.pk}",
        "open_url": f"{reverse('cases')}?view=open&entity={found.pk}",
        **_relations(person, found),
        **(_kept(found, person) if sees_all_cases(person) else {}),
    }


def _relations(person: Person, found: MarketEntity) -> dict[str, Any]:
    """Whom it sells inside of and who sells inside of it, and what its cases call the platform."""
    known = queries.relations_of(person, found)
    linked = {row.platform.name for row in known.platforms}
    said = [name for name in queries.platforms_said(person, found) if name not in linked]
    return {
        "platforms": [_relation(row, row.platform) for row in known.platforms],
        "sellers": [_relation(row, row.seller) for row in known.sellers],
        "platforms_said": said,
        "may_manage": can(person, Permission.ENTITY_MANAGE),
    }


def _relation(row: EntityRelation, other: MarketEntity) -> dict[str, Any]:
    return {"row": row, "other": other, "kind": _(KINDS[row.kind]), "url": reverse("entity", args=[other.pk])}


def _kept(found: MarketEntity, person: Person) -> dict[str, Any]:
    """For who sees all cases: others would learn of operators that are known only by reports."""
    may = can(person, Permission.ENTITY_MANAGE)
    story = queries.story_of(found)
    persons = queries.persons_among({found.pk, *(event.data.get("other", found.pk) for event in story)})
    return {
        "suggestions": [suggestion_facts(one, found) for one in same_entities.suggestions(found)]
        if may
        else [],
        "merges": queries.merges_of(found),
        "story": [tell(event, persons) for event in reversed(story)],
    }
