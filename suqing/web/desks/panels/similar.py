"""The event a case is in; the similar cases are read after the page."""

from __future__ import annotations

from datetime import datetime

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.models import Case
from suqing.cases.queries.groups import group_of
from suqing.web.desks.case_facts import Sight
from suqing.web.desks.panels.panel import Panel


def similar_panel(reader: Person, case: Case, _sight: Sight, _now: datetime) -> Panel | None:
    """One query; the search for similar cases is an address of its own, so that the page does not wait for it."""
    facts = {"case": case, "event": group_of(case), "may_group": can(reader, Permission.CASE_GROUP)}
    return Panel("web/cases/panels/_similar.html", facts)
