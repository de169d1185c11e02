"""The forms of the dispatch catalogue."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.cases.actions.catalogue import MAX_ARTICLE, MAX_NOTE, MAX_RANK, RuleInput
from suqing.cases.models import DispatchRule
from suqing.cases.queries.catalogue import units_to_choose
from suqing.cases.vocabulary import LABELS, Kind, SellerRole
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree, Division, DivisionLevel

Choices = list[tuple[Any, Any]]


class PlainForm(forms.Form):
    """A form whose required fields ask in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("Fill in this field.")


class RuleForm(PlainForm):
    """What a row matches, where it sends, from when."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    seller_role = forms.ChoiceField(label=gettext_lazy("How it sells"), required=False)
    object_class = forms.ChoiceField(label=gettext_lazy("Goods or service"), required=False)
    issue_class = forms.ChoiceField(label=gettext_lazy("Problem class"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("Place"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("To which unit"))
    rank = forms.IntegerField(
        label=gettext_lazy("Rank"),
        min_value=1,
        max_value=MAX_RANK,
        help_text=gettext_lazy("Of several rows that match, the lowest rank is proposed first."),
    )
    article = forms.CharField(
        label=gettext_lazy("Ground"),
        max_length=MAX_ARTICLE,
        required=False,
        help_text=gettext_lazy(
            "An article as law and number, such as O121:31; empty for a local arrangement."
        ),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=MAX_NOTE, required=False)
    valid_from = forms.DateField(
        label=gettext_lazy("Holds from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self, *args: Any, person: Person, today: date, row: DispatchRule | None = None, **kwargs: Any
    ) -> None:
        """``row`` is the one that is changed."""
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units_to_choose(person)}
        self.nodes = _nodes(today, row)
        self.places = _places(self, row)
        any_one = ("", _("any"))
        choices: dict[str, Choices] = {
            "kind": [any_one, *((str(one), _(LABELS[one])) for one in Kind)],
            "seller_role": [any_one, *((str(one), _(LABELS[one])) for one in SellerRole)],
            "object_class": [any_one, *self._classes({ClassKind.OBJECT})],
            "issue_class": [any_one, *self._classes({ClassKind.ISSUE, ClassKind.REPORT_ISSUE})],
            "place": [any_one, *((code, place.full_name) for code, place in self.places.items())],
            "unit": [("", _("Choose a unit")), *((pk, unit.name) for pk, unit in self.units.items())],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]
        self.fields["kind"].widget.attrs["autofocus"] = True
        self._set_initial(row, today)

    def _classes(self, kinds: set[ClassKind]) -> Choices:
        """Classes under the name of their tree."""
        groups: dict[str, Choices] = {}
        for pk, node in self.nodes.items():
            if node.tree.kind in kinds:
                indent = "　" if node.parent_id else ""
                groups.setdefault(str(ClassKind(node.tree.kind).label), []).append(
                    (pk, f"{indent}{node.label}")
                )
        return list(groups.items())

    def _set_initial(self, row: DispatchRule | None, today: date) -> None:
        self.initial.setdefault("valid_from", today)
        if row is None:
            return
        was: dict[str, Any] = {
            "kind": row.kind,
            "seller_role": row.seller_role,
            "object_class": str(row.object_class_id or ""),
            "issue_class": str(row.issue_class_id or ""),
            "place": row.place_id or "",
            "unit": str(row.unit_id),
            "rank": row.rank,
            "article": row.article,
            "note": row.note,
        }
        self.initial.update(was)

    def given(self) -> RuleInput:
        """What was typed, as the action takes it."""
        data = self.cleaned_data
        return RuleInput(
            unit=self.units[data["unit"]],
            valid_from=data["valid_from"],
            rank=data["rank"],
            kind=data["kind"],
            object_class=self.nodes.get(data["object_class"]),
            issue_class=self.nodes.get(data["issue_class"]),
            seller_role=data["seller_role"],
            place=self.places.get(data["place"]),
            article=data["article"],
            note=data["note"],
        )


def _nodes(today: date, row: DispatchRule | None) -> dict[str, ClassNode]:
    """The classes in use, and those of the row though their tree may be of yesterday."""
    trees = [
        tree.pk
        for kind in (ClassKind.OBJECT, ClassKind.ISSUE, ClassKind.REPORT_ISSUE)
        for tree in ClassTree.objects.in_use(kind, today)
    ]
    rows = ClassNode.objects.filter(tree__in=trees).select_related("tree").order_by("tree__kind", "order")
    found = {str(node.pk): node for node in rows}
    for node in (row.object_class, row.issue_class) if row is not None else ():
        if node is not None:
            found.setdefault(str(node.pk), node)
    return found


def _places(form: RuleForm, row: DispatchRule | None) -> dict[str, Division]:
    """The cities of the units and their districts."""
    cities = {unit.division_code[:4] for unit in form.units.values() if len(unit.division_code) >= 4}
    levels = [DivisionLevel.CITY, DivisionLevel.DISTRICT]
    rows = Division.objects.filter(level__in=levels).order_by("code")
    found = {place.code: place for place in rows if place.code[:4] in cities}
    if row is not None and row.place is not None:
        found.setdefault(row.place.code, row.place)
    return found


class EndForm(PlainForm):
    """From which day on a row holds no longer."""

    until = forms.DateField(
        label=gettext_lazy("Holds no longer from"),
        widget=forms.DateInput(attrs={"type": "date", "autofocus": True}, format="%Y-%m-%d"),
    )
