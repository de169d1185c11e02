"""Every start day of 2015-2026, and random ones, against the day-by-day reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.lawclock.arithmetic import due, explain, remaining
from suqing.lawclock.calendars import CalendarMissing, shipped_calendar
from suqing.lawclock.limits import limit
from suqing.lawclock.policies import Policy, Rolling, Unit
from suqing.lawclock.spans import Extension, Span
from tests.lawclock import slow_reference

CALENDAR = shipped_calendar()
FIRST, LAST = date(2015, 1, 1), date(2026, 12, 31)
GRANTED = "局长"

# name -> (limit, days counted in all, working days only)
LIMITS = {
    "seven working days": ("D1", "O121", 7, True),
    "fifteen working days": ("D5", "O121", 15, True),
    "forty-five working days": ("D2a", "O20", 45, True),
    "sixty days": ("D2b", "O121", 60, False),
    "ninety days": ("D10", "O121", 90, False),
}
SPANNED = ("fifteen working days", "forty-five working days", "sixty days")


def start_days() -> Iterator[date]:
    for offset in range((LAST - FIRST).days + 1):
        yield FIRST + timedelta(days=offset)


def no_spans(_start: date) -> list[Span]:
    return []


def moving_spans(start: date) -> list[Span]:
    """Overlapping, touching and separate spans whose place and length wander with the start day."""
    seed = start.toordinal()
    first = start + timedelta(days=seed % 9 - 2)
    one = Span("testing", first, first + timedelta(days=seed % 5))
    other = Span("appraisal", first + timedelta(days=seed % 7), first + timedelta(days=seed % 7 + 3))
    begin = start + timedelta(days=12 + seed % 11)
    late = Span("testing", begin, begin + timedelta(days=seed % 17))
    return [late, one, other]


def compare(name: str, spans_of: Callable[[date], list[Span]]) -> int:
    limit_id, regime, number, only_working = LIMITS[name]
    chosen, compared = limit(limit_id, regime), 0
    for start in start_days():
        spans = spans_of(start)
        plain = [(span.first, span.last) for span in spans if span.last is not None]
        try:
            last = slow_reference.walk(start, number, only_working, plain)
            expected = slow_reference.move_on(last)
        except LookupError as missing:
            with pytest.raises(CalendarMissing) as raised:
                due(chosen, start, CALENDAR, spans)
            assert raised.value.year == missing.args[0]
            continue
        deadline = due(chosen, start, CALENDAR, spans)
        assert (deadline.unrolled_on, deadline.due_on) == (last, expected), (start, spans)
        compared += 1
    return compared


@pytest.mark.parametrize("name", LIMITS)
def test_every_start_day_agrees_with_the_reference(name: str) -> None:
    assert compare(name, no_spans) > 4200


@pytest.mark.parametrize("name", SPANNED)
def test_every_start_day_agrees_with_excluded_spans(name: str) -> None:
    assert compare(name, moving_spans) > 4200


def test_every_start_day_agrees_with_an_extension() -> None:
    check = limit("D5", "O121")
    for start in start_days():
        if start >= date(2026, 11, 1):
            break
        spans = moving_spans(start)
        plain = [(span.first, span.last) for span in spans if span.last is not None]
        granted = Extension(slow_reference.walk(start, 15, True, plain), GRANTED)
        assert due(check, start, CALENDAR, spans, granted).due_on == slow_reference.walk(
            start, 30, True, plain
        )


def test_every_start_day_agrees_when_every_day_off_moves_the_end_or_none_does() -> None:
    mediation = limit("D2b", "O121")
    for start in start_days():
        if start >= date(2026, 10, 1):
            break
        last = slow_reference.walk(start, 60, False, [])
        every = due(mediation, start, CALENDAR, policy=Policy(rolling=Rolling.EVERY_OFF_DAY))
        never = due(mediation, start, CALENDAR, policy=Policy(rolling=Rolling.NONE))
        assert every.due_on == slow_reference.move_on_every_day_off(last)
        assert never.due_on == every.unrolled_on == last


days = st.dates(date(2008, 1, 1), date(2026, 6, 30))
span_lists = st.lists(st.tuples(st.integers(-5, 60), st.integers(0, 25)), max_size=5)


def spans_from(start: date, pairs: list[tuple[int, int]]) -> list[Span]:
    begins = [(start + timedelta(days=offset), length) for offset, length in pairs]
    return [Span("testing", first, first + timedelta(days=length)) for first, length in begins]


@given(days, span_lists, st.sampled_from(SPANNED))
def test_any_spans_agree_with_the_reference(start: date, pairs: list[tuple[int, int]], name: str) -> None:
    limit_id, regime, number, only_working = LIMITS[name]
    spans = spans_from(start, pairs)
    plain = [(span.first, span.last) for span in spans if span.last is not None]
    expected = slow_reference.move_on(slow_reference.walk(start, number, only_working, plain))
    assert due(limit(limit_id, regime), start, CALENDAR, spans).due_on == expected


@given(days, span_lists, st.sampled_from(SPANNED))
def test_an_explanation_counts_one_to_n_and_ends_on_the_due_day(
    start: date, pairs: list[tuple[int, int]], name: str
) -> None:
    limit_id, regime, number, _only_working = LIMITS[name]
    told = explain(limit(limit_id, regime), start, CALENDAR, spans_from(start, pairs))
    assert [line.number for line in told.days if line.is_counted] == list(range(1, number + 1))
    assert told.days[0].day == start
    assert told.days[-1].day == told.deadline.due_on
    assert [line.day for line in told.days] == [start + timedelta(days=n) for n in range(len(told.days))]
    assert all(line.number is None for line in told.days if not line.is_counted)


@given(days, st.integers(0, 40), span_lists)
def test_a_later_start_never_ends_earlier(start: date, later: int, pairs: list[tuple[int, int]]) -> None:
    spans, mediation = spans_from(start, pairs), limit("D2a", "O20")
    early = due(mediation, start, CALENDAR, spans).due_on
    assert early <= due(mediation, start + timedelta(days=later), CALENDAR, spans).due_on


@given(days, span_lists)
def test_what_remains_on_the_start_day_is_the_whole_limit(start: date, pairs: list[tuple[int, int]]) -> None:
    deadline = due(limit("D2a", "O20"), start, CALENDAR, spans_from(start, pairs))
    left = remaining(deadline, start, CALENDAR)
    assert (left.days, left.unit) == (45, Unit.WORKING_DAY)


@given(days, span_lists)
def test_what_remains_on_a_day_is_what_the_explanation_counts_after_it(
    start: date, pairs: list[tuple[int, int]]
) -> None:
    told = explain(limit("D2a", "O20"), start, CALENDAR, spans_from(start, pairs))
    counted = 0
    for line in reversed(told.days):
        assert remaining(told.deadline, line.day, CALENDAR).days == counted
        counted += line.is_counted
