"""The ladder: what nobody answers climbs, rung by rung, in duty hours only, each rung once.

An unanswered reminder and a broken limit climb from the handler to the head of the unit, the supervisor of the centre
and the head of the superior bureau.  How long a rung has is local policy.  The handler is told of a broken limit by
the warnings (``actions.warnings``); what climbs from there begins with the second rung.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from suqing.accounts.duty_hours import DutyTimes
from suqing.accounts.models import Person, Unit
from suqing.accounts.queries import duty_times, ladder
from suqing.cases.models import Case, Clock, ClockWarning, Escalation, Reminder
from suqing.cases.queries.reminders import may_be_told, unanswered
from suqing.cases.reckoning import limit_of
from suqing.cases.vocabulary import ClockState
from suqing.inbox import codes
from suqing.inbox.actions import tell
from suqing.ledger.policy import BadSetting, declare
from suqing.ledger.queries import setting
from suqing.ledger.writing import writer

N_ = str
SYSTEM = "system:escalation"
BREACH = 0  # the mark under which warnings note that a limit was broken


def _working_hours(value: object) -> None:
    if not isinstance(value, int) or not 1 <= value <= 240:
        raise BadSetting("1 to 240 duty hours")


RUNG_HOURS = declare(
    "escalation.duty_hours",
    8,
    N_("Duty hours without an answer until a reminder or a broken limit climbs to the next rung"),
    check=_working_hours,
)
NEWS_DAYS = declare(
    "escalation.news_days",
    30,
    N_("Days after which a reminder or a broken limit climbs no further"),
    check=_working_hours,
)
UNANSWERED = codes.declare(
    "reminder.climbed",
    N_("%(unit)s has not answered the reminder on case %(number)s of %(asked)s."),
    icon="bell-ringing",
)
OVERDUE = codes.declare(
    "clock.climbed",
    N_("%(number)s at %(unit)s: the limit for “%(limit)s” ended on %(due)s and the case is not done."),
    icon="alert-octagon",
)


@dataclass(slots=True)
class _Ladders:
    """The ladders and duty times of one run, read once a unit."""

    at: datetime
    hours: timedelta
    since: datetime
    times: dict[int, DutyTimes]

    @classmethod
    def at_moment(cls, at: datetime) -> _Ladders:
        since = at - timedelta(days=setting(NEWS_DAYS.key))
        return cls(at, timedelta(hours=setting(RUNG_HOURS.key)), since, {})

    def is_ripe(self, unit: Unit, last: datetime) -> bool:
        """Whether the unit is on duty now and has been for the hours of a rung since ``last``."""
        if unit.pk not in self.times:
            self.times[unit.pk] = duty_times((), self.since, unit=unit)
        times = self.times[unit.pk]
        return times.covers(self.at) and times.after(last, self.hours) <= self.at


def climb(*, at: datetime) -> int:
    """Let everything climb that is due to, and return how many rungs were told."""
    ladders = _Ladders.at_moment(at)
    return _climb_reminders(ladders) + _climb_limits(ladders)


def _climb_reminders(ladders: _Ladders) -> int:
    rows = unanswered().filter(sent_at__gte=ladders.since, level__lt=4).select_related("unit")
    ripe = [row for row in rows.order_by("sent_at", "pk") if ladders.is_ripe(row.unit, _sent(row))]
    return sum(_climb_reminder(row.pk, ladders) for row in ripe)


def _sent(row: Reminder) -> datetime:
    return row.sent_at or row.at


@transaction.atomic
def _climb_reminder(pk: int, ladders: _Ladders) -> bool:
    """Tell the next rung; False if it was answered, or climbed by another run, meanwhile."""
    row = unanswered().select_for_update(of=("self",), skip_locked=True).filter(pk=pk, level__lt=4).first()
    if row is None or not ladders.is_ripe(row.unit, _sent(row)):
        return False
    at, case = ladders.at, _case(row.case_id)
    rung, people = _next_rung(case, row.level)
    row.level, row.sent_at = rung, at
    row.save(update_fields=["level", "sent_at"])
    values = {"number": case.number, "unit": row.unit.name, "asked": codes.moment(row.at)}

    def told(chosen: list[Person]) -> None:
        tell(
            chosen,
            UNANSWERED,
            values=values,
            subject=("reminder", row.pk),
            link=("case", (case.number,)),
            level=codes.Level.SOON,
            key=f"reminder:{row.pk}:{rung}",
            at=at,
            by=SYSTEM,
        )

    return _told(Escalation(case=case, reminder=row, rung=rung, at=at), people, told, {"reminder": row.pk})


def _climb_limits(ladders: _Ladders) -> int:
    """Broken limits climb from the moment at which the handler was told of them."""
    warned = ClockWarning.objects.filter(
        hours=BREACH,
        at__gte=ladders.since,
        clock__state=ClockState.RUNNING,
        clock__is_binding=True,
        clock__due_at__lt=ladders.at,
        clock__case__closed_at=None,
    ).select_related("clock__case__responsible_unit")
    rungs = {
        (row.clock_id, row.due_at): row
        for row in Escalation.objects.filter(clock__isnull=False, at__gte=ladders.since).order_by("rung")
    }
    count = 0
    for row in warned.order_by("at", "pk"):
        clock = row.clock
        last = rungs.get((clock.pk, clock.due_at))
        if row.due_at != clock.due_at or (last is not None and last.rung >= 4):
            continue
        if ladders.is_ripe(clock.case.responsible_unit, last.at if last else row.at):
            count += _climb_limit(clock.pk, clock.due_at, last.rung if last else 1, ladders)
    return count


@transaction.atomic
def _climb_limit(pk: int, due_at: datetime, below: int, ladders: _Ladders) -> bool:
    """Tell the next rung of a broken limit; False if it stopped, moved or climbed meanwhile."""
    running = Clock.objects.select_for_update(of=("self",), skip_locked=True)
    clock = running.filter(pk=pk, state=ClockState.RUNNING, due_at=due_at).first()
    if clock is None or clock.rungs.filter(due_at=due_at, rung__gt=below).exists():
        return False
    at, case = ladders.at, _case(clock.case_id)
    rung, people = _next_rung(case, below)
    values = {
        "number": case.number,
        "unit": case.responsible_unit.name,
        "limit": codes.msgid(limit_of(clock).name),
        "due": codes.moment(due_at),
    }

    def told(chosen: list[Person]) -> None:
        tell(
            chosen,
            OVERDUE,
            values=values,
            subject=("clock", clock.pk),
            link=("case", (case.number,)),
            level=codes.Level.BREACH,
            key=f"overdue:{clock.pk}:{due_at.isoformat()}:{rung}",
            at=at,
            by=SYSTEM,
        )

    made = Escalation(case=case, clock=clock, due_at=due_at, rung=rung, at=at)
    return _told(made, people, told, {"clock": clock.pk, "limit": clock.limit})


def _case(pk: int) -> Case:
    return Case.objects.select_related("responsible_unit", "handler").get(pk=pk)


def _next_rung(case: Case, below: int) -> tuple[int, list[Person]]:
    """The next rung with somebody on it who may know of the case; the top, empty, where nobody is left."""
    handler = case.handler if case.handler and case.handler.is_active else None
    rungs = ladder(case.responsible_unit, handler)
    lower = {person.pk for rung in rungs[:below] for person in rung}
    for number, people in enumerate(rungs[below:], start=below + 1):
        chosen = [one for one in people if one.pk not in lower and may_be_told(case, one)]
        if chosen:
            return number, chosen
    return len(rungs), []


def _told(
    row: Escalation, people: list[Person], told: Callable[[list[Person]], None], facts: dict[str, object]
) -> bool:
    """Keep the rung, tell its people and write the event; a ladder that has come to its end says nothing."""
    row.told = [one.display_name for one in people]
    row.save(force_insert=True)
    if not people:
        return False
    told(people)
    data = {**facts, "rung": row.rung, "told": [one.pk for one in people]}
    writer().record("case.escalated", row.case, by=SYSTEM, at=row.at, data=data)
    return True
