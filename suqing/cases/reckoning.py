"""A stored clock counted by the law: its spans and extensions as values, its last day, whether it stands still.

Reads nothing but the clock: calendar and policy are passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from suqing.cases.intake import local_day
from suqing.cases.models import Clock
from suqing.lawclock import arithmetic
from suqing.lawclock.calendars import CalendarMissing, WorkCalendar
from suqing.lawclock.deadlines import Deadline, Explanation, Paused
from suqing.lawclock.limits import RECUSAL, ExtensionStep, Limit
from suqing.lawclock.limits import limit as limit_named
from suqing.lawclock.policies import Policy
from suqing.lawclock.spans import Extension, Span

Counted = TypeVar("Counted")
MAX_ASSUMED_YEARS = 3
# Left out by the law, but not time that somebody begins and ends in a case: a recusal has its own steps, and time in
# transit (PROC art. 80) belongs to a paper in the post.
NOT_BEGUN_BY_HAND = frozenset({RECUSAL, "travel"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a clock stands: its deadline, and whether it stands still because a period is open."""

    deadline: Deadline
    is_paused: bool


def limit_of(clock: Clock) -> Limit:
    """The limit that the clock was started for, as its regime has it."""
    return limit_named(clock.limit, clock.regime)


def may_leave_out(limit: Limit, kind: str, rules: Policy) -> bool:
    """Whether a span of this kind is kept with a clock of this limit.

    A suspension for a recusal is kept with every mediation clock; local policy says, now or later, whether it counts.
    """
    return limit.excludes(kind, rules) or (kind == RECUSAL and limit.is_mediation)


def kinds_of(limit: Limit) -> tuple[str, ...]:
    """The kinds of time under this limit that a person may begin and end."""
    return tuple(kind for kind in limit.excluded if kind not in NOT_BEGUN_BY_HAND)


def next_step(clock: Clock) -> ExtensionStep | None:
    """The extension that the law allows next for this clock; None if it allows none or no further one."""
    steps = limit_of(clock).extensions
    return steps[len(clock.extensions)] if len(clock.extensions) < len(steps) else None


def spans_of(clock: Clock, rules: Policy) -> list[Span]:
    """The periods that this clock leaves out as policy is now."""
    limit = limit_of(clock)
    spans = [Span.from_json(span) for span in clock.excluded]
    return [span for span in spans if limit.excludes(span.kind, rules)]


def extensions_of(clock: Clock) -> list[Extension]:
    """The extensions granted, in order."""
    return [Extension.from_json(one) for one in clock.extensions]


def assuming(calendar: WorkCalendar, count: Callable[[WorkCalendar], Counted]) -> Counted:
    """Count.  Where the calendar of a year is not published yet, its weekends alone are assumed and the answer is
    provisional: a call in December must be registered although next year's holidays are unknown."""
    for _attempt in range(MAX_ASSUMED_YEARS):
        try:
            return count(calendar)
        except CalendarMissing as missing:
            calendar = calendar.assuming(missing.year)
    return count(calendar)


def standing(clock: Clock, calendar: WorkCalendar, rules: Policy, *, until: date | None = None) -> Standing:
    """Count the clock as it stands; with ``until`` every open period is taken to end on that day.

    While a period is open nobody can say when it ends; the deadline is then the one without it, except that an open
    period reaches at least to an extension granted in it.  A period that began after the last counted day does not
    make a clock stand still: it had run out before.
    """
    spans, extensions = spans_of(clock, rules), extensions_of(clock)
    running = [span for span in spans if span.last is None]
    reach = until or max((one.granted_on for one in extensions), default=None)
    closed = [span for span in spans if span.last is not None]
    closed += [span.until(reach) for span in running if reach is not None and reach >= span.first]
    limit, start = limit_of(clock), local_day(clock.started_at)
    deadline = assuming(
        calendar, lambda known: arithmetic.due(limit, start, known, closed, extensions, rules)
    )
    paused = until is None and any(span.first <= deadline.unrolled_on for span in running)
    return Standing(deadline, paused)


def stands_still(clock: Clock, calendar: WorkCalendar, rules: Policy) -> Paused | None:
    """How many days a paused clock has used and has left; None if it runs."""
    limit, start, spans = limit_of(clock), local_day(clock.started_at), spans_of(clock, rules)
    extensions = extensions_of(clock)
    return assuming(
        calendar, lambda known: arithmetic.paused(limit, start, known, spans, rules, extension=extensions)
    )


def explained(clock: Clock, calendar: WorkCalendar, rules: Policy, today: date) -> Explanation:
    """The count behind a clock, day by day; a period that still runs is taken to reach to ``today``."""
    limit, start = limit_of(clock), local_day(clock.started_at)
    spans = [span.until(today) for span in spans_of(clock, rules) if span.last or span.first <= today]
    extensions = extensions_of(clock)
    return assuming(calendar, lambda known: arithmetic.explain(limit, start, known, spans, extensions, rules))
