"""The clocks of cases as pages show them, and the count behind each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from suqing.cases.intake import local_day
from suqing.cases.models import Case, Clock, ExcludedPeriod, ExtensionRequest
from suqing.cases.reckoning import explained, limit_of, stands_still
from suqing.cases.vocabulary import ClockState
from suqing.lawclock import queries as law
from suqing.lawclock.calendars import CalendarMissing, WorkCalendar
from suqing.lawclock.deadlines import Explanation, Paused
from suqing.lawclock.policies import Policy


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock with what the page says of it; a paused one has no days left to a day, but days used and left."""

    clock: Clock
    name: str  # English message id
    consequence: str  # English message id
    days_left: int | None
    unit: str
    is_overdue: bool
    is_local: bool
    paused: Paused | None = None


def clocks_of(case: Case, now: datetime) -> list[ClockView]:
    """The clocks of a case: running ones first, nearest due first."""
    order = {ClockState.RUNNING: 0, ClockState.PAUSED: 1}
    rows = sorted(case.clocks.all(), key=lambda c: (order.get(ClockState(c.state), 2), c.due_at))
    return _views(rows, now)


def next_clocks(cases: Sequence[Case], now: datetime) -> dict[int, ClockView]:
    """The nearest binding clock of each of these cases, by case: a running one, else one that stands still.

    A fixed number of queries however many cases they are.
    """
    unfinished = Clock.objects.filter(
        case__in=cases, state__in=[ClockState.RUNNING, ClockState.PAUSED], is_binding=True
    )
    # Of a case the last row stays: paused before running, later before nearer.
    nearest = {clock.case_id: clock for clock in unfinished.order_by("case_id", "state", "-due_at", "-id")}
    return {view.clock.case_id: view for view in _views(list(nearest.values()), now)}


def _views(clocks: list[Clock], now: datetime) -> list[ClockView]:
    calendar, today = law.calendar(), local_day(now)
    stands = any(clock.state == ClockState.PAUSED for clock in clocks)
    rules = law.policy() if stands else Policy()
    return [_clock_view(clock, now, today, calendar, rules) for clock in clocks]


def _clock_view(clock: Clock, now: datetime, today: date, calendar: WorkCalendar, rules: Policy) -> ClockView:
    limit = limit_of(clock)
    is_running = clock.state == ClockState.RUNNING
    return ClockView(
        clock,
        limit.name,
        limit.consequence,
        _days_left(limit.unit, today, local_day(clock.due_at), calendar) if is_running else None,
        str(limit.unit),
        is_running and now > clock.due_at,
        limit.is_local,
        stands_still(clock, calendar, rules) if clock.state == ClockState.PAUSED else None,
    )


def _days_left(unit: str, today: date, last_day: date, calendar: WorkCalendar) -> int:
    if unit != "working_day":
        return (last_day - today).days
    try:
        forward = (
            calendar.working_days(today, last_day)
            if last_day >= today
            else -calendar.working_days(last_day, today)
        )
    except CalendarMissing:
        return (last_day - today).days
    return forward


def explanation(clock: Clock, today: date) -> Explanation:
    """The count behind a clock, day by day, as the law and the calendar give it now; a period that still runs is
    taken to reach to ``today``."""
    return explained(clock, law.calendar(), law.policy(), today)


def periods_of(case: Case) -> list[ExcludedPeriod]:
    """The time that was left out in a case, oldest first."""
    return list(case.excluded_periods.select_related("begun_by", "ended_by").order_by("first_on", "id"))


def extension_requests_of(case: Case) -> list[ExtensionRequest]:
    """The extensions that were asked for in a case, oldest first."""
    rows = case.extension_requests.select_related("clock", "asked_by", "decided_by")
    return list(rows.order_by("asked_at", "id"))


def extensions_waiting() -> QuerySet[ExtensionRequest]:
    """The requests for an extension that wait for a decision while their limit runs."""
    unfinished = [ClockState.RUNNING, ClockState.PAUSED]
    return ExtensionRequest.objects.filter(is_granted=None, clock__state__in=unfinished)


def is_extension_waiting(case: Case) -> bool:
    """Whether a request for an extension waits for a decision."""
    return extensions_waiting().filter(case=case).exists()
