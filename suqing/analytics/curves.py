"""A measure over time, by periods of any kind: the points of a curve, the lines of a monthly table."""

from __future__ import annotations

from dataclasses import replace

from suqing.accounts.models import Person
from suqing.analytics.dimensions import NoSuchCut
from suqing.analytics.engine.questions import Counted, Filters
from suqing.analytics.period_kinds import PeriodKind
from suqing.analytics.periods import Period
from suqing.analytics.queries import Figure, figure, figure_of, table
from suqing.analytics.registry import Measure, get

MOST_POINTS = 4000  # eleven years of days
MOST_AT_ONE_MOMENT = 400  # what stands at a moment is counted moment by moment

# The fewest days of one period, but for the cut week at the turn of the lunar year.
_SHORTEST = {
    PeriodKind.DAY: 1,
    PeriodKind.WEEK: 7,
    PeriodKind.LUNAR_WEEK: 7,
    PeriodKind.TEN_DAYS: 8,
    PeriodKind.MONTH: 28,
    PeriodKind.QUARTER: 90,
    PeriodKind.YEAR: 365,
}


class TooManyPoints(ValueError):
    """The period is cut into more points than anybody can read."""


def curve(
    measure: Measure | str,
    *,
    period: Period,
    kind: PeriodKind = PeriodKind.DAY,
    filters: Filters = (),
    person: Person | None = None,
) -> list[Figure]:
    """The measure for each period of the kind within ``period``, those without rows too; ends may be parts.

    Raise TooManyPoints, NoSuchCut for chosen days, LunarYearMissing for lunar weeks out of reach.  One query; for what
    stands at a moment one a point.
    """
    measure = get(measure) if isinstance(measure, str) else measure
    if kind is PeriodKind.SPAN:
        raise NoSuchCut("chosen days do not follow each other")
    most = MOST_POINTS if measure.stock is None else MOST_AT_ONE_MOMENT
    if period.length > most * _SHORTEST[kind]:
        raise TooManyPoints(f"{period.length} days are more than {most} points")
    parts = period.split(kind)
    if measure.stock is not None:
        return [figure(measure, period=part, filters=filters, person=person) for part in parts]
    found = table(measure, by=[kind.value], period=period, filters=filters, person=person)
    begun = {row.values[0]: row.figure for row in found.rows}
    points = []
    for part in parts:
        known = begun.get(part.whole[0].isoformat())
        points.append(
            figure_of(measure, part, filters, Counted(), person)
            if known is None
            else replace(known, period=part, filters=filters)
        )
    return points
