"""Deadlines against the vectors of the domain book, hand-worked cases and the edges of the rules."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from suqing.lawclock.arithmetic import (
    NotExcludable,
    NotExtendable,
    binding,
    due,
    paused,
    remaining,
    warning,
)
from suqing.lawclock.calendars import CalendarMissing, DayRule, shipped_calendar
from suqing.lawclock.limits import limit
from suqing.lawclock.policies import Binding, LocalLimit, Policy, Rolling, Unit
from suqing.lawclock.spans import Extension, Span, SpanStillRuns

CALENDAR = shipped_calendar()
SHANGHAI = ZoneInfo("Asia/Shanghai")


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "limit_id", "regime", "expected"),
    [
        ("2020-01-20", "D1", "O20", "2020-02-06"),
        ("2020-01-23", "D1", "O20", "2020-02-11"),
        ("2020-01-25", "D1", "O20", "2020-02-11"),
        ("2020-01-31", "D1", "O20", "2020-02-11"),
        ("2020-02-03", "D1", "O20", "2020-02-12"),
        ("2020-01-25", "D5", "O20", "2020-02-21"),
        ("2020-01-31", "D2a", "O20", "2020-04-03"),
        ("2020-02-10", "D2a", "O20", "2020-04-14"),
        ("2020-09-30", "D1", "O20", "2020-10-16"),
        ("2026-04-15", "D1", "O121", "2026-04-24"),
        ("2026-04-28", "D1", "O121", "2026-05-11"),
        ("2026-04-28", "D5", "O121", "2026-05-21"),
        ("2026-08-03", "D2b", "O121", "2026-10-08"),
        ("2026-04-15", "D2b", "O121", "2026-06-14"),
    ],
)
def test_the_vectors_of_the_domain_book(start: str, limit_id: str, regime: str, expected: str) -> None:
    assert due(limit(limit_id, regime), day(start), CALENDAR).due_on == day(expected)


def test_thirty_working_days_are_an_extended_check_of_a_report() -> None:
    granted = Extension(day("2020-02-21"), approved_by="局长")
    deadline = due(limit("D5", "O20"), day("2020-01-25"), CALENDAR, extension=granted)
    assert (deadline.due_on, deadline.extended_by) == (day("2020-03-13"), 15)


def test_the_unrolled_day_is_the_internal_due_day() -> None:
    deadline = due(limit("D2b", "O121"), day("2026-08-03"), CALENDAR)
    assert deadline.unrolled_on == deadline.internal_due_on == day("2026-10-02")
    assert deadline.is_rolled


@pytest.mark.parametrize(
    ("rolling", "holiday_end", "sunday_end"),
    [
        (Rolling.DECLARED_OFF_DAYS, "2026-10-08", "2026-06-14"),
        (Rolling.EVERY_OFF_DAY, "2026-10-08", "2026-06-15"),
        (Rolling.NONE, "2026-10-02", "2026-06-14"),
    ],
)
def test_which_last_days_move_is_a_switch(rolling: Rolling, holiday_end: str, sunday_end: str) -> None:
    policy = Policy(rolling=rolling)
    mediation = limit("D2b", "O121")
    assert due(mediation, day("2026-08-03"), CALENDAR, policy=policy).due_on == day(holiday_end)
    assert due(mediation, day("2026-04-15"), CALENDAR, policy=policy).due_on == day(sunday_end)


def test_the_due_moment_is_the_end_of_the_due_day_in_beijing() -> None:
    deadline = due(limit("D1", "O20"), day("2020-01-20"), CALENDAR)
    last = datetime(2020, 2, 6, 23, 59, 59, 999999, tzinfo=SHANGHAI)
    assert deadline.due_at == deadline.internal_due_at == last
    assert deadline.key == "D1@O20"
    assert deadline.is_kept(last)
    assert not deadline.is_kept(last + timedelta(microseconds=1))


def test_excluded_days_push_the_end_by_their_working_days() -> None:
    # 2020-02-05 and 06 are working days, 07 too, 08-09 a weekend: three working days are left out.
    span = Span("testing", day("2020-02-05"), day("2020-02-09"))
    plain = due(limit("D5", "O20"), day("2020-01-25"), CALENDAR).due_on
    assert plain == day("2020-02-21")
    assert due(limit("D5", "O20"), day("2020-01-25"), CALENDAR, [span]).due_on == day("2020-02-26")


def test_overlapping_spans_are_left_out_once() -> None:
    one = Span("testing", day("2026-05-01"), day("2026-05-20"))
    other = Span("appraisal", day("2026-05-10"), day("2026-05-25"))
    whole = Span("testing", day("2026-05-01"), day("2026-05-25"))
    mediation, start = limit("D2b", "O121"), day("2026-04-15")
    both = due(mediation, start, CALENDAR, [other, one])
    assert both.due_on == due(mediation, start, CALENDAR, [whole]).due_on == day("2026-07-09")
    assert both.excluded == ((day("2026-05-01"), day("2026-05-25")),)


def test_a_span_before_the_start_or_after_the_end_changes_nothing() -> None:
    mediation, start = limit("D2b", "O121"), day("2026-04-15")
    plain = due(mediation, start, CALENDAR)
    before = Span("testing", day("2026-03-01"), day("2026-04-15"))
    after = Span("testing", day("2026-06-15"), day("2026-06-30"))
    assert due(mediation, start, CALENDAR, [before, after]) == plain


def test_a_span_that_the_law_does_not_leave_out_is_refused() -> None:
    with pytest.raises(NotExcludable, match="testing"):
        due(
            limit("D1", "O20"),
            day("2020-02-03"),
            CALENDAR,
            [Span("testing", day("2020-02-04"), day("2020-02-05"))],
        )


def test_a_running_span_must_be_closed_first_and_can_be_asked_how_it_stands() -> None:
    running = Span("testing", day("2020-02-05"))
    check, start = limit("D5", "O20"), day("2020-01-25")
    with pytest.raises(SpanStillRuns):
        due(check, start, CALENDAR, [running])
    standing = paused(check, start, CALENDAR, [running])
    assert standing is not None
    assert (standing.since, standing.used, standing.left) == (day("2020-02-05"), 2, 13)
    assert paused(check, start, CALENDAR, [running.until(day("2020-02-10"))]) is None


def test_a_recusal_stops_the_mediation_period_only_by_local_policy() -> None:
    span = [Span("recusal", day("2026-05-11"), day("2026-05-15"))]
    mediation, start = limit("D2b", "O121"), day("2026-04-15")
    with pytest.raises(NotExcludable):
        due(mediation, start, CALENDAR, span)
    stopped = due(mediation, start, CALENDAR, span, policy=Policy(recusal_stops_mediation=True))
    # 60 + 5 days end on 19 June 2026, a holiday until Sunday the 21st.
    assert (stopped.unrolled_on, stopped.due_on) == (day("2026-06-19"), day("2026-06-22"))


@pytest.mark.parametrize(
    ("limit_id", "regime", "extension", "code"),
    [
        ("D1", "O20", Extension(day("2020-02-04"), "局长"), "none"),
        ("D5", "O20", Extension(day("2020-02-24"), "局长"), "too_late"),
        ("D5", "O20", Extension(day("2020-01-24"), "局长"), "too_early"),
        ("D5", "O20", Extension(day("2020-02-20")), "approver"),
        ("D5", "O20", Extension(day("2020-02-20"), "局长", amount=30), "amount"),
    ],
)
def test_an_extension_outside_the_law_is_refused(
    limit_id: str, regime: str, extension: Extension, code: str
) -> None:
    with pytest.raises(NotExtendable) as refusal:
        due(limit(limit_id, regime), day("2020-01-25"), CALENDAR, extension=extension)
    assert refusal.value.code == code


def test_an_extension_on_the_last_day_is_in_time_and_one_is_all() -> None:
    last = Extension(day("2020-02-21"), "局长")
    assert due(limit("D5", "O20"), day("2020-01-25"), CALENDAR, extension=last).extended_by == 15
    with pytest.raises(NotExtendable) as refusal:
        due(limit("D5", "O20"), day("2020-01-25"), CALENDAR, extension=[last, last])
    assert refusal.value.code == "too_many"


def test_the_case_decision_takes_thirty_days_more_then_what_the_collective_decision_fixes() -> None:
    decision, start = limit("D10", "O20"), day("2020-02-03")
    plain = due(decision, start, CALENDAR)
    # 90 days end on Sunday 3 May 2020, inside the Labour Day holiday, which ends on the 5th.
    assert (plain.unrolled_on, plain.due_on) == (day("2020-05-03"), day("2020-05-06"))
    head = Extension(day("2020-05-06"), "局长")
    assert due(decision, start, CALENDAR, extension=head).due_on == day("2020-06-02")
    further = Extension(day("2020-06-01"), "集体讨论", amount=20)
    assert due(decision, start, CALENDAR, extension=[head, further]).unrolled_on == day("2020-06-22")
    with pytest.raises(NotExtendable) as refusal:
        due(decision, start, CALENDAR, extension=[head, Extension(day("2020-06-01"), "集体讨论")])
    assert refusal.value.code == "amount"


def test_three_years_end_on_the_same_date_also_from_29_february() -> None:
    years = limit("D14", "O20")
    assert due(years, day("2017-01-28"), CALENDAR).unrolled_on == day("2020-01-28")
    assert due(years, day("2017-01-28"), CALENDAR).due_on == day("2020-02-03")
    assert due(years, day("2016-02-29"), CALENDAR).due_on == day("2019-02-28")


def test_three_years_into_a_year_without_a_calendar_are_provisional() -> None:
    deadline = due(limit("D14", "O121"), day("2026-05-01"), CALENDAR)
    assert (deadline.due_on, deadline.assumed_years) == (day("2029-05-01"), (2029,))


def test_a_missing_year_is_loud_and_says_how_to_add_it() -> None:
    for limit_id, start in (
        ("D1", "2026-12-24"),
        ("D2b", "2026-11-10"),
        ("D1", "2026-12-31"),
        ("D1", "2027-03-01"),
    ):
        with pytest.raises(
            CalendarMissing, match=r"2027\.json .*suqing calendars import 2027\.json"
        ) as missing:
            due(limit(limit_id, "O121"), day(start), CALENDAR)
        assert missing.value.year == 2027


def test_an_assumed_year_is_counted_and_marked() -> None:
    deadline = due(limit("D1", "O121"), day("2026-12-28"), CALENDAR.assuming(2027))
    assert (deadline.due_on, deadline.assumed_years) == (day("2027-01-06"), (2027,))
    assert deadline.is_provisional
    early = due(limit("D1", "O121"), day("2026-12-01"), CALENDAR.assuming(2027))
    assert not early.is_provisional


def test_a_local_edit_changes_the_result() -> None:
    start = day("2020-02-03")
    assert due(limit("D1", "O20"), start, CALENDAR).due_on == day("2020-02-12")
    closed = CALENDAR.with_day(DayRule(day("2020-02-07"), is_off=True, name="封控", is_local=True))
    assert due(limit("D1", "O20"), start, closed).due_on == day("2020-02-13")
    assert due(limit("D1", "O20"), start, closed.without_day(day("2020-02-07"))).due_on == day("2020-02-12")


def test_local_policy_gives_the_dispatch_limit_and_tightens_only_the_internal_day() -> None:
    policy = Policy(
        local_limits=(LocalLimit("D15", 2, Unit.WORKING_DAY), LocalLimit("D1", 5, Unit.WORKING_DAY))
    )
    dispatch = limit("D15", "O20")
    assert due(dispatch, day("2020-02-03"), CALENDAR).due_on == day("2020-02-04")
    assert due(dispatch, day("2020-02-03"), CALENDAR, policy=policy).due_on == day("2020-02-05")
    acceptance = due(limit("D1", "O20"), day("2020-02-03"), CALENDAR, policy=policy)
    assert (acceptance.due_on, acceptance.internal_due_on) == (day("2020-02-12"), day("2020-02-10"))
    loose = Policy(local_limits=(LocalLimit("D1", 30, Unit.WORKING_DAY),))
    assert due(limit("D1", "O20"), day("2020-02-03"), CALENDAR, policy=loose).internal_due_on == day(
        "2020-02-12"
    )


def test_both_mediation_limits_are_computed_and_policy_says_which_binds() -> None:
    start = day("2025-03-03")
    pair = [due(limit(one, "O20+XBLR"), start, CALENDAR) for one in ("D2a", "D2b")]
    # 45 working days reach 8 May across Qingming and Labour Day; 60 days end on 2 May, moved to the 6th.
    assert [one.due_on for one in pair] == [day("2025-05-08"), day("2025-05-06")]
    assert binding(pair).limit_id == "D2b"
    assert binding(pair, Policy(mediation_binding=Binding.D2A)).limit_id == "D2a"
    assert binding(pair[:1], Policy(mediation_binding=Binding.D2B)).limit_id == "D2a"
    with pytest.raises(ValueError, match="no deadline"):
        binding([])


def test_what_remains_is_zero_on_the_due_day_and_negative_after() -> None:
    deadline = due(limit("D1", "O20"), day("2020-01-20"), CALENDAR)
    assert remaining(deadline, day("2020-01-23"), CALENDAR).days == 4
    assert remaining(deadline, day("2020-02-06"), CALENDAR).days == 0
    late = remaining(deadline, day("2020-02-10"), CALENDAR)
    assert (late.days, late.calendar_days, late.is_overdue) == (-2, -4, True)


def test_what_remains_leaves_out_excluded_days_to_come() -> None:
    span = Span("testing", day("2026-05-01"), day("2026-05-25"))
    deadline = due(limit("D2b", "O121"), day("2026-04-15"), CALENDAR, [span])
    assert remaining(deadline, day("2026-04-15"), CALENDAR).days == 60
    assert remaining(deadline, day("2026-05-10"), CALENDAR).days == 45


def test_warnings_come_at_48_24_and_12_hours_before_the_end() -> None:
    deadline = due(limit("D1", "O20"), day("2020-01-20"), CALENDAR)
    marks = {}
    for hours in (72, 48, 30, 24, 13, 11, 0, -1):
        marks[hours] = warning(deadline, deadline.due_at - timedelta(hours=hours))
    assert marks == {72: None, 48: 48, 30: 48, 24: 24, 13: 24, 11: 12, 0: 12, -1: 0}


def test_a_deadline_is_json_safe() -> None:
    span = Span("testing", day("2026-05-01"), day("2026-05-25"))
    data = due(limit("D2b", "O121"), day("2026-04-15"), CALENDAR, [span]).to_json()
    assert (data["limit"], data["regime"], data["due_on"]) == ("D2b", "O121", "2026-07-09")
    assert data["excluded"] == [["2026-05-01", "2026-05-25"]]
