"""The indicators of a bureau, each against a number worked out by hand from a small month of May 2026."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from suqing.analytics import policy
from suqing.analytics.period_codes import parse
from suqing.analytics.queries import case_ids, figure, rows_of, where
from suqing.analytics.registry import Basis, Measure, all_measures, get
from suqing.cases.actions import complaints, dispatching, handling, leads, mediation, reports, visits
from suqing.cases.models import Case
from suqing.cases.result_details import ResultDetails
from suqing.cases.vocabulary import Kind, Outcome, VisitGrade
from suqing.ledger.actions import change_setting
from suqing.ledger.policy import BadSetting
from suqing.telephony.models import Call
from tests.analytics.days import kettle_complaint, load, mask_report, moment, question, take
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 5, 11)
AT = moment(MONDAY)
MAY, JUNE, JULY = "2026-05", "2026-06", "2026-07"


def on(month: int, day: int) -> datetime:
    return moment(date(2026, month, day))


def taken(cast: Cast, *, is_report: bool = False, **facts: object) -> Case:
    matter = mask_report(**facts) if is_report else kettle_complaint(**facts)
    case = take(cast, AT, matter).cases.get()
    return dispatching.dispatch(case=case, to_unit=cast.gusu, by=cast.dispatcher, at=AT)


def ended(cast: Cast, case: Case, ground: str, at: datetime, recovered: str | None = None) -> Case:
    return mediation.terminate(
        case=case, ground=ground, note="终结", by=cast.handler, at=at,
        recovered_amount=None if recovered is None else Decimal(recovered),
    )  # fmt: skip


def make_complaints(cast: Cast) -> None:
    """Five complaints of 11 May: decide until 20 May (7 working days), end the mediation within 60 days of accepting.

    1: accepted on the 12th, settled on the 15th with 300 yuan, made public on the 20th, caller satisfied.
    2: refused on the 13th; caller dissatisfied.
    3: accepted on the 25th, too late; ended without agreement on 27 July, three days too late.
    4: nobody decides.
    5: accepted on the 12th, leads found on the 18th; nobody ends it.
    """
    by = cast.handler
    one, two, three, _four, five = (taken(cast, publicity_consent=number == 0) for number in range(5))
    for case, day in ((one, 12), (three, 25), (five, 12)):
        complaints.accept(case=case, by=by, at=on(5, day))
    ended(cast, one, "settled", on(5, 15), "300.00")
    complaints.refuse(case=two, ground="too_late", note="已过三年", by=by, at=on(5, 13))
    mediation.mediate(case=three, by=by, at=on(5, 26), both_consent=True)
    ended(cast, three, "no_agreement", on(7, 27))
    for case, grade in ((one, VisitGrade.SATISFIED), (two, VisitGrade.DISSATISFIED)):
        visits.visit(case=case, grade=grade, note="回访", by=cast.supervisor, at=on(5, 29))
    complaints.record_publicity(case=one, publicised_on=date(2026, 5, 20), by=by, at=on(5, 29))
    report = leads.find_leads(case=five, text="另售过期消毒液", by=by, at=on(5, 18))
    reports.file_case(case=report, note="属实", by=by, at=on(5, 20))


def make_reports(cast: Cast) -> None:
    """Three reports of 11 May: check and decide until 1 June (15 working days).

    1: filed on the 14th, closed on the 28th with a penalty of 500 and 200 confiscated.
    2: not filed on 5 June, too late; closed the same day.
    3: nobody checks it.
    """
    by = cast.handler
    one, two, _three = (taken(cast, is_report=True) for _number in range(3))
    reports.check(case=one, by=by, at=on(5, 12))
    reports.file_case(case=one, note="属实", by=by, at=on(5, 14))
    handling.close(
        case=one, outcome=Outcome.PENALTY, note="罚款", by=by, at=on(5, 28), penalty_amount=Decimal(500),
        details=ResultDetails(confiscated_amount=Decimal(200)),
    )  # fmt: skip
    reports.check(case=two, by=by, at=on(5, 12))
    reports.not_file(case=two, note="不属实", by=by, at=on(6, 5))
    handling.close(case=two, outcome=Outcome.NOT_FILED, note="不予立案", by=by, at=on(6, 5))


@pytest.fixture
def month(cast: Cast) -> Cast:
    load(cast)
    make_complaints(cast)
    make_reports(cast)
    take(cast, AT, question(answer="按公示标准收费"))
    return cast


BY_HAND = {
    # Of five decisions due by 20 May three were taken in time: 12, 13 and 12 May.
    ("on_time_acceptance_rate", MAY): ("60.00", 3, 5),
    # Due 11, 11 and 24 July: only complaint 1 ended in time.
    ("on_time_completion_rate", JULY): ("33.33", 1, 3),
    # Due in June: reports 1, 2, 3 and the one of leads; 1 and that one were decided upon in time.
    ("on_time_check_rate", JUNE): ("50.00", 2, 4),
    # Decided upon in May: 1, 3 and 5 accepted, 2 refused.
    ("acceptance_rate", MAY): ("75.00", 3, 4),
    # Report 1 and the one of leads filed in May; report 2 not filed in June.
    ("filing_rate", MAY): ("100.00", 2, 2),
    ("filing_rate", JUNE): ("0.00", 0, 1),
    # Received in May: 5 complaints, 3 reports, 1 report of leads; ended by now: complaints 1, 2, 3, reports 1, 2.
    ("closing_rate", MAY): ("55.56", 5, 9),
    # Closed in May: complaint 1, report 1; refused ones are not closed.
    ("closed_in_time_rate", MAY): ("100.00", 2, 2),
    ("closed_in_time_rate", JUNE): ("0.00", 0, 1),
    ("closed_in_time_rate", JULY): ("0.00", 0, 1),
    ("mediation_success_rate", MAY): ("100.00", 1, 1),
    ("mediation_success_rate", JULY): ("0.00", 0, 1),
    ("satisfaction_rate", MAY): ("50.00", 1, 2),
    # Only the complainant of 1 agreed, and it was made public.
    ("publicity_rate", MAY): ("100.00", 1, 1),
    # From 11 May: 1, 2, 14 and 1 days.
    ("mean_days_to_decide", MAY): ("4.5", 18 * 86_400, 4),
    # 3 days, and 2 from the day on which the leads were found.
    ("mean_days_to_filing_decision", MAY): ("2.5", 5 * 86_400, 2),
    ("mean_days_to_close", MAY): ("4.0", 4 * 86_400, 1),
    ("mean_days_to_close", JULY): ("77.0", 77 * 86_400, 1),
    ("mean_days_to_close_reports", MAY): ("17.0", 17 * 86_400, 1),
}
NUMBERS_BY_HAND = {
    ("complaints_turned_cases", MAY): "1",
    ("cases_visited", MAY): "2",
    ("complaints_to_publish", MAY): "1",
    ("complaints_accepted", MAY): "3",
    ("complaints_refused", MAY): "1",
    ("reports_filed", MAY): "2",
    ("reports_penalised", MAY): "1",
    ("recovered_loss", MAY): "300.00",
    ("penalties", MAY): "500.00",
    ("penalties_and_confiscations", MAY): "700.00",
}


def test_rates_and_means_are_those_worked_out_by_hand(month: Cast) -> None:
    found = {key: figure(key[0], period=parse(key[1])) for key in BY_HAND}
    assert {key: (str(one.value), one.numerator, one.denominator) for key, one in found.items()} == BY_HAND


def test_numbers_and_sums_are_those_worked_out_by_hand(month: Cast) -> None:
    found = {key: str(figure(key[0], period=parse(key[1])).value) for key in NUMBERS_BY_HAND}
    assert found == NUMBERS_BY_HAND


def test_the_cases_behind_a_rate_are_as_many_as_its_whole(month: Cast) -> None:
    for code, period in BY_HAND:
        found = figure(code, period=parse(period))
        rows = rows_of(found)
        assert len(case_ids(found)) == found.denominator, code
        if found.measure.is_share:
            assert len(rows.numerator) == found.numerator, code


def test_a_rate_of_nothing_is_no_number(month: Cast) -> None:
    for code in {code for code, _period in BY_HAND}:
        assert figure(code, period=parse("2025-01")).value is None, code


def test_a_case_handled_anew_is_no_longer_closed_nor_late(month: Cast) -> None:
    late = Case.objects.get(kind=Kind.REPORT, outcome=Outcome.NOT_FILED)
    visits.reopen(case=late, note="重新办理", by=month.supervisor, at=on(6, 8))
    assert figure("closed_in_time_rate", period=parse(JUNE)).denominator == 0


def test_leads_of_another_unit_are_not_counted(month: Cast) -> None:
    found = figure("complaints_turned_cases", period=parse(MAY), person=month.other_handler)
    assert (found.value, case_ids(found, person=month.other_handler)) == (0, [])


# Calls


def ring(cast: Cast, at: datetime, *, waited: float | None, lasted: float, source: str = "switch") -> None:
    Call.objects.create(
        ref=uuid4(), source=source, agent=cast.call_taker, started_at=at,
        answered_at=None if waited is None else at + timedelta(seconds=waited), ended_at=at + timedelta(seconds=lasted),
    )  # fmt: skip


@pytest.fixture
def ringing(cast: Cast) -> Cast:
    """On 11 May from the switch: answered after 5, 15, 15.9 and 16 seconds, given up after 3, 5 and 40; one typed in,
    and one that still rings."""
    for number, waited in enumerate((5, 15, 15.9, 16)):
        ring(cast, AT + timedelta(minutes=number), waited=waited, lasted=waited + 100)
    for number, lasted in enumerate((3, 5, 40)):
        ring(cast, AT + timedelta(hours=1, minutes=number), waited=None, lasted=lasted)
    ring(cast, AT, waited=0, lasted=60, source="typed")
    Call.objects.create(ref=uuid4(), source="switch", agent=cast.call_taker, started_at=AT)
    return cast


def calls(code: str) -> tuple[str, int | None, int | None]:
    found = figure(code, period=parse("2026-05-11"))
    return str(found.value), found.numerator, found.denominator


def test_calls_are_counted_as_calls(ringing: Cast) -> None:
    assert [calls(code)[0] for code in ("calls_received", "calls_answered", "calls_abandoned", "calls_made")] == [
        "9", "5", "3", "0"
    ]  # fmt: skip


def test_rates_of_calls_are_those_worked_out_by_hand(ringing: Cast) -> None:
    assert calls("connect_rate") == ("57.14", 4, 7)
    assert calls("connect_rate_adjusted") == ("66.67", 4, 6)  # without the one given up after 3 seconds
    assert calls("timely_answer_rate") == ("75.00", 3, 4)  # 15.9 are 15 whole seconds
    assert calls("service_level") == ("50.00", 3, 6)
    assert calls("mean_wait_seconds") == ("13", 5 + 15 + 15 + 16, 4)
    assert calls("mean_talk_seconds") == ("92", 460, 5)


def test_local_policy_sets_seconds_and_times_left_out(ringing: Cast) -> None:
    def set_to(key: str, value: object) -> None:
        change_setting(key, value, by=SYSTEM, at=AT)

    set_to(policy.ANSWER_SECONDS.key, 5)
    set_to(policy.SHORT_SECONDS.key, 6)
    assert calls("timely_answer_rate") == ("25.00", 1, 4)
    assert calls("service_level") == ("20.00", 1, 5)
    set_to(policy.LEFT_OUT.key, [["2026-05-11T11:00+08:00", "2026-05-11T12:00+08:00", "交换机故障"]])
    assert calls("connect_rate_adjusted") == ("100.00", 4, 4)
    assert calls("connect_rate") == ("57.14", 4, 7)
    rows = rows_of(figure("connect_rate", period=parse("2026-05-11")))
    assert (len(rows.calls), len(rows.numerator)) == (7, 4)


@pytest.mark.parametrize(
    "times",
    [
        [["2026-05-11T11:00+08:00", "2026-05-11T10:00+08:00", "故障"]],
        [["2026-05-11T11:00", "2026-05-11T12:00", "故障"]],
        [["2026-05-11T11:00+08:00", "2026-05-11T12:00+08:00", " "]],
        [["昨天", "今天", "故障"]],
        [["2026-05-11T11:00+08:00"]],
        [["2026-05-11T11:00+08:00", "2026-05-11T12:00+08:00", "故障"]] * 201,
    ],
)
def test_a_time_to_leave_out_must_be_one(cast: Cast, times: object) -> None:
    with pytest.raises(BadSetting):
        change_setting(policy.LEFT_OUT.key, times, by=SYSTEM, at=AT)


# The registry


@pytest.mark.parametrize("measure", list(all_measures()), ids=lambda one: one.code)
def test_a_measure_says_what_it_is(measure: Measure) -> None:
    assert measure.name
    assert measure.definition.endswith(".")
    assert measure.formula.endswith(".")
    assert measure.is_share == (measure.unit == "%")
    assert measure.is_local == (measure.basis in (Basis.NAMED, Basis.LOCAL))
    if "not published" in measure.formula:
        assert measure.basis is Basis.NAMED
        assert measure.reference, "what is it called elsewhere"
    if measure.basis is Basis.NAMED:
        assert measure.reference


def test_names_and_definitions_tell_measures_apart() -> None:
    every = list(all_measures())
    assert len({one.name for one in every}) == len({one.definition for one in every}) == len(every) >= 40
    assert get("satisfaction_rate").is_local


def test_a_mean_over_a_filter_is_that_of_its_cases(month: Cast) -> None:
    found = figure("mean_days_to_close_reports", period=parse("2026"), filters=where(kind=Kind.REPORT))
    assert (str(found.value), found.denominator) == ("21.0", 2)  # 17 and 25 days
    assert (
        figure("mean_days_to_close_reports", period=parse("2026"), filters=where(kind=Kind.COMPLAINT)).value
        is None
    )
