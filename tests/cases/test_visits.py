"""Return visits after the end, and handling a case anew: the four grades, attempts, the redo, the second visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from suqing.accounts.actions import appoint
from suqing.accounts.models import Unit
from suqing.accounts.queries import NotPermitted, forget_appointments
from suqing.cases.actions import complaints, dispatching, handling, mediation, reports
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.actions.parties import erase
from suqing.cases.actions.visits import reopen, visit
from suqing.cases.models import Case, Clock, Dispatch, ReturnVisit
from suqing.cases.queries.visits import queue, visits_of
from suqing.cases.vocabulary import ClockState, DispatchState, Kind, State, VisitGrade
from suqing.cases.workflow import NotAllowed
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.ledger.queries import open_personal
from tests.cases.endings import LATER, answered, refused, sent, unfiled
from tests.cases.examples import WANG, registered
from tests.cases.examples import matter as matter_of
from tests.cast import AT, SYSTEM, Cast

pytestmark = pytest.mark.django_db
DAY2 = LATER + timedelta(days=1)
DAY9 = LATER + timedelta(days=9)


def visited(centre: Cast, case: Case, grade: VisitGrade = VisitGrade.DISSATISFIED, **more: object) -> Case:
    given = {"note": "商家仍不退款", "by": centre.call_taker, "at": DAY2, **more}
    return visit(case=case, grade=grade, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("grade", list(VisitGrade))
def test_each_grade_stands_on_the_case_and_in_its_story(centre: Cast, grade: VisitGrade) -> None:
    case = visited(centre, refused(centre), grade)
    case.refresh_from_db()
    assert (case.visit_grade, case.state, case.closed_at) == (grade, State.REFUSED, LATER)
    made = ReturnVisit.objects.get(case=case)
    assert (made.round, made.is_reached, made.by, made.at) == (1, True, centre.call_taker, DAY2)
    event = Event.objects.get(verb="case.visited")
    assert event.data["grade"] == grade
    assert "仍不退款" in str(open_personal(event)), "the words are kept under the key of the person"
    assert "仍不退款" not in str(event.data)


def test_complaint_report_and_consultation_are_visited_after_their_end(centre: Cast) -> None:
    for case in (refused(centre), unfiled(centre), answered(centre)):
        assert visited(centre, case, VisitGrade.SATISFIED).visit_grade == VisitGrade.SATISFIED


def test_who_was_not_reached_is_tried_again_and_then_left_alone(centre: Cast) -> None:
    case = refused(centre)
    change_setting("visits.attempts", 2, by=SYSTEM, at=AT)
    for _attempt in range(2):
        case = visit(case=case, is_reached=False, by=centre.call_taker, at=DAY2)
    assert case.visit_grade == ""
    with pytest.raises(Refused) as refusal:
        visit(case=case, is_reached=False, by=centre.call_taker, at=DAY2)
    assert (refusal.value.field, refusal.value.values["count"]) == ("is_reached", 2)
    assert list(queue(centre.call_taker, "to_visit")) == []
    assert list(queue(centre.call_taker, "not_reached")) == [case]


def test_a_person_is_visited_once_after_each_end(centre: Cast) -> None:
    case = visited(centre, refused(centre), VisitGrade.FAIR)
    with pytest.raises(Refused):
        visited(centre, case, VisitGrade.SATISFIED)
    case.refresh_from_db()
    assert case.visit_grade == VisitGrade.FAIR


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"grade": ""}, "grade"),
        ({"grade": "delighted"}, "grade"),
        ({"grade": "fair", "is_reached": False}, "grade"),
        ({"grade": "dissatisfied", "note": " "}, "note"),
        ({"grade": "fair", "note": "长" * 501}, "note"),
    ],
)
def test_a_visit_needs_a_grade_and_dissatisfaction_its_words(
    centre: Cast, given: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        visit(case=refused(centre), by=centre.call_taker, at=DAY2, **given)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert not ReturnVisit.objects.exists()


def test_nobody_is_called_back_whose_number_is_not_known(centre: Cast) -> None:
    contact = registered(centre.call_taker, matter_of(Kind.CONSULTATION), party=replace(WANG, phone=""))
    case = handling.answer(case=contact.cases.get(), text="请拨打12345", by=centre.call_taker, at=LATER)
    with pytest.raises(Refused, match="No number"):
        visited(centre, case)
    assert list(queue(centre.call_taker, "to_visit")) == []


def test_an_anonymous_reporter_cannot_be_called_back(centre: Cast) -> None:
    case = unfiled(centre, is_real_name=False, is_told=False)
    with pytest.raises(Refused, match="anonymous"):
        visited(centre, case)
    assert case not in queue(centre.call_taker, "to_visit")


def test_an_erased_person_cannot_be_called_back_and_the_note_loses_the_number(centre: Cast) -> None:
    case = visited(centre, refused(centre), note="请改拨13800001234")
    case.refresh_from_db()
    assert case.party is not None
    erase(party=case.party, reason="本人要求", by=centre.supervisor, at=DAY2)
    assert "13800001234" not in ReturnVisit.objects.get().note
    other = reopen(case=case, note="重办", by=centre.supervisor, at=DAY2)
    other = complaints.refuse(case=other, ground="other", note="x", by=centre.handler, at=DAY9)
    with pytest.raises(Refused, match="No number"):
        visited(centre, other, at=DAY9)


def test_reporters_are_visited_only_by_who_may_see_reports(centre: Cast) -> None:
    """O20 art. 33: somebody who may visit in one unit by a role without the right to its reports."""
    case = unfiled(centre)
    with pytest.raises(NotPermitted):
        visited(centre, case, by=centre.leader)
    appoint(person=centre.leader, unit=centre.gusu, role="handler", by=SYSTEM, at=AT)
    forget_appointments(centre.leader)
    with pytest.raises(NotPermitted):
        visited(centre, case, by=centre.leader)


@pytest.mark.parametrize("name", ["handler", "head", "dispatcher", "analyst", "leader", "stranger"])
def test_only_call_takers_and_supervisors_visit(centre: Cast, name: str) -> None:
    with pytest.raises(NotPermitted):
        visited(centre, refused(centre), by=getattr(centre, name))


def test_a_case_under_way_is_not_visited(centre: Cast) -> None:
    with pytest.raises(NotAllowed):
        visited(centre, sent(centre))


def test_two_visitors_at_once_do_not_overwrite_each_other(centre: Cast) -> None:
    case = refused(centre)
    seen = case.revision
    visited(centre, case, VisitGrade.SATISFIED, revision=seen)
    with pytest.raises(Stale):
        visited(centre, case, VisitGrade.DISSATISFIED, by=centre.supervisor, revision=seen)
    case.refresh_from_db()
    assert case.visit_grade == VisitGrade.SATISFIED


# Handling anew


def test_after_dissatisfaction_the_unit_redoes_it_and_a_second_visit_is_due(centre: Cast) -> None:
    case = visited(centre, refused(centre))
    assert list(queue(centre.supervisor, "dissatisfied")) == [case]
    case = reopen(case=case, note="请重新核实", redo_until=date(2020, 2, 10), by=centre.supervisor, at=DAY2)
    case.refresh_from_db()
    assert (case.state, case.responsible_unit, case.closed_at) == (State.DISPATCHED, centre.gusu, None)
    assert (case.ground, case.outcome, case.result_note, case.decided_at) == ("", "", "", None)
    back = Dispatch.objects.get(case=case, state=DispatchState.OPEN)
    assert (back.to_unit, back.from_unit, back.report_back_on) == (
        centre.gusu,
        centre.centre,
        date(2020, 2, 10),
    )
    assert ReturnVisit.objects.get().redo_until == date(2020, 2, 10)
    assert list(queue(centre.supervisor, "dissatisfied")) == []
    case = complaints.refuse(
        case=case, ground="no_consumer_dispute", note="确非消费争议", by=centre.handler, at=DAY9
    )
    assert list(queue(centre.call_taker, "second")) == [case]
    assert list(queue(centre.call_taker, "to_visit")) == [], "a second visit is owed, not a first one"
    assert visits_of(case).is_second
    case = visited(centre, case, VisitGrade.SATISFIED, at=DAY9)
    assert [one.round for one in ReturnVisit.objects.order_by("round")] == [1, 2]
    assert case.visit_grade == VisitGrade.SATISFIED
    assert list(queue(centre.call_taker, "second")) == []


def test_the_limits_of_receipt_start_anew_from_the_reopening(centre: Cast) -> None:
    case = reopen(case=refused(centre), note="重办", by=centre.supervisor, at=DAY9)
    running = Clock.objects.get(case=case, limit="D1", state=ClockState.RUNNING)
    assert running.started_at == DAY9
    assert case.next_due_at == running.due_at > DAY9


def test_local_policy_can_leave_the_limits_as_they_ended(centre: Cast) -> None:
    change_setting("reopen.restart_clocks", False, by=SYSTEM, at=AT)
    case = reopen(case=refused(centre), note="重办", by=centre.supervisor, at=DAY9)
    assert not Clock.objects.filter(case=case, state=ClockState.RUNNING).exists()
    assert case.next_due_at is None


def test_a_report_is_reopened_and_the_notice_of_the_earlier_decision_falls_away(centre: Cast) -> None:
    case = unfiled(centre, is_told=False)
    owed = Clock.objects.filter(case=case, state=ClockState.RUNNING).values_list("limit", flat=True)
    assert set(owed), "the reporter has not been told"
    case = reopen(case=case, note="有新线索", by=centre.supervisor, at=DAY2)
    states = Clock.objects.filter(case=case, limit__in=["D6", "D7"]).values_list("state", flat=True)
    assert set(states) == {ClockState.VOID}
    assert Clock.objects.filter(case=case, limit__in=["D4", "D5"], state=ClockState.RUNNING).exists()


def test_a_reopened_complaint_goes_its_whole_way_again(centre: Cast) -> None:
    case = reopen(case=refused(centre), note="重办", by=centre.supervisor, at=DAY2)
    case = dispatching.assign(case=case, unit=centre.gusu, handler=centre.handler, by=centre.handler, at=DAY2)
    case = complaints.accept(case=case, by=centre.handler, at=DAY9)
    assert (case.state, case.decided_at) == (State.ACCEPTED, DAY9)


def test_a_consultation_goes_back_to_the_centre(centre: Cast) -> None:
    case = reopen(case=answered(centre), note="答复有误", by=centre.supervisor, at=DAY2)
    assert (case.state, case.responsible_unit) == (State.REGISTERED, centre.centre)
    assert not Dispatch.objects.filter(case=case).exists()


def test_what_the_end_said_is_kept_in_the_story(centre: Cast) -> None:
    case = reopen(case=refused(centre), note="重办", by=centre.supervisor, at=DAY2)
    undone = Event.objects.get(verb="case.reopened", subject_id=str(case.pk)).data["undone"]
    assert (undone["outcome"], undone["ground"]) == ("refused", "too_late")


def test_reopening_needs_a_reason_and_a_day_to_come(centre: Cast) -> None:
    for given, field in (
        ({"note": " "}, "note"),
        ({"note": "x", "redo_until": date(2020, 1, 1)}, "redo_until"),
    ):
        with pytest.raises(Refused) as refusal:
            reopen(case=refused(centre), by=centre.supervisor, at=DAY2, **given)  # type: ignore[arg-type]
        assert refusal.value.field == field


def test_a_case_that_no_unit_has_had_needs_one_named(centre: Cast) -> None:
    case = complaint_withdrawn(centre)
    with pytest.raises(Refused) as refusal:
        reopen(case=case, note="投诉人反悔", by=centre.supervisor, at=DAY2)
    assert refusal.value.field == "to_unit"
    case = reopen(case=case, note="投诉人反悔", to_unit=centre.gusu, by=centre.supervisor, at=DAY2)
    assert (case.state, case.responsible_unit) == (State.DISPATCHED, centre.gusu)


def complaint_withdrawn(centre: Cast) -> Case:
    """Ended while it was with the centre."""
    case = registered(centre.call_taker, matter_of()).cases.get()
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED, closed_at=LATER, outcome="withdrawn")
    return case


def test_a_station_gets_its_case_back(centre: Cast) -> None:
    station = Unit.objects.filter(parent=centre.gusu, kind="station").first()
    case = dispatching.assign(case=sent(centre), unit=station, handler=None, by=centre.handler, at=AT)  # type: ignore[arg-type]
    case = complaints.refuse(case=case, ground="other", note="x", by=centre.handler, at=LATER)
    case = reopen(case=case, note="重办", by=centre.supervisor, at=DAY2)
    assert case.responsible_unit == station


@pytest.mark.parametrize("name", ["call_taker", "handler", "head", "dispatcher", "analyst"])
def test_only_supervisors_reopen(centre: Cast, name: str) -> None:
    with pytest.raises((NotPermitted, NotYours)):
        reopen(case=refused(centre), note="x", by=getattr(centre, name), at=DAY2)


# The queue


def test_the_queue_takes_the_share_of_local_policy_and_every_redone_case(centre: Cast) -> None:
    case = refused(centre)
    change_setting("visits.share", 0, by=SYSTEM, at=AT)
    assert list(queue(centre.call_taker, "to_visit")) == []
    case = reopen(case=visited(centre, case), note="重办", by=centre.supervisor, at=DAY2)
    complaints.refuse(case=case, ground="other", note="x", by=centre.handler, at=DAY9)
    assert list(queue(centre.call_taker, "second")) == [case]


def test_the_queue_holds_reports_only_for_who_may_see_them(centre: Cast) -> None:
    complaint, report = refused(centre), unfiled(centre)
    assert set(queue(centre.call_taker, "to_visit")) == {complaint, report}
    assert set(queue(centre.leader, "to_visit")) == {complaint}
    assert Kind(report.kind) == Kind.REPORT


def test_a_mediation_that_ended_can_be_begun_and_ended_once_more(centre: Cast) -> None:
    """The redo of a complaint that was mediated: both ends, consents and notices stand in one story."""
    case = sent(centre)
    for day in (LATER, DAY9):
        if day == LATER:
            case = complaints.accept(case=case, by=centre.handler, at=day)
        case = mediation.record_consent(
            case=case, complainant=True, respondent=True, by=centre.handler, at=day
        )
        case = mediation.mediate(case=case, by=centre.handler, at=day)
        case = mediation.terminate(
            case=case, ground="no_agreement", note="未达成一致", by=centre.handler, at=day
        )
        assert case.has_ended
        if day == LATER:
            case = reopen(case=case, note="请再次调解", by=centre.supervisor, at=DAY2)
            accepted = complaints.accept(case=case, by=centre.handler, at=DAY2)
            with pytest.raises(Refused, match="consent"):
                mediation.mediate(case=accepted, by=centre.handler, at=DAY2)
            case = accepted
    events = Event.objects.filter(subject_type="case", subject_id=str(case.pk))
    undone = events.get(verb="case.reopened").data["undone"]
    assert undone["mediation"]["termination_ground"] == "no_agreement"
    assert events.filter(verb="case.mediation_terminated").count() == 2
    running = Clock.objects.filter(case=case, state=ClockState.RUNNING).values_list("limit", flat=True)
    assert list(running) == ["D3"], "only the notice of the second end is owed"


def test_a_report_that_was_not_filed_can_be_filed_after_reopening(centre: Cast) -> None:
    case = reopen(case=unfiled(centre), note="发现新证据", by=centre.supervisor, at=DAY2)
    case = reports.check(case=case, by=centre.handler, at=DAY9)
    case = reports.file_case(case=case, note="线索属实", by=centre.handler, at=DAY9)
    assert (case.state, case.filed_at) == (State.FILED, DAY9)
