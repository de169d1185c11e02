"""The supervision orders over a case, and its return visits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases.models import Case
from suqing.cases.queries.orders import orders_over
from suqing.cases.queries.visits import visits_of
from suqing.cases.vocabulary import LABELS, VisitGrade
from suqing.web.desks.case_facts import Sight, shown
from suqing.web.desks.panels.panel import Panel
from suqing.web.desks.supervision_states import state_facts


def orders_panel(reader: Person, case: Case, sight: Sight, now: datetime) -> Panel | None:
    """The orders that name the case, as far as the reader may see them; one query, none where no order does."""
    del sight
    rows = [{"order": order, **state_facts(order, now)} for order in orders_over(reader, case)]
    return Panel("web/cases/panels/_orders.html", {"rows": rows}) if rows else None


def visits_panel(reader: Person, case: Case, sight: Sight, now: datetime) -> Panel | None:
    """The return visits of a case; one query, none while it has neither ended nor been visited."""
    del reader, now
    if not case.has_ended and not case.visit_grade:
        return None
    state = visits_of(case)
    if not state.visits:
        return None
    rows: list[dict[str, Any]] = [
        {
            "visit": one,
            "grade": _(LABELS[VisitGrade(one.grade)]) if one.grade else "",
            "note": shown(one.note, sight),
        }
        for one in state.visits
    ]
    is_owed = state.is_second and state.reached is None and case.has_ended
    return Panel("web/cases/panels/_visits.html", {"rows": rows, "second_is_due": is_owed})
