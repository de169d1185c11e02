"""The clocks of many past cases at once: what the steps of a case would have left, counted from the moments alone.

The rules are those of ``clocks.ClockBook``; a test compares both.  What differs, because a past case tells no more:
notices (D3, D6, D7) are not owed for what was decided elsewhere, and a limit of which nobody knows when it was
fulfilled has no clock at all rather than one that looks broken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from suqing.cases.actions.clock_starts import DISPATCH, RECEIPT, counted_from
from suqing.cases.actions.clocks import CENTRE_LIMITS, MEDIATION, NOTICE_LIMITS, ClockBook
from suqing.cases.importing.parsing import CLOSED_AT_KEY
from suqing.cases.intake import local_day
from suqing.cases.past_cases import PastCase
from suqing.cases.reckoning import assuming
from suqing.cases.vocabulary import ClockState, Kind, Outcome, State
from suqing.lawclock import arithmetic
from suqing.lawclock.calendars import WorkCalendar
from suqing.lawclock.deadlines import Deadline
from suqing.lawclock.limits import Limit, Trigger, applicable
from suqing.lawclock.policies import Binding, Policy

DECISION = frozenset({"D1"})
CHECK = frozenset({"D4", "D5"})
INVESTIGATION = frozenset({"D10", "D13"})
UNDECIDED = (State.REGISTERED, State.DISPATCHED)
DECIDED_REPORTS = (State.FILED, State.NOT_FILED)
COLUMNS = (
    *("case_id", "limit", "regime", "article", "is_binding", "is_provisional", "started_at", "due_at"),
    *("internal_due_on", "excluded", "extensions", "state", "ended_at", "calendar_version"),
)


@dataclass(slots=True)
class PastClock:
    """One limit of one past case."""

    limit: Limit
    started_at: datetime
    deadline: Deadline
    is_binding: bool = True
    state: ClockState = ClockState.RUNNING
    ended_at: datetime | None = None

    def end(self, at: datetime, *, as_void: bool = False) -> None:
        in_time = ClockState.MET if at <= self.deadline.due_at else ClockState.BREACHED
        self.state, self.ended_at = ClockState.VOID if as_void else in_time, at


@dataclass(slots=True)
class PastClocks:
    """Counts for a batch: calendar, policy and what was counted before are kept."""

    calendar: WorkCalendar
    rules: Policy
    start: str
    _limits: dict[tuple[str, str, Trigger, frozenset[str]], list[Limit]] = field(default_factory=dict)
    _counted: dict[tuple[str, str, date], Deadline] = field(default_factory=dict)

    @classmethod
    def now(cls) -> PastClocks:
        """With calendar and policy as they are in force now; three small queries."""
        global _last
        calendar, rules, start = *ClockBook.law_now(), counted_from()
        if _last is None or _last.calendar is not calendar or (_last.rules, _last.start) != (rules, start):
            _last = cls(calendar, rules, start)
        return _last

    def of(
        self, case: PastCase, state: State, regime: str, facts: frozenset[str], sent_at: datetime | None
    ) -> list[PastClock]:
        """The clocks of one case in the order in which its steps would have started them."""
        if regime == "none":
            return []
        clocks = self._received(case, regime, facts, sent_at)
        if case.dispatched_at is not None:
            _end(clocks, CENTRE_LIMITS, case.dispatched_at)
        elif sent_at is not None:
            _drop(clocks, CENTRE_LIMITS)
        if case.kind == Kind.COMPLAINT:
            self._decide_complaint(case, state, regime, facts, clocks)
        elif case.kind == Kind.REPORT:
            self._decide_report(case, state, regime, facts, clocks)
        if case.closed_at is not None:
            self._close(case, clocks)
        return clocks

    def row(self, case_id: int, clock: PastClock) -> tuple[object, ...]:
        """The clock in the order of ``COLUMNS``."""
        return (
            *(case_id, clock.limit.id, clock.limit.regime, clock.limit.articles[0], clock.is_binding),
            *(clock.deadline.is_provisional, clock.started_at, clock.deadline.due_at),
            *(clock.deadline.internal_due_on, "[]", "[]", clock.state.value, clock.ended_at),
            self.calendar.version,
        )

    def _received(
        self, case: PastCase, regime: str, facts: frozenset[str], sent_at: datetime | None
    ) -> list[PastClock]:
        clocks = []
        for limit in self._applicable(case.kind, regime, Trigger.RECEIVED, facts):
            if limit.id in CENTRE_LIMITS or self.start == RECEIPT:
                clocks.append(self._clock(limit, case.received_at))
        if self.start == DISPATCH and sent_at is not None:
            for limit in self._applicable(case.kind, regime, Trigger.RECEIVED, facts):
                if limit.id not in CENTRE_LIMITS:
                    clocks.append(self._clock(limit, sent_at))
        return clocks

    def _decide_complaint(
        self, case: PastCase, state: State, regime: str, facts: frozenset[str], clocks: list[PastClock]
    ) -> None:
        if case.decided_at is None:
            if state not in UNDECIDED and case.closed_at is None:
                _drop(clocks, DECISION)
            return
        _end(clocks, DECISION, case.decided_at)
        if state == State.REFUSED:
            return
        pair = [
            self._clock(limit, case.decided_at)
            for limit in self._applicable(case.kind, regime, Trigger.ACCEPTED, facts)
        ]
        self._bind(pair)
        clocks += pair

    def _decide_report(
        self, case: PastCase, state: State, regime: str, facts: frozenset[str], clocks: list[PastClock]
    ) -> None:
        decided_at = case.filed_at or case.decided_at
        if decided_at is not None:
            _end(clocks, CHECK, decided_at)
        elif state in DECIDED_REPORTS:
            _drop(clocks, CHECK)
        if case.filed_at is not None:
            limits = self._applicable(case.kind, regime, Trigger.CASE_FILED, facts)
            clocks += [self._clock(limit, case.filed_at) for limit in limits]

    def _close(self, case: PastCase, clocks: list[PastClock]) -> None:
        """The end fulfils the limits of handling where there was handling; what is left lost its object."""
        assert case.closed_at is not None
        handled = case.outcome not in (Outcome.WITHDRAWN, Outcome.TRANSFERRED, Outcome.TOLD_ELSEWHERE)
        # Where nobody knows when it ended, nobody knows whether that was in time.
        is_known = CLOSED_AT_KEY not in case.told
        if is_known and (handled or case.decided_at is not None):
            _end(clocks, MEDIATION | INVESTIGATION, case.closed_at)
        _drop(clocks, NOTICE_LIMITS)
        for clock in clocks:
            if clock.ended_at is None:
                clock.end(case.closed_at, as_void=True)

    def _bind(self, pair: list[PastClock]) -> None:
        """As ``ClockBook`` chooses between the two limits for mediation that stood side by side."""
        rivals = [clock for clock in pair if clock.limit.id in MEDIATION]
        if len(rivals) < 2:
            return
        chosen = self.rules.mediation_binding
        nearest = min(rivals, key=lambda one: (one.deadline.due_at, one.limit.id))
        for clock in rivals:
            binds = clock is nearest if chosen is Binding.EARLIER else clock.limit.id == chosen.value
            clock.is_binding = binds

    def _applicable(self, kind: Kind, regime: str, trigger: Trigger, facts: frozenset[str]) -> list[Limit]:
        key = (kind.value, regime, trigger, facts)
        known = self._limits.get(key)
        if known is None:
            known = self._limits[key] = applicable(kind, regime, trigger, facts)
        return known

    def _clock(self, limit: Limit, moment: datetime) -> PastClock:
        day = local_day(moment)
        key = (limit.id, limit.regime, day)
        known = self._counted.get(key)
        if known is None:
            known = assuming(
                self.calendar, lambda calendar: arithmetic.due(limit, day, calendar, policy=self.rules)
            )
            self._counted[key] = known
        return PastClock(limit, moment, known)


# What was counted for the last batch serves the next one, as long as the law stays the same.
_last: PastClocks | None = None


def next_due_at(clocks: list[PastClock]) -> datetime | None:
    """The nearest due moment of the running clocks that bind."""
    running = [c.deadline.due_at for c in clocks if c.state == ClockState.RUNNING and c.is_binding]
    return min(running, default=None)


def _end(clocks: list[PastClock], limits: frozenset[str], at: datetime) -> None:
    for clock in clocks:
        if clock.limit.id in limits and clock.ended_at is None:
            clock.end(at)


def _drop(clocks: list[PastClock], limits: frozenset[str]) -> None:
    clocks[:] = [clock for clock in clocks if clock.limit.id not in limits]
