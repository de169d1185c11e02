"""The law clock: from a limit and a start day to the day it ends, with the whole count to show for it.

Counting (O121 art. 45; before 2026-04-15 PROC art. 80, because O20 has no article on it): the start day is
not counted; a last day on a declared holiday moves to the first day after it; the number itself is included
("以内", PROC art. 84).  A receipt on a day off is valid, day 1 is then the next working (or natural) day.
A deadline is kept until the due day is over in Beijing.  Pure: today, calendar, policy come from the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from suqing.lawclock import counting, narration
from suqing.lawclock.calendars import ONE_DAY, WorkCalendar
from suqing.lawclock.deadlines import Deadline, Explanation, Paused, Remaining
from suqing.lawclock.limits import ExtensionStep, Limit
from suqing.lawclock.policies import DEFAULT, Binding, Policy, Unit
from suqing.lawclock.spans import Extension, Span, union

Extensions = Extension | Sequence[Extension] | None


class NotExcludable(ValueError):
    """Time of this kind counts under this limit."""

    def __init__(self, limit: Limit, kind: str) -> None:
        self.limit, self.kind = limit, kind
        super().__init__(f"{limit.key}: time of the kind {kind!r} is counted; no article leaves it out")


class NotExtendable(ValueError):
    """The extension is not allowed.

    ``code`` says why: none, too_many, too_late, too_early, approver or amount.
    """

    def __init__(self, limit: Limit, code: str, message: str) -> None:
        self.limit, self.code = limit, code
        super().__init__(f"{limit.key}: {message}")


def due(
    limit: Limit,
    start: date,
    calendar: WorkCalendar,
    excluded: Sequence[Span] = (),
    extension: Extensions = None,
    policy: Policy = DEFAULT,
) -> Deadline:
    """Give the day a limit ends that began on ``start`` (the day of the event, not counted).

    Raise CalendarMissing for a year without a calendar, NotExcludable, SpanStillRuns or NotExtendable.
    Only a limit in years may end in a year without a calendar: the deadline then says it is provisional.
    """
    periods = _periods(limit, excluded, policy)
    amount, unit = _length(limit, policy)
    extended = _extended_by(limit, start, calendar, periods, _as_tuple(extension), policy)
    unrolled = counting.last_day(unit, start, amount + extended, calendar, periods)
    if unit is Unit.YEAR and not calendar.covers(unrolled.year):
        # Three years ahead no notice exists yet; the date stands unless the notice makes it a holiday.
        calendar = calendar.assuming(unrolled.year, unrolled.year + 1)
    due_on = counting.roll(unrolled, calendar, policy.rolling)
    internal = unrolled if extended else min(unrolled, _local_day(limit, start, calendar, periods, policy))
    return Deadline(
        limit_id=limit.id,
        regime=limit.regime,
        start=start,
        due_on=due_on,
        unrolled_on=unrolled,
        internal_due_on=internal,
        amount=amount,
        unit=unit,
        articles=limit.articles,
        expiry=limit.expiry,
        is_local=limit.is_local,
        extended_by=extended,
        excluded=tuple((first, last) for first, last in periods if first <= unrolled and last > start),
        assumed_years=tuple(sorted(year for year in calendar.assumed if start.year <= year <= due_on.year)),
    )


def explain(
    limit: Limit,
    start: date,
    calendar: WorkCalendar,
    excluded: Sequence[Span] = (),
    extension: Extensions = None,
    policy: Policy = DEFAULT,
) -> Explanation:
    """Give the deadline with every day of the count and the sentences for a page.  Raise as ``due`` does."""
    deadline = due(limit, start, calendar, excluded, extension, policy)
    days = narration.day_lines(deadline, calendar, excluded)
    sentences = narration.sentences(limit, deadline, calendar, excluded, _as_tuple(extension), policy)
    return Explanation(deadline, days, sentences)


def remaining(deadline: Deadline, today: date, calendar: WorkCalendar) -> Remaining:
    """Give what is left after today without the excluded periods: 0 on the due day, negative later."""
    if today <= deadline.due_on:
        working = counting.counted(Unit.WORKING_DAY, today, deadline.due_on, calendar, deadline.excluded)
        natural = counting.counted(Unit.CALENDAR_DAY, today, deadline.due_on, calendar, deadline.excluded)
        return Remaining(working, natural, deadline.unit)
    late = calendar.working_days(deadline.due_on, today)
    return Remaining(-late, (deadline.due_on - today).days, deadline.unit)


def paused(
    limit: Limit,
    start: date,
    calendar: WorkCalendar,
    excluded: Sequence[Span],
    policy: Policy = DEFAULT,
    extension: Extensions = None,
) -> Paused | None:
    """Tell how a limit stands while a span still runs: days used before it and days left; None if none runs.

    The extensions are taken as granted: whether they came in time was asked when they were.
    """
    running = [span for span in excluded if span.last is None]
    if not running:
        return None
    since = min(span.first for span in running)
    closed = _periods(limit, [span for span in excluded if span.last is not None], policy)
    amount, unit = _length(limit, policy)
    granted = zip(_as_tuple(extension), limit.extensions, strict=False)
    amount += sum(_step_amount(limit, one, step) for one, step in granted)
    eve = max(since - ONE_DAY, start)
    used = min(amount, counting.counted(unit, start, eve, calendar, closed))
    return Paused(since, used, amount - used, unit)


def warning(deadline: Deadline, now: datetime, policy: Policy = DEFAULT) -> int | None:
    """Give the tightest warning mark (hours before the end) already passed, 0 when overdue, else None.

    The marks are local policy; the limit's own kind of day plays no part, hours are hours.
    """
    return mark_passed(deadline.due_at, now, policy)


def mark_passed(due_at: datetime, now: datetime, policy: Policy = DEFAULT) -> int | None:
    """Give the mark of ``warning`` for a due moment that is known."""
    left = (due_at - now).total_seconds() / 3600
    if left < 0:
        return 0
    return min((mark for mark in policy.warning_hours if left <= mark), default=None)


def binding(deadlines: Iterable[Deadline], policy: Policy = DEFAULT) -> Deadline:
    """Choose the mediation deadline that binds where O20 and XBLR both stand; both stay computed."""
    rivals = list(deadlines)
    if not rivals:
        raise ValueError("There is no deadline to choose from")
    if policy.mediation_binding is not Binding.EARLIER:
        for one in rivals:
            if one.limit_id == policy.mediation_binding.value:
                return one
    return min(rivals, key=lambda one: (one.due_on, one.limit_id))


def _as_tuple(extension: Extensions) -> tuple[Extension, ...]:
    if extension is None:
        return ()
    return (extension,) if isinstance(extension, Extension) else tuple(extension)


def _periods(limit: Limit, excluded: Sequence[Span], policy: Policy) -> list[tuple[date, date]]:
    for span in excluded:
        if not limit.excludes(span.kind, policy):
            raise NotExcludable(limit, span.kind)
    return union(excluded)


def _length(limit: Limit, policy: Policy) -> tuple[int, Unit]:
    """Give number and unit; a local limit replaces them only where the law itself gives no number."""
    local = policy.local_limit(limit.id)
    if limit.is_local and local is not None:
        return local.amount, local.unit
    return limit.amount, limit.unit


def _local_day(
    limit: Limit, start: date, calendar: WorkCalendar, periods: counting.Periods, policy: Policy
) -> date:
    local = policy.local_limit(limit.id)
    if local is None or limit.is_local:
        return date.max
    return counting.last_day(local.unit, start, local.amount, calendar, periods)


def _extended_by(
    limit: Limit,
    start: date,
    calendar: WorkCalendar,
    periods: counting.Periods,
    extensions: tuple[Extension, ...],
    policy: Policy,
) -> int:
    """Add up the extensions, each of which must have been granted before the period ran out."""
    if not extensions:
        return 0
    if not limit.extensions:
        raise NotExtendable(limit, "none", "no article allows an extension")
    if len(extensions) > len(limit.extensions):
        raise NotExtendable(limit, "too_many", f"at most {len(limit.extensions)} extension(s) are allowed")
    amount, unit = _length(limit, policy)
    total = 0
    for extension, step in zip(extensions, limit.extensions, strict=False):
        last = counting.last_day(unit, start, amount + total, calendar, periods)
        last = counting.roll(last, calendar, policy.rolling)
        granted = extension.granted_on
        if granted > max(last, extension.within or last):
            raise NotExtendable(limit, "too_late", f"granted on {granted}, but the period ended on {last}")
        if granted < start:
            raise NotExtendable(limit, "too_early", f"granted on {granted}, before the start {start}")
        total += _step_amount(limit, extension, step)
    return total


def _step_amount(limit: Limit, extension: Extension, step: ExtensionStep) -> int:
    if step.approver and not extension.approved_by:
        raise NotExtendable(limit, "approver", f"the extension needs an approver ({step.approver})")
    if step.amount is None:
        if extension.amount is None or extension.amount < 1:
            raise NotExtendable(limit, "amount", "the decision must name how long the further period is")
        return extension.amount
    if extension.amount not in (None, step.amount):
        raise NotExtendable(limit, "amount", f"the law fixes {step.amount}, not {extension.amount}")
    return step.amount
