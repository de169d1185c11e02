"""Statutory clocks: started and stopped by the steps of a case, computed and explained by ``lawclock``."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Min, Q

from suqing.accounts.models import Person
from suqing.cases.intake import local_day
from suqing.cases.models import Case, Clock
from suqing.cases.vocabulary import ClockState, Step
from suqing.lawclock import queries as law
from suqing.lawclock.arithmetic import binding, due
from suqing.lawclock.calendars import CalendarMissing, WorkCalendar
from suqing.lawclock.deadlines import Deadline
from suqing.lawclock.limits import Limit, Trigger, applicable
from suqing.lawclock.policies import Policy
from suqing.ledger import policy
from suqing.ledger.actions import record
from suqing.ledger.queries import setting
from suqing.taxonomy.models import ClassNode

N_ = str

RECEIPT, DISPATCH = "receipt", "dispatch"


def _known_start(value: object) -> None:
    if value not in (RECEIPT, DISPATCH):
        raise policy.BadSetting("clock.start must be receipt or dispatch")


# O20 art. 14 and O121 art. 15 count from receipt by the competent authority.  Whether that is the day the centre was
# told or the day the bureau got the case is not said for a centre that belongs to the same authority: the earlier day
# is the safe side, and a centre may choose the other.
START = policy.declare(
    "clock.start",
    RECEIPT,
    N_(
        "Limits that begin with receipt are counted from: receipt (by the centre) or dispatch (to the competent unit)"
    ),
    check=_known_start,
)

MAX_ASSUMED_YEARS = 3
MEDIATION = frozenset({"D2a", "D2b"})
ADVERTISING = (("issue-sd-2020", "03"), ("report-issue-platform-2021", "R03"))
CENTRE_LIMITS = frozenset({"D15"})
STOPPED_BY: dict[Step, frozenset[str]] = {
    Step.DISPATCH: frozenset({"D15"}),
    Step.ANSWER: frozenset({"D15"}),
    Step.ACCEPT: frozenset({"D1"}),
    Step.REFUSE: frozenset({"D1"}),
    Step.FILE: frozenset({"D5"}),
    Step.NOT_FILE: frozenset({"D5"}),
    Step.CLOSE: frozenset({"D2a", "D2b", "D10"}),
}
NOTICE_LIMITS = frozenset({"D3", "D6", "D7"})
_RUNNING = (ClockState.RUNNING, ClockState.PAUSED)


def start_at_registration(*, case: Case, by: Person, at: datetime) -> None:
    """Start what receipt starts: the centre's own promise to dispatch, and the legal limits if policy says so."""
    limits = _started_by_receipt(case)
    chosen = [one for one in limits if one.id in CENTRE_LIMITS or setting(START.key) == RECEIPT]
    _start(case, chosen, case.received_at, by=by, at=at)


def start_at_dispatch(*, case: Case, by: Person, at: datetime) -> None:
    """Start the limits that begin when the competent unit has the case, if policy counts from there."""
    if setting(START.key) == DISPATCH:
        limits = [one for one in _started_by_receipt(case) if one.id not in CENTRE_LIMITS]
        _start(case, limits, at, by=by, at=at)


def restart_at_return(*, case: Case, by: Person, at: datetime) -> None:
    """The centre has the case again: its promise to dispatch begins anew; limits counted from dispatch fall away."""
    limits = _started_by_receipt(case)
    if setting(START.key) == DISPATCH:
        _end(case, Q(limit__in=[one.id for one in limits]), at=at, as_void=True, by=by)
    _start(case, [one for one in limits if one.id in CENTRE_LIMITS], at, by=by, at=at)


def start(*, case: Case, trigger: str, moment: datetime, by: Person, at: datetime) -> None:
    """Start every limit that this event starts for the kind and regime of the case."""
    _start(case, applicable(case.kind, case.regime, Trigger(trigger), _facts(case)), moment, by=by, at=at)


def stop_for(*, case: Case, step: Step, by: Person, at: datetime) -> None:
    """Stop what the step fulfils; the end of a case voids what is left, except the notices still owed."""
    fulfilled = STOPPED_BY.get(step, frozenset())
    if fulfilled:
        _end(case, Q(limit__in=fulfilled), at=at, by=by)
    if case.has_ended:
        _end(case, ~Q(limit__in=NOTICE_LIMITS), at=at, as_void=True, by=by)
    _remember_next(case)


def record_notice(*, case: Case, by: Person, at: datetime) -> bool:
    """Record that the parties were told; return whether a clock was waiting for it."""
    waiting = Clock.objects.filter(case=case, limit__in=NOTICE_LIMITS, state__in=_RUNNING).exists()
    if waiting:
        record("case.parties_told", case, by=by, at=at)
        _end(case, Q(limit__in=NOTICE_LIMITS), at=at, by=by)
        _remember_next(case)
    return waiting


def _started_by_receipt(case: Case) -> list[Limit]:
    return applicable(case.kind, case.regime, Trigger.RECEIVED, _facts(case))


def _facts(case: Case) -> frozenset[str]:
    facts = set()
    if case.is_real_name:
        facts.add("real_name")
    if case.issue_class is not None and _concerns_advertising(case.issue_class):
        facts.add("advertising")
    return frozenset(facts)


def _concerns_advertising(node: ClassNode) -> bool:
    """Advertising has a limit of its own (广告法 53); the class is known by its code in the shipped trees."""
    return any(node.code.startswith(code) and node.tree.code == tree for tree, code in ADVERTISING)


def _start(case: Case, limits: list[Limit], moment: datetime, *, by: Person, at: datetime) -> None:
    if not limits:
        _remember_next(case)
        return
    calendar, rules = law.calendar(), law.policy()
    deadlines = [_due(limit, local_day(moment), calendar, rules) for limit in limits]
    pair = [deadline for deadline in deadlines if deadline.limit_id in MEDIATION]
    # Two limits for mediation stood side by side from 2024-07-01 to 2026-04-14: policy says which one binds.
    not_binding = {d.limit_id for d in pair} - {binding(pair, rules).limit_id} if len(pair) > 1 else set()
    clocks = [
        Clock(
            case=case,
            limit=deadline.limit_id,
            regime=deadline.regime,
            article=deadline.articles[0],
            is_binding=deadline.limit_id not in not_binding,
            is_provisional=deadline.is_provisional,
            started_at=moment,
            due_at=deadline.due_at,
            internal_due_on=deadline.internal_due_on,
            calendar_version=calendar.version,
        )
        for deadline in deadlines
    ]
    Clock.objects.bulk_create(clocks)
    record(
        "case.clocks_started",
        case,
        by=by,
        at=at,
        data={
            "clocks": [
                {"limit": c.limit, "article": c.article, "due_at": c.due_at.isoformat()} for c in clocks
            ]
        },
    )
    _remember_next(case)


def _due(limit: Limit, start: date, calendar: WorkCalendar, rules: Policy) -> Deadline:
    """Compute a deadline.  Where the calendar of a year is not published yet, its weekends alone are assumed and the
    clock is marked provisional: a call in December must be registered although next year's holidays are unknown."""
    for _attempt in range(MAX_ASSUMED_YEARS):
        try:
            return due(limit, start, calendar, policy=rules)
        except CalendarMissing as missing:
            calendar = calendar.assuming(missing.year)
    return due(limit, start, calendar, policy=rules)


def _end(case: Case, which: Q, *, at: datetime, by: Person, as_void: bool = False) -> None:
    ended = list(Clock.objects.select_for_update().filter(which, case=case, state__in=_RUNNING))
    for clock in ended:
        in_time = ClockState.MET if at <= clock.due_at else ClockState.BREACHED
        clock.state = ClockState.VOID if as_void else in_time
        clock.ended_at = at
    Clock.objects.bulk_update(ended, ["state", "ended_at"])
    if ended:
        record(
            "case.clocks_stopped",
            case,
            by=by,
            at=at,
            data={"clocks": [{"limit": c.limit, "state": str(c.state)} for c in ended]},
        )


def _remember_next(case: Case) -> None:
    running = Clock.objects.filter(case=case, state=ClockState.RUNNING, is_binding=True)
    case.next_due_at = running.aggregate(first=Min("due_at"))["first"]
    case.save(update_fields=["next_due_at"])
