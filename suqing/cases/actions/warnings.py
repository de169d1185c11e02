"""Warnings before a limit ends and when it is broken: at each mark of local policy, once, to who handles the case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import people_of
from suqing.cases.models import Case, Clock, ClockWarning
from suqing.cases.queries.reminders import may_be_told
from suqing.cases.reckoning import limit_of
from suqing.cases.vocabulary import ClockState
from suqing.inbox import codes
from suqing.inbox.actions import tell
from suqing.inbox.codes import Level
from suqing.lawclock import queries as law
from suqing.lawclock.arithmetic import mark_passed

N_ = str
SYSTEM = "system:clocks"
BREACH = 0

# A limit that was broken earlier than this is no news: history that was loaded, or a machine that stood still.  It
# stands in the list of what is overdue.
NEWS = timedelta(days=3)

_SOON = N_("%(number)s: less than %(hours)s hours are left for “%(limit)s”; it ends on %(due)s.")
# Marks are local policy: those seen in one real system have a code of their own, others share one.
OWN_CODES = {
    hours: codes.declare(f"clock.warning.{hours}", _SOON, icon="alert-triangle") for hours in (48, 24, 12)
}
OTHER_MARK = codes.declare("clock.warning", _SOON, icon="alert-triangle")
BROKEN = codes.declare(
    "clock.breach", N_("%(number)s: the limit for “%(limit)s” ended on %(due)s."), icon="alert-octagon"
)


def warn(*, at: datetime) -> int:
    """Tell of every running limit that passed a mark since it was last told of; return how many were told of.

    Clocks that stand still or do not bind are left out.  If several marks were passed at once, the tightest is told.
    """
    rules = law.policy()
    horizon = at + timedelta(hours=max(rules.warning_hours, default=0))
    rows = Clock.objects.filter(
        state=ClockState.RUNNING, is_binding=True, due_at__lte=horizon, due_at__gte=at - NEWS
    ).select_related("case__responsible_unit", "case__handler")
    told = set(
        ClockWarning.objects.filter(due_at__lte=horizon, due_at__gte=at - NEWS).values_list(
            "clock_id", "hours", "due_at"
        )
    )
    people: dict[tuple[int, str], list[Person]] = {}
    count = 0
    for clock in rows.order_by("due_at", "id"):
        mark = mark_passed(clock.due_at, at, rules)
        if mark is None or (clock.pk, mark, clock.due_at) in told:
            continue
        count += _warn_once(clock, mark, _who(clock.case, people), at)
    return count


def _who(case: Case, known: dict[tuple[int, str], list[Person]]) -> list[Person]:
    """The handler; else who handles cases in the unit, or dispatches them where nobody handles any.

    Of a report only those are told who may see reports (O20 art. 33, O121 art. 37).
    """
    if case.handler is not None and case.handler.is_active and may_be_told(case, case.handler):
        return [case.handler]
    unit, key = case.responsible_unit, (case.responsible_unit_id, case.kind)
    if key not in known:
        found = people_of(unit, holding=Permission.CASE_HANDLE) or people_of(
            unit, holding=Permission.CASE_DISPATCH
        )
        known[key] = [one for one in found if may_be_told(case, one)]
    return known[key]


@transaction.atomic
def _warn_once(clock: Clock, mark: int, people: list[Person], at: datetime) -> bool:
    """Note the mark and tell of it; False if another run was faster."""
    _row, is_new = ClockWarning.objects.get_or_create(
        clock=clock, hours=mark, due_at=clock.due_at, defaults={"at": at}
    )
    if not is_new or not people:
        return False
    values: dict[str, Any] = {
        "number": clock.case.number,
        "limit": codes.msgid(limit_of(clock).name),
        "due": codes.moment(clock.due_at),
    }
    if mark != BREACH:
        values["hours"] = mark
    tell(
        people,
        BROKEN if mark == BREACH else OWN_CODES.get(mark, OTHER_MARK),
        values=values,
        subject=("clock", clock.pk),
        link=("case", (clock.case.number,)),
        level=Level.BREACH if mark == BREACH else Level.SOON,
        key=f"clock:{clock.pk}:{mark}:{clock.due_at.isoformat()}",
        at=at,
        by=SYSTEM,
    )
    return True
