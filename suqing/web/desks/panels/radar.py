"""What the radar flagged in a case."""

from __future__ import annotations

from datetime import datetime

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.models import Case
from suqing.cases.queries.radar import flags_of
from suqing.web.desks.case_facts import Sight
from suqing.web.desks.panels.panel import Panel
from suqing.web.desks.radar import flag_line


def radar_panel(reader: Person, case: Case, _sight: Sight, _now: datetime) -> Panel | None:
    """One query, and only where the case counts as sensitive; a flag that was dismissed stands in the story."""
    if not case.is_sensitive:
        return None
    lines = [flag_line(flag, case.match_text) for flag in flags_of(case)]
    if not lines:
        return None  # marked sensitive in another system
    return Panel(
        "web/cases/panels/_radar.html", {"lines": lines, "may_open": can(reader, Permission.SENSITIVE_DECIDE)}
    )
