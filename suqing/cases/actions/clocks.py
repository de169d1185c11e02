"""Statutory clocks: started and stopped by the steps of a case, computed and explained by ``lawclock``.

A step opens the case's ``ClockBook``, starts and stops clocks in it, and writes it once; what changed goes into the
event of the step.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from suqing.cases.actions.clock_starts import DISPATCH, RECEIPT, counted_from, facts_of
from suqing.cases.intake import local_day
from suqing.cases.models import Case, Clock, ExcludedPeriod
from suqing.cases.reckoning import Standing, limit_of, may_leave_out, standing
from suqing.cases.vocabulary import ClockState, Step
from suqing.lawclock import queries as lawbook
from suqing.lawclock.calendars import WorkCalendar
from suqing.lawclock.limits import Limit, Trigger, applicable
from suqing.lawclock.policies import Binding, Policy
from suqing.lawclock.spans import Extension, Span
from suqing.ledger.writing import writer

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
CHANGING = (
    *("state", "ended_at", "excluded", "extensions", "due_at", "internal_due_on"),
    *("is_provisional", "is_binding", "calendar_version"),
)


@dataclass(slots=True)
class ClockBook:
    """The clocks of one case, as they are and as the step under way changes them."""

    case: Case
    clocks: list[Clock] = field(default_factory=list)
    started: list[Clock] = field(default_factory=list)
    ended: list[Clock] = field(default_factory=list)
    moved: list[Clock] = field(default_factory=list)
    before: dict[int, tuple[str, datetime]] = field(default_factory=dict)  # by identity: state and due moment
    law: tuple[WorkCalendar, Policy] | None = None
    # Spans that were open when a clock was ended in this step: a clock that follows it takes them over.
    handed_on: dict[str, Span] = field(default_factory=dict)

    @classmethod
    def opened(cls, case: Case) -> ClockBook:
        """Read and lock the clocks of a case."""
        stored = Clock.objects.select_for_update().filter(case=case).order_by("id")
        book = cls(case, writer().memo(("clocks", case.pk), lambda: list(stored)))
        book.before = {id(clock): (clock.state, clock.due_at) for clock in book.clocks}
        return book

    def start(self, trigger: Trigger, moment: datetime) -> None:
        """Start every limit that this event starts for the kind and regime of the case."""
        self._start(applicable(self.case.kind, self.case.regime, trigger, facts_of(self.case)), moment)

    def start_at_registration(self) -> None:
        """Start what receipt starts: the centre's own promise to dispatch, and the legal limits if policy says so."""
        limits = self._of_receipt()
        if limits:
            from_whose = counted_from()
            chosen = [one for one in limits if one.id in CENTRE_LIMITS or from_whose == RECEIPT]
            self._start(chosen, self.case.received_at)

    def start_at_dispatch(self, at: datetime) -> None:
        """Start the limits that begin when the competent unit has the case, if policy counts from there."""
        limits = [one for one in self._of_receipt() if one.id not in CENTRE_LIMITS]
        if limits and counted_from() == DISPATCH:
            self._start(limits, at)

    def start_anew(self, at: datetime, *, without: frozenset[str]) -> None:
        """An ended case is handled anew: what receipt starts runs once more from here, if local policy says so."""
        limits = [one for one in self._of_receipt() if one.id not in without]
        self.stop(frozenset(one.id for one in limits), at, as_void=True)
        self._start(limits, at)

    def restart_at_return(self, at: datetime) -> None:
        """The centre has the case again: its promise begins anew; limits counted from dispatch fall away."""
        limits = self._of_receipt()
        if limits and counted_from() == DISPATCH:
            self.stop(frozenset(one.id for one in limits), at, as_void=True)
        self._start([one for one in limits if one.id in CENTRE_LIMITS], at)

    def restart_with_another_unit(self, at: datetime) -> None:
        """Another unit turned out to be competent: running limits that count from dispatch begin anew with it."""
        running = {clock.limit for clock in self._unfinished()}
        limits = [one for one in self._of_receipt() if one.id not in CENTRE_LIMITS and one.id in running]
        if limits and counted_from() == DISPATCH:
            self.stop(frozenset(one.id for one in limits), at, as_void=True)
            self._start(limits, at)

    def stop_for(self, step: Step, at: datetime) -> None:
        """Stop what the step fulfils; the end of a case voids what is left, except the notices still owed."""
        self.stop(STOPPED_BY.get(step, frozenset()), at)
        if self.case.has_ended:
            left = frozenset(clock.limit for clock in self.clocks) - NOTICE_LIMITS
            self.stop(left, at, as_void=True)

    def stop(self, limits: frozenset[str], at: datetime, *, as_void: bool = False) -> None:
        """End the unfinished clocks of these limits: met if in time, breached if late, or void.

        An open period ends for a clock with the clock itself; time it left out is no delay.
        """
        for clock in self._unfinished():
            if clock.limit not in limits:
                continue
            running = [span for span in _stored(clock) if span.last is None]
            if running:
                self.handed_on.update({span.kind: span for span in running})
                _close_spans(clock, local_day(at))
                self._reckon(clock)
            in_time = ClockState.MET if at <= clock.due_at else ClockState.BREACHED
            clock.state = ClockState.VOID if as_void else in_time
            clock.ended_at = at
            self.ended.append(clock)

    def exclude(self, span: Span) -> list[Clock]:
        """Leave a period out of every clock whose limit leaves such time out; an open period pauses them.

        Return the clocks whose count it changes: none where no limit leaves it out or all had run out before it.
        """
        rules = self._law()[1]
        touched = []
        for clock in self._unfinished():
            if may_leave_out(limit_of(clock), span.kind, rules):
                last_day = self._standing(clock).deadline.unrolled_on
                clock.excluded = [*clock.excluded, span.to_json()]
                self._reckon(clock)
                if limit_of(clock).excludes(span.kind, rules) and span.first <= last_day:
                    touched.append(clock)
        self._bind()
        return touched

    def end_exclusion(self, kind: str, last: date) -> list[Clock]:
        """End the open period of this kind on ``last``; clocks without another open period run on with new due days."""
        touched = []
        for clock in self._unfinished():
            if any(span.kind == kind and span.last is None for span in _stored(clock)):
                _close_spans(clock, last, kind)
                self._reckon(clock)
                touched.append(clock)
        self._bind()
        return touched

    def extend(self, clock: Clock, extension: Extension) -> None:
        """Extend one unfinished clock.  Raise NotExtendable as ``lawclock.arithmetic.due`` does; nothing is changed then."""
        found = next(one for one in self._unfinished() if one.pk == clock.pk)
        before = self._standing(found, until=extension.granted_on).deadline.due_on
        kept = found.extensions
        found.extensions = [*kept, replace(extension, within=before).to_json()]
        try:
            self._reckon(found)
        except ValueError:
            found.extensions = kept
            raise
        self._bind()

    def restart(self, limits: frozenset[str], moment: datetime) -> None:
        """Begin these limits anew from ``moment``: the running ones fall away (O121 art. 35(2), a merged repeat report)."""
        again = [limit_of(clock) for clock in self._unfinished() if clock.limit in limits]
        self.stop(limits, moment, as_void=True)
        self._start(again, moment)

    def recount(self) -> list[tuple[Clock, datetime]]:
        """Count every unfinished clock anew, as calendar and policy are now; return those that moved and their old
        due moments."""
        was = {id(clock): clock.due_at for clock in self._unfinished()}
        for clock in self._unfinished():
            self._reckon(clock)
        self._bind()
        return [(clock, was[id(clock)]) for clock in self._unfinished() if clock.due_at != was[id(clock)]]

    def _unfinished(self) -> list[Clock]:
        return [clock for clock in self.clocks if clock.state in _RUNNING]

    def _standing(self, clock: Clock, *, until: date | None = None) -> Standing:
        calendar, rules = self._law()
        return standing(clock, calendar, rules, until=until)

    @staticmethod
    def law_now() -> tuple[WorkCalendar, Policy]:
        """Calendar and policy in force."""
        return writer().memo("calendar", lawbook.calendar), writer().memo("law policy", lawbook.policy)

    def _law(self) -> tuple[WorkCalendar, Policy]:
        """Calendar and policy as they were when the step began."""
        if self.law is None:
            self.law = self.law_now()
        return self.law

    def _reckon(self, clock: Clock) -> None:
        """Count one unfinished clock anew."""
        found = self._standing(clock)
        deadline = found.deadline
        clock.state = ClockState.PAUSED if found.is_paused else ClockState.RUNNING
        clock.due_at, clock.internal_due_on = deadline.due_at, deadline.internal_due_on
        clock.is_provisional = deadline.is_provisional
        clock.calendar_version = self._law()[0].version
        self._changed(clock)

    def _changed(self, clock: Clock) -> None:
        if not any(one is clock for one in self.moved):
            self.moved.append(clock)

    def _bind(self) -> None:
        """Two limits for mediation stood side by side from 2024-07-01 to 2026-04-14: policy says which one binds."""
        pair = [clock for clock in self._unfinished() if clock.limit in MEDIATION]
        if len(pair) < 2:
            return
        chosen = self._law()[1].mediation_binding
        # Of two, one that stands still ends later than its last count says.
        nearest = min(pair, key=lambda one: (one.state == ClockState.PAUSED, one.due_at, one.limit))
        for clock in pair:
            binds = clock is nearest if chosen is Binding.EARLIER else clock.limit == chosen.value
            if clock.is_binding != binds:
                clock.is_binding = binds
                self._changed(clock)

    @property
    def next_due_at(self) -> datetime | None:
        """The nearest due moment of the running clocks that bind."""
        running = [c.due_at for c in self.clocks if c.state == ClockState.RUNNING and c.is_binding]
        return min(running, default=None)

    def write(self) -> dict[str, Any]:
        """Write what changed, set the case's next due moment (the caller saves it), return facts for the event."""
        self._end_forsaken_periods()
        started = {id(clock) for clock in self.started}
        touched = {id(clock): clock for clock in [*self.ended, *self.moved] if id(clock) not in started}
        writer().save_many(list(touched.values()), *CHANGING)
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
        moved = [c for c in touched.values() if c.state in _RUNNING and self._has_moved(c)]
        if moved:
            facts["clocks_moved"] = [
                {"limit": c.limit, "state": str(c.state), "due_at": c.due_at.isoformat()} for c in moved
            ]
        return facts

    def _of_receipt(self) -> list[Limit]:
        return applicable(self.case.kind, self.case.regime, Trigger.RECEIVED, facts_of(self.case))

    def _has_moved(self, clock: Clock) -> bool:
        return self.before.get(id(clock)) != (clock.state, clock.due_at)

    def _start(self, limits: list[Limit], moment: datetime) -> None:
        """Start clocks; one whose limit leaves out time that is open now begins paused."""
        if not limits:
            return
        rules = self._law()[1]
        spans = self._open_spans()
        for limit in limits:
            clock = _clock(self.case, limit, moment)
            clock.excluded = [span.to_json() for span in spans if may_leave_out(limit, span.kind, rules)]
            self._reckon(clock)
            self.clocks.append(clock)
            self.started.append(clock)
        self._bind()

    def _open_spans(self) -> list[Span]:
        """The spans that are open in this case, those of a clock that ended in this very step among them."""
        open_now = [span for clock in self._unfinished() for span in _stored(clock) if span.last is None]
        return list((self.handed_on | {span.kind: span for span in open_now}).values())

    def _end_forsaken_periods(self) -> None:
        """What was still tested or waited for when its limits ended, and no other limit waits for, has ended too."""
        open_now = {span.kind for clock in self._unfinished() for span in _stored(clock) if span.last is None}
        gone = self.handed_on.keys() - open_now
        at = max((clock.ended_at for clock in self.ended if clock.ended_at), default=None)
        if not gone or at is None:
            return
        rows = open_periods(self.case)
        for row in [one for one in rows if one.kind in gone]:
            row.last_on, row.ended_at = max(local_day(at), row.first_on), at
            writer().save(row, "last_on", "ended_at")
            rows.remove(row)


def open_periods(case: Case) -> list[ExcludedPeriod]:
    """The periods of a case that have not ended; in a gathered block the list to which a new one is added."""
    rows = ExcludedPeriod.objects.filter(case=case, last_on=None)
    return writer().memo(("open periods", case.pk), lambda: list(rows.order_by("id")))


def _stored(clock: Clock) -> list[Span]:
    return [Span.from_json(span) for span in clock.excluded]


def _close_spans(clock: Clock, last: date, kind: str = "") -> None:
    """End the open spans of this kind, or all of them, on ``last``."""
    spans = [span if kind and span.kind != kind else span.until(last) for span in _stored(clock)]
    clock.excluded = [span.to_json() for span in spans]


def _clock(case: Case, limit: Limit, moment: datetime) -> Clock:
    return Clock(
        case=case,
        limit=limit.id,
        regime=limit.regime,
        article=limit.articles[0],
        started_at=moment,
        state=ClockState.RUNNING,
    )
