"""Sentences for what the radar flagged and what people said of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.models import Case

Facts = dict[str, Any]


def _flagged(_case: Case, _data: Facts, _names: object) -> str:
    return _("The radar flagged the case as perhaps sensitive")


def _confirmed(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s confirmed that the case is sensitive")


def _dismissed(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s dismissed a flag of the radar")


def _reopened(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s took back what was decided on a flag of the radar")


# verb, icon, group, sentence, tone
WAYS: tuple[tuple[str, str, str, Callable[[Case, Facts, Any], str], str], ...] = (
    ("case.flagged", "alert-triangle", "steps", _flagged, "soon"),
    ("case.flag_confirmed", "alert-triangle", "steps", _confirmed, "soon"),
    ("case.flag_dismissed", "x", "steps", _dismissed, ""),
    ("case.flag_reopened", "history", "steps", _reopened, ""),
)
