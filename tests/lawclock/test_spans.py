"""Spans and extensions as stored values."""

from __future__ import annotations

from datetime import date

import pytest

from suqing.lawclock.policies import Binding, LocalLimit, Policy, RegimeDate, Rolling, Unit
from suqing.lawclock.spans import Extension, Span, SpanStillRuns, union


@pytest.mark.parametrize(
    "span",
    [
        Span("testing", date(2020, 2, 5), date(2020, 2, 9), "口罩过滤效率"),
        Span("appraisal", date(2020, 2, 5)),
    ],
)
def test_a_span_survives_json(span: Span) -> None:
    assert Span.from_json(span.to_json()) == span


def test_an_extension_survives_json() -> None:
    extension = Extension(date(2020, 2, 20), "局长", 20, "案情复杂")
    assert Extension.from_json(extension.to_json()) == extension
    assert Extension.from_json({"granted_on": "2020-02-20"}) == Extension(date(2020, 2, 20))


def test_a_policy_survives_json_and_absent_keys_keep_their_defaults() -> None:
    policy = Policy(
        Rolling.NONE, RegimeDate.ACCEPTED, Binding.D2A, True, (LocalLimit("D1", 5, Unit.WORKING_DAY),), (8,)
    )
    assert Policy.from_json(policy.to_json()) == policy
    assert Policy.from_json({}) == Policy()
    with pytest.raises(ValueError, match="at least 1"):
        Policy.from_json({"local_limits": {"D1": [0, "working_day"]}})


def test_a_span_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Span("testing", date(2020, 2, 5), date(2020, 2, 4))


def test_a_running_span_closes_on_a_day_but_not_before_it_began() -> None:
    running = Span("testing", date(2020, 2, 5))
    assert running.until(date(2020, 2, 9)).last == date(2020, 2, 9)
    assert running.until(date(2020, 2, 1)).last == date(2020, 2, 5)
    assert running.until(date(2020, 2, 9)).until(date(2020, 3, 1)).last == date(2020, 2, 9)


def test_union_merges_what_overlaps_touches_or_lies_inside() -> None:
    def span(first: int, last: int) -> Span:
        return Span("testing", date(2020, 2, first), date(2020, 2, last))

    merged = union([span(20, 21), span(1, 9), span(3, 4), span(10, 12), span(14, 15)])
    days = [(first.day, last.day) for first, last in merged]
    assert days == [(1, 12), (14, 15), (20, 21)]
    with pytest.raises(SpanStillRuns):
        union([Span("testing", date(2020, 2, 5))])
