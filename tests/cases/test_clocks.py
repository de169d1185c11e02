"""Clocks of a case: started and stopped by its steps, due when the law says."""

from datetime import date, datetime, timedelta

import pytest

from suqing.cases.actions import complaints, dispatching, handling, mediation, moving, reports
from suqing.cases.grounds import NO_AGREEMENT
from suqing.cases.models import Case, Clock
from suqing.cases.queries import clocks_of, explanation
from suqing.cases.vocabulary import ClockState, Kind
from suqing.ledger.actions import change_setting
from tests.cases.examples import one_case
from tests.cast import AT, SHANGHAI, SYSTEM, Cast

pytestmark = pytest.mark.django_db


def on(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=SHANGHAI)


def state(case: Case) -> dict[str, tuple[str, date]]:
    """Limit → (state, last day)."""
    return {c.limit: (c.state, c.due_at.astimezone(SHANGHAI).date()) for c in case.clocks.all()}


def test_a_complaint_of_the_holiday_must_be_decided_seven_working_days_after_it(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=on("2020-01-25"))
    assert state(case)["D1"] == ("running", date(2020, 2, 11))  # worked out from the notices by hand
    assert case.clocks.get(limit="D1").article == "O20:14"


def test_a_report_must_be_checked_in_fifteen_working_days(centre: Cast) -> None:
    assert state(one_case(centre.call_taker, Kind.REPORT, at=on("2020-01-25")))["D5"] == (
        "running",
        date(2020, 2, 21),
    )


def test_acceptance_stops_the_first_limit_and_starts_mediation(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=on("2020-01-25"))
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=on("2020-01-25"))
    case = complaints.accept(case=case, by=centre.handler, at=on("2020-01-31"))
    found = state(case)
    assert found["D1"][0] == ClockState.MET
    assert found["D2a"] == ("running", date(2020, 4, 3))
    assert case.next_due_at is not None and case.next_due_at.astimezone(SHANGHAI).date() == date(2020, 4, 3)


def test_a_decision_after_the_last_day_is_a_breach(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=on("2020-01-25"))
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=on("2020-01-25"))
    complaints.accept(case=case, by=centre.handler, at=on("2020-02-12", 0))
    assert state(case)["D1"][0] == ClockState.BREACHED


def test_the_last_minute_of_the_last_day_is_in_time(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=on("2020-01-25"))
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=on("2020-01-25"))
    complaints.accept(case=case, by=centre.handler, at=on("2020-02-11", 23) + timedelta(minutes=59))
    assert state(case)["D1"][0] == ClockState.MET


def test_a_failed_mediation_leaves_the_notice_owed(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=AT)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    case = mediation.mediate(
        case=complaints.accept(case=case, by=centre.handler, at=AT),
        both_consent=True,
        by=centre.handler,
        at=AT,
    )
    case = mediation.terminate(
        case=case, ground=NO_AGREEMENT, note="拒绝调解", by=centre.handler, at=on("2020-02-03")
    )
    assert state(case)["D3"] == ("running", date(2020, 2, 12))
    assert handling.record_notice(case=case, by=centre.handler, at=on("2020-02-12"))
    assert state(case)["D3"][0] == ClockState.MET
    assert not handling.record_notice(case=case, by=centre.handler, at=on("2020-02-13"))
    with pytest.raises(moving.NotYours):
        handling.record_notice(case=case, by=centre.other_handler, at=on("2020-02-13"))


def test_a_real_name_reporter_is_owed_a_notice_an_anonymous_one_is_not(centre: Cast) -> None:
    for real_name in (True, False):
        case = one_case(
            centre.call_taker, Kind.REPORT, is_real_name=real_name, narrative="哄抬口罩价格", at=AT
        )
        case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
        case = reports.check(case=case, by=centre.handler, at=AT)
        case = reports.file_case(case=case, note="涉嫌哄抬价格", by=centre.handler, at=AT)
        found = state(case)
        assert ("D6" in found) is real_name
        assert found["D5"][0] == ClockState.MET
        assert found["D10"][0] == ClockState.RUNNING


def test_a_return_starts_the_centres_own_promise_again(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=AT)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    assert state(case)["D15"][0] == ClockState.MET
    case = dispatching.send_back(
        case=case, reason="unclear", note="请补充", by=centre.handler, at=AT + timedelta(hours=2)
    )
    assert sorted(case.clocks.filter(limit="D15").values_list("state", flat=True)) == ["met", "running"]
    assert state(case)["D1"][0] == ClockState.RUNNING  # counted from receipt by the centre, it goes on


def test_policy_may_count_from_dispatch_instead(centre: Cast) -> None:
    change_setting("clock.start", "dispatch", by=SYSTEM, at=AT)
    case = one_case(centre.call_taker, at=on("2020-01-20"))
    assert set(state(case)) == {"D15"}
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=on("2020-02-03"))
    assert state(case)["D1"] == ("running", date(2020, 2, 12))
    case = dispatching.send_back(
        case=case, reason="unclear", note="请补充", by=centre.handler, at=on("2020-02-04")
    )
    assert state(case)["D1"][0] == ClockState.VOID


def test_where_two_mediation_limits_stand_the_earlier_binds_by_default(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=on("2025-03-03"))
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=on("2025-03-03"))
    case = complaints.accept(case=case, by=centre.handler, at=on("2025-03-04"))
    both = {c.limit: c for c in case.clocks.filter(limit__in=["D2a", "D2b"])}
    assert set(both) == {"D2a", "D2b"}
    earlier = min(both.values(), key=lambda c: c.due_at)
    assert [c.limit for c in both.values() if c.is_binding] == [earlier.limit]


def test_a_year_without_a_calendar_gives_a_provisional_clock_not_a_lost_call(centre: Cast) -> None:
    case = one_case(centre.call_taker, Kind.REPORT, at=on("2026-12-25"))
    clock = case.clocks.get(limit="D5")
    assert clock.is_provisional
    assert not case.clocks.filter(limit="D15").get().is_provisional


def test_a_clock_explains_itself_day_by_day(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=on("2020-01-25"))
    story = explanation(case.clocks.get(limit="D1"), date(2020, 1, 25))
    counted = [line for line in story.days if line.is_counted]
    assert [line.number for line in counted] == [1, 2, 3, 4, 5, 6, 7]
    assert counted[0].day == date(2020, 2, 3)
    assert story.days[-1].day == date(2020, 2, 11)


def test_the_page_sees_what_is_left_and_what_is_overdue(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=on("2020-01-25"))
    d1 = next(view for view in clocks_of(case, on("2020-02-10")) if view.clock.limit == "D1")
    assert (d1.days_left, d1.is_overdue) == (1, False)
    late = next(view for view in clocks_of(case, on("2020-02-12", 0)) if view.clock.limit == "D1")
    assert late.is_overdue


def test_a_consultation_has_no_statutory_clock(centre: Cast) -> None:
    assert not Clock.objects.filter(case=one_case(centre.call_taker, Kind.CONSULTATION)).exists()
