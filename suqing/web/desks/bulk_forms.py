"""The forms of bulk changes: what the selected cases shall get."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.cases.actions.supervision import LONGEST_NOTE
from suqing.cases.models import BulkChange
from suqing.cases.queries.bulk_changes import (
    handlers_to_assign,
    kinds_for,
    units_of_change,
    units_to_assign,
)
from suqing.taxonomy.models import ClassKind, ClassNode
from suqing.web.desks.steps.forms import words

Choices = list[tuple[Any, Any]]
ICONS = {"assign": "users", "remind": "bell-ringing", "reclassify": "table"}
KEYS = {"assign": "a", "remind": "m", "reclassify": "r"}  # while cases are selected


def bulk_offers(person: Person) -> list[dict[str, str]]:
    """What the bar below the work list offers to do with the selected cases."""
    return [
        {"kind": str(kind), "verb": str(kind.label), "icon": ICONS[kind], "key": KEYS[kind]}
        for kind in kinds_for(person)
    ]


class BulkForm(forms.Form):
    """What is chosen for all cases of a change; ``values`` is what the action takes."""

    first = ""
    named: tuple[str, ...] = ()

    def __init__(self, *args: Any, person: Person, change: BulkChange, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {**change.values, "note": change.note})
        super().__init__(*args, **kwargs)
        self.person, self.change = person, change
        self.prepare()
        for field in self.fields.values():
            field.error_messages["required"] = _("Fill in this field.")
        self.fields[self.first].widget.attrs["autofocus"] = True

    def prepare(self) -> None:
        """Fill the choices."""

    def values(self) -> dict[str, Any]:
        """What was chosen, as the action takes it."""
        return {name: self.cleaned_data[name] for name in self.named if self.cleaned_data.get(name)}


class AssignManyForm(BulkForm):
    unit = forms.ChoiceField(label=gettext_lazy("Station or unit"))
    handler = forms.TypedChoiceField(
        label=gettext_lazy("Person"), coerce=int, required=False, empty_value=None
    )
    first = "unit"
    named = ("unit", "handler")

    def prepare(self) -> None:
        units = units_to_assign(self.person)
        people = handlers_to_assign(units)
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a unit")),
            *((unit.code, unit.name) for unit in units),
        ]
        self.fields["handler"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody in particular")),
            *((person.pk, person.display_name) for person in people),
        ]
        here = units_of_change(self.person, self.change).most_common(1)
        self.initial.setdefault(
            "unit", next((one.code for one in units if here and one.name == here[0][0]), "")
        )


class RemindManyForm(BulkForm):
    note = words(
        gettext_lazy("What the units are to know"),
        required=False,
        limit=LONGEST_NOTE,
        help_text=gettext_lazy("Each unit reads it on its cases; the messages carry only the numbers."),
    )
    first = "note"


class ReclassifyManyForm(BulkForm):
    object = forms.ChoiceField(label=ClassKind.OBJECT.label, required=False)
    issue = forms.ChoiceField(label=ClassKind.ISSUE.label, required=False)
    report_issue = forms.ChoiceField(label=ClassKind.REPORT_ISSUE.label, required=False)
    note = words(
        gettext_lazy("Why"),
        required=False,
        limit=LONGEST_NOTE,
        help_text=gettext_lazy("It stands in the story of each case. Leave out who the people are."),
    )
    first = "object"
    named = (ClassKind.OBJECT.value, ClassKind.ISSUE.value, ClassKind.REPORT_ISSUE.value)

    def prepare(self) -> None:
        rows = ClassNode.objects.filter(tree__is_active=True, tree__kind__in=self.named)
        kept: dict[str, dict[str, str]] = {name: {} for name in self.named}
        for node in rows.select_related("tree").order_by("-tree__valid_from", "order"):
            kept[node.tree.kind].setdefault(node.code, f"{'　' if node.parent_id else ''}{node.label}")
        for name in self.named:
            choices: Choices = [("", _("leave as it is")), *kept[name].items()]
            self.fields[name].choices = choices  # type: ignore[attr-defined]


FORMS: dict[str, type[BulkForm]] = {
    BulkChange.Kind.ASSIGN: AssignManyForm,
    BulkChange.Kind.REMIND: RemindManyForm,
    BulkChange.Kind.RECLASSIFY: ReclassifyManyForm,
}
