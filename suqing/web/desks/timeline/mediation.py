"""What the story of a case says of a mediation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.grounds import termination
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.mediation_terms import LABELS, Mode, Side
from suqing.cases.models import Case

Facts = dict[str, Any]
WHO = "%(who)s"  # stays in the sentence; the name is put in last


def _consented(_case: Case, data: Facts, _names: object) -> str:
    sides = "、".join(_(LABELS[Side(side)]) for side in data.get("sides", ()))
    return _("%(who)s recorded the consent to mediation: %(sides)s") % {"who": WHO, "sides": sides}


def _delegated(_case: Case, data: Facts, _names: object) -> str:
    return _("%(who)s delegated the mediation to %(body)s") % {"who": WHO, "body": data.get("to", "")}


def _arranged(_case: Case, data: Facts, _names: object) -> str:
    begins = datetime.fromisoformat(data["begins_at"]).astimezone(LOCAL_ZONE)
    values = {"who": WHO, "at": f"{begins:%Y-%m-%d %H:%M}", "mode": _(LABELS[Mode(data["mode"])])}
    return _("%(who)s arranged a mediation session at %(at)s: %(mode)s") % values


def _recusal_asked(_case: Case, data: Facts, _names: object) -> str:
    values = {
        "who": WHO,
        "side": _(LABELS[Side(data["side"])]),
        "mediator": data.get("mediator", ""),
    }
    return _("%(who)s suspended the mediation: %(side)s applies for the recusal of %(mediator)s") % values


def _recusal_decided(_case: Case, data: Facts, _names: object) -> str:
    values = {"who": WHO, "mediator": data.get("mediator", ""), "others": data.get("new_mediators", "")}
    if data.get("is_granted"):
        return _("%(who)s granted the recusal of %(mediator)s; %(others)s mediates now") % values
    return _("%(who)s rejected the recusal of %(mediator)s") % values


def _terminated(case: Case, data: Facts, _names: object) -> str:
    ground = termination(case.regime).get(data.get("ground", ""))
    text = _(ground.text) if ground else data.get("ground", "")
    return _("%(who)s terminated the mediation: %(ground)s") % {"who": WHO, "ground": text}


def _leads_found(_case: Case, data: Facts, _names: object) -> str:
    values = {"who": WHO, "number": data.get("complaint", "")}
    return _("%(who)s found these leads in the mediation of %(number)s") % values


# verb, icon, group, sentence, tone
WAYS: tuple[tuple[str, str, str, Callable[[Case, Facts, object], str], str], ...] = (
    ("case.consent_recorded", "circle-check", "steps", _consented, ""),
    ("case.mediation_delegated", "users", "steps", _delegated, ""),
    ("case.session_arranged", "calendar", "steps", _arranged, ""),
    ("case.recusal_asked", "alert-triangle", "steps", _recusal_asked, ""),
    ("case.recusal_decided", "scale", "steps", _recusal_decided, ""),
    ("case.mediation_terminated", "circle-x", "steps", _terminated, "key"),
    ("case.leads_found", "bulb", "steps", _leads_found, "key"),
)
