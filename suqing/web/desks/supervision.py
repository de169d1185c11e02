"""Supervision orders: the register, a new order, one order with its replies, cases and story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can, can_in, require, visible_unit_ids
from suqing.cases.actions import orders
from suqing.cases.actions.moving import Refused, Stale
from suqing.cases.models import SupervisedUnit, SupervisionOrder
from suqing.cases.oversight import LABELS, OrderState, Part, ReplyState, Trigger
from suqing.cases.queries import orders as order_queries
from suqing.web.context import moment_of
from suqing.web.desks import keyset, work_list
from suqing.web.desks.case_facts import Sight, shown
from suqing.web.desks.case_rows import rows_of
from suqing.web.desks.steps.order_fields import order_values
from suqing.web.desks.supervision_forms import (
    CloseForm,
    OrderForm,
    ReplyForm,
    ReviewForm,
    WithdrawForm,
)
from suqing.web.desks.supervision_states import state_facts
from suqing.web.desks.supervision_words import story

N_ = str
VIEWS = {
    "open": N_("Orders under way"),
    "overdue": N_("Overdue"),
    "mine": N_("Waiting for me"),
    "closed": N_("Orders closed"),
    "all": N_("All"),
}
SHOWN_CASES = 50
REPLY_TONES = {ReplyState.WAITING: "soon", ReplyState.SENT_BACK: "soon", ReplyState.ACCEPTED: "active"}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


# The register


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The orders in the person's sight, newest first."""
    person, now = _person(request), moment_of(request).now
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    rows = order_queries.register(person, view, now)
    page = keyset.page(rows, request.GET.dict(), field="issued_at")
    address = reverse("supervision")
    facts = {
        "rows": [_row(order, now) for order in page.rows],
        "views": [(key, _(name), f"{address}?view={key}", key == view) for key, name in VIEWS.items()],
        "pager": page.pager(address, {"view": view}, ""),
        "view_name": _(VIEWS[view]),
        "may_issue": can(person, Permission.CASE_SUPERVISE),
        "empty": {
            "title": _("No order here"),
            "text": _("Orders that a centre issues to units stand here with their replies."),
            "icon": "bell-ringing",
        },
    }
    return render(request, "web/supervision/register.html", facts)


def _row(order: SupervisionOrder, now: datetime) -> dict[str, Any]:
    bound = sorted(order.units.all(), key=lambda one: (one.role != Part.LEAD, one.unit.path))
    return {
        "order": order,
        "trigger": _(LABELS[Trigger(order.trigger)]),
        "lead": bound[0].unit.name if bound else "",
        "assistants": [one.unit.name for one in bound[1:]],
        "replied": sum(one.state in (ReplyState.WAITING, ReplyState.ACCEPTED) for one in bound),
        "bound": len(bound),
        **state_facts(order, now),
    }


# A new order


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """An order over named cases (``?case=``), over the filter of a work list (``?view=…``), or over neither."""
    person, now = _person(request), moment_of(request).now
    narrowing = work_list.narrowing(person, request.GET, now) if "view" in request.GET else None
    initial = {"cases": "\n".join(request.GET.getlist("case")), "title": ""}
    form = OrderForm(
        request.POST if request.method == "POST" else None,
        person=person,
        now=now,
        is_filter=narrowing is not None,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            order = orders.issue_order(
                **order_values(form),
                cases=form.cleaned_data.get("cases", []),
                filters=narrowing.filters if narrowing else None,
                freeze=form.cleaned_data.get("freeze", False),
                from_a_form=True,
                by=person,
                at=now,
            )
        except Refused as refused:
            put_beside(form, refused)
        else:
            messages.success(request, _("The order %(number)s has been issued.") % {"number": order.number})
            return redirect("supervision-order", number=order.number)
    facts = {"form": form, "narrowing": narrowing}
    return render(request, "web/supervision/new.html", facts, status=422 if form.errors else 200)


def put_beside(form: forms.Form, refused: Refused) -> None:
    """Show a refusal beside its field."""
    text = _(refused.message) % refused.values if refused.values else _(refused.message)
    form.add_error(refused.field if refused.field in form.fields else None, text)


# One order


@require_GET
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one order."""
    found = _order(request, number)
    return render(request, "web/supervision/order.html", _facts(request, found))


def _order(request: HttpRequest, number: str) -> SupervisionOrder:
    try:
        return order_queries.order_for(_person(request), number)
    except SupervisionOrder.DoesNotExist:
        raise Http404 from None


def _facts(
    request: HttpRequest, found: SupervisionOrder, opened: dict[str, Any] | None = None
) -> dict[str, Any]:
    person, now = _person(request), moment_of(request).now
    bound = order_queries.bound_units(found)
    cases = order_queries.cases_of(person, found, now)
    count = cases.count()
    newest = cases.select_related(
        "entity", "place", "issue_class", "object_class", "responsible_unit", "party"
    ).newest_first()[:SHOWN_CASES]
    saved = work_list.saved(found.filter, person, now) if found.filter is not None else None
    return {
        "order": found,
        "trigger": _(LABELS[Trigger(found.trigger)]),
        "text": shown(found.text, Sight.of(person, found.issuing_unit)),
        "closing_note": shown(found.closing_note, Sight.of(person, found.issuing_unit)),
        "bound": [_bound_facts(one, person) for one in bound],
        "rows": rows_of(list(newest), now),
        "count": count,
        "left_over": max(0, count - SHOWN_CASES),
        "saved": saved,
        "story": story(found),
        "steps": [_offer(one) for one in _offers(person, found, bound)],
        "opened": opened,
        "empty": {} if count else _no_cases(person, found),
        **state_facts(found, now),
    }


def _no_cases(person: Person, found: SupervisionOrder) -> dict[str, str]:
    """Say that the order names no case, or that there are none this person may see."""
    if visible_unit_ids(person) is None and found.filter is None:
        return {
            "title": _("The order names no case"),
            "text": _("What is asked for stands in its text above."),
            "icon": "list-details",
        }
    return {
        "title": _("No case in your sight"),
        "text": _("Cases of other units show to those who may see them."),
        "icon": "list-details",
    }


def _bound_facts(bound: SupervisedUnit, person: Person) -> dict[str, Any]:
    sight = Sight.of(person, bound.unit)
    state = ReplyState(bound.state)
    return {
        "unit": bound.unit,
        "part": _(LABELS[Part(bound.role)]),
        "state": _(LABELS[state]),
        "tone": REPLY_TONES.get(state, "plain"),
        "replies": [
            {"row": one, "text": shown(one.text, sight), "review_note": shown(one.review_note, sight)}
            for one in sorted(bound.replies.all(), key=lambda one: one.round)
        ],
    }


# What can be done


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person can do to an order: its form, and the action that takes it."""

    code: str
    verb: str
    sentence: str
    done: str
    key: str
    form: type[forms.Form]
    is_grave: bool = False
    is_main: bool = False


ACTS = {
    act.code: act
    for act in (
        Act(
            "reply",
            N_("Reply to the order"),
            N_("Report what has been done; it stays as it is once it is sent."),
            N_("The reply has been sent."),
            "r",
            ReplyForm,
            is_main=True,
        ),
        Act(
            "review",
            N_("Review the reply"),
            N_("Accept the reply, or send it back saying what is missing."),
            N_("The review has been recorded."),
            "v",
            ReviewForm,
            is_main=True,
        ),
        Act(
            "close",
            N_("Close the order"),
            N_("The lead's reply has been accepted, or a written reason stands in its place."),
            N_("The order has been closed."),
            "c",
            CloseForm,
        ),
        Act(
            "withdraw",
            N_("Withdraw the order"),
            N_("Take the order back; it keeps its number."),
            N_("The order has been withdrawn."),
            "w",
            WithdrawForm,
            is_grave=True,
        ),
    )
}
Offered = tuple[Act, SupervisionOrder, SupervisedUnit | None, str]


def _offers(person: Person, found: SupervisionOrder, bound: list[SupervisedUnit]) -> list[Offered]:
    """What this person can do with this order now; the first of each kind has the letter, further ones a number."""
    if found.state != OrderState.OPEN:
        return []
    supervises = can_in(person, Permission.CASE_SUPERVISE, found.issuing_unit)
    offered: list[tuple[Act, SupervisedUnit | None]] = [
        (ACTS["reply"], one)
        for one in bound
        if one.state in order_queries.REPLY_OWED and can_in(person, Permission.CASE_HANDLE, one.unit)
    ]
    if supervises:
        offered += [(ACTS["review"], one) for one in bound if one.state == ReplyState.WAITING]
        offered += [(ACTS["close"], None), (ACTS["withdraw"], None)]
    keys: dict[str, int] = {}
    rows: list[Offered] = []
    for act, one in offered:
        keys[act.code] = keys.get(act.code, 0) + 1
        rows.append((act, found, one, act.key if keys[act.code] == 1 else ""))
    for number, index in enumerate((i for i, row in enumerate(rows) if not row[3]), start=1):
        rows[index] = (*rows[index][:3], str(number) if number <= 9 else "")
    return rows


def _offer(offered: Offered) -> dict[str, Any]:
    """The values that decision_panel.html asks for."""
    act, found, bound, key = offered
    url = reverse("supervision-act", args=[found.number, act.code])
    verb, sentence = _(act.verb), _(act.sentence)
    named = {"unit": bound.unit.name if bound else "", "verb": verb, "sentence": sentence}
    return {
        "code": act.code,
        "verb": verb,
        "heading": _("%(verb)s (%(unit)s)") % named if bound else verb,
        "sentence": _("%(unit)s: %(sentence)s") % named if bound else sentence,
        "url": f"{url}?unit={bound.unit_id}" if bound else url,
        "key": key,
        "is_main": act.is_main,
        "is_grave": act.is_grave,
    }


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Open the form of an act, or do it; what cannot be done now is said with what was typed."""
    found, person = _order(request, number), _person(request)
    chosen = ACTS.get(act)
    if chosen is None:
        raise Http404
    require(person, Permission.CASE_HANDLE if act == "reply" else Permission.CASE_SUPERVISE)
    bound = _bound_of(request, found) if act in ("reply", "review") else None
    offered = next(
        (
            one
            for one in _offers(person, found, order_queries.bound_units(found))
            if one[0] is chosen and (bound is None or one[2] == bound)
        ),
        None,
    )
    seen = {"revision": bound.revision if bound else found.revision}
    form = chosen.form(request.POST if request.method == "POST" else None, initial=seen)
    if request.method == "POST" and form.is_valid():
        return _do(request, found, bound, chosen, form)
    if offered is None:
        return _not_now(request, found, _("This can no longer be done to the order as it is now."), form)
    opened = _offer(offered) | {"form": form}
    return render(
        request,
        "web/supervision/order.html",
        _facts(request, found, opened),
        status=422 if form.errors else 200,
    )


def _bound_of(request: HttpRequest, found: SupervisionOrder) -> SupervisedUnit:
    unit = request.GET.get("unit", "")
    bound = found.units.select_related("unit").filter(
        unit_id=int(unit) if unit.isdecimal() and len(unit) < 10 else 0
    )
    row = bound.first()
    if row is None:
        raise Http404
    return row


def _do(
    request: HttpRequest,
    found: SupervisionOrder,
    bound: SupervisedUnit | None,
    chosen: Act,
    form: forms.Form,
) -> HttpResponse:
    person, now = _person(request), moment_of(request).now
    try:
        _run(chosen.code, found, bound, form)(by=person, at=now)
    except Stale as stale:
        return _not_now(request, _order(request, found.number), _(stale.message), form)
    except Refused as refused:
        put_beside(form, refused)
        if not any(form[name].errors for name in form.fields):
            return _not_now(request, _order(request, found.number), str(form.non_field_errors()[0]), form)
        offers = _offers(person, found, order_queries.bound_units(found))
        matching = [one for one in offers if one[0] is chosen and (bound is None or one[2] == bound)]
        if not matching:
            return _not_now(request, found, str(next(iter(form.errors.values()))[0]), form)
        opened = _offer(matching[0]) | {"form": form}
        return render(request, "web/supervision/order.html", _facts(request, found, opened), status=422)
    messages.success(request, _("%(number)s: %(done)s") % {"number": found.number, "done": _(chosen.done)})
    return redirect("supervision-order", number=found.number)


def _run(
    code: str, found: SupervisionOrder, bound: SupervisedUnit | None, form: forms.Form
) -> Callable[..., object]:
    data = form.cleaned_data
    given: dict[str, Any] = {"order": found, "revision": data.get("revision")}
    if code == "reply" and bound is not None:
        return lambda **who: orders.reply_order(unit=bound.unit, reply=data["reply"], **given, **who)
    if code == "review" and bound is not None:
        accepted = data["decision"] == "accept"
        return lambda **who: orders.review_reply(
            unit=bound.unit, is_accepted=accepted, note=data["note"], **given, **who
        )
    if code == "close":
        return lambda **who: orders.close_order(note=data["note"], **given, **who)
    return lambda **who: orders.withdraw_order(note=data["note"], **given, **who)


def _not_now(request: HttpRequest, found: SupervisionOrder, notice: str, form: forms.Form) -> HttpResponse:
    """409: somebody was faster, or it is not possible now.  What was typed stays to be copied."""
    names = [name for name in ("reply", "note") if name in form.fields and form.data.get(name, "").strip()]
    typed = [(str(form.fields[name].label), form.data[name]) for name in names]
    opened = {"notice": notice, "typed": typed}
    return render(request, "web/supervision/order.html", _facts(request, found, opened), status=409)
