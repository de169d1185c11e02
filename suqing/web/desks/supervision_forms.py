"""The forms of supervision orders: issuing one, answering it, reviewing an answer, ending it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.cases import queries
from suqing.cases.actions.orders import MOST_CASES
from suqing.cases.models import Case
from suqing.web.desks.steps.forms import Radios, words
from suqing.web.desks.steps.order_fields import order_fields, prepare_order


class _Marked(forms.Form):
    """Marks what has to be filled in, in our words."""

    first = ""

    def finish(self) -> None:
        for field in self.fields.values():
            field.error_messages["required"] = _("Fill in this field.")
        if self.first:
            self.fields[self.first].widget.attrs["autofocus"] = True


class OrderForm(_Marked):
    """A new order over named cases, or over what the work list was narrowed to."""

    first = "title"
    cases = forms.CharField(
        label=gettext_lazy("Cases"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Case numbers, with spaces or on lines of their own. An order can do without."
        ),
    )
    freeze = forms.BooleanField(
        label=gettext_lazy("Hold the cases fast that the filter finds now"),
        required=False,
        help_text=gettext_lazy("Otherwise the filter is asked anew each time the order is opened."),
    )

    def __init__(self, *args: Any, person: Person, now: datetime, is_filter: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields.pop("cases" if is_filter else "freeze")
        self.fields = {**order_fields(), **self.fields}
        prepare_order(self, person, now)
        self.finish()

    def clean_cases(self) -> list[Case]:
        """The cases of these numbers that the person may see; one that is not there is named."""
        numbers = list(
            dict.fromkeys(self.cleaned_data["cases"].upper().replace(",", " ").replace("，", " ").split())
        )
        if len(numbers) > MOST_CASES:
            text = _("An order names at most %(limit)s cases.") % {"limit": MOST_CASES}
            raise forms.ValidationError(text)
        found = {case.number: case for case in queries.visible_cases(self.person).filter(number__in=numbers)}
        missing = [number for number in numbers if number not in found]
        if missing:
            raise forms.ValidationError(
                _("There is no case %(number)s in your sight") % {"number": missing[0][:40]}
            )
        return [found[number] for number in numbers]


class ReplyForm(_Marked):
    first = "reply"
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reply = words(gettext_lazy("Reply"), help_text=gettext_lazy("The issuer and all bound units read it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.finish()


class ReviewForm(_Marked):
    first = "decision"
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        widget=Radios,
        choices=[
            ("accept", gettext_lazy("Accept the reply")),
            ("back", gettext_lazy("Send it back for another reply")),
        ],
    )
    note = words(gettext_lazy("What is missing"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.finish()


class CloseForm(_Marked):
    first = "note"
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    note = words(
        gettext_lazy("Note"),
        required=False,
        help_text=gettext_lazy("A reason is needed while the lead's reply has not been accepted."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.finish()


class WithdrawForm(CloseForm):
    note = words(gettext_lazy("Reason"))
