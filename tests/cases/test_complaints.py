"""Decisions on a complaint: in time and late, every ground, the other routes, withdrawal, identity, publicity."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from suqing.accounts.models import Unit
from suqing.accounts.queries import NotPermitted
from suqing.cases import grounds, queries
from suqing.cases.actions import complaints, dispatching, people, visits
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.intake import PartyInput
from suqing.cases.models import Case, IdentityRequest
from suqing.cases.other_routes import ROUTES
from suqing.cases.queries.people import risk_flags
from suqing.cases.risk_flags import Counts, Thresholds, flags
from suqing.cases.vocabulary import ClockState, DispatchState, State
from suqing.cases.workflow import NotAllowed
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from tests.cases.examples import WANG, matter, one_case, registered
from tests.cast import AT, SHANGHAI, SYSTEM, Cast

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)
IN_121 = datetime(2026, 5, 6, 10, 0, tzinfo=SHANGHAI)


def dispatched(centre: Cast, *, at: datetime = AT, **changes: object) -> Case:
    """A complaint in the hands of Gusu district."""
    case = one_case(centre.call_taker, at=at, **changes)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)


def event(case: Case, verb: str) -> Event:
    return Event.objects.get(subject_type="case", subject_id=str(case.pk), verb=verb)


def clock(case: Case, limit: str) -> str:
    return str(case.clocks.get(limit=limit).state)


# Acceptance and its clock


def test_an_acceptance_in_time_meets_its_limit(centre: Cast) -> None:
    case = complaints.accept(case=dispatched(centre), by=centre.handler, at=LATER)
    assert (clock(case, "D1"), case.decided_at) == (ClockState.MET, LATER)
    assert "is_late" not in event(case, "case.accepted").data


def test_a_late_acceptance_is_possible_breaches_its_limit_and_says_so(centre: Cast) -> None:
    case = dispatched(centre)
    late = case.clocks.get(limit="D1").due_at + timedelta(seconds=1)
    case = complaints.accept(case=case, by=centre.handler, at=late)
    assert (case.state, clock(case, "D1")) == (State.ACCEPTED, ClockState.BREACHED)
    assert event(case, "case.accepted").data["is_late"] is True


def test_the_last_moment_is_in_time(centre: Cast) -> None:
    case = dispatched(centre)
    case = complaints.accept(case=case, by=centre.handler, at=case.clocks.get(limit="D1").due_at)
    assert clock(case, "D1") == ClockState.MET


# Refusal and the other routes


@pytest.mark.parametrize("ground", sorted(grounds.refusal("O121")))
def test_every_ground_of_order_121_refuses_and_tells_every_other_route(centre: Cast, ground: str) -> None:
    case = dispatched(centre, at=IN_121)
    case = complaints.refuse(case=case, ground=ground, note="经核实", by=centre.handler, at=IN_121)
    told = event(case, "case.refused").data
    assert (case.state, case.ground) == (State.REFUSED, ground)
    assert told["ground_article"] == grounds.refusal("O121")[ground].article
    assert told["routes"] == list(ROUTES)
    assert len(ROUTES) == 5


@pytest.mark.parametrize("ground", sorted(grounds.refusal("O20")))
def test_every_ground_of_order_20_refuses_and_needs_no_route(centre: Cast, ground: str) -> None:
    case = complaints.refuse(
        case=dispatched(centre), ground=ground, note="经核实", by=centre.handler, at=LATER
    )
    assert (case.ground, event(case, "case.refused").data["routes"]) == (ground, [])


def test_a_refusal_under_order_121_that_leaves_a_route_out_is_refused_itself(centre: Cast) -> None:
    case = dispatched(centre, at=IN_121)
    with pytest.raises(Refused) as refused:
        complaints.refuse(
            case=case, ground="too_late", note="x", routes=["court"], by=centre.handler, at=IN_121
        )
    assert (refused.value.field, refused.value.article) == ("routes", "O121:15.2")
    case.refresh_from_db()
    assert case.state == State.DISPATCHED


def test_under_order_20_some_routes_may_be_told(centre: Cast) -> None:
    case = complaints.refuse(
        case=dispatched(centre),
        ground="other",
        note="x",
        routes=["court", "negotiate"],
        by=centre.handler,
        at=LATER,
    )
    assert event(case, "case.refused").data["routes"] == ["negotiate", "court"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"ground": "impersonation"}, "ground"), ({"note": " "}, "note"), ({"routes": ["king"]}, "routes")],
)
def test_a_refusal_needs_a_known_ground_words_and_known_routes(
    centre: Cast, changes: dict[str, object], field: str
) -> None:
    given: dict[str, object] = {"ground": "other", "note": "x", **changes}
    with pytest.raises(Refused) as refused:
        complaints.refuse(case=dispatched(centre), by=centre.handler, at=LATER, **given)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_decision_is_taken_once(centre: Cast) -> None:
    case = dispatched(centre)
    complaints.accept(case=case, by=centre.handler, at=LATER, revision=case.revision)
    with pytest.raises(Stale):
        complaints.refuse(
            case=case, ground="other", note="x", by=centre.handler, at=LATER, revision=case.revision
        )
    with pytest.raises(NotAllowed):
        complaints.refuse(case=case, ground="other", note="x", by=centre.handler, at=LATER)


# Signs of O121 art. 17

LIMITS = Thresholds(days=30, complaints=5, people=3)


@pytest.mark.parametrize(
    ("counts", "articles"),
    [
        (Counts(), []),
        (Counts(4, 4, 2), []),
        (Counts(5, 1, 1), ["O121:17.1.2"]),
        (Counts(1, 5, 1), ["O121:17.1.2"]),
        (Counts(1, 1, 3), ["O121:17.1.4"]),
        (Counts(9, 9, 9), ["O121:17.1.2", "O121:17.1.2", "O121:17.1.4"]),
    ],
)
def test_signs_are_shown_from_the_threshold_on(counts: Counts, articles: list[str]) -> None:
    assert [flag.article for flag in flags(counts, LIMITS)] == articles


def test_signs_name_the_count(centre: Cast) -> None:
    flag = flags(Counts(same_operator=7), LIMITS)[0]
    assert flag.message % flag.values == "7 complaints of this person about this operator within 30 days"


def test_complaints_of_one_person_about_one_operator_are_counted(centre: Cast) -> None:
    change_setting("risk.complaints", 3, by=SYSTEM, at=AT)
    cases = [one_case(centre.call_taker, at=IN_121 + timedelta(hours=n)) for n in range(3)]
    assert risk_flags(cases[1]) == ()
    assert [flag.values["count"] for flag in risk_flags(cases[2])] == [3]
    old = one_case(centre.call_taker, at=IN_121 + timedelta(days=60))
    assert risk_flags(old) == ()


def test_people_on_one_number_are_counted(centre: Cast) -> None:
    for name in ("王小明", "李小红", "张三"):
        case = registered(
            centre.call_taker, matter(), at=IN_121, party=PartyInput(name, WANG.phone, "平江路")
        ).cases.get()
    assert [(flag.article, flag.values["count"]) for flag in risk_flags(case)] == [("O121:17.1.4", 3)]


# Withdrawal


def test_a_complaint_is_withdrawn_before_dispatch_by_the_centre(centre: Cast) -> None:
    case = complaints.withdraw(
        case=one_case(centre.call_taker), note="来电撤回", by=centre.dispatcher, at=LATER
    )
    assert (case.state, case.outcome, case.closed_at) == (State.CLOSED, "withdrawn", LATER)
    assert clock(case, "D1") == ClockState.VOID


def test_a_complaint_is_withdrawn_at_the_unit_and_its_dispatch_ends(centre: Cast) -> None:
    case = complaints.withdraw(case=dispatched(centre), note="来电撤回", by=centre.handler, at=LATER)
    assert case.outcome == "withdrawn"
    assert case.dispatches.get().state == DispatchState.ANSWERED


def test_a_withdrawal_needs_words_and_is_over_with_acceptance(centre: Cast) -> None:
    case = dispatched(centre)
    with pytest.raises(Refused) as refused:
        complaints.withdraw(case=case, note=" ", by=centre.handler, at=LATER)
    assert refused.value.field == "note"
    complaints.accept(case=case, by=centre.handler, at=LATER)
    with pytest.raises(NotAllowed):
        complaints.withdraw(case=case, note="x", by=centre.handler, at=LATER)


def test_another_unit_cannot_withdraw(centre: Cast) -> None:
    with pytest.raises(NotYours):
        complaints.withdraw(case=dispatched(centre), note="x", by=centre.other_handler, at=LATER)


# Proof of identity


def asked(centre: Cast, *, days: int = 5) -> Case:
    return complaints.ask_identity(
        case=dispatched(centre, at=IN_121),
        deadline_on=IN_121.date() + timedelta(days=days),
        wanted="居民身份证正反面",
        by=centre.handler,
        at=IN_121,
    )


def test_proof_of_identity_is_asked_for_and_recorded(centre: Cast) -> None:
    case = asked(centre)
    request = IdentityRequest.objects.get(case=case)
    assert (request.deadline_on, request.is_proved) == (date(2026, 5, 11), None)
    assert clock(case, "D1") == ClockState.RUNNING
    case = complaints.record_identity(
        case=case, is_proved=True, note="身份证号320508199001011234相符", by=centre.handler, at=IN_121
    )
    request.refresh_from_db()
    assert (request.is_proved, request.recorded_by, case.state) == (True, centre.handler, State.DISPATCHED)
    recorded = event(case, "case.identity_recorded")
    assert "320508199001011234" not in str(recorded.data)
    assert b"320508199001011234" not in bytes(recorded.sealed)
    texts = [entry.text for entry in queries.timeline(case, with_texts=True)]
    assert "身份证号320508199001011234相符" in texts


def test_proof_may_come_without_having_been_asked_for(centre: Cast) -> None:
    case = complaints.record_identity(
        case=dispatched(centre, at=IN_121), is_proved=True, by=centre.handler, at=IN_121
    )
    assert IdentityRequest.objects.get(case=case).is_proved is True
    with pytest.raises(Refused):
        complaints.record_identity(case=case, is_proved=False, note="x", by=centre.handler, at=IN_121)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"deadline_on": date(2026, 5, 5)}, "deadline_on"),
        ({"wanted": " "}, "wanted"),
        ({"wanted": "件" * 301}, "wanted"),
    ],
)
def test_what_is_asked_for_has_words_and_a_day_to_come(
    centre: Cast, changes: dict[str, object], field: str
) -> None:
    given: dict[str, object] = {"deadline_on": date(2026, 5, 6), "wanted": "身份证", **changes}
    with pytest.raises(Refused) as refused:
        complaints.ask_identity(
            case=dispatched(centre, at=IN_121),
            by=centre.handler,
            at=IN_121,
            **given,  # type: ignore[arg-type]
        )
    assert refused.value.field == field


def test_one_request_is_open_at_a_time(centre: Cast) -> None:
    case = asked(centre)
    with pytest.raises(Refused):
        complaints.ask_identity(
            case=case, deadline_on=date(2026, 5, 20), wanted="户口簿", by=centre.handler, at=IN_121
        )
    complaints.record_identity(case=case, is_proved=False, note="逾期未提供", by=centre.handler, at=IN_121)
    complaints.ask_identity(
        case=case, deadline_on=date(2026, 5, 20), wanted="户口簿", by=centre.handler, at=IN_121
    )
    assert IdentityRequest.objects.filter(case=case).count() == 2


def test_order_20_knows_no_request_for_identity(centre: Cast) -> None:
    with pytest.raises(NotAllowed):
        complaints.ask_identity(
            case=dispatched(centre), deadline_on=LATER.date(), wanted="身份证", by=centre.handler, at=LATER
        )


# Consent to publicity


def test_consent_to_publicity_is_asked_at_the_desk_and_changed_later(centre: Cast) -> None:
    case = one_case(centre.call_taker, publicity_consent=True)
    assert case.publicity_consent is True
    case = complaints.record_publicity_consent(case=case, consent=False, by=centre.call_taker, at=LATER)
    case.refresh_from_db()
    assert (case.publicity_consent, case.revision) == (False, 2)
    told = event(case, "case.publicity_recorded").data
    assert (told["before"], told["after"]) == ({"consent": True}, {"consent": False})
    with pytest.raises(Refused):
        complaints.record_publicity_consent(case=case, consent=False, by=centre.call_taker, at=LATER)


def test_the_day_of_publicity_is_kept_for_a_closed_complaint_whose_complainant_agreed(centre: Cast) -> None:
    case = dispatched(centre)
    day = LATER.astimezone(SHANGHAI).date()

    def record(on: date | None, case: Case, at: datetime = LATER) -> Case:
        return complaints.record_publicity(case=case, publicised_on=on, by=centre.handler, at=at)

    with pytest.raises(Refused, match="closed complaint"):
        record(day, case)
    case = complaints.withdraw(case=case, note="撤回", by=centre.handler, at=LATER)
    with pytest.raises(Refused, match="not agreed"):
        record(day, case)
    case = complaints.record_publicity_consent(case=case, consent=True, by=centre.handler, at=LATER)
    for wrong in (day - timedelta(days=1), day + timedelta(days=1)):
        with pytest.raises(Refused, match="between"):
            record(wrong, case)
    record(day, case)
    case.refresh_from_db()
    assert case.publicised_on == day
    assert event(case, "case.publicised").data["after"] == {"publicised_on": day.isoformat()}
    with pytest.raises(Refused, match="already"):
        record(day, case)
    record(None, case)
    case.refresh_from_db()
    assert case.publicised_on is None


def test_a_complaint_handled_anew_is_to_be_made_public_anew(centre: Cast) -> None:
    case = complaints.withdraw(case=dispatched(centre), note="撤回", by=centre.handler, at=LATER)
    case = complaints.record_publicity_consent(case=case, consent=True, by=centre.handler, at=LATER)
    complaints.record_publicity(
        case=case, publicised_on=LATER.astimezone(SHANGHAI).date(), by=centre.handler, at=LATER
    )
    visits.reopen(case=case, note="重新办理", by=centre.supervisor, at=LATER + timedelta(days=1))
    case.refresh_from_db()
    assert case.publicised_on is None


def test_who_may_change_it_goes_with_the_case(centre: Cast) -> None:
    case = dispatched(centre)
    with pytest.raises(NotPermitted):
        complaints.record_publicity_consent(case=case, consent=True, by=centre.call_taker, at=LATER)
    with pytest.raises(NotYours):
        complaints.record_publicity_consent(case=case, consent=True, by=centre.other_handler, at=LATER)
    complaints.record_publicity_consent(case=case, consent=True, by=centre.handler, at=LATER)
    ended = complaints.withdraw(case=case, note="撤回", by=centre.handler, at=LATER)
    assert (
        complaints.record_publicity_consent(
            case=ended, consent=None, by=centre.handler, at=LATER
        ).publicity_consent
        is None
    )


def test_a_station_of_the_unit_may_too(centre: Cast) -> None:
    case = dispatched(centre)
    station = Unit.objects.under(centre.gusu).exclude(pk=centre.gusu.pk).first()
    if station is not None:
        case = dispatching.assign(case=case, unit=station, handler=None, by=centre.handler, at=LATER)
    assert complaints.record_publicity_consent(
        case=case, consent=True, by=centre.handler, at=LATER
    ).publicity_consent


def test_a_complaint_with_an_agent_is_decided_like_any_other(centre: Cast) -> None:
    case = registered(centre.call_taker, matter(amount=Decimal(30))).cases.get()
    people.add_agent(
        case=case,
        agent=PartyInput("赵代理", "13900002222"),
        matters="代为投诉口罩价格",
        authority="general",
        has_original=True,
        has_agent_identity=True,
        by=centre.call_taker,
        at=AT,
    )
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    assert complaints.accept(case=case, by=centre.handler, at=LATER).state == State.ACCEPTED
