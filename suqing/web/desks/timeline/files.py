"""How the story tells of files and of corrected facts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqing.cases.models import Case
from suqing.web.wording import money_text

Facts = dict[str, Any]


def attached(_case: Case, data: Facts, _names: object) -> str:
    count = int(data.get("count", 1))
    text = ngettext("%(who)s attached %(count)s file", "%(who)s attached %(count)s files", count)
    return text % {"who": "%(who)s", "count": count}


def removed(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s removed a file")


def restored(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s brought a removed file back")


def text_asked(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s had the text of a file read")


def corrected(_case: Case, data: Facts, _names: object) -> str:
    before, after = data.get("before", {}), data.get("after", {})
    parts = []
    if before.get("amount") != after.get("amount"):
        change = f"{_money(before.get('amount'))} → {_money(after.get('amount'))}"
        parts.append(_("amount %(change)s") % {"change": change})
    if before.get("incident_on") != after.get("incident_on"):
        change = f"{before.get('incident_on') or '—'} → {after.get('incident_on') or '—'}"
        parts.append(_("date of the matter %(change)s") % {"change": change})
    return _("%(who)s corrected: %(what)s") % {"who": "%(who)s", "what": _(", ").join(parts)}


def _money(value: str | None) -> str:
    return money_text(Decimal(value)) if value else "—"


WAYS = (
    ("case.files_attached", "paperclip", "steps", attached, ""),
    ("case.file_removed", "trash", "steps", removed, ""),
    ("case.file_restored", "arrow-back-up", "steps", restored, ""),
    ("case.file_text_asked", "receipt", "steps", text_asked, ""),
    ("case.facts_corrected", "edit", "steps", corrected, ""),
)
