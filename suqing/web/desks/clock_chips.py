"""A clock as the pages show it: a state word, what remains, the due day, the ground."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.queries import ClockView
from suqing.cases.vocabulary import LABELS, ClockState
from suqing.lawclock.queries import citation
from suqing.web.wording import amount_text, remaining_text

SOON = timedelta(hours=48)
N_ = str
_STOPPED = {
    ClockState.PAUSED: "paused",
    ClockState.MET: "met",
    ClockState.BREACHED: "breach",
    ClockState.VOID: "paused",
}


def chip(view: ClockView, now: datetime, *, explain_url: str = "") -> dict[str, Any]:
    """The values that clock_chip.html asks for."""
    tone, word = _tone(view, now)
    return {
        "tone": tone,
        "word": word,
        "label": _(view.name),
        "remaining": _remaining(view),
        "due_at": None if view.paused else view.clock.due_at,
        "paused_since": view.paused.since if view.paused else None,
        "article": citation((view.clock.article,)) if view.clock.article else "",
        "explain_url": explain_url,
        "consequence": _(view.consequence) if view.consequence else "",
        "is_local": view.is_local,
        "is_binding": view.clock.is_binding,
        "is_provisional": view.clock.is_provisional,
        "ended_at": view.clock.ended_at,
        "is_running": view.clock.state == ClockState.RUNNING,
        "is_paused": view.paused is not None,
        "is_over": view.clock.state != ClockState.RUNNING and view.paused is None,
    }


def _tone(view: ClockView, now: datetime) -> tuple[str, str]:
    state = ClockState(view.clock.state)
    if state != ClockState.RUNNING:
        return _STOPPED[state], _(LABELS[state])
    if view.is_overdue:
        return "breach", _("Overdue")
    if view.clock.due_at <= now + SOON:
        return "soon", _("Due soon")
    return "running", _(LABELS[state])


def _remaining(view: ClockView) -> str:
    if view.paused is not None:
        unit = "working_day" if view.unit == "working_day" else "day"
        used, left = amount_text(view.paused.used, unit), amount_text(view.paused.left, unit)
        return _("%(used)s used, %(left)s left") % {"used": used, "left": left}
    if view.days_left is None:
        return ""
    unit = "working_day" if view.unit == "working_day" else "day"
    if view.is_overdue:
        # Over since the last working day's end: no further working day has passed yet.
        return amount_text(-view.days_left, unit) if view.days_left < 0 else ""
    return remaining_text(view.days_left, unit)
