"""Statutory clocks: started and stopped by the steps of a case, computed and explained by ``lawclock``.

A step opens the case's ``ClockBook``, starts and stops clocks in it, and writes it once; what changed goes into the
event of the step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from suqing.cases.intake import local_day
from suqing.cases.models import Case, Clock
from suqing.cases.special_law import facts_of_classes
from suqing.cases.vocabulary import ClockState, Step
from suqing.lawclock import queries as law
from suqing.lawclock.arithmetic import binding, due
from suqing.lawclock.calendars import CalendarMissing, WorkCalendar
from suqing.lawclock.deadlines import Deadline
from suqing.lawclock.limits import Limit, Trigger, applicable
from suqing.lawclock.limits import limit as limit_of
from suqing.lawclock.policies import Policy
from suqing.lawclock.spans import Extension, Span
from suqing.ledger import policy
from suqing.ledger.queries import setting
from suqing.ledger.writing import writer

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
CENTRE_LIMITS = frozenset({"D15"})
NOTICE_LIMITS = frozenset({"D3", "D6", "D7"})
STOPPED_BY: dict[Step, frozenset[str]] = {
    Step.DISPATCH: CENTRE_LIMITS,
    Step.ANSWER: CENTRE_LIMITS,
    Step.ACCEPT: frozenset({"D1"}),
    Step.REFUSE: frozenset({"D1"}),
    Step.AGREE: frozenset({"D8"}),
    Step.ASK_DESIGNATION: frozenset({"D8"}),
    Step.DESIGNATE: frozenset({"D9"}),
    Step.FILE: frozenset({"D4", "D5"}),
    Step.NOT_FILE: frozenset({"D4", "D5"}),
    Step.TERMINATE: MEDIATION,
    Step.CLOSE: MEDIATION | {"D10", "D13"},
}
_RUNNING = (ClockState.RUNNING, ClockState.PAUSED)
_CHANGING = (
    *("state", "ended_at", "excluded", "extensions", "due_at", "internal_due_on"),
    *("is_provisional", "calendar_version"),
)


@dataclass(slots=True)
class ClockBook:
    """The clocks of one case, as they are and as the step under way changes them."""

    case: Case
    clocks: list[Clock] = field(default_factory=list)
    started: list[Clock] = field(default_factory=list)
    ended: list[Clock] = field(default_factory=list)
    moved: list[Clock] = field(default_factory=list)

    @classmethod
    def opened(cls, case: Case) -> ClockBook:
        """Read and lock the clocks of a case."""
        stored = Clock.objects.select_for_update().filter(case=case)
        return cls(case, writer().memo(("clocks", case.pk), lambda: list(stored)))

    def start(self, trigger: Trigger, moment: datetime) -> None:
        """Start every limit that this event starts for the kind and regime of the case."""
        self._start(applicable(self.case.kind, self.case.regime, trigger, _facts(self.case)), moment)

    def start_at_registration(self) -> None:
        """Start what receipt starts: the centre's own promise to dispatch, and the legal limits if policy says so."""
        limits = self._of_receipt()
        if limits:
            counted_from = _counted_from()
            chosen = [one for one in limits if one.id in CENTRE_LIMITS or counted_from == RECEIPT]
            self._start(chosen, self.case.received_at)

    def start_at_dispatch(self, at: datetime) -> None:
        """Start the limits that begin when the competent unit has the case, if policy counts from there."""
        limits = [one for one in self._of_receipt() if one.id not in CENTRE_LIMITS]
        if limits and _counted_from() == DISPATCH:
            self._start(limits, at)

    def restart_at_return(self, at: datetime) -> None:
        """The centre has the case again: its promise begins anew; limits counted from dispatch fall away."""
        limits = self._of_receipt()
        if limits and _counted_from() == DISPATCH:
            self.stop(frozenset(one.id for one in limits), at, as_void=True)
        self._start([one for one in limits if one.id in CENTRE_LIMITS], at)

    def stop_for(self, step: Step, at: datetime) -> None:
        """Stop what the step fulfils; the end of a case voids what is left, except the notices still owed."""
        self.stop(STOPPED_BY.get(step, frozenset()), at)
        if self.case.has_ended:
            left = frozenset(clock.limit for clock in self.clocks) - NOTICE_LIMITS
            self.stop(left, at, as_void=True)

    def stop(self, limits: frozenset[str], at: datetime, *, as_void: bool = False) -> None:
        """End the running clocks of these limits: met if in time, breached if late, or void."""
        for clock in self.clocks:
            if clock.limit in limits and clock.state in _RUNNING:
                in_time = ClockState.MET if at <= clock.due_at else ClockState.BREACHED
                clock.state = ClockState.VOID if as_void else in_time
                clock.ended_at = at
                self.ended.append(clock)

    def exclude(self, span: Span) -> list[Clock]:
        """Leave a period out of every clock whose limit leaves such time out; an open period pauses them.

        Return the clocks it touched: none if no running limit excludes time of this kind.
        """
        rules = writer().memo("law policy", law.policy)
        touched = [
            clock
            for clock in self._unfinished()
            if limit_of(clock.limit, clock.regime).excludes(span.kind, rules)
        ]
        for clock in touched:
            clock.excluded = [*clock.excluded, span.to_json()]
            self._reckon(clock)
        return touched

    def end_exclusion(self, kind: str, last: date) -> list[Clock]:
        """End the open period of this kind on ``last``; clocks without another open period run on with new due days."""
        touched = []
        for clock in self._unfinished():
            spans = [Span.from_json(span) for span in clock.excluded]
            if any(span.kind == kind and span.last is None for span in spans):
                closed = [span.until(last) if span.kind == kind else span for span in spans]
                clock.excluded = [span.to_json() for span in closed]
                self._reckon(clock)
                touched.append(clock)
        return touched

    def extend(self, clock: Clock, extension: Extension) -> None:
        """Extend one running clock.  Raise NotExtendable as ``lawclock.arithmetic.due`` does."""
        found = next(one for one in self._unfinished() if one.pk == clock.pk)
        found.extensions = [*found.extensions, extension.to_json()]
        self._reckon(found)

    def restart(self, limits: frozenset[str], moment: datetime) -> None:
        """Begin these limits anew from ``moment``: the running ones fall away (O121 art. 35(2), a merged repeat report)."""
        running = [clock for clock in self._unfinished() if clock.limit in limits]
        again = [limit_of(clock.limit, clock.regime) for clock in running]
        self.stop(limits, moment, as_void=True)
        self._start(again, moment)

    def recount(self) -> list[Clock]:
        """Compute every unfinished clock anew, as the calendar and the policy are now; return those that moved."""
        before = {id(clock): clock.due_at for clock in self._unfinished()}
        for clock in self._unfinished():
            self._reckon(clock)
        return [clock for clock in self._unfinished() if clock.due_at != before[id(clock)]]

    def _unfinished(self) -> list[Clock]:
        return [clock for clock in self.clocks if clock.state in _RUNNING]

    def _reckon(self, clock: Clock) -> None:
        """Compute one clock anew.  While a period is open nobody can say when it ends: its last due moment stands."""
        spans = [Span.from_json(span) for span in clock.excluded]
        clock.state = ClockState.PAUSED if any(span.last is None for span in spans) else ClockState.RUNNING
        calendar = writer().memo("calendar", law.calendar)
        rules = writer().memo("law policy", law.policy)
        limit = limit_of(clock.limit, clock.regime)
        extensions = [Extension.from_json(one) for one in clock.extensions]
        closed = [span for span in spans if span.last is not None]
        deadline = _due(limit, local_day(clock.started_at), calendar, rules, closed, extensions)
        clock.due_at, clock.internal_due_on = deadline.due_at, deadline.internal_due_on
        clock.is_provisional, clock.calendar_version = deadline.is_provisional, calendar.version
        if clock not in self.moved:
            self.moved.append(clock)

    @property
    def next_due_at(self) -> datetime | None:
        """The nearest due moment of the running clocks that bind."""
        running = [c.due_at for c in self.clocks if c.state == ClockState.RUNNING and c.is_binding]
        return min(running, default=None)

    def write(self) -> dict[str, Any]:
        """Write what changed, set the case's next due moment (the caller saves it), return facts for the event."""
        started = {id(clock) for clock in self.started}
        touched = {id(clock): clock for clock in [*self.ended, *self.moved] if id(clock) not in started}
        writer().save_many(list(touched.values()), *_CHANGING)
        writer().new_many(self.started)
        # Steps that follow in a gathered block must find these clocks, which no query finds yet.
        writer().memo(("clocks", self.case.pk), lambda: self.clocks)
        self.case.next_due_at = self.next_due_at
        facts: dict[str, Any] = {}
        if self.started:
            facts["clocks_started"] = [
                {"limit": c.limit, "article": c.article, "due_at": c.due_at.isoformat()} for c in self.started
            ]
        if self.ended:
            facts["clocks_stopped"] = [{"limit": c.limit, "state": str(c.state)} for c in self.ended]
        moved = [c for c in self.moved if c.state in _RUNNING]
        if moved:
            facts["clocks_moved"] = [
                {"limit": c.limit, "state": str(c.state), "due_at": c.due_at.isoformat()} for c in moved
            ]
        return facts

    def _of_receipt(self) -> list[Limit]:
        return applicable(self.case.kind, self.case.regime, Trigger.RECEIVED, _facts(self.case))

    def _start(self, limits: list[Limit], moment: datetime) -> None:
        if not limits:
            return
        calendar = writer().memo("calendar", law.calendar)
        rules = writer().memo("law policy", law.policy)
        deadlines = [_due(limit, local_day(moment), calendar, rules) for limit in limits]
        pair = [deadline for deadline in deadlines if deadline.limit_id in MEDIATION]
        # Two limits for mediation stood side by side from 2024-07-01 to 2026-04-14: policy says which one binds.
        loose = {d.limit_id for d in pair} - {binding(pair, rules).limit_id} if len(pair) > 1 else set()
        for deadline in deadlines:
            clock = _clock(self.case, deadline, moment, calendar.version)
            clock.is_binding = deadline.limit_id not in loose
            self.clocks.append(clock)
            self.started.append(clock)
            self._join_open_periods(clock, rules)

    def _join_open_periods(self, clock: Clock, rules: Policy) -> None:
        """A limit that begins while a period is open that it does not count begins paused."""
        open_spans = {
            span["kind"]: span for other in self.clocks for span in other.excluded if span.get("last") is None
        }
        limit = limit_of(clock.limit, clock.regime)
        mine = [span for kind, span in open_spans.items() if limit.excludes(kind, rules)]
        if mine:
            clock.excluded, clock.state = mine, ClockState.PAUSED


def _counted_from() -> str:
    value: str = writer().memo(START.key, lambda: setting(START.key))
    return value


def _clock(case: Case, deadline: Deadline, moment: datetime, calendar_version: int) -> Clock:
    return Clock(
        case=case,
        limit=deadline.limit_id,
        regime=deadline.regime,
        article=deadline.articles[0],
        is_provisional=deadline.is_provisional,
        started_at=moment,
        due_at=deadline.due_at,
        internal_due_on=deadline.internal_due_on,
        calendar_version=calendar_version,
    )


def _due(
    limit: Limit,
    start: date,
    calendar: WorkCalendar,
    rules: Policy,
    excluded: Sequence[Span] = (),
    extensions: Sequence[Extension] = (),
) -> Deadline:
    """Compute a deadline.  Where the calendar of a year is not published yet, its weekends alone are assumed and the
    clock is marked provisional: a call in December must be registered although next year's holidays are unknown."""
    for _attempt in range(MAX_ASSUMED_YEARS):
        try:
            return due(limit, start, calendar, excluded, extensions, rules)
        except CalendarMissing as missing:
            calendar = calendar.assuming(missing.year)
    return due(limit, start, calendar, excluded, extensions, rules)


def _facts(case: Case) -> frozenset[str]:
    """What switches on limits of their own: a real name (O20 art. 31(2)) and advertising (广告法 53)."""
    node = case.issue_class
    fields = facts_of_classes([(node.tree.code, node.code)]) if node is not None else frozenset()
    return fields | {"real_name"} if case.is_real_name else fields
