"""Sentences for the events of reports and of notices."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.investigation import ACTS
from suqing.cases.models import Case
from suqing.cases.notices import LABELS, Matter, Told, Way
from suqing.cases.vocabulary import LinkKind

Facts = dict[str, Any]


def not_again(_case: Case, data: Facts, _names: object) -> str:
    if data.get("link") == LinkKind.MERGED:
        return _("%(who)s merged this report into an earlier one of the same reporter")
    return _("%(who)s closed the case: a repeat report is not handled again")


def investigated(_case: Case, data: Facts, _names: object) -> str:
    act = ACTS.get(data.get("act", ""))
    day = date.fromisoformat(data["on"])
    return _("%(who)s recorded of the investigation: %(act)s (%(day)s)") % {
        "who": "%(who)s",
        "act": _(act.label) if act else data.get("act", ""),
        "day": f"{day:%Y-%m-%d}",
    }


def parties_told(_case: Case, data: Facts, _names: object) -> str:
    given = [_notice(one) for one in data.get("notices", ())]
    if not given:
        return _("%(who)s recorded that the parties were told")
    return _("%(who)s recorded a notice: %(notices)s") % {"who": "%(who)s", "notices": "；".join(given)}


def _notice(one: Facts) -> str:
    """What, to whom and how: 立案决定（举报人，电话）."""
    people = [_(LABELS[Told(who)]) for who in one["told"]]
    way = [_(LABELS[Way(one["way"])])] if one["way"] else []
    return _("%(matter)s (%(how)s)") % {
        "matter": _(LABELS[Matter(one["matter"])]),
        "how": "、".join([*people, *way]),
    }
