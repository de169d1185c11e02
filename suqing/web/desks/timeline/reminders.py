"""Sentences for reminders, their answers, and what climbs the ladder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.models import Case

Facts = dict[str, Any]


def _reminded(_case: Case, data: Facts, names: Any) -> str:
    unit = names.units.get(data.get("unit", ""), data.get("unit", ""))
    return _("%(who)s reminded %(unit)s of the case (no. %(count)s)") % {
        "who": "%(who)s",
        "unit": unit,
        "count": data.get("count", 1),
    }


def _answered(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s answered the reminder")


def _escalated(_case: Case, data: Facts, _names: object) -> str:
    rung = data.get("rung", 0)
    if data.get("reminder"):
        texts = {
            2: _("No answer to the reminder: the head of the unit was told"),
            3: _("No answer to the reminder: the supervisor of the centre was told"),
        }
        return texts.get(rung, _("No answer to the reminder: the head of the superior bureau was told"))
    texts = {
        2: _("A limit is broken: the head of the unit was told"),
        3: _("A limit is broken: the supervisor of the centre was told"),
    }
    return texts.get(rung, _("A limit is broken: the head of the superior bureau was told"))


# verb, icon, group, sentence, tone
WAYS: tuple[tuple[str, str, str, Callable[[Case, Facts, Any], str], str], ...] = (
    ("case.reminded", "bell-ringing", "steps", _reminded, "breach"),
    ("case.reminder_answered", "messages", "steps", _answered, ""),
    ("case.escalated", "bell-ringing", "steps", _escalated, "breach"),
)
