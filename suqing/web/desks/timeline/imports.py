"""Sentences for what imports did to a case: they brought it, or let it follow a newer table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.actions.import_rows import FIELD_LABELS
from suqing.cases.models import Case
from suqing.cases.vocabulary import LABELS, Outcome, State
from suqing.web.wording import money_text

Facts = dict[str, Any]
WORDS: dict[str, Callable[[str], Any]] = {"state": State, "outcome": Outcome}


def _brought(_case: Case, data: Facts, names: Any) -> str:
    values = {"who": "%(who)s", "file": data.get("file", ""), "number": data.get("number", "")}
    changes = data.get("changes")
    if changes is None:
        return _("%(who)s imported the case from “%(file)s” under the number %(number)s") % values
    values["changes"] = _(", ").join(_change(name, pair, names) for name, pair in changes.items())
    return _("%(who)s imported “%(file)s”, which the case followed: %(changes)s") % values


def _change(name: str, pair: list[Any], names: Any) -> str:
    label = _(FIELD_LABELS.get(name, name))
    before, after = (_value(name, value, names.units) for value in pair)
    # Of words that somebody wrote the event says only that they changed.
    return f"{label} {before or _('none')} → {after or _('none')}" if before or after else label


def _value(name: str, value: Any, units: Mapping[str, str]) -> str:
    if not value:
        return ""
    if name in WORDS:
        return _(LABELS[WORDS[name](value)])
    if name == "unit":
        return units.get(value, value)
    return money_text(Decimal(value))


def units_in(data: Facts) -> set[str]:
    """The codes of the units that an event names."""
    return {code for code in data.get("changes", {}).get("unit", ()) if code}


WAYS: tuple[tuple[str, str, str, Callable[[Case, Facts, Any], str], str], ...] = (
    ("import.batch", "download", "steps", _brought, "key"),
)
