"""Units: the tree of who directs whom; made, renamed, moved, closed, never deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suqing.accounts import actions
from suqing.accounts.actions import BadPlace, NotInForce, UnitInUse
from suqing.accounts.models import Appointment, Unit
from suqing.accounts.queries import history_of_unit
from suqing.cases.queries.unit_work import work_of
from suqing.web.context import may_open, moment_of
from suqing.web.desks.administration_forms import CloseForm, MoveForm, RenameForm, UnitForm, put_errors
from suqing.web.desks.administration_history import lines, unit_names
from suqing.web.desks.administration_people import role_label, signed_in


@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """All units as a tree, closed ones only if asked for, with how many people are appointed to each."""
    with_closed = request.GET.get("closed") == "1"
    now = timezone.now()
    held = Q(appointments__since__lte=now, appointments__person__is_active=True) & (
        Q(appointments__until__isnull=True) | Q(appointments__until__gt=now)
    )
    rows = Unit.objects.annotate(people=Count("appointments__person", filter=held, distinct=True)).order_by(
        "path"
    )
    shown = [unit for unit in rows if with_closed or unit.is_active]
    facts = {
        "rows": [_row(unit) for unit in shown],
        "with_closed": with_closed,
        "closed": sum(not unit.is_active for unit in rows),
    }
    return render(request, "web/administration/units.html", facts)


def _row(unit: Unit) -> dict[str, Any]:
    return {
        "unit": unit,
        "url": reverse("administration-unit", args=[unit.pk]),
        "people_url": f"{reverse('administration-people')}?unit={unit.pk}",
        "depth": min(unit.path.count("/") - 1, 5),
        "kind": unit.get_kind_display(),
    }


@require_http_methods(["GET", "POST"])
def unit_new(request: HttpRequest) -> HttpResponse:
    """Add a unit."""
    form = UnitForm(request.POST or None, initial={"parent": request.GET.get("below", "")})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data | {"parent": form.units.get(form.cleaned_data["parent"])}
        try:
            made = actions.add_unit(**typed, by=signed_in(request), at=moment_of(request).now)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, _("The unit %(name)s has been added.") % {"name": made.name})
            return redirect("administration-unit", pk=made.pk)
    facts = {"form": form}
    return render(request, "web/administration/unit_new.html", facts, status=422 if form.errors else 200)


def _unit_or_404(pk: int) -> Unit:
    found = Unit.objects.select_related("parent").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_GET
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: where it stands, who is in it, what hangs on it, what was done to it."""
    return _unit_page(request, _unit_or_404(pk))


def _unit_page(request: HttpRequest, found: Unit, **bound: forms.Form) -> HttpResponse:
    now = moment_of(request).now
    held = Appointment.objects.in_force(timezone.now()).filter(unit=found).select_related("person")
    below = list(Unit.objects.active().filter(parent=found).in_order())
    facts = {
        "unit": found,
        "kind": found.get_kind_display(),
        "source": found.get_source_display(),
        "above": list(found.ancestors()),
        "below": [(row.name, reverse("administration-unit", args=[row.pk])) for row in below],
        "held": [(row, role_label(row.role)) for row in held.order_by("role", "since", "pk")],
        "work": work_of(found, now.date()),
        "cases_url": f"{reverse('cases')}?view=open&unit={found.pk}"
        if may_open(request.user, "cases")
        else "",
        "rules_url": f"{reverse('dispatch-rules')}?unit={found.pk}"
        if may_open(request.user, "dispatch-rules")
        else "",
        "rename_form": bound.get("rename") or RenameForm(initial={"name": found.name}),
        "move_form": bound.get("move") or MoveForm(unit=found),
        "close_form": bound.get("close") or CloseForm(),
        "history": lines(history_of_unit(found), unit_names(), now),
    }
    return render(request, "web/administration/unit.html", facts, status=422 if bound else 200)


# What can be done


@require_POST
def unit_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Rename, move, close or reopen."""
    if act not in ACTS:
        raise Http404
    return ACTS[act](request, _unit_or_404(pk))


def _done(request: HttpRequest, found: Unit, sentence: str, *, undo: str = "") -> HttpResponse:
    tags = f"undo:{reverse('administration-unit-act', args=[found.pk, undo])}" if undo else ""
    messages.success(request, sentence, extra_tags=tags)
    return redirect("administration-unit", pk=found.pk)


def _rename(request: HttpRequest, found: Unit) -> HttpResponse:
    form = RenameForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["name"]
        try:
            actions.rename_unit(unit=found, name=name, by=signed_in(request), at=moment_of(request).now)
        except ValidationError as error:
            put_errors(form, error)
        else:
            return _done(request, found, _("The unit is called %(name)s.") % {"name": name})
    return _unit_page(request, found, rename=form)


def _move(request: HttpRequest, found: Unit) -> HttpResponse:
    form = MoveForm(request.POST, unit=found)
    if form.is_valid():
        parent = form.units.get(form.cleaned_data["parent"])
        try:
            actions.move_unit(unit=found, parent=parent, by=signed_in(request), at=moment_of(request).now)
        except BadPlace:
            form.add_error("parent", _("A unit stands neither below itself nor below a closed one."))
        else:
            where = parent.name if parent else _("at the top")
            told = _("%(name)s stands below: %(where)s.") % {"name": found.name, "where": where}
            return _done(request, found, told)
    return _unit_page(request, found, move=form)


def _close(request: HttpRequest, found: Unit) -> HttpResponse:
    now = moment_of(request).now
    form = CloseForm(request.POST)
    if not work_of(found, now.date()).open_cases:
        form.fields["understood"].required = False
    if form.is_valid():
        try:
            actions.close_unit(unit=found, by=signed_in(request), at=now)
        except UnitInUse:
            form.add_error(
                None, _("People are appointed to this unit or units below it still work. End that first.")
            )
        else:
            return _done(request, found, _("%(name)s is closed.") % {"name": found.name}, undo="reopen")
    return _unit_page(request, found, close=form)


def _reopen(request: HttpRequest, found: Unit) -> HttpResponse:
    try:
        actions.reopen_unit(unit=found, by=signed_in(request), at=moment_of(request).now)
    except NotInForce:
        pass  # somebody else was quicker, and it is as was wanted
    except BadPlace:
        messages.error(request, _("The unit above this one is closed: take that one into use first."))
        return redirect("administration-unit", pk=found.pk)
    return _done(request, found, _("%(name)s is in use again.") % {"name": found.name})


ACTS: dict[str, Callable[[HttpRequest, Unit], HttpResponse]] = {
    "rename": _rename,
    "move": _move,
    "close": _close,
    "reopen": _reopen,
}
