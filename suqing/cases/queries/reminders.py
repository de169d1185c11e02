"""Reminders: which are open, who is told, and what stands on the page of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, Q, QuerySet

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can_in, in_duty_hours, on_duty, people_of
from suqing.cases.models import Case, Escalation, Reminder
from suqing.cases.vocabulary import Kind, State

# Objected and registered cases are with the centre: there is no unit to remind.
WITH_A_UNIT = frozenset(State) - {State.REGISTERED, State.OBJECTED, State.CLOSED, State.REFUSED}
# Still a matter of the unit that was reminded; one that went elsewhere or ended has nothing to answer.
OPEN = Q(
    answered_at=None,
    case__closed_at=None,
    case__state__in=sorted(WITH_A_UNIT),
    case__responsible_unit__path__startswith=F("unit__path"),
)


@dataclass(frozen=True, slots=True)
class ReminderView:
    """A reminder with the rungs that were told of it, lowest first; ``is_open`` if it waits for an answer."""

    reminder: Reminder
    rungs: list[Escalation]
    is_open: bool


def reminders_of(case: Case) -> list[ReminderView]:
    """The reminders of a case, newest first; two queries, one where there is none."""
    rungs = Prefetch("rungs", Escalation.objects.order_by("rung"))
    rows = Reminder.objects.filter(case=case).select_related("unit", "by", "answered_by")
    return [
        ReminderView(row, list(row.rungs.all()), is_open=_waits(row, case))
        for row in rows.prefetch_related(rungs).order_by("-at", "-pk")
    ]


def climbed_limits_of(case: Case) -> list[Escalation]:
    """The rungs that were told of broken limits of a case, in order."""
    rows = Escalation.objects.filter(case=case, clock__isnull=False)
    return list(rows.order_by("clock_id", "rung"))


def open_reminders(case: Case) -> list[Reminder]:
    """The reminders that wait for an answer of the unit that has the case, oldest first; one query."""
    if not case.remind_count:
        return []
    rows = Reminder.objects.filter(OPEN, case=case).select_related("unit", "by")
    return list(rows.order_by("at", "pk"))


def unanswered() -> QuerySet[Reminder]:
    """All reminders that wait for an answer."""
    return Reminder.objects.filter(OPEN)


def _waits(row: Reminder, case: Case) -> bool:
    return (
        row.answered_at is None
        and case.state in WITH_A_UNIT
        and case.responsible_unit.path.startswith(row.unit.path)
    )


def may_be_reminded(case: Case) -> bool:
    """Whether a unit has the case."""
    return case.state in WITH_A_UNIT


def whom_to_remind(case: Case, at: datetime) -> list[Person]:
    """The handler, if in duty hours; else whoever of the unit is on duty; else the handler or all of the unit, whom it
    reaches in their next duty hours.  Of a report only those who may see reports (O20 art. 33, O121 art. 37).
    """
    unit, handler = case.responsible_unit, case.handler
    if handler is not None and not (handler.is_active and may_be_told(case, handler)):
        handler = None
    if handler is not None and in_duty_hours(at, handler):
        return [handler]
    there = _allowed(case, on_duty(unit, at, holding=Permission.CASE_HANDLE))
    if there:
        return there
    if handler is not None:
        return [handler]
    return _allowed(case, people_of(unit, holding=Permission.CASE_HANDLE))


def _allowed(case: Case, people: list[Person]) -> list[Person]:
    return [one for one in people if may_be_told(case, one)]


def may_be_told(case: Case, person: Person) -> bool:
    """Whether the person may know of the case: of a report only with that right."""
    return case.kind != Kind.REPORT or can_in(person, Permission.REPORT_VIEW, case.responsible_unit)
