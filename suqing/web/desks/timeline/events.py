"""Sentences for what became of a case in events, and for cases that were told apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.models import Case

Facts = dict[str, Any]


def _joined(_case: Case, data: Facts, _names: object) -> str:
    return _("%(who)s put the case into the event %(event)s") % {
        "who": "%(who)s",
        "event": data.get("event", ""),
    }


def _left(_case: Case, data: Facts, _names: object) -> str:
    return _("%(who)s took the case out of the event %(event)s") % {
        "who": "%(who)s",
        "event": data.get("event", ""),
    }


# The other case is not named: it may be a report that the reader must not know of.
def _told_apart(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s said that a suggested case is another matter")


def _not_told_apart(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s took back that a suggested case is another matter")


# verb, icon, group, sentence, tone
WAYS: tuple[tuple[str, str, str, Callable[[Case, Facts, Any], str], str], ...] = (
    ("case.event_joined", "link", "steps", _joined, ""),
    ("case.event_left", "link", "steps", _left, ""),
    ("case.told_apart", "x", "steps", _told_apart, ""),
    ("case.not_told_apart", "history", "steps", _not_told_apart, ""),
)
