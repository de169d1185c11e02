"""Sentences for classes that were doubted and reviewed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.models import Case

Facts = dict[str, Any]


def _doubted(_case: Case, _data: Facts, _names: object) -> str:
    return _("The model doubts a class of the case; it waits for review")


def _chosen(_case: Case, data: Facts, _names: object) -> str:
    return _("%(who)s reviewed a class: %(before)s became %(after)s") % {
        "who": "%(who)s",
        "before": data.get("before", {}).get("class") or "–",
        "after": data.get("after", {}).get("class") or "–",
    }


def _kept(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s reviewed a class and kept it")


def _skipped(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s skipped a class in the review")


def _taken_back(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s took back what was decided on a class")


def _sent(_case: Case, data: Facts, _names: object) -> str:
    return _("%(who)s asked %(host)s for a second opinion (%(count)s redacted characters sent)") % {
        "who": "%(who)s",
        "host": data.get("host", ""),
        "count": data.get("characters", 0),
    }


def _summed_up(_case: Case, data: Facts, _names: object) -> str:
    return _("%(who)s asked %(host)s for a summary (%(count)s redacted characters sent)") % {
        "who": "%(who)s",
        "host": data.get("host", ""),
        "count": data.get("characters", 0),
    }


# verb, icon, group, sentence, tone
WAYS: tuple[tuple[str, str, str, Callable[[Case, Facts, Any], str], str], ...] = (
    ("case.class_doubted", "checklist", "steps", _doubted, ""),
    ("case.class_chosen", "checklist", "steps", _chosen, ""),
    ("case.class_kept", "checklist", "steps", _kept, ""),
    ("case.class_skipped", "checklist", "steps", _skipped, ""),
    ("case.sent_for_opinion", "send", "steps", _sent, ""),
    ("case.sent_for_summary", "send", "steps", _summed_up, ""),
    ("case.class_taken_back", "history", "steps", _taken_back, ""),
)
