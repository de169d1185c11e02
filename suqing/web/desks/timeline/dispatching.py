"""What the story of a case says of objections, disputes over competence and matters of other authorities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from django.utils.translation import gettext as _

from suqing.cases.models import Case

N_ = str
Facts = dict[str, Any]
WHO = "%(who)s"  # stays in the sentence; the name is put in last


class KnowsUnits(Protocol):
    """What a story knows of units: their names by code."""

    @property
    def units(self) -> dict[str, str]:
        """Names by code."""


Say = Callable[[Case, Facts, KnowsUnits], str]


def _between(sentence: str) -> Say:
    """A sentence that names the unit it comes from and the one it goes to."""

    def say(_case: Case, data: Facts, names: KnowsUnits) -> str:
        found = {
            key: names.units.get(data.get(key) or "", data.get(key) or "") for key in ("from_unit", "to_unit")
        }
        return _(sentence) % {"who": WHO, "from": found["from_unit"], "to": found["to_unit"]}

    return say


def _transferred(_case: Case, data: Facts, _names: KnowsUnits) -> str:
    return _("%(who)s transferred the case to %(authority)s and told the person in writing") % {
        "who": WHO,
        "authority": data.get("authority", ""),
    }


def _told_elsewhere(_case: Case, data: Facts, _names: KnowsUnits) -> str:
    if not data.get("authority"):
        return _("%(who)s told the reporter that it is no matter of market supervision") % {"who": WHO}
    return _("%(who)s told the reporter that %(authority)s is competent") % {
        "who": WHO,
        "authority": data["authority"],
    }


# verb, icon, group, sentence, tone
WAYS: tuple[tuple[str, str, str, Say, str], ...] = (
    (
        "case.objection_upheld",
        "circle-check",
        "ways",
        _between(N_("%(who)s upheld the objection of %(from)s")),
        "",
    ),
    (
        "case.objection_rejected",
        "circle-x",
        "ways",
        _between(N_("%(who)s rejected the objection; the case is with %(to)s again")),
        "",
    ),
    (
        "case.competence_disputed",
        "scale",
        "ways",
        _between(N_("%(who)s recorded a dispute over competence between %(from)s and %(to)s")),
        "breach",
    ),
    (
        "case.competence_agreed",
        "circle-check",
        "ways",
        _between(N_("%(who)s recorded the agreement that %(to)s is competent")),
        "",
    ),
    (
        "case.designation_asked",
        "send",
        "ways",
        _between(N_("%(who)s asked %(to)s to designate the competent unit")),
        "",
    ),
    ("case.designated", "scale", "ways", _between(N_("%(who)s designated %(to)s as competent")), "key"),
    ("case.transferred", "external-link", "steps", _transferred, "key"),
    ("case.told_elsewhere", "external-link", "steps", _told_elsewhere, "key"),
)
