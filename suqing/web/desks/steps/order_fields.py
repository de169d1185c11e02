"""What every supervision order says, for its own page and for the step of a case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person, Unit
from suqing.cases.actions.orders import LONGEST_TITLE
from suqing.cases.intake import local_day
from suqing.cases.oversight import LABELS, Trigger
from suqing.cases.queries.orders import units_to_bind
from suqing.web.desks.steps.forms import words

DAYS_TO_REPLY = 3  # what the form proposes; the person sets the day


def order_fields() -> dict[str, forms.Field]:
    """What every order says; the units and reasons are filled in by ``prepare_order``."""
    return {
        "title": forms.CharField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE),
        "text": words(
            gettext_lazy("What is to be done"),
            help_text=gettext_lazy("All bound units read it: name no person, and no reporter."),
        ),
        "trigger": forms.ChoiceField(label=gettext_lazy("Why"), choices=()),
        "due_on": forms.DateField(
            label=gettext_lazy("Reply until"),
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        ),
        "lead": forms.ModelChoiceField(
            label=gettext_lazy("Lead unit"), queryset=Unit.objects.none(), empty_label=None
        ),
        "assistants": forms.ModelMultipleChoiceField(
            label=gettext_lazy("Assisting units"),
            queryset=Unit.objects.none(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
    }


def prepare_order(form: forms.Form, person: Person | None, now: datetime) -> None:
    """Fill in the units this person can bind, the reasons, and a day."""
    found = units_to_bind(person) if person is not None else []
    lead, assistants = form.fields["lead"], form.fields["assistants"]
    lead.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in found]).order_by("path")  # type: ignore[attr-defined]
    # Stations reply through their bureau; as lead one may still be named.
    above = [unit.pk for unit in found if unit.kind != Unit.Kind.STATION]
    assistants.queryset = Unit.objects.filter(pk__in=above).order_by("path")  # type: ignore[attr-defined]
    form.fields["trigger"].choices = [(str(one), _(LABELS[one])) for one in Trigger]  # type: ignore[attr-defined]
    form.initial.setdefault("due_on", local_day(now) + timedelta(days=DAYS_TO_REPLY))


def order_values(form: forms.Form) -> dict[str, Any]:
    """What ``issue_order`` asks for, from a valid form."""
    names = ("title", "text", "trigger", "due_on", "lead")
    return {name: form.cleaned_data[name] for name in names} | {
        "assistants": list(form.cleaned_data["assistants"])
    }
