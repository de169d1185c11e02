"""What the steps of a case have in common: their forms, how they stand on the page, how they call their action."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.cases.intake import MAX_NARRATIVE
from suqing.cases.models import Case

N_ = str
Choices = list[tuple[Any, Any]]


class Radios(forms.RadioSelect):
    """Choices of which only the first takes the focus."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if option["index"] != "0":
            option["attrs"].pop("autofocus", None)
        return option


class StepForm(forms.Form):
    """What a step asks for.  ``revision`` is the state of the case that the person has seen."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # What two people at once are merged by: the newest event of the page, and what the fields proposed.
    upto = forms.CharField(widget=forms.HiddenInput, required=False)
    was = forms.CharField(widget=forms.HiddenInput, required=False)
    first = ""  # the field that takes the focus
    more: tuple[str, ...] = ()  # fields that stand folded away until somebody wants them

    def __init__(
        self, *args: Any, case: Case, now: datetime, reader: Person | None = None, **kwargs: Any
    ) -> None:
        """``reader`` is who fills it in: choices among other cases are only those that this person may see."""
        super().__init__(*args, **kwargs)
        self.case, self.now, self.reader = case, now, reader
        self.initial.setdefault("revision", case.revision)
        self.prepare()
        for field in self.fields.values():
            field.error_messages["required"] = _("Fill in this field.")
        if self.first:
            self.fields[self.first].widget.attrs["autofocus"] = True
        self.initial.setdefault("was", json.dumps(self.proposed(), ensure_ascii=False))

    def prepare(self) -> None:
        """Fill choices and defaults that depend on the case."""

    def proposed(self) -> dict[str, str]:
        """What the fields hold before anybody types, as texts by name; empty ones are left out."""
        found = {
            name: as_text(self.fields[name], self.get_initial_for_field(self.fields[name], name))
            for name in self.fields
        }
        return {name: text for name, text in found.items() if text and not self.fields[name].widget.is_hidden}

    def plain_fields(self) -> list[forms.BoundField]:
        """The fields that stand open."""
        return [field for field in self.visible_fields() if field.name not in self.more]

    def more_fields(self) -> list[forms.BoundField]:
        """The fields that stand folded away."""
        return [field for field in self.visible_fields() if field.name in self.more]

    def opens_more(self) -> bool:
        """Whether the folded fields must be seen: one of them holds something or is wrong."""
        return any(field.errors or field.value() for field in self.more_fields())


def as_text(field: forms.Field, value: Any) -> str:
    """A value of a field as a form sends it: several ones on lines of their own, a tick as "on", nothing as ""."""
    if isinstance(field, forms.BooleanField):
        return "on" if value not in (None, "", False) else ""
    if isinstance(value, list | tuple | set | frozenset):
        return "\n".join(sorted(str(one) for one in value if one not in (None, "")))
    said = field.prepare_value(value)
    if said in (None, ""):
        return ""
    return (
        str(field.widget.format_value(said) or said)
        if isinstance(field.widget, forms.DateTimeInput | forms.DateInput)
        else str(said)
    )


def words(
    label: Any, *, required: bool = True, limit: int = MAX_NARRATIVE, help_text: Any = ""
) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, widget=area, required=required, max_length=limit, help_text=help_text)


def yuan(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=Decimal(0), max_digits=14, decimal_places=2
    )


class NoteForm(StepForm):
    note = words(gettext_lazy("Note"), required=False)
    first = "note"


class ReasonForm(StepForm):
    note = words(gettext_lazy("What was found and why it is decided so"))
    first = "note"


Run = Callable[[StepForm, Person, datetime], object]


@dataclass(frozen=True, slots=True)
class StepDesk:
    """How a step stands on the page, and what happens when it is sent."""

    code: str
    verb: str
    sentence: str
    done: str
    key: str
    form: Callable[..., StepForm]  # a class, or what picks one by the case
    run: Run
    is_main: bool = False
    is_grave: bool = False
    joins: bool = False  # it adds to the case and contradicts nothing that others do meanwhile
    is_small: bool = False  # a button of its own below the panel, even with a letter
    suits: Callable[[Person, Case], bool] | None = None  # what the table of states cannot know; asks no query


def given(form: StepForm, *names: str) -> dict[str, Any]:
    return {name: form.cleaned_data.get(name) or "" for name in names} | {
        "case": form.case,
        "revision": form.cleaned_data.get("revision"),
    }


def simple(action: Callable[..., object], *names: str) -> Run:
    return lambda form, by, at: action(by=by, at=at, **given(form, *names))


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that this person can take on this case now."""

    desk: StepDesk
    articles: tuple[str, ...]
