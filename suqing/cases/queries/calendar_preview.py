"""What a change of one day would do to the limits that run, before anybody makes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from suqing.cases.models import Clock
from suqing.cases.reckoning import standing
from suqing.cases.vocabulary import ClockState
from suqing.kit.dates import day_bounds
from suqing.lawclock import queries as law
from suqing.lawclock.calendars import DayRule

MOST = 2_000  # limits that are counted for a preview; a real recount has no such end


@dataclass(frozen=True, slots=True)
class Preview:
    """How many limits span the day, how many of those looked at would end on another day, earlier or later."""

    spanning: int
    looked_at: int
    earlier: int
    later: int

    @property
    def moved(self) -> int:
        return self.earlier + self.later


def preview_day(day: date, *, is_off: bool, now: datetime) -> Preview:
    """Count the unfinished limits that span the day with the day as it is and as it would be; two queries besides the
    calendar's.  Limits that the day cannot touch are not looked at."""
    first, end = day_bounds(day, now.tzinfo)  # type: ignore[arg-type]  # now is aware
    unfinished = Clock.objects.filter(state__in=[ClockState.RUNNING, ClockState.PAUSED])
    rows = unfinished.filter(started_at__lt=end, due_at__gte=first - timedelta(days=1)).order_by(
        "due_at", "pk"
    )
    before, rules = law.calendar(), law.policy()
    after = before.with_day(DayRule(day, is_off, is_local=True))
    earlier = later = looked_at = 0
    for clock in rows[:MOST]:
        was = standing(clock, before, rules).deadline.due_at
        would = standing(clock, after, rules).deadline.due_at
        looked_at += 1
        earlier += would < was
        later += would > was
    spanning = rows.count() if looked_at == MOST else looked_at
    return Preview(spanning, looked_at, earlier, later)
