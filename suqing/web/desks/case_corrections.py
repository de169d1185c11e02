"""Correct the amount and the day of a case; what a receipt offered stands in the form already."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import NotPermitted
from suqing.cases.actions.corrections import correct_facts, may_correct
from suqing.cases.actions.moving import Refused, Stale
from suqing.cases.models import Case
from suqing.web.context import moment_of
from suqing.web.desks.case_desk import case_or_404, not_here


class FactsForm(forms.Form):
    amount = forms.DecimalField(
        label=gettext_lazy("Amount in dispute (yuan)"),
        required=False,
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Enter an amount such as 128.00.")},
    )
    incident_on = forms.DateField(
        label=gettext_lazy("Date of the matter"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a date such as 2020-01-26.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
def facts(request: HttpRequest, number: str) -> HttpResponse:
    """The form; sent, the case is corrected and what stood before stays in its story."""
    try:
        case = case_or_404(request, number)
    except Http404:
        return not_here(request, number)
    person = request.user
    assert isinstance(person, Person)  # the permission table lets nobody else in
    if not may_correct(person, case):
        raise NotPermitted(P.CASE_CORRECT)
    if request.method != "POST":
        return _page(request, case, FactsForm(initial=_offered(request, case)))
    form = FactsForm(request.POST)
    if not form.is_valid():
        return _page(request, case, form, status=422)
    try:
        correct_facts(
            case=case,
            amount=form.cleaned_data["amount"],
            incident_on=form.cleaned_data["incident_on"],
            revision=form.cleaned_data["revision"],
            by=person,
            at=moment_of(request).now,
        )
    except Stale as stale:
        data = request.POST.copy()
        data["revision"] = str(case.revision)
        again = FactsForm(data)
        again.add_error(None, _(stale.message))
        return _page(request, case, again, status=409)
    except Refused as refused:
        text = _(refused.message) % refused.values if refused.values else _(refused.message)
        form.add_error(refused.field or None, text)
        return _page(request, case, form, status=422)
    messages.success(request, _("%(number)s is corrected.") % {"number": case.number})
    return redirect("case", number=case.number)


def _offered(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What stands in the case, and over it what the address offers, if it can be read."""
    values: dict[str, Any] = {
        "amount": case.amount,
        "incident_on": case.incident_on,
        "revision": case.revision,
    }
    with suppress(KeyError, InvalidOperation):
        values["amount"] = Decimal(request.GET["amount"]).quantize(Decimal("0.01"))
    with suppress(KeyError, ValueError):
        values["incident_on"] = date.fromisoformat(request.GET["incident_on"])
    return values


def _page(request: HttpRequest, case: Case, form: FactsForm, *, status: int = 200) -> HttpResponse:
    return render(request, "web/cases/correct_facts.html", {"case": case, "form": form}, status=status)
