"""The dispatch catalogue (派单目录): which rows hold, what once held, and who changed it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.actions.catalogue import Overtaken, end_rule, save_rule
from suqing.cases.actions.moving import Refused
from suqing.cases.intake import local_day
from suqing.cases.models import DispatchRule
from suqing.cases.queries import catalogue
from suqing.cases.vocabulary import LABELS, Kind, SellerRole
from suqing.lawclock.queries import citation
from suqing.ledger.models import Event
from suqing.web.context import moment_of
from suqing.web.desks.dispatch_catalogue_forms import EndForm, RuleForm

N_ = str
STATUSES = {
    catalogue.IN_FORCE: N_("In force"),
    catalogue.COMING: N_("Begins later"),
    catalogue.ENDED: N_("No longer in force"),
    catalogue.ALL: N_("All"),
}
TONES = {catalogue.IN_FORCE: "active", catalogue.COMING: "soon", catalogue.ENDED: "plain"}
VERBS = {
    "dispatch_rule.added": N_("%(who)s added the row"),
    "dispatch_rule.ended": N_("%(who)s ended the row"),
}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def _today(request: HttpRequest) -> date:
    return local_day(moment_of(request).now)


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The rows, those in force first to see."""
    today = _today(request)
    filters = asked_filters(request.GET)
    found = catalogue.rules(filters, today)
    is_narrowed = bool(filters.kind or filters.unit)
    facts = {
        "rows": [_row(row, today) for row in found],
        "fields": _fields(filters),
        "tabs": [
            (_(name), _url(filters, status=key), key == filters.status) for key, name in STATUSES.items()
        ],
        "hidden": [("status", filters.status)],
        "may_edit": can(_person(request), Permission.RULES_MANAGE),
        "empty": _empty(filters, is_narrowed),
    }
    return render(request, "web/dispatch_catalogue/rules.html", facts)


def asked_filters(asked: QueryDict) -> catalogue.RuleFilters:
    """What the address narrows the catalogue to."""
    status, kind, unit = (asked.get(name, "") for name in ("status", "kind", "unit"))
    return catalogue.RuleFilters(
        status=status if status in STATUSES else catalogue.IN_FORCE,
        kind=kind if kind in set(Kind) else "",
        unit=int(unit) if unit.isdecimal() and len(unit) < 10 else None,
    )


def _url(filters: catalogue.RuleFilters, *, status: str) -> str:
    query = QueryDict(mutable=True)
    for name, value in (("status", status), ("kind", filters.kind), ("unit", filters.unit)):
        if value:
            query[name] = str(value)
    return f"{reverse('dispatch-rules')}?{query.urlencode()}"


def _fields(filters: catalogue.RuleFilters) -> list[dict[str, Any]]:
    """The values that filter_bar.html asks for."""
    named = Unit.objects.filter(pk__in=DispatchRule.objects.values("unit")).order_by("path")
    units = [(str(unit.pk), unit.name) for unit in named]
    kinds = [(str(kind), _(LABELS[kind])) for kind in Kind]
    return [
        {
            "name": name,
            "label": label,
            "kind": "select",
            "value": value,
            "options": [("", _("any")), *options],
        }
        for name, label, value, options in (
            ("kind", _("Kind"), filters.kind, kinds),
            ("unit", _("Unit"), str(filters.unit or ""), units),
        )
    ]


def _empty(filters: catalogue.RuleFilters, is_narrowed: bool) -> dict[str, str]:
    if is_narrowed:
        return {
            "title": _("Nothing fits these filters"),
            "text": _("Take one away, or look in all rows."),
            "icon": "filter",
            "url": f"{reverse('dispatch-rules')}?status={catalogue.ALL}",
            "verb": _("See all rows"),
        }
    if filters.status in (catalogue.IN_FORCE, catalogue.ALL):
        return {
            "title": _("The catalogue has no row in force"),
            "text": _("Cases are proposed to the unit that the regulations name, by the places of the case."),
            "icon": "checklist",
        }
    return {"title": _("Nothing here"), "text": "", "icon": "checklist"}


def _row(row: DispatchRule, today: date) -> dict[str, Any]:
    """One row as the pages show it."""
    status = catalogue.status_of(row, today)
    replaced_by = getattr(row, "replaced_by", None)
    return {
        "rule": row,
        "url": reverse("dispatch-rule", args=[row.pk]),
        "conditions": _conditions(row),
        "article": citation((row.article,)) if row.article else "",
        "state": _(STATUSES[status]),
        "tone": TONES[status],
        "is_open": status != catalogue.ENDED and replaced_by is None,
        "replaced_by": replaced_by,
    }


def _conditions(row: DispatchRule) -> list[tuple[str, str]]:
    """What a case must be for the row to match; empty if every case does."""
    named = (
        (_("Kind"), _(LABELS[Kind(row.kind)]) if row.kind else ""),
        (_("How it sells"), _(LABELS[SellerRole(row.seller_role)]) if row.seller_role else ""),
        (_("Goods or service"), row.object_class.label if row.object_class else ""),
        (_("Problem class"), row.issue_class.label if row.issue_class else ""),
        (_("Place"), row.place.full_name if row.place else ""),
    )
    return [(label, value) for label, value in named if value]


def _story(pk: int) -> list[DispatchRule]:
    try:
        return catalogue.rule_with_story(pk)
    except DispatchRule.DoesNotExist:
        raise Http404 from None


@require_GET
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One row, the rows it came of, and who did what to them."""
    today, found = _today(request), _story(pk)
    facts = {
        "one": _row(found[0], today),
        "earlier": [_row(row, today) for row in found[1:]],
        "events": [_event(event) for event in catalogue.rule_events(found)],
        "may_edit": can(_person(request), Permission.RULES_MANAGE),
    }
    return render(request, "web/dispatch_catalogue/rule.html", facts)


def _event(event: Event) -> dict[str, Any]:
    who = event.actor_name or _("The system")
    sentence = VERBS.get(event.verb, N_("%(who)s recorded something in this row"))
    return {"text": _(sentence) % {"who": who}, "at": event.at, "row": event.subject_id}


@require_http_methods(["GET", "POST"])
def rule_new(request: HttpRequest) -> HttpResponse:
    """Add a row."""
    form = RuleForm(
        request.POST or None, person=_person(request), today=_today(request), initial={"rank": 100}
    )
    return _saved(request, form, None)


@require_http_methods(["GET", "POST"])
def rule_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a row: it ends, and a new one begins."""
    row = _story(pk)[0]
    form = RuleForm(request.POST or None, person=_person(request), today=_today(request), row=row)
    return _saved(request, form, row)


def _saved(request: HttpRequest, form: RuleForm, row: DispatchRule | None) -> HttpResponse:
    facts: dict[str, Any] = {"form": form, "row": row, "one": row and _row(row, _today(request))}
    if request.method == "POST" and form.is_valid():
        now = moment_of(request).now
        try:
            saved = save_rule(rule=form.given(), replaces=row, by=_person(request), at=now)
        except Overtaken as overtaken:
            facts["notice"] = _(overtaken.message)
            return render(request, "web/dispatch_catalogue/edit.html", facts, status=409)
        except Refused as refused:
            _put_beside(form, refused)
        else:
            messages.success(request, _("The row has been saved."))
            return redirect("dispatch-rule", pk=saved.pk)
    return render(request, "web/dispatch_catalogue/edit.html", facts, status=422 if form.errors else 200)


def _put_beside(form: RuleForm | EndForm, refused: Refused) -> None:
    text = _(refused.message) % refused.values if refused.values else _(refused.message)
    form.add_error(refused.field if refused.field in form.fields else None, text)


@require_http_methods(["GET", "POST"])
def rule_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a row without another one in its place."""
    row = _story(pk)[0]
    today = _today(request)
    form = EndForm(request.POST or None, initial={"until": max(today, row.valid_from)})
    facts: dict[str, Any] = {"form": form, "row": row, "one": _row(row, today)}
    if request.method == "POST" and form.is_valid():
        try:
            end_rule(
                rule=row, until=form.cleaned_data["until"], by=_person(request), at=moment_of(request).now
            )
        except Overtaken as overtaken:
            facts["notice"] = _(overtaken.message)
            return render(request, "web/dispatch_catalogue/end.html", facts, status=409)
        except Refused as refused:
            _put_beside(form, refused)
        else:
            messages.success(request, _("The row has been ended."))
            return redirect("dispatch-rule", pk=row.pk)
    return render(request, "web/dispatch_catalogue/end.html", facts, status=422 if form.errors else 200)
