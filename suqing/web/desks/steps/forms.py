"""What the steps of a case have in common: their forms, how they stand on the page, how they call their action."""

from __future__ import annotations

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

    def prepare(self) -> None:
        """Fill choices and defaults that depend on the case."""

    def plain_fields(self) -> list[forms.BoundField]:
        """The fields that stand open."""
        return [field for field in self.visible_fields() if field.name not in self.more]

    def more_fields(self) -> list[forms.BoundField]:
        """The fields that stand folded away."""
        return [field for field in self.visible_fields() if field.name in self.more]

    def opens_more(self) -> bool:
        """Whether the folded fields must be seen: one of them holds something or is wrong."""
        return any(field.errors or field.value() for field in self.more_fields())


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
