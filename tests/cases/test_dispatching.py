"""Objections to a dispatch, disputes over competence, and matters that belong to somebody else."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from suqing.accounts.actions import appoint
from suqing.accounts.models import Unit
from suqing.accounts.queries import NotPermitted, forget_appointments
from suqing.cases.actions import complaints, dispatching
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.actions.parties import erase
from suqing.cases.models import Case, CompetenceDispute, Dispatch
from suqing.cases.vocabulary import ClockState, DispatchState, Kind, Outcome, State
from suqing.cases.workflow import NotAllowed
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.ledger.queries import open_personal
from suqing.ledger.writing import gathered
from suqing.taxonomy.models import ClassNode
from tests.cases.examples import one_case
from tests.cast import AT, SHANGHAI, SYSTEM, Cast

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)
NEW_LAW = datetime(2026, 5, 6, 10, 0, tzinfo=SHANGHAI)


def dispatched(centre: Cast, kind: Kind = Kind.COMPLAINT, *, at: datetime = AT, **changes: object) -> Case:
    """A case in the hands of Gusu district."""
    case = one_case(centre.call_taker, kind, at=at, **changes)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)


def objected(centre: Cast, note: str = "经营地在吴中区") -> Case:
    return dispatching.send_back(
        case=dispatched(centre), reason="competence", note=note, by=centre.handler, at=LATER
    )


def disputed(centre: Cast, **changes: object) -> Case:
    case = dispatched(centre, **changes)  # type: ignore[arg-type]
    return dispatching.dispute(
        case=case, other_unit=centre.wuzhong, reason="实际经营地两区交界", by=centre.handler, at=LATER
    )


def clock(case: Case, limit: str) -> str:
    """The state of the newest clock of a limit."""
    return str(case.clocks.filter(limit=limit).order_by("-id").values_list("state", flat=True).first())


def last_event(case: Case) -> Event:
    event = Event.objects.filter(
        subject_type="case", subject_id=str(case.pk), verb__startswith="case."
    ).last()
    assert event is not None
    return event


def food(code: str = "101") -> ClassNode:
    return ClassNode.objects.get(tree__code="object-sz-ch20", code=code)


# Objections


def test_an_objection_waits_at_the_centre_with_its_reason(centre: Cast) -> None:
    case = objected(centre)
    assert (case.state, case.responsible_unit, case.return_count) == (State.OBJECTED, centre.centre, 1)
    sent = Dispatch.objects.get(case=case)
    assert (sent.state, sent.returned_by, sent.returned_at, sent.ended_at) == (
        DispatchState.OBJECTED,
        centre.handler,
        LATER,
        None,
    )
    assert clock(case, "D15") == ClockState.RUNNING
    with pytest.raises(NotAllowed):  # not before the centre has said something to it
        dispatching.dispatch(case=case, to_unit=centre.wuzhong, by=centre.dispatcher, at=LATER)


def test_an_upheld_objection_frees_the_case_for_another_unit(centre: Cast) -> None:
    case = dispatching.uphold(case=objected(centre), note="属实", by=centre.dispatcher, at=LATER)
    assert (case.state, case.responsible_unit) == (State.REGISTERED, centre.centre)
    sent = Dispatch.objects.get(case=case)
    assert (sent.state, sent.is_upheld, sent.objection_note, sent.ended_at) == (
        DispatchState.RETURNED,
        True,
        "属实",
        LATER,
    )
    assert (sent.objection_decided_by, sent.objection_decided_at) == (centre.dispatcher, LATER)
    assert last_event(case).data["article"] == "O20:37"
    case = dispatching.dispatch(case=case, to_unit=centre.wuzhong, by=centre.dispatcher, at=LATER)
    assert case.responsible_unit == centre.wuzhong
    assert clock(case, "D15") == ClockState.MET


def test_a_rejected_objection_gives_the_same_dispatch_back(centre: Cast) -> None:
    case = objected(centre)
    case = dispatching.reject(case=case, note="登记住所在姑苏区", by=centre.dispatcher, at=LATER)
    sent = Dispatch.objects.get(case=case)
    assert (case.state, case.responsible_unit, case.dispatched_at) == (
        State.DISPATCHED,
        centre.gusu,
        sent.at,
    )
    assert (sent.state, sent.is_upheld, sent.objection_note) == (
        DispatchState.OPEN,
        False,
        "登记住所在姑苏区",
    )
    assert clock(case, "D15") == ClockState.MET
    assert complaints.accept(case=case, by=centre.handler, at=LATER).state == State.ACCEPTED


def test_a_rejection_needs_words(centre: Cast) -> None:
    with pytest.raises(Refused) as refused:
        dispatching.reject(case=objected(centre), note="  ", by=centre.dispatcher, at=LATER)
    assert refused.value.field == "note"


def test_limits_counted_from_dispatch_count_from_its_first_day_after_a_rejection(centre: Cast) -> None:
    change_setting("clock.start", "dispatch", by=SYSTEM, at=AT)
    case = dispatched(centre)
    first = case.clocks.get(limit="D1").due_at
    case = dispatching.send_back(case=case, reason="competence", note="x", by=centre.handler, at=LATER)
    case = dispatching.reject(case=case, note="y", by=centre.dispatcher, at=LATER + timedelta(days=9))
    running = case.clocks.get(limit="D1", state=ClockState.RUNNING)
    assert (running.due_at, running.started_at) == (first, AT)


def test_going_back_and_forth_is_counted_and_every_word_kept(centre: Cast) -> None:
    case = objected(centre, "第一次")
    case = dispatching.reject(case=case, note="第一次驳回", by=centre.dispatcher, at=LATER)
    case = dispatching.send_back(
        case=case, reason="competence", note="第二次", by=centre.handler, at=LATER + timedelta(hours=1)
    )
    assert case.return_count == 2
    sent = Dispatch.objects.get(case=case)
    assert (sent.is_upheld, sent.objection_note, sent.return_note) == (None, "", "第二次")
    events = Event.objects.filter(subject_type="case", subject_id=str(case.pk)).order_by("id")
    told = [part["text"] for event in events for part in open_personal(event).values() if "text" in part]
    assert told[-3:] == ["第一次", "第一次驳回", "第二次"]


def test_only_the_centre_decides_on_an_objection(centre: Cast) -> None:
    case = objected(centre)
    for person in (centre.handler, centre.head, centre.call_taker):
        with pytest.raises(NotPermitted):
            dispatching.uphold(case=case, by=person, at=LATER)
        with pytest.raises(NotPermitted):
            dispatching.reject(case=case, note="x", by=person, at=LATER)


def test_a_second_decision_on_an_objection_is_refused(centre: Cast) -> None:
    case = objected(centre)
    seen = case.revision
    dispatching.uphold(case=case, by=centre.dispatcher, at=LATER, revision=seen)
    with pytest.raises(Stale):
        dispatching.reject(case=case, note="不成立", by=centre.supervisor, at=LATER, revision=seen)
    with pytest.raises(NotAllowed):
        dispatching.reject(case=case, note="不成立", by=centre.supervisor, at=LATER)
    assert Dispatch.objects.get(case=case).is_upheld is True


def test_a_consultation_can_be_objected_to_as_well(centre: Cast) -> None:
    case = dispatched(centre, Kind.CONSULTATION)
    case = dispatching.send_back(case=case, reason="unclear", note="请补充", by=centre.handler, at=LATER)
    assert dispatching.uphold(case=case, by=centre.dispatcher, at=LATER).state == State.REGISTERED


def test_a_case_that_waits_for_the_centres_word_cannot_be_assigned(centre: Cast) -> None:
    with pytest.raises((NotYours, Refused, NotPermitted)):
        dispatching.assign(
            case=objected(centre), unit=centre.gusu, handler=None, by=centre.superior, at=LATER
        )


def test_a_unit_that_was_closed_meanwhile_gets_nothing_back(centre: Cast) -> None:
    waiting, disputing = objected(centre), disputed(centre)
    Unit.objects.filter(pk=centre.gusu.pk).update(is_active=False)
    centre.gusu.refresh_from_db()
    with pytest.raises(Refused, match="no longer active"):
        dispatching.reject(case=waiting, note="不成立", by=centre.dispatcher, at=LATER)
    with pytest.raises(Refused) as refused:
        dispatching.agree(case=disputing, competent_unit=centre.gusu, by=centre.handler, at=LATER)
    assert refused.value.field == "competent_unit"
    assert dispatching.uphold(case=waiting, by=centre.dispatcher, at=LATER).state == State.REGISTERED


# Disputes over competence


def test_a_dispute_begins_the_seven_working_days(centre: Cast) -> None:
    case = disputed(centre)
    assert (case.state, case.responsible_unit) == (State.DISPUTED, centre.gusu)
    found = CompetenceDispute.objects.get(case=case)
    assert (found.unit, found.other_unit, found.raised_by) == (centre.gusu, centre.wuzhong, centre.handler)
    running = case.clocks.get(limit="D8")
    assert (running.state, running.article, running.due_at.astimezone(SHANGHAI).date()) == (
        ClockState.RUNNING,
        "O20:30",
        date(
            2020, 2, 11
        ),  # the holiday went on until 2 February: 3 to 7 are five working days, 10 and 11 two
    )


@pytest.mark.parametrize(("code", "article"), [("sz-12315", ""), ("sz", "O20:30"), ("sz-gusu", "O20:30")])
def test_nobody_disputes_with_the_centre_or_the_own_line(centre: Cast, code: str, article: str) -> None:
    other = Unit.objects.get(code=code)
    with pytest.raises(Refused) as refused:
        dispatching.dispute(
            case=dispatched(centre), other_unit=other, reason="争议", by=centre.handler, at=LATER
        )
    assert (refused.value.field, refused.value.article) == ("other_unit", article)


def test_a_dispute_needs_words(centre: Cast) -> None:
    with pytest.raises(Refused) as refused:
        dispatching.dispute(
            case=dispatched(centre), other_unit=centre.wuzhong, reason="", by=centre.handler, at=LATER
        )
    assert refused.value.field == "reason"


def test_agreement_on_the_other_unit_sends_the_case_there(centre: Cast) -> None:
    case = dispatching.agree(
        case=disputed(centre), competent_unit=centre.wuzhong, note="经协商", by=centre.handler, at=LATER
    )
    assert (case.state, case.responsible_unit, case.handler) == (State.DISPATCHED, centre.wuzhong, None)
    first, second = Dispatch.objects.filter(case=case).order_by("id")
    assert (first.state, second.state, second.from_unit, second.to_unit, second.article) == (
        DispatchState.SUPERSEDED,
        DispatchState.OPEN,
        centre.centre,
        centre.wuzhong,
        "O20:30",
    )
    assert clock(case, "D8") == ClockState.MET
    assert complaints.accept(case=case, by=centre.other_handler, at=LATER).state == State.ACCEPTED


def test_agreement_on_the_unit_that_has_it_leaves_its_dispatch_open(centre: Cast) -> None:
    case = dispatching.agree(case=disputed(centre), competent_unit=centre.gusu, by=centre.handler, at=LATER)
    assert (case.state, case.responsible_unit) == (State.DISPATCHED, centre.gusu)
    assert Dispatch.objects.get(case=case).state == DispatchState.OPEN
    assert CompetenceDispute.objects.get(case=case).is_designated is False


def test_the_two_units_cannot_agree_on_a_third(centre: Cast) -> None:
    third = Unit.objects.get(code="sz-price")
    with pytest.raises(Refused) as refused:
        dispatching.agree(case=disputed(centre), competent_unit=third, by=centre.handler, at=LATER)
    assert (refused.value.field, refused.value.article) == ("competent_unit", "O20:30")


def test_an_agreement_after_the_limit_is_recorded_as_late(centre: Cast) -> None:
    late = AT + timedelta(days=40)
    case = dispatching.agree(case=disputed(centre), competent_unit=centre.gusu, by=centre.handler, at=late)
    assert clock(case, "D8") == ClockState.BREACHED


def test_asking_the_superior_changes_the_clock(centre: Cast) -> None:
    case = dispatching.ask_designation(case=disputed(centre), note="协商不成", by=centre.handler, at=LATER)
    assert case.state == State.DISPUTED
    found = CompetenceDispute.objects.get(case=case)
    assert (found.asked_at, found.asked_of) == (LATER, centre.bureau)
    assert (clock(case, "D8"), clock(case, "D9")) == (ClockState.MET, ClockState.RUNNING)
    with pytest.raises(Refused) as refused:
        dispatching.ask_designation(case=case, by=centre.handler, at=LATER)
    assert refused.value.article == "O20:30"


def test_units_without_a_common_superior_are_told_so(centre: Cast) -> None:
    foreign = Unit.objects.filter(path__startswith=Unit.objects.get(code="nj").path, kind="bureau").last()
    assert foreign is not None
    case = dispatching.dispute(
        case=dispatched(centre), other_unit=foreign, reason="跨市", by=centre.handler, at=LATER
    )
    with pytest.raises(Refused) as refused:
        dispatching.ask_designation(case=case, by=centre.handler, at=LATER)
    assert refused.value.article == "O20:30"
    with pytest.raises(Refused):
        dispatching.designate(case=case, unit=centre.gusu, note="指定", by=centre.superior, at=LATER)


def test_the_common_superior_designates(centre: Cast) -> None:
    case = dispatching.ask_designation(case=disputed(centre), by=centre.handler, at=LATER)
    case = dispatching.designate(
        case=case, unit=centre.wuzhong, note="由吴中区局管辖", by=centre.superior, at=LATER
    )
    assert (case.state, case.responsible_unit) == (State.DISPATCHED, centre.wuzhong)
    found = CompetenceDispute.objects.get(case=case)
    assert (found.competent_unit, found.is_designated, found.settled_by) == (
        centre.wuzhong,
        True,
        centre.superior,
    )
    assert Dispatch.objects.get(case=case, state=DispatchState.OPEN).article == "PROC:16"
    assert clock(case, "D9") == ClockState.MET


def test_the_superior_may_designate_unasked_and_another_unit_than_the_two(centre: Cast) -> None:
    price = Unit.objects.get(code="sz-price")
    case = dispatching.designate(
        case=disputed(centre), unit=price, note="由价格处办理", by=centre.superior, at=LATER
    )
    assert case.responsible_unit == price
    assert clock(case, "D8") == ClockState.MET
    assert not case.clocks.filter(limit="D9").exists()


def test_agreeing_after_asking_ends_the_superiors_clock(centre: Cast) -> None:
    case = dispatching.ask_designation(case=disputed(centre), by=centre.handler, at=LATER)
    case = dispatching.agree(case=case, competent_unit=centre.gusu, by=centre.handler, at=LATER)
    assert clock(case, "D9") == ClockState.VOID


def test_the_head_of_one_side_cannot_designate(centre: Cast) -> None:
    with pytest.raises(Refused) as refused:
        dispatching.designate(case=disputed(centre), unit=centre.gusu, note="归我", by=centre.head, at=LATER)
    assert refused.value.article == "O20:30"
    with pytest.raises(NotPermitted):
        dispatching.designate(
            case=disputed(centre), unit=centre.gusu, note="归我", by=centre.handler, at=LATER
        )


def test_the_right_to_designate_does_not_follow_into_another_appointment(centre: Cast) -> None:
    """Head of Gusu and analyst above it: the analyst's place in the tree gives no right to designate."""
    appoint(person=centre.head, unit=centre.bureau, role="inspector", by=SYSTEM, at=AT)
    forget_appointments(centre.head)
    with pytest.raises(Refused):
        dispatching.designate(case=disputed(centre), unit=centre.gusu, note="归我", by=centre.head, at=LATER)


@pytest.mark.parametrize("code", ["sz", "sz-12315", "nj"])
def test_what_stands_not_below_the_superior_cannot_be_designated(centre: Cast, code: str) -> None:
    with pytest.raises(Refused) as refused:
        dispatching.designate(
            case=disputed(centre),
            unit=Unit.objects.get(code=code),
            note="指定",
            by=centre.superior,
            at=LATER,
        )
    assert (refused.value.field, refused.value.article) == ("unit", "PROC:16")


def test_a_second_designation_is_refused(centre: Cast) -> None:
    case = disputed(centre)
    seen = case.revision
    dispatching.designate(
        case=case, unit=centre.gusu, note="指定", by=centre.superior, at=LATER, revision=seen
    )
    with pytest.raises(Stale):
        dispatching.designate(
            case=case, unit=centre.wuzhong, note="改", by=centre.superior, at=LATER, revision=seen
        )
    with pytest.raises(NotAllowed):
        dispatching.agree(case=case, competent_unit=centre.wuzhong, by=centre.handler, at=LATER)
    assert CompetenceDispute.objects.get(case=case).competent_unit == centre.gusu


def test_limits_counted_from_dispatch_begin_anew_with_another_unit(centre: Cast) -> None:
    change_setting("clock.start", "dispatch", by=SYSTEM, at=AT)
    case = disputed(centre)
    much_later = LATER + timedelta(days=9)
    case = dispatching.agree(case=case, competent_unit=centre.wuzhong, by=centre.handler, at=much_later)
    assert case.clocks.get(limit="D1", state=ClockState.RUNNING).started_at == much_later
    assert case.clocks.filter(limit="D1", state=ClockState.VOID).count() == 1


def test_a_dispute_can_be_gathered(centre: Cast) -> None:
    case = dispatched(centre)
    with gathered():
        case = dispatching.dispute(
            case=case, other_unit=centre.wuzhong, reason="争议", by=centre.handler, at=LATER
        )
        case = dispatching.ask_designation(case=case, by=centre.handler, at=LATER)
        dispatching.designate(case=case, unit=centre.wuzhong, note="指定", by=centre.superior, at=LATER)
    stored = Case.objects.get(pk=case.pk)
    assert (stored.state, stored.responsible_unit) == (State.DISPATCHED, centre.wuzhong)
    assert CompetenceDispute.objects.get(case=case).competent_unit == centre.wuzhong
    assert Dispatch.objects.filter(case=case, state=DispatchState.OPEN).count() == 1


# What belongs to somebody else


def test_a_food_matter_is_transferred_with_written_notice(centre: Cast) -> None:
    case = dispatched(centre, object_class=food().pk)
    case = dispatching.transfer(
        case=case,
        to_authority="苏州市农业农村局",
        note="属初级农产品种植环节",
        notice_given=True,
        by=centre.handler,
        at=LATER,
    )
    assert (case.state, case.outcome, case.closed_at) == (State.CLOSED, Outcome.TRANSFERRED, LATER)
    data = last_event(case).data
    assert (data["article"], data["authority"], data["notice"]) == (
        "FOOD:115",
        "苏州市农业农村局",
        "written",
    )
    assert Dispatch.objects.get(case=case).state == DispatchState.ANSWERED


@pytest.mark.parametrize(
    ("authority", "note", "notice", "field"),
    [
        ("", "x", True, "to_authority"),
        ("局" * 201, "x", True, "to_authority"),
        ("农业农村局", " ", True, "note"),
        ("农业农村局", "x", False, "notice_given"),
    ],
)
def test_a_transfer_names_the_authority_says_why_and_tells_the_person(
    centre: Cast, authority: str, note: str, notice: bool, field: str
) -> None:
    case = dispatched(centre, object_class=food().pk)
    with pytest.raises(Refused) as refused:
        dispatching.transfer(
            case=case,
            to_authority=authority,
            note=note,
            notice_given=notice,
            by=centre.handler,
            at=LATER,
        )
    assert refused.value.field == field
    case.refresh_from_db()
    assert case.state == State.DISPATCHED


@pytest.mark.parametrize(
    ("kind", "at", "article"),
    [
        (Kind.COMPLAINT, AT, "O20:15"),
        (Kind.REPORT, AT, "O20:29"),
        (Kind.COMPLAINT, NEW_LAW, "O121:16"),
        (Kind.REPORT, NEW_LAW, "O121:34"),
    ],
)
def test_what_no_special_law_covers_is_not_transferred(
    centre: Cast, kind: Kind, at: datetime, article: str
) -> None:
    case = dispatched(centre, kind, at=at)
    with pytest.raises(Refused) as refused:
        dispatching.transfer(
            case=case,
            to_authority="某局",
            note="不属本局",
            notice_given=True,
            by=centre.handler,
            at=at,
        )
    assert refused.value.article == article


def test_a_reporter_is_told_of_the_competent_bureau(centre: Cast) -> None:
    case = dispatched(centre, Kind.REPORT)
    case = dispatching.tell_elsewhere(
        case=case, bureau="无锡市市场监督管理局", note="行为发生在无锡", by=centre.handler, at=LATER
    )
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.TOLD_ELSEWHERE)
    data = last_event(case).data
    assert (data["article"], data["authority"]) == ("O20:29", "无锡市市场监督管理局")


def test_under_the_new_rules_it_may_be_nobodys_duty(centre: Cast) -> None:
    old = dispatched(centre, Kind.REPORT)
    with pytest.raises(Refused) as refused:
        dispatching.tell_elsewhere(case=old, bureau="", note="非监管职责", by=centre.handler, at=LATER)
    assert (refused.value.field, refused.value.article) == ("bureau", "O20:29")
    new = dispatched(centre, Kind.REPORT, at=NEW_LAW)
    new = dispatching.tell_elsewhere(
        case=new, bureau="", note="不属于市场监管职责", by=centre.handler, at=NEW_LAW
    )
    assert (new.state, last_event(new).data["article"]) == (State.CLOSED, "O121:34")


def test_a_complaint_is_not_told_elsewhere(centre: Cast) -> None:
    with pytest.raises(NotAllowed):
        dispatching.tell_elsewhere(
            case=dispatched(centre), bureau="某局", note="x", by=centre.handler, at=LATER
        )


def test_a_phone_number_typed_as_an_authority_is_not_kept_for_good(centre: Cast) -> None:
    case = dispatching.tell_elsewhere(
        case=dispatched(centre, Kind.REPORT),
        bureau="无锡局 13800001234",
        note="x",
        by=centre.handler,
        at=LATER,
    )
    assert "13800001234" not in last_event(case).data["authority"]


def test_erasing_a_person_redacts_what_was_said_in_disputes(centre: Cast) -> None:
    case = dispatching.dispute(
        case=dispatched(centre),
        other_unit=centre.wuzhong,
        reason="与投诉人13800001234核实",
        by=centre.handler,
        at=LATER,
    )
    assert case.party is not None
    erase(party=case.party, reason="本人申请", by=centre.supervisor, at=LATER)
    assert "13800001234" not in CompetenceDispute.objects.get(case=case).reason


@pytest.mark.parametrize("name", ["other_handler", "price_handler", "call_taker", "inspector", "stranger"])
def test_a_case_is_handed_only_to_somebody_who_handles_cases_there(centre: Cast, name: str) -> None:
    """Its handler is reminded and warned of it: nobody else may come to know of it that way."""
    case = one_case(centre.call_taker, Kind.REPORT)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    with pytest.raises(Refused) as refused:
        dispatching.assign(
            case=case, unit=centre.gusu, handler=getattr(centre, name), by=centre.handler, at=AT
        )
    assert refused.value.field == "handler"
    assert Case.objects.get(pk=case.pk).handler is None
