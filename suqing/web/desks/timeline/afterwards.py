"""Sentences for what follows the end of a case, and for supervision orders over it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.models import Case
from suqing.cases.vocabulary import LABELS, VisitGrade

Facts = dict[str, Any]


def _visited(_case: Case, data: Facts, _names: object) -> str:
    if not data.get("is_reached", True):
        return _("%(who)s called back and reached nobody")
    grade = _(LABELS[VisitGrade(data["grade"])])
    return _("%(who)s called back: %(grade)s") % {"who": "%(who)s", "grade": grade}


def _reopened(_case: Case, data: Facts, _names: object) -> str:
    values = {"who": "%(who)s", "unit": data.get("to_unit_name", "")}
    if data.get("redo_until"):
        day = date.fromisoformat(data["redo_until"])
        return _("%(who)s had the case handled anew by %(unit)s until %(day)s") % {
            **values,
            "day": f"{day:%Y-%m-%d}",
        }
    return _("%(who)s had the case handled anew by %(unit)s") % values


def _archived(_case: Case, _data: Facts, _names: object) -> str:
    return _("%(who)s put the case into the archive")


def _supervised(_case: Case, data: Facts, _names: object) -> str:
    return _("%(who)s issued the supervision order %(number)s over the case") % {
        "who": "%(who)s",
        "number": data.get("order", ""),
    }


# verb, icon, group, sentence, tone
WAYS: tuple[tuple[str, str, str, Callable[[Case, Facts, Any], str], str], ...] = (
    ("case.visited", "phone", "steps", _visited, ""),
    ("case.reopened", "history", "steps", _reopened, "breach"),
    ("case.archived", "inbox", "steps", _archived, "key"),
    ("case.supervised", "bell-ringing", "steps", _supervised, "breach"),
)
