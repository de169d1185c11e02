"""The form of a document as a page asks for it, and the paper as a page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.cases.actions.documents import LONGEST_REASON
from suqing.cases.forms import Block, Field, FieldKind, Form, Seal, problems
from suqing.cases.forms.checking import choices_of
from suqing.cases.forms.wording import BLANK_DAY, clean, day, statute_items
from suqing.cases.models import Case
from suqing.lawclock.articles import laws
from suqing.lawclock.queries import citation

_INPUTS = {FieldKind.DAY: "date", FieldKind.MOMENT: "datetime-local"}


class DocumentForm(forms.Form):
    """What can be typed into a form; what comes from the case is shown beside it."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, case: Case, form: Form, known: dict[str, str], plain: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.kind, self.known = case, form, known
        self.initial.update(known | {"revision": case.revision})
        for one in form.fields:
            if not one.fixed and (plain or not one.personal):
                self.fields[one.key] = _input(one, case.regime)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What comes from the case and is not typed here."""
        rest = (one for one in self.kind.fields if one.key not in self.fields)
        return [(_(one.label), _said(one, self.known[one.key])) for one in rest]

    @property
    def values(self) -> dict[str, str]:
        """Everything the paper would say now, typed or known."""
        typed = self.data if self.is_bound else self.initial
        return {
            one.key: clean(str(typed.get(one.key, ""))) if one.key in self.fields else self.known[one.key]
            for one in self.kind.fields
        }

    def typed(self) -> dict[str, str]:
        """Only what was typed, for the action."""
        return {key: text for key, text in self.values.items() if key in self.fields}

    def clean(self) -> dict[str, Any]:
        """Say of every field at once what is wrong with it."""
        for problem in problems(self.kind, self.case.regime, self.values):
            text = _(problem.message) % problem.values if problem.values else _(problem.message)
            if problem.key in self.errors:
                continue
            label = _(self.kind.field(problem.key).label)
            if problem.key in self.fields:
                self.add_error(problem.key, text)
            else:
                self.add_error(None, _("%(field)s: %(problem)s") % {"field": label, "problem": text})
        return self.cleaned_data


def _input(one: Field, regime: str) -> forms.CharField:
    # Every check is the form's own, so that page and action say the same.
    given: dict[str, Any] = {"label": _(one.label), "required": one.required}
    if one.help:
        given["help_text"] = _(one.help)
    given["error_messages"] = {"required": _("Fill in this field.")}
    return forms.CharField(widget=_widget(one, regime), **given)


def _widget(one: Field, regime: str) -> forms.Widget:
    if one.kind == FieldKind.CHOICE:
        choices = [(value, choice_words(value, label)) for value, label in choices_of(one, regime)]
        if "" not in dict(choices):
            choices.insert(0, ("", "—"))
        return forms.Select(choices=choices)
    if one.kind == FieldKind.TEXT:
        rows = 6 if one.limit > 400 else 3
        return forms.Textarea(attrs={"rows": rows, "maxlength": one.limit})
    if one.kind in _INPUTS:
        return forms.DateInput(attrs={"type": _INPUTS[one.kind]}, format="%Y-%m-%d")
    return forms.TextInput(attrs={"maxlength": one.limit, "autocomplete": "off"})


def choice_words(value: str, label: str) -> str:
    """A choice in the reader's language; an article is cited, with the statute's own words where there are some."""
    if value and value == label and value.partition(":")[0] in laws():
        words = statute_items().get(value, "")
        return f"{citation((value,))} {words}".strip()
    return _(label)


def _said(one: Field, value: str) -> str:
    if one.kind == FieldKind.DAY:
        return day(value) if value else "—"
    if one.kind == FieldKind.CHOICE:
        return choice_words(value, dict(one.choices).get(value, value)) if value else "—"
    return value or "—"


class ReasonForm(forms.Form):
    """Why a document is void, or why somebody reads one."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )


def sheet(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """The blocks for a template: each with its type and itself."""
    return [_shown(block) for block in blocks]


def _shown(block: Block) -> dict[str, Any]:
    found: dict[str, Any] = {"type": type(block).__name__.lower(), "block": block}
    if isinstance(block, Seal):
        found["day"] = day(block.on)
    found["blank_day"] = BLANK_DAY
    return found
