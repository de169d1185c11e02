"""The steps of a case: from dispatch to its end, and everything that is refused on the way."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from suqing.accounts.models import Unit
from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import complaints, dispatching, handling, mediation, reports
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.models import Case, Dispatch
from suqing.cases.vocabulary import DispatchState, Kind, Outcome, State
from suqing.cases.workflow import NotAllowed
from suqing.ledger.models import Event
from tests.cases.examples import one_case
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def dispatched(centre: Cast, kind: Kind = Kind.COMPLAINT) -> Case:
    """A case in the hands of Gusu district."""
    case = one_case(centre.call_taker, kind)
    return dispatching.dispatch(
        case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT, report_back_on=date(2020, 2, 5)
    )


def verbs(case: Case) -> list[str]:
    events = Event.objects.filter(subject_type="case", subject_id=str(case.pk)).order_by("id")
    return [e.verb for e in events if not e.verb.startswith("case.clocks")]


def test_a_complaint_is_dispatched_accepted_mediated_and_closed(centre: Cast) -> None:
    case = dispatched(centre)
    case = complaints.accept(case=case, by=centre.handler, at=LATER)
    case = mediation.mediate(case=case, both_consent=True, by=centre.handler, at=LATER)
    case = handling.close(
        case=case,
        outcome=Outcome.MEDIATED,
        note="商家退还差价",
        recovered_amount=Decimal("25.00"),
        by=centre.handler,
        at=LATER,
    )
    case.refresh_from_db()
    assert (case.state, case.outcome, case.recovered_amount) == (State.CLOSED, "mediated", Decimal("25.00"))
    assert case.closed_at == LATER
    assert case.handler == centre.handler
    assert verbs(case) == [
        "case.registered",
        "case.dispatched",
        "case.accepted",
        "case.mediation_begun",
        "case.closed",
    ]
    assert Dispatch.objects.get(case=case).state == DispatchState.ANSWERED


def test_a_report_is_checked_filed_and_closed_with_a_penalty(centre: Cast) -> None:
    case = reports.check(case=dispatched(centre, Kind.REPORT), by=centre.handler, at=LATER)
    case = reports.file_case(case=case, note="涉嫌哄抬价格", by=centre.handler, at=LATER)
    case = handling.close(
        case=case,
        outcome=Outcome.PENALTY,
        note="罚款",
        penalty_amount=Decimal(5000),
        by=centre.handler,
        at=LATER,
    )
    assert (case.state, case.penalty_amount) == (State.CLOSED, Decimal(5000))


def test_a_report_can_end_without_a_filing(centre: Cast) -> None:
    case = reports.check(case=dispatched(centre, Kind.REPORT), by=centre.handler, at=LATER)
    case = reports.not_file(case=case, note="经核查价格与节前一致", by=centre.handler, at=LATER)
    assert handling.close(
        case=case, outcome=Outcome.NOT_FILED, note="不予立案", by=centre.handler, at=LATER
    ).has_ended


def test_a_dispatch_carries_who_when_where_and_the_day_to_report_back(centre: Cast) -> None:
    sent = Dispatch.objects.get(case=dispatched(centre))
    assert (sent.from_unit, sent.to_unit, sent.by) == (centre.centre, centre.gusu, centre.dispatcher)
    assert sent.report_back_on == date(2020, 2, 5)
    assert sent.article == "O20:37"


def test_a_return_goes_to_the_centre_with_its_reason(centre: Cast) -> None:
    case = dispatched(centre)
    case = dispatching.send_back(
        case=case, reason="competence", note="经营地在吴中区", by=centre.handler, at=LATER
    )
    assert (case.state, case.responsible_unit, case.return_count) == (State.OBJECTED, centre.centre, 1)
    sent = Dispatch.objects.get(case=case)
    assert (sent.state, sent.return_reason, sent.returned_by) == (
        DispatchState.OBJECTED,
        "competence",
        centre.handler,
    )
    case = dispatching.uphold(case=case, by=centre.dispatcher, at=LATER)
    again = dispatching.dispatch(case=case, to_unit=centre.wuzhong, by=centre.dispatcher, at=LATER)
    assert again.responsible_unit == centre.wuzhong


@pytest.mark.parametrize(
    ("reason", "note", "field"), [("", "x", "reason"), ("bored", "x", "reason"), ("other", " ", "note")]
)
def test_a_return_needs_a_known_reason_and_words(centre: Cast, reason: str, note: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        dispatching.send_back(case=dispatched(centre), reason=reason, note=note, by=centre.handler, at=LATER)
    assert refused.value.field == field


def test_a_unit_cannot_pass_a_case_on_sideways(centre: Cast) -> None:
    case = dispatched(centre)
    with pytest.raises(NotAllowed):
        dispatching.dispatch(case=case, to_unit=centre.wuzhong, by=centre.dispatcher, at=LATER)
    with pytest.raises(Refused) as refused:
        dispatching.assign(case=case, unit=centre.wuzhong, handler=None, by=centre.handler, at=LATER)
    assert refused.value.article == "O20:37"


def test_a_centre_cannot_dispatch_to_another_city(centre: Cast) -> None:
    nanjing = Unit.objects.filter(kind="bureau", path__startswith=Unit.objects.get(code="nj").path).last()
    assert nanjing is not None
    with pytest.raises(Refused) as refused:
        dispatching.dispatch(case=one_case(centre.call_taker), to_unit=nanjing, by=centre.dispatcher, at=AT)
    assert refused.value.field == "to_unit"


def test_a_bureau_hands_a_case_to_its_own_station(centre: Cast) -> None:
    case = dispatched(centre)
    station = Unit.objects.filter(parent=centre.gusu, kind="station").first()
    assert station is not None
    moved = dispatching.assign(case=case, unit=station, handler=centre.handler, by=centre.handler, at=LATER)
    assert (moved.responsible_unit, moved.handler, moved.state) == (station, centre.handler, State.DISPATCHED)


def test_a_refusal_names_a_ground_of_its_regime(centre: Cast) -> None:
    case = dispatched(centre)
    with pytest.raises(Refused) as refused:  # impersonation is a ground of order no. 121 only
        complaints.refuse(case=case, ground="impersonation", note="冒名", by=centre.handler, at=LATER)
    assert (refused.value.field, refused.value.article) == ("ground", "O20:15")
    case = complaints.refuse(case=case, ground="too_late", note="已超过三年", by=centre.handler, at=LATER)
    assert (case.state, case.ground, case.closed_at) == (State.REFUSED, "too_late", LATER)


def test_mediation_results_need_a_mediation(centre: Cast) -> None:
    case = complaints.accept(case=dispatched(centre), by=centre.handler, at=LATER)
    with pytest.raises(NotAllowed):
        handling.close(case=case, outcome=Outcome.MEDIATED, note="达成协议", by=centre.handler, at=LATER)
    case = mediation.mediate(case=case, both_consent=True, by=centre.handler, at=LATER)
    for ended in (Outcome.SETTLED, Outcome.WITHDRAWN, Outcome.NO_SETTLEMENT, Outcome.MEDIATION_ENDED):
        with pytest.raises(Refused) as refused:  # these end by a termination, which names its ground
            handling.close(case=case, outcome=ended, note="和解", by=centre.handler, at=LATER)
        assert (refused.value.field, refused.value.article) == ("outcome", "O20:22")


def test_forbidden_steps_leave_the_case_as_it_was(centre: Cast) -> None:
    case = dispatched(centre)
    before = verbs(case)
    with pytest.raises(NotAllowed):
        mediation.mediate(case=case, by=centre.handler, at=LATER)
    with pytest.raises(NotAllowed):
        reports.check(case=case, by=centre.handler, at=LATER)
    case.refresh_from_db()
    assert case.state == State.DISPATCHED
    assert verbs(case) == before


def test_another_units_handler_may_not_touch_the_case(centre: Cast) -> None:
    with pytest.raises(NotYours):
        complaints.accept(case=dispatched(centre), by=centre.other_handler, at=LATER)


def test_a_step_needs_its_permission(centre: Cast) -> None:
    case = dispatched(centre)
    for person in (centre.call_taker, centre.analyst, centre.stranger):
        with pytest.raises(NotPermitted):
            complaints.accept(case=case, by=person, at=LATER)


def test_a_stale_page_does_not_overwrite(centre: Cast) -> None:
    case = dispatched(centre)
    seen = case.revision
    complaints.accept(case=case, by=centre.handler, at=LATER, revision=seen)
    with pytest.raises(Stale):
        complaints.refuse(case=case, ground="other", note="x", by=centre.handler, at=LATER, revision=seen)


def test_decisions_need_words_and_sane_amounts(centre: Cast) -> None:
    case = mediation.mediate(
        case=complaints.accept(case=dispatched(centre), by=centre.handler, at=LATER),
        both_consent=True,
        by=centre.handler,
        at=LATER,
    )
    for note, amount, field in (
        ("", None, "note"),
        ("好", Decimal(-1), "recovered_amount"),
        ("长" * 20_001, None, "note"),
    ):
        with pytest.raises(Refused) as refused:
            handling.close(
                case=case,
                outcome=Outcome.MEDIATED,
                note=note,
                recovered_amount=amount,
                by=centre.handler,
                at=LATER,
            )
        assert refused.value.field == field


def test_the_day_to_report_back_cannot_lie_in_the_past(centre: Cast) -> None:
    with pytest.raises(Refused) as refused:
        dispatching.dispatch(
            case=one_case(centre.call_taker),
            to_unit=centre.gusu,
            by=centre.dispatcher,
            at=AT,
            report_back_on=date(2020, 1, 26),
        )
    assert refused.value.field == "report_back_on"
