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
from suqing.cases.actions.corrections import Clash, Facts, correct_facts, may_correct
from suqing.cases.actions.moving import Refused, Stale
from suqing.cases.models import Case
from suqing.ledger.queries import events_of
from suqing.web.context import moment_of
from suqing.web.desks.case_desk import case_or_404, not_here


class FactsForm(forms.Form):
    amount = forms.DecimalField(
        label=gettext_lazy("Amount in dispute (yuan)"),
        required=False,
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "autofocus": True}),
        error_messages={"invalid": gettext_lazy("Enter an amount such as 128.00.")},
    )
    incident_on = forms.DateField(
        label=gettext_lazy("Date of the matter"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a date such as 2020-01-26.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
    # What stood when the form was opened: two corrections at once are merged field by field.
    was_amount = forms.DecimalField(widget=forms.HiddenInput, required=False)
    was_incident_on = forms.DateField(widget=forms.HiddenInput, required=False)

    def was(self) -> Facts | None:
        """What the person had before them; None for a page that does not say."""
        if "was_amount" not in self.data and "was_incident_on" not in self.data:
            return None
        return Facts(self.cleaned_data["was_amount"], self.cleaned_data["was_incident_on"])


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
    return _correct(request, case, form, person)


def _correct(request: HttpRequest, case: Case, form: FactsForm, person: Person) -> HttpResponse:
    """Call the action; say beside the field what it objects to, and of two corrections show both."""
    try:
        correct_facts(
            case=case,
            amount=form.cleaned_data["amount"],
            incident_on=form.cleaned_data["incident_on"],
            revision=form.cleaned_data["revision"],
            was=form.was(),
            by=person,
            at=moment_of(request).now,
        )
    except Clash as clash:
        return _both(request, clash.case, form, clash.fields)
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
    if form.cleaned_data["revision"] != case.revision:
        messages.info(request, _("Somebody else has worked on the case meanwhile; both are kept."))
    return redirect("case", number=case.number)


def _offered(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What stands in the case, and over it what the address offers, if it can be read."""
    values: dict[str, Any] = {
        "amount": case.amount,
        "incident_on": case.incident_on,
        "revision": case.revision,
        "was_amount": case.amount,
        "was_incident_on": case.incident_on,
    }
    with suppress(KeyError, InvalidOperation):
        values["amount"] = Decimal(request.GET["amount"]).quantize(Decimal("0.01"))
    with suppress(KeyError, ValueError):
        values["incident_on"] = date.fromisoformat(request.GET["incident_on"])
    return values


def _both(request: HttpRequest, case: Case, form: FactsForm, fields: tuple[str, ...]) -> HttpResponse:
    """409: both values of each field that two people changed; what this one typed stands in the form, ready to be sent."""
    corrected = events_of("case", [case.pk]).filter(verb="case.facts_corrected").last()
    data, mine = request.POST.copy(), form.cleaned_data
    if "amount" not in fields and mine["amount"] == mine["was_amount"]:
        data["amount"] = str(case.amount or "")
    if "incident_on" not in fields and mine["incident_on"] == mine["was_incident_on"]:
        data["incident_on"] = str(case.incident_on or "")
    data["revision"] = str(case.revision)
    data["was_amount"], data["was_incident_on"] = str(case.amount or ""), str(case.incident_on or "")
    rows = [(str(form.fields[name].label), mine[name], getattr(case, name)) for name in fields]
    facts = {"case": case, "form": FactsForm(data), "clashes": rows, "corrected": corrected}
    return render(request, "web/cases/correct_facts.html", facts, status=409)


def _page(request: HttpRequest, case: Case, form: FactsForm, *, status: int = 200) -> HttpResponse:
    return render(request, "web/cases/correct_facts.html", {"case": case, "form": form}, status=status)
