"""Sentences for time that is not counted and for extensions, and what became of the limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.models import Case
from suqing.cases.vocabulary import ClockState
from suqing.lawclock.limits import limits
from suqing.lawclock.wording import SPAN_KINDS
from suqing.web.wording import amount_text, day_text

Facts = dict[str, Any]
WHO = "%(who)s"  # stays in the sentence; the name is put in last


def _begun(_case: Case, data: Facts, _names: object) -> str:
    values = {"who": WHO, "kind": _kind(data), "day": data.get("first_on", "")}
    return _("%(who)s began time that is not counted on %(day)s: %(kind)s") % values


def _ended(_case: Case, data: Facts, _names: object) -> str:
    values = {"who": WHO, "kind": _kind(data), "day": data.get("last_on", "")}
    return _("%(who)s ended time that is not counted on %(day)s: %(kind)s") % values


def _asked(_case: Case, data: Facts, _names: object) -> str:
    values = {"who": WHO, "limit": _limit(data), "amount": _amount(data)}
    return _("%(who)s asked for an extension of “%(limit)s” by %(amount)s") % values


def _decided(_case: Case, data: Facts, _names: object) -> str:
    values = {"who": WHO, "limit": _limit(data), "amount": _amount(data)}
    if data.get("is_granted"):
        return _("%(who)s extended “%(limit)s” by %(amount)s") % values
    return _("%(who)s declined the extension of “%(limit)s”") % values


def _kind(data: Facts) -> str:
    code = str(data.get("kind", ""))
    return _(SPAN_KINDS.get(code, code))


def _limit(data: Facts) -> str:
    names, code = {one.id: one.name for one in limits()}, str(data.get("limit", ""))
    return _(names.get(code, code))


def _amount(data: Facts) -> str:
    unit = "working_day" if data.get("unit") == "working_day" else "day"
    return amount_text(data["amount"], unit) if data.get("amount") else "—"


def moved(data: Facts, now: datetime) -> Iterator[str]:
    """One note for each limit that an event paused or moved."""
    for clock in data.get("clocks_moved", ()):
        name = _limit(clock)
        if clock["state"] == ClockState.PAUSED:
            yield _("Limit stands still: %(clock)s") % {"clock": name}
        else:
            day = day_text(datetime.fromisoformat(clock["due_at"]).date(), now.date())
            yield _("Limit moved: %(clock)s, due %(day)s") % {"clock": name, "day": day}


# verb, icon, group, sentence, tone
WAYS: tuple[tuple[str, str, str, Callable[[Case, Facts, object], str], str], ...] = (
    ("case.period_begun", "clock-pause", "clocks", _begun, ""),
    ("case.period_ended", "clock", "clocks", _ended, ""),
    ("case.extension_asked", "clock", "clocks", _asked, ""),
    ("case.extension_decided", "scale", "clocks", _decided, "key"),
)
