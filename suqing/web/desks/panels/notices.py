"""What stands beside a case of telling people: what is owed, on what ground, and what was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases.models import Case, Notice
from suqing.cases.notices import LABELS, MATTER_OF, Matter, Told, Way
from suqing.cases.queries.notices import DECIDED, Owed, duties_of, notices_of, owed
from suqing.cases.vocabulary import Kind
from suqing.lawclock.queries import citation
from suqing.web.desks.case_facts import Sight
from suqing.web.desks.panels.panel import Panel

# O121 has no general duty to tell the reporter (art. 36); the five working days of O20 art. 31(2) are gone.
NO_DUTY = {"O121": "O121:36"}


def notice_panel(reader: Person, case: Case, sight: Sight, now: datetime) -> Panel | None:
    """Duties to tell until they are recorded, then the record.  At most one query besides the clocks of the page."""
    del reader, sight, now
    is_asked = bool(duties_of(case)) or any(clock.limit in MATTER_OF for clock in case.clocks.all())
    free = _no_duty(case) if not is_asked else ""
    if not is_asked and not free:
        return None
    given = notices_of(case) if is_asked else []
    waiting = [_owed(one) for one in owed(case, given=given)]
    return Panel(
        "web/cases/panels/_notices.html",
        {"owed": waiting, "given": [_given(one) for one in given], "no_duty": free},
    )


def _no_duty(case: Case) -> str:
    is_decided = case.kind == Kind.REPORT and (case.state in DECIDED or case.has_ended)
    return citation((NO_DUTY[case.regime],)) if is_decided and case.regime in NO_DUTY else ""


def _owed(one: Owed) -> dict[str, Any]:
    return {
        "label": _(LABELS[one.matter]),
        "sentence": _(one.sentence),
        "law": citation((one.article,)) if one.article else "",
        "due_at": one.due_at,
        "is_ripe": one.is_ripe,
    }


def _given(notice: Notice) -> dict[str, Any]:
    return {
        "label": _(LABELS[Matter(notice.matter)]),
        "told": "、".join(_(LABELS[Told(one)]) for one in notice.told),
        "way": _(LABELS[Way(notice.way)]) if notice.way else "",
        "on": notice.given_on,
        "by": notice.by.display_name,
    }
