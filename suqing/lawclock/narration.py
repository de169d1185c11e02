"""Why a deadline falls on its day: the count line by line, and the sentences a page shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from suqing.lawclock import wording
from suqing.lawclock.calendars import ONE_DAY, DayFact, DayReason, WorkCalendar
from suqing.lawclock.counting import same_date
from suqing.lawclock.deadlines import DayLine, Deadline, Sentence
from suqing.lawclock.limits import RECUSAL, Limit
from suqing.lawclock.policies import Policy, Rolling, Unit
from suqing.lawclock.spans import Extension, Span

TRAVEL = "travel"
LIMIT_SENTENCES = {
    Unit.WORKING_DAY: wording.LIMIT_WORKING,
    Unit.CALENDAR_DAY: wording.LIMIT_CALENDAR,
    Unit.YEAR: wording.LIMIT_YEARS,
}


def day_lines(deadline: Deadline, calendar: WorkCalendar, excluded: Sequence[Span]) -> tuple[DayLine, ...]:
    """Give the count from the start day to the due day, numbers 1, 2, 3 … on the counted days."""
    if deadline.unit is Unit.YEAR:
        lines = [_anniversary(deadline, years, calendar) for years in range(deadline.amount + 1)]
    else:
        lines = [DayLine(deadline.start, False, None, "start", _fact(deadline.start, calendar))]
        number = 0
        for day in _days(deadline.start + ONE_DAY, deadline.unrolled_on):
            line = _line(day, number + 1, deadline.unit, calendar, excluded)
            number += line.is_counted
            lines.append(line)
    for day in _days(deadline.unrolled_on + ONE_DAY, deadline.due_on):
        reason = "rolled_to" if day == deadline.due_on else "rolled_past"
        lines.append(DayLine(day, False, None, reason, calendar.describe(day)))
    return tuple(lines)


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _fact(day: date, calendar: WorkCalendar) -> DayFact:
    """A start day is not counted, so its year need not be covered: harm may date from long ago."""
    if calendar.covers(day.year):
        return calendar.describe(day)
    weekend = day.weekday() >= 5
    reason = DayReason.WEEKEND if weekend else DayReason.WORKING_DAY
    return DayFact(day, not weekend, reason, is_assumed=True)


def _anniversary(deadline: Deadline, years: int, calendar: WorkCalendar) -> DayLine:
    day = same_date(deadline.start, years)
    if not years:
        return DayLine(day, False, None, "start", _fact(day, calendar))
    return DayLine(day, True, years, "anniversary", _fact(day, calendar))


def _line(day: date, number: int, unit: Unit, calendar: WorkCalendar, excluded: Sequence[Span]) -> DayLine:
    fact = _fact(day, calendar) if unit is Unit.CALENDAR_DAY else calendar.describe(day)
    kinds = tuple(
        dict.fromkeys(span.kind for span in excluded if span.last and span.first <= day <= span.last)
    )
    if unit is Unit.WORKING_DAY and not fact.is_working:
        return DayLine(day, False, None, fact.reason.value, fact, kinds)
    if kinds:
        return DayLine(day, False, None, "excluded", fact, kinds)
    reason = fact.reason.value if unit is Unit.WORKING_DAY else "natural_day"
    return DayLine(day, True, number, reason, fact)


def sentences(
    limit: Limit,
    deadline: Deadline,
    calendar: WorkCalendar,
    excluded: Sequence[Span],
    extensions: Sequence[Extension],
    policy: Policy,
) -> tuple[Sentence, ...]:
    """Give the explanation in sentences, each with its article, in the order a person would tell it."""
    told = [
        Sentence(wording.STARTS, (("start", deadline.start.isoformat()),), (limit.counting,)),
        _limit_sentence(limit, deadline),
        *_extension_sentences(limit, deadline, extensions),
        *_span_sentences(limit, deadline, excluded),
        *_rolling_sentences(limit, deadline, calendar, policy),
        Sentence(wording.ENDS, (("due", deadline.due_on.isoformat()),)),
        *_internal_sentences(deadline, policy),
    ]
    if deadline.assumed_years:
        told.append(Sentence(wording.ASSUMED, (("years", ", ".join(map(str, deadline.assumed_years))),)))
    if any(calendar.is_local(day) for day in _days(deadline.start + ONE_DAY, deadline.due_on)):
        told.append(Sentence(wording.LOCAL_DAYS))
    told.append(Sentence(limit.consequence))
    return tuple(told)


def _limit_sentence(limit: Limit, deadline: Deadline) -> Sentence:
    amount: tuple[str, str | int] = ("amount", deadline.amount)
    if limit.is_local:
        return Sentence(wording.LIMIT_LOCAL, (amount, ("unit", wording.UNITS[deadline.unit])), limit.articles)
    return Sentence(LIMIT_SENTENCES[deadline.unit], (amount,), limit.articles)


def _extension_sentences(
    limit: Limit, deadline: Deadline, extensions: Sequence[Extension]
) -> Iterator[Sentence]:
    for extension, step in zip(extensions, limit.extensions, strict=False):
        amount = extension.amount if step.amount is None else step.amount
        values: tuple[tuple[str, str | int], ...] = (
            ("amount", amount or 0),
            ("unit", wording.UNITS[deadline.unit]),
            ("day", extension.granted_on.isoformat()),
        )
        yield Sentence(wording.EXTENDED, values, step.articles)


def _span_sentences(limit: Limit, deadline: Deadline, excluded: Sequence[Span]) -> Iterator[Sentence]:
    for span in excluded:
        if span.last is None or span.last <= deadline.start or span.first > deadline.unrolled_on:
            continue
        values: tuple[tuple[str, str | int], ...] = (
            ("first", span.first.isoformat()),
            ("last", span.last.isoformat()),
            ("kind", wording.SPAN_KINDS[span.kind]),
        )
        if span.kind == RECUSAL:
            yield Sentence(wording.EXCLUDED_LOCAL, values)
        else:
            # Time in transit is left out by the article on counting, everything else by the limit's own.
            articles = (limit.counting,) if span.kind == TRAVEL else limit.excluded_articles
            yield Sentence(wording.EXCLUDED, values, articles)


def _rolling_sentences(
    limit: Limit, deadline: Deadline, calendar: WorkCalendar, policy: Policy
) -> Iterator[Sentence]:
    if not deadline.is_rolled:
        return
    day = ("day", deadline.unrolled_on.isoformat())
    fact = calendar.describe(deadline.unrolled_on)
    if policy.rolling is Rolling.DECLARED_OFF_DAYS or fact.reason is DayReason.HOLIDAY:
        yield Sentence(wording.ROLLED, (day, ("name", fact.name)), (limit.counting,))
    else:
        yield Sentence(wording.ROLLED_WEEKEND, (day,))


def _internal_sentences(deadline: Deadline, policy: Policy) -> Iterator[Sentence]:
    if deadline.internal_due_on == deadline.due_on:
        return
    day = ("day", deadline.internal_due_on.isoformat())
    local = policy.local_limit(deadline.limit_id)
    if local is None or deadline.internal_due_on == deadline.unrolled_on:
        yield Sentence(wording.INTERNAL, (day,))
    else:
        values = (day, ("amount", local.amount), ("unit", wording.UNITS[local.unit]))
        yield Sentence(wording.INTERNAL_LOCAL, values)
