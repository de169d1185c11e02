"""How the story tells of decisions on a complaint and of the people behind it; nobody is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqing.cases.agency import LABELS, Authority, JointAct
from suqing.cases.models import Case
from suqing.cases.other_routes import ROUTES
from suqing.lawclock.queries import citation
from suqing.web.wording import day_text

Facts = dict[str, Any]
N_ = str


def _plain(sentence: str) -> Callable[[Case, Facts, object], str]:
    return lambda _case, _data, _names: _(sentence)


def _identity_recorded(_case: Case, data: Facts, _names: object) -> str:
    if data.get("is_proved"):
        return _("%(who)s recorded that identity was proved")
    return _("%(who)s recorded that identity was not proved")


def _agent_added(_case: Case, data: Facts, _names: object) -> str:
    values = {"who": "%(who)s", "authority": _(LABELS[Authority(data["authority"])])}
    return _("%(who)s recorded an agent: %(authority)s") % values


def _joined(_case: Case, data: Facts, _names: object) -> str:
    count = data.get("count", 2)
    text = ngettext(
        "%(who)s recorded a joint complainant: %(count)d person now",
        "%(who)s recorded a joint complainant: %(count)d people now",
        count,
    )
    return text % {"who": "%(who)s", "count": count}


def _chosen(_case: Case, data: Facts, _names: object) -> str:
    count = data.get("count", 1)
    text = ngettext(
        "%(who)s recorded the choice of %(count)d representative",
        "%(who)s recorded the choice of %(count)d representatives",
        count,
    )
    return text % {"who": "%(who)s", "count": count}


def _consented(_case: Case, data: Facts, _names: object) -> str:
    count = data.get("count", 1)
    text = ngettext(
        "%(who)s recorded the consent of %(count)d joint complainant: %(act)s",
        "%(who)s recorded the consent of %(count)d joint complainants: %(act)s",
        count,
    )
    return text % {"who": "%(who)s", "count": count, "act": _(LABELS[JointAct(data["act"])])}


def _publicity(_case: Case, data: Facts, _names: object) -> str:
    answers = {
        True: N_("%(who)s recorded that the complaint may be made public"),
        False: N_("%(who)s recorded that the complaint may not be made public"),
    }
    unasked = N_("%(who)s recorded that nobody has asked whether the complaint may be made public")
    consent: bool | None = data.get("after", {}).get("consent")
    return _(answers.get(consent, unasked) if consent is not None else unasked)


def _publicised(_case: Case, data: Facts, _names: object) -> str:
    day = data.get("after", {}).get("publicised_on")
    if day is None:
        return _("%(who)s recorded that the complaint is not public any more")
    return _("%(who)s recorded that the complaint was made public on %(day)s") % {
        "who": "%(who)s",
        "day": day,
    }


# verb, icon, group, sentence, tone
WAYS: tuple[tuple[str, str, str, Callable[[Case, Facts, Any], str], str], ...] = (
    ("case.withdrawn", "x", "steps", _plain(N_("%(who)s recorded that the complaint was withdrawn")), "key"),
    ("case.identity_asked", "user-circle", "steps", _plain(N_("%(who)s asked for proof of identity")), ""),
    ("case.identity_recorded", "user-circle", "steps", _identity_recorded, ""),
    ("case.agent_added", "users", "steps", _agent_added, ""),
    ("case.agent_ended", "users", "steps", _plain(N_("%(who)s recorded that the agent acts no longer")), ""),
    ("case.joined", "users", "steps", _joined, ""),
    ("case.left", "users", "steps", _plain(N_("%(who)s recorded that a joint complainant left")), ""),
    ("case.representatives_chosen", "users", "steps", _chosen, ""),
    ("case.joint_consent_recorded", "checklist", "steps", _consented, ""),
    ("case.publicity_recorded", "eye", "steps", _publicity, ""),
    ("case.publicised", "eye", "steps", _publicised, ""),
)


# What only events of this module hold; theirs name no change of state beside which the article could stand.
_OWN = ("authority", "consented_on", "chosen_on", "given_on")


def notes(data: Facts, now: datetime) -> list[str]:
    """What a decision says beyond its state: that it was late, which other ways were told, until when to prove."""
    found = []
    if data.get("is_late"):
        found.append(_("Decided after the limit"))
    routes = [_(ROUTES[code]) for code in data.get("routes", ()) if code in ROUTES]
    if routes:
        found.append(_("Told of the other ways: %(ways)s") % {"ways": _("; ").join(routes)})
    if data.get("deadline_on"):
        day = day_text(date.fromisoformat(data["deadline_on"]), now.date())
        found.append(_("To be shown by %(day)s") % {"day": day})
    if data.get("valid_until"):
        day = day_text(date.fromisoformat(data["valid_until"]), now.date())
        found.append(_("Power of attorney until %(day)s") % {"day": day})
    if data.get("article") and any(name in data for name in _OWN):
        found.append(citation((data["article"],)))
    return found
