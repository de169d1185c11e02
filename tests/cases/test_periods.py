"""Time that limits do not count, from its beginning to its end."""

from datetime import date

import pytest

from suqing.cases.actions import mediation, periods, reports
from suqing.cases.actions.extensions import ask_extension, decide_extension
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.models import Case, ExcludedPeriod
from suqing.cases.vocabulary import ClockState
from suqing.cases.workflow import NotAllowed
from suqing.ledger.models import Event
from tests.cases.handled import checked, clock, due, filed, mediated, on
from tests.cast import Cast
from tests.lawclock import slow_reference

pytestmark = pytest.mark.django_db

BODY = {"body": "苏州市产品质量监督检验院", "chosen_by": "joint", "cost_by": "agreement"}


def begin(centre: Cast, case: Case, kind: str, first: str, at: str, **more: object) -> Case:
    given = {"by": centre.handler, "at": on(at), **more}
    return periods.begin_period(case=case, kind=kind, first_on=date.fromisoformat(first), **given)  # type: ignore[arg-type]


def end(centre: Cast, case: Case, kind: str, last: str, at: str) -> Case:
    return periods.end_period(
        case=case, kind=kind, last_on=date.fromisoformat(last), by=centre.handler, at=on(at)
    )


def test_testing_pauses_the_mediation_and_its_days_are_not_counted(centre: Cast) -> None:
    case = begin(centre, mediated(centre), "testing", "2020-02-10", "2020-02-11", **BODY)
    assert clock(case, "D2a").state == ClockState.PAUSED
    assert case.next_due_at is None
    case = end(centre, case, "testing", "2020-02-21", "2020-02-24")
    spans = [(date(2020, 2, 10), date(2020, 2, 21))]
    last = slow_reference.walk(date(2020, 2, 3), 45, True, spans)
    assert due(case, "D2a") == slow_reference.move_on(last)
    assert clock(case, "D2a").state == ClockState.RUNNING
    assert case.next_due_at == clock(case, "D2a").due_at


def test_a_kind_that_the_limit_counts_is_refused_with_its_article(centre: Cast) -> None:
    case = mediated(centre)
    for kind in ("hearing", "quarantine", "recusal", "travel", "nonsense"):
        with pytest.raises(Refused) as refused:
            begin(centre, case, kind, "2020-02-10", "2020-02-11", **BODY)
        assert (refused.value.field, refused.value.article) == ("kind", "O20:20")
    assert not ExcludedPeriod.objects.exists()
    assert clock(case, "D2a").state == ClockState.RUNNING


def test_the_check_of_a_report_stands_still_by_the_penalty_procedure(centre: Cast) -> None:
    case = begin(centre, checked(centre), "rights_holder_identification", "2020-02-05", "2020-02-05")
    assert clock(case, "D5").state == ClockState.PAUSED
    with pytest.raises(Refused) as refused:
        begin(centre, case, "hearing", "2020-02-05", "2020-02-05")
    assert refused.value.article == "PROC:18"


def test_order_20_lets_nobody_but_both_sides_choose_the_body(centre: Cast) -> None:
    case = mediated(centre)
    with pytest.raises(Refused) as refused:
        begin(centre, case, "testing", "2020-02-10", "2020-02-11", **BODY | {"chosen_by": periods.DESIGNATED})
    assert (refused.value.field, refused.value.article) == ("chosen_by", "O20:20")


def test_order_121_lets_the_bureau_designate_a_body(centre: Cast) -> None:
    case = begin(
        centre,
        mediated(centre, "2026-05-06"),
        "testing",
        "2026-05-08",
        "2026-05-08",
        **BODY | {"chosen_by": periods.DESIGNATED},
    )
    assert clock(case, "D2b").state == ClockState.PAUSED
    assert case.excluded_periods.get().chosen_by == "designated"


@pytest.mark.parametrize("missing", ["body", "chosen_by", "cost_by"])
def test_in_a_mediation_body_choice_and_cost_must_be_said(centre: Cast, missing: str) -> None:
    with pytest.raises(Refused) as refused:
        begin(centre, mediated(centre), "testing", "2020-02-10", "2020-02-11", **BODY | {missing: ""})
    assert (refused.value.field, refused.value.article) == (missing, "O20:20")


@pytest.mark.parametrize(
    ("first", "why"),
    [("2020-02-12", "not come yet"), ("2020-02-02", "began on 2020-02-03")],
)
def test_a_first_day_that_cannot_be_is_refused(centre: Cast, first: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        begin(centre, mediated(centre), "testing", first, "2020-02-11", **BODY)
    assert refused.value.field == "first_on"
    assert not ExcludedPeriod.objects.exists()


@pytest.mark.parametrize(
    ("last", "why"),
    [("2020-02-13", "not come yet"), ("2020-02-09", "began on 2020-02-10")],
)
def test_a_last_day_that_cannot_be_is_refused(centre: Cast, last: str, why: str) -> None:
    case = begin(centre, mediated(centre), "testing", "2020-02-10", "2020-02-11", **BODY)
    with pytest.raises(Refused, match=why) as refused:
        end(centre, case, "testing", last, "2020-02-12")
    assert refused.value.field == "last_on"
    assert clock(case, "D2a").state == ClockState.PAUSED


def test_one_kind_runs_once_another_beside_it(centre: Cast) -> None:
    case = begin(centre, mediated(centre), "testing", "2020-02-10", "2020-02-11", **BODY)
    with pytest.raises(Refused, match="running already"):
        begin(centre, case, "testing", "2020-02-10", "2020-02-11", **BODY)
    case = begin(centre, case, "appraisal", "2020-02-11", "2020-02-12", **BODY)
    case = end(centre, case, "testing", "2020-02-14", "2020-02-14")
    assert clock(case, "D2a").state == ClockState.PAUSED
    case = end(centre, case, "appraisal", "2020-02-12", "2020-02-14")
    spans = [(date(2020, 2, 10), date(2020, 2, 14))]
    assert due(case, "D2a") == slow_reference.walk(date(2020, 2, 3), 45, True, spans)


def test_what_does_not_run_cannot_end(centre: Cast) -> None:
    with pytest.raises(Refused) as refused:
        end(centre, mediated(centre), "testing", "2020-02-11", "2020-02-11")
    assert (refused.value.field, refused.value.article) == ("kind", "O20:20")


def test_time_that_begins_after_the_limit_ran_out_changes_nothing(centre: Cast) -> None:
    case = checked(centre)
    last = due(case, "D5")
    with pytest.raises(Refused, match="ran out before") as refused:
        begin(centre, case, "testing", "2020-03-02", "2020-03-02")
    assert refused.value.article == "PROC:18"
    assert (clock(case, "D5").state, due(case, "D5")) == (ClockState.RUNNING, last)
    assert not ExcludedPeriod.objects.exists()


def test_the_last_day_itself_can_still_be_left_out(centre: Cast) -> None:
    case = checked(centre)
    last = due(case, "D5")
    case = begin(centre, case, "testing", last.isoformat(), last.isoformat())
    assert clock(case, "D5").state == ClockState.PAUSED
    case = end(centre, case, "testing", last.isoformat(), last.isoformat())
    assert due(case, "D5") > last


def test_a_case_that_ends_while_something_is_tested_kept_its_limit(centre: Cast) -> None:
    case = begin(centre, mediated(centre), "testing", "2020-02-10", "2020-02-11", **BODY)
    case = mediation.terminate(
        case=case, ground="withdrawn", note="已自行和解", by=centre.handler, at=on("2020-12-01")
    )
    met = clock(case, "D2a")
    assert met.state == ClockState.MET
    assert met.excluded[0]["last"] == "2020-12-01"
    period = case.excluded_periods.get()
    assert (period.last_on, period.ended_by) == (date(2020, 12, 1), None)


def test_testing_that_goes_on_after_filing_pauses_the_decision_too(centre: Cast) -> None:
    case = begin(centre, checked(centre), "testing", "2020-02-05", "2020-02-05")
    case = reports.file_case(case=case, note="涉嫌", by=centre.handler, at=on("2020-02-20"))
    assert clock(case, "D5").state == ClockState.MET
    assert clock(case, "D10").state == ClockState.PAUSED
    case = end(centre, case, "testing", "2020-02-28", "2020-02-28")
    spans = [(date(2020, 2, 5), date(2020, 2, 28))]
    assert due(case, "D10") == slow_reference.walk(date(2020, 2, 20), 90, False, spans)


def test_testing_that_nothing_waits_for_any_more_has_ended(centre: Cast) -> None:
    case = begin(centre, checked(centre), "testing", "2020-02-05", "2020-02-05")
    case = reports.not_file(case=case, note="违法事实不成立", by=centre.handler, at=on("2020-02-20"))
    assert case.excluded_periods.get().last_on == date(2020, 2, 20)


def test_a_period_cannot_have_ended_before_an_extension_that_rests_on_it(centre: Cast) -> None:
    case = begin(centre, checked(centre), "testing", "2020-02-05", "2020-02-05")
    case = ask_extension(case=case, reason="案情复杂", by=centre.handler, at=on("2020-06-01"))
    case = decide_extension(case=case, is_granted=True, by=centre.head, at=on("2020-06-02"))
    with pytest.raises(Refused, match="extended on 2020-06-02") as refused:
        end(centre, case, "testing", "2020-02-07", "2020-06-03")
    assert refused.value.article == "PROC:18"
    case = end(centre, case, "testing", "2020-06-02", "2020-06-03")
    spans = [(date(2020, 2, 5), date(2020, 6, 2))]
    assert due(case, "D5") == slow_reference.walk(date(2020, 2, 3), 30, True, spans)


def test_the_event_tells_days_article_and_what_became_of_the_clocks(centre: Cast) -> None:
    case = begin(centre, filed(centre), "hearing", "2020-02-10", "2020-02-11", note="听证申请人刘某")
    event = Event.objects.get(verb="case.period_begun", subject_id=str(case.pk))
    assert (event.data["kind"], event.data["first_on"], event.data["article"]) == (
        "hearing",
        "2020-02-10",
        "PROC:64",
    )
    assert [one["state"] for one in event.data["clocks_moved"]] == ["paused"]
    assert "刘某" not in str(event.data)
    assert event.sealed


def test_periods_belong_to_the_unit_that_handles_and_to_their_states(centre: Cast) -> None:
    case = mediated(centre)
    with pytest.raises(NotYours):
        begin(centre, case, "testing", "2020-02-10", "2020-02-11", by=centre.other_handler, **BODY)
    with pytest.raises(Stale):
        begin(centre, case, "testing", "2020-02-10", "2020-02-11", revision=0, **BODY)
    done = mediation.terminate(
        case=case, ground="withdrawn", note="撤回", by=centre.handler, at=on("2020-02-11")
    )
    with pytest.raises(NotAllowed):
        begin(centre, done, "testing", "2020-02-10", "2020-02-11", **BODY)
