"""How the story tells of documents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.forms import FORMS
from suqing.cases.models import Case

Facts = dict[str, Any]


def issued(_case: Case, data: Facts, _names: object) -> str:
    return _("%(who)s issued %(number)s: %(form)s") % _values(data)


def voided(_case: Case, data: Facts, _names: object) -> str:
    return _("%(who)s voided %(number)s: %(form)s") % _values(data)


def _values(data: Facts) -> dict[str, str]:
    form = FORMS.get(data.get("form", ""))
    return {"who": "%(who)s", "number": data.get("number", ""), "form": _(form.name) if form else ""}


WAYS = (
    ("case.document_issued", "file-text", "steps", issued, ""),
    ("case.document_voided", "x", "steps", voided, "breach"),
)
