"""Who was reminded of the case, when, who above was told, and what was answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases.models import Case, Escalation
from suqing.cases.queries.reminders import ReminderView, climbed_limits_of, reminders_of
from suqing.cases.reckoning import limit_of
from suqing.web.desks.case_facts import Sight, shown
from suqing.web.desks.panels.panel import Panel

N_ = str
RUNGS = {
    1: N_("the handler or who is on duty"),
    2: N_("the head of the unit"),
    3: N_("the supervisor of the centre"),
    4: N_("the head of the superior bureau"),
}


def reminders_panel(reader: Person, case: Case, sight: Sight, now: datetime) -> Panel | None:
    """Nothing is asked where nobody reminded and no binding limit is broken; else two or one queries."""
    del reader
    reminders = reminders_of(case) if case.remind_count else []
    broken = [one for one in case.clocks.all() if one.is_binding and one.due_at < (one.ended_at or now)]
    climbed = climbed_limits_of(case) if broken else []
    if not reminders and not climbed:
        return None
    facts = {
        "count": case.remind_count,
        "reminders": [_reminder(view, sight) for view in reminders],
        "limits": [
            {
                "name": _(limit_of(clock).name),
                "rungs": [_rung(one) for one in climbed if one.clock_id == clock.pk],
            }
            for clock in broken
            if any(one.clock_id == clock.pk for one in climbed)
        ],
    }
    return Panel("web/cases/panels/_reminders.html", facts)


def _reminder(view: ReminderView, sight: Sight) -> dict[str, Any]:
    row = view.reminder
    return {
        "row": row,
        "by": row.by.display_name if row.by else _("The system"),
        "note": shown(row.note, sight),
        "answer": shown(row.answer, sight),
        "is_open": view.is_open,
        "rungs": [_rung(one) for one in view.rungs],
    }


def _rung(row: Escalation) -> dict[str, Any]:
    return {"name": _(RUNGS.get(row.rung, "")), "told": "、".join(row.told), "at": row.at}
