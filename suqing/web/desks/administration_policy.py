"""Local policy: every declared setting with value, default and source; changed with a reason, kept in the history."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suqing.accounts.models import Person
from suqing.accounts.policy import SECOND_FACTOR_ROLES
from suqing.accounts.roles import ROLES
from suqing.cases.actions.recount import MOVING
from suqing.lawclock.local_policy import CHOICES as LAW_CHOICES
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.ledger.policy import BadSetting, Declared, UnknownSetting, declared
from suqing.ledger.queries import SettingInForce, all_settings, events_of
from suqing.web.context import moment_of
from suqing.web.desks.administration_forms import read_json
from suqing.web.desks.administration_history import who_did
from suqing.web.desks.administration_people import signed_in
from suqing.web.desks.dispatch_catalogue_forms import PlainForm

N_ = str
HISTORY = 100
LONGEST = 4_000  # characters of a value as it is typed
# In the order of the page; what has another beginning comes last.
GROUPS = (
    ("web", N_("Centre and pages")),
    ("lawclock", N_("Limits")),
    ("clock", N_("Limits")),
    ("duty", N_("Duty and reminders")),
    ("escalation", N_("Duty and reminders")),
    ("reminders", N_("Duty and reminders")),
    ("inbox", N_("Duty and reminders")),
    ("orders", N_("Supervision and documents")),
    ("documents", N_("Supervision and documents")),
    ("visits", N_("After the end of a case")),
    ("reopen", N_("After the end of a case")),
    ("archive", N_("After the end of a case")),
    ("risk", N_("Signs and operators")),
    ("entities", N_("Signs and operators")),
    ("quality", N_("Files, imports and exports")),
    ("prices", N_("Prices")),
    ("accounts", N_("Sign-in and personal data")),
    ("bulletins", N_("Bulletins")),
    ("files", N_("Files, imports and exports")),
    ("cases", N_("Files, imports and exports")),
    ("imports", N_("Files, imports and exports")),
    ("exports", N_("Files, imports and exports")),
)
OTHERS = N_("Others")
# Settings that are a set out of known entries, each a box to tick.
SETS = {SECOND_FACTOR_ROLES.key: {code: role.label for code, role in ROLES.items()}}
CHOICES = {**LAW_CHOICES, "clock.start": ("receipt", "dispatch")}
WORDS = {
    "declared_off_days": N_("declared holidays only"),
    "every_off_day": N_("every day off"),
    "none": N_("no last day"),
    "received": N_("the day of receipt"),
    "accepted": N_("the day of acceptance"),
    "earlier": N_("whichever ends first"),
    "D2a": N_("45 working days (order 20)"),
    "D2b": N_("60 days (consumer protection regulation)"),
    "receipt": N_("receipt by the centre"),
    "dispatch": N_("dispatch to the competent unit"),
}


@require_GET
def policy(request: HttpRequest) -> HttpResponse:
    """Every setting, by subject."""
    rows = all_settings()
    names = _names(rows)
    groups: dict[str, list[dict[str, Any]]] = {}
    order = dict(GROUPS)
    for row in sorted(rows, key=lambda one: (_place(one.declared.key), one.declared.key)):
        groups.setdefault(order.get(_head(row.declared.key), OTHERS), []).append(_row(row, names))
    facts = {"groups": [(_(name), found) for name, found in groups.items()]}
    return render(request, "web/administration/policy.html", facts)


def _head(key: str) -> str:
    return key.partition(".")[0]


def _place(key: str) -> int:
    heads = [head for head, _name in GROUPS]
    return heads.index(_head(key)) if _head(key) in heads else len(heads)


def _names(rows: list[SettingInForce]) -> dict[str, str]:
    """The names behind ``person:12``; one query."""
    keys = [int(row.changed_by.partition(":")[2]) for row in rows if _is_person(row.changed_by)]
    return {f"person:{pk}": person.display_name for pk, person in Person.objects.in_bulk(keys).items()}


def _is_person(actor: str) -> bool:
    kind, _colon, key = actor.partition(":")
    return kind == "person" and key.isdecimal()


def _row(row: SettingInForce, names: dict[str, str]) -> dict[str, Any]:
    known = row.declared
    return {
        "key": known.key,
        "url": reverse("administration-setting", args=[known.key]),
        "label": _(known.label),
        "source": _(known.source),
        "value": value_lines(known.key, row.value),
        "default": value_lines(known.key, known.default),
        "differs": row.value != known.default,
        "at": row.changed_at,
        "who": names.get(row.changed_by) or (_("The system") if row.changed_at else ""),
    }


def value_lines(key: str, value: Any) -> list[str]:
    """A value as people read it, one line each; nothing for what is empty."""
    if isinstance(value, bool):
        return [_("yes") if value else _("no")]
    if isinstance(value, str) and key in CHOICES:
        return [_(WORDS.get(value, value))]
    if isinstance(value, list) and key in SETS:
        return [str(SETS[key].get(one, one)) for one in value]
    if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        return [str(one) for one in value]
    if isinstance(value, str) and value and value == declared(key).default:
        return [_(value)]  # pages translate a default that is a text
    if isinstance(value, list | dict):
        return [_written(value)] if value else []
    return [str(value)] if value != "" else []


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# One setting


class SettingForm(PlainForm):
    """One value, typed as its kind asks, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason, or the decision it rests on"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("value", "reason")

    def __init__(self, *args: Any, known: Declared, now: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.kind = kind_of(known, now)
        self.fields["value"] = _field(known, self.kind)
        self.initial["value"] = _typed(self.kind, now)
        self.order_fields(self.field_order)

    def clean_value(self) -> Any:
        """The value as its kind stores it."""
        text = self.cleaned_data["value"]
        try:
            return _read(self.kind, text)
        except ValueError:
            wrong = {
                "numbers": _("One whole number a line."),
                "json": _("This is not JSON: quotation marks, commas or brackets do not fit."),
            }
            raise forms.ValidationError(wrong.get(self.kind, _("This value does not fit."))) from None


def kind_of(known: Declared, now: Any) -> str:
    """How a setting is typed: choice, set, truth, number, text, numbers, texts (a line each) or json."""
    default = known.default
    if known.key in CHOICES:
        return "choice"
    if known.key in SETS:
        return "set"
    if isinstance(default, bool):
        return "truth"
    if isinstance(default, int | float):
        return "number"
    if isinstance(default, str):
        return "text"
    if isinstance(default, list) and default and all(isinstance(one, int) for one in default):
        return "numbers"
    if (
        isinstance(default, list)
        and all(isinstance(one, str) for one in [*default, *now])
        and _takes_texts(known)
    ):
        return "texts"
    return "json"


def _takes_texts(known: Declared) -> bool:
    """An empty default does not say what its entries are: the declared check does."""
    if known.default:
        return True
    try:
        if known.check is not None:
            known.check(["苏州"])
    except (BadSetting, TypeError, ValueError, KeyError, IndexError, AttributeError):
        return False
    return known.check is not None


def _field(known: Declared, kind: str) -> forms.Field:
    label = _("Value")
    if kind == "choice":
        options = [(one, _(WORDS.get(one, one))) for one in CHOICES[known.key]]
        return forms.ChoiceField(label=label, choices=options, widget=forms.RadioSelect)
    if kind == "set":
        boxes = [(code, str(name)) for code, name in SETS[known.key].items()]
        return forms.MultipleChoiceField(
            label=label, choices=boxes, required=False, widget=forms.CheckboxSelectMultiple
        )
    if kind == "truth":
        return forms.ChoiceField(
            label=label, choices=[("1", _("yes")), ("0", _("no"))], widget=forms.RadioSelect
        )
    if kind == "number":
        asked = {"required": _("Fill in this field."), "invalid": _("A whole number.")}
        return forms.IntegerField(label=label, error_messages=asked, min_value=-(10**9), max_value=10**9)
    if kind == "text":
        return forms.CharField(label=label, required=False, max_length=300)
    helps = {"numbers": _("One whole number a line."), "texts": _("One entry a line.")}
    area = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST,
        widget=area,
        help_text=helps.get(kind, _("Written as JSON.")),
    )


def _typed(kind: str, value: Any) -> Any:
    if kind == "truth":
        return "1" if value else "0"
    if kind in ("numbers", "texts"):
        return "\n".join(str(one) for one in value)
    return json.dumps(value, ensure_ascii=False, indent=2) if kind == "json" else value


def _read(kind: str, text: Any) -> Any:
    """Raise ValueError for what is not of this kind."""
    if kind == "truth":
        return text == "1"
    if kind in ("numbers", "texts"):
        entries = [line.strip() for line in text.splitlines() if line.strip()]
        return [int(one) for one in entries] if kind == "numbers" else entries
    return read_json(text) if kind == "json" else text


@require_http_methods(["GET", "POST"])
def setting(request: HttpRequest, key: str) -> HttpResponse:
    """One setting: what it means, what it is, what it was; a new value for a reason."""
    try:
        known = declared(key)
    except UnknownSetting:
        raise Http404 from None
    row = next(one for one in all_settings() if one.declared.key == key)
    form = SettingForm(request.POST or None, known=known, now=row.value)
    if request.method == "POST" and form.is_valid() and _changed(request, form, row):
        return redirect("administration-setting", key=key)
    facts = {
        "one": _row(row, _names([row])),
        "form": form,
        "moves_limits": key in MOVING,
        "history": [_line(key, event) for event in events_of("setting", [key]).order_by("-id")[:HISTORY]],
    }
    return render(request, "web/administration/setting.html", facts, status=422 if form.errors else 200)


def _changed(request: HttpRequest, form: SettingForm, row: SettingInForce) -> bool:
    value, key = form.cleaned_data["value"], form.known.key
    if value == row.value:
        form.add_error("value", _("This value holds already."))
        return False
    try:
        change_setting(
            key, value, by=signed_in(request), at=moment_of(request).now, reason=form.cleaned_data["reason"]
        )
    except BadSetting:
        form.add_error(
            "value", _("This value does not fit what the setting takes. The default shows how it is written.")
        )
        return False
    messages.success(request, _("The setting has been changed and holds at once."))
    return True


def _line(key: str, event: Event) -> dict[str, Any]:
    joined = _(", ")
    before, after = (joined.join(value_lines(key, event.data.get(name))) for name in ("before", "after"))
    return {
        "text": _("%(who)s changed the setting") % {"who": who_did(event)},
        "at": event.at,
        "note": event.data.get("reason", ""),
        "changes": [(_("Value"), before, after)],
    }
