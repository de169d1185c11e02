"""Disputes over competence on the case page, and the same dispute in the hands of another unit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases import queries
from suqing.cases.intake import local_day
from suqing.cases.models import Case, CompetenceDispute
from suqing.cases.vocabulary import Kind
from suqing.web.desks.case_facts import Sight, shown
from suqing.web.desks.panels.panel import Panel
from suqing.web.desks.steps.dispatching import first_receiver


def same_dispute_panel(reader: Person, case: Case, _sight: Sight, now: datetime) -> Panel | None:
    """Warn that another unit has an open complaint of this person about this operator (O20 art. 13, O121 art. 14).

    Whoever may not open the other complaint is told the unit and the day, which is what the rule turns on.
    """
    same = queries.same_dispute(case)
    if same is None:
        return None
    may_open = queries.visible_cases(reader).filter(pk=same.other.pk).exists()
    facts = {
        "text": first_receiver(same, local_day(now)),
        "number": same.other.number if may_open else "",
    }
    return Panel("web/cases/panels/_same_dispute.html", facts)


def disputes_panel(_reader: Person, case: Case, sight: Sight, _now: datetime) -> Panel | None:
    """The disputes over competence, who raised and who settled them; one query."""
    if case.kind == Kind.CONSULTATION or (case.dispatched_at is None and not case.return_count):
        return None
    found = queries.disputes_of(case)
    if not found:
        return None
    return Panel("web/cases/panels/_disputes.html", {"rows": [_row(one, sight) for one in found]})


def _row(found: CompetenceDispute, sight: Sight) -> dict[str, Any]:
    if found.settled_at is not None:
        state = _("Designated") if found.is_designated else _("Agreed")
    else:
        state = _("Superior asked") if found.asked_at else _("Not settled")
    return {
        "row": found,
        "state": state,
        "reason": shown(found.reason, sight),
        "note": shown(found.note, sight),
    }
