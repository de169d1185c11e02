"""The forms of the administration: people, their appointments, units."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from suqing.accounts.models import Unit
from suqing.accounts.queries import unit_tree
from suqing.accounts.roles import ROLES
from suqing.web.desks.dispatch_catalogue_forms import PlainForm

LAST_YEAR = 2100
ALREADY = gettext_lazy("Somebody or something else has this already.")


def indented(units: Iterable[Unit]) -> list[tuple[str, str]]:
    """Units in tree order for a choice, each further in than the one above it."""
    return [(str(unit.pk), "　" * (unit.path.count("/") - 1) + unit.name) for unit in units]


def role_choices() -> list[tuple[str, str]]:
    return [(code, str(role.label)) for code, role in ROLES.items()]


def _day_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


class CorrectionForm(PlainForm):
    """What may be corrected about a person; the sign-in name stays."""

    display_name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    staff_no = forms.CharField(label=gettext_lazy("Staff number"), max_length=30, required=False)


class PersonForm(CorrectionForm):
    """A new person."""

    username = forms.CharField(
        label=gettext_lazy("Sign-in name"),
        max_length=40,
        help_text=gettext_lazy("2 to 40 letters, digits, dots, dashes or underscores; it stays for good."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    field_order = ("username", "display_name", "staff_no")


class AppointmentForm(PlainForm):
    """A role in a unit, from a day on, perhaps until another one.  Days are those of the real calendar."""

    unit = forms.ChoiceField(label=pgettext_lazy("organisation", "Unit"))
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    since = _day_field(gettext_lazy("From"))
    until = _day_field(
        gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: until somebody ends it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in unit_tree()}
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a unit")),
            *indented(self.units.values()),
        ]
        self.fields["role"].choices = [("", _("Choose a role")), *role_choices()]  # type: ignore[attr-defined]
        self.initial.setdefault("since", timezone.localdate())

    def clean_since(self) -> date:
        """Today or later: nobody was anything before it was decided."""
        day: date = self.cleaned_data["since"]
        if not timezone.localdate() <= day < date(LAST_YEAR, 1, 1):
            raise ValidationError(_("Today or a later day of this century."))
        return day

    def clean(self) -> dict[str, Any]:
        """The last day does not lie before the first."""
        found = super().clean() or self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since and until and not since <= until < date(LAST_YEAR, 1, 1):
            self.add_error("until", _("The appointment ends before it begins."))
        return found

    def span(self) -> tuple[datetime | None, datetime | None]:
        """From when, None for now, until when."""
        zone = timezone.get_current_timezone()
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        begin = None if since == timezone.localdate() else datetime.combine(since, time(), zone)
        return begin, datetime.combine(until + timedelta(days=1), time(), zone) if until else None


class UnitForm(PlainForm):
    """A new unit."""

    name = forms.CharField(
        label=gettext_lazy("Name of the unit"),
        max_length=100,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of unit"), choices=Unit.Kind.choices)
    parent = forms.ChoiceField(label=gettext_lazy("Below which unit"), required=False)
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Letters, digits and dashes, such as sz-gusu-4; it stays for good."),
        error_messages={"invalid": gettext_lazy("Only letters, digits, dashes and underscores.")},
    )
    division_code = forms.RegexField(
        r"\A(\d{6}|\d{9}|\d{12})\Z",
        label=gettext_lazy("Code of its place"),
        required=False,
        help_text=gettext_lazy("6, 9 or 12 digits of GB/T 2260, such as 320508 for Gusu."),
        error_messages={"invalid": gettext_lazy("6, 9 or 12 digits.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in unit_tree()}
        self.fields["parent"].choices = [  # type: ignore[attr-defined]
            ("", _("at the top")),
            *indented(self.units.values()),
        ]


class RenameForm(PlainForm):
    """Another name for a unit."""

    name = forms.CharField(label=gettext_lazy("Name of the unit"), max_length=100)


class MoveForm(PlainForm):
    """Another place in the tree."""

    parent = forms.ChoiceField(label=gettext_lazy("Below which unit"), required=False)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [row for row in unit_tree() if not row.path.startswith(unit.path)]
        self.units = {str(row.pk): row for row in rows}
        self.fields["parent"].choices = [  # type: ignore[attr-defined]
            ("", _("at the top")),
            *indented(rows),
        ]
        self.initial.setdefault("parent", str(unit.parent_id or ""))


class CloseForm(PlainForm):
    """Closing a unit that still has cases wants to be meant."""

    understood = forms.BooleanField(
        label=gettext_lazy("I have read what happens to the open cases"), required=True
    )


def read_json(text: str) -> Any:
    """Read JSON that the database can hold.  Raise ValueError for what is none, NaN, a NUL or half a character."""
    try:
        value = json.loads(text)
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except RecursionError as deep:
        raise ValueError from deep
    written.encode()
    if "\\u0000" in written:
        raise ValueError("a NUL")
    return value


def put_errors(form: forms.Form, error: ValidationError) -> None:
    """Show what a model objects to beside the field; what has none stands at the top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, problems in error.error_dict.items():
        beside = name if name in form.fields else None
        for problem in problems:
            taken = problem.code in ("unique", "unique_together")
            form.add_error(beside, ALREADY if taken else problem)
