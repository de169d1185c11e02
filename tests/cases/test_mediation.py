"""Mediation: consents, delegation, meetings, recusals, and who was faster."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import (
    mediation,
    mediation_sessions,
)
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.models import (
    Case,
    Clock,
    Mediation,
    MediationSession,
    Recusal,
)
from suqing.cases.queries import case_for, steps_for
from suqing.cases.queries.mediation import mediation_view
from suqing.cases.vocabulary import Outcome, State
from suqing.cases.workflow import NotAllowed
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from tests.cases.mediating import DAYS, NEW, accepted, mediating, refusal_of, suspended
from tests.cast import AT, SYSTEM, Cast

pytestmark = pytest.mark.django_db


# Consent


@pytest.mark.parametrize(
    ("regime", "article"), [("O20", "O20:16"), ("O20+XBLR", "O20:16"), ("O121", "O121:18")]
)
def test_no_mediation_without_the_consent_of_both_sides(centre: Cast, regime: str, article: str) -> None:
    at = DAYS[regime]
    case = accepted(centre, at)
    ask = lambda: mediation.mediate(case=case, by=centre.handler, at=at)  # noqa: E731
    assert refusal_of(ask) == ("both_consent", article)
    mediation.record_consent(case=case, complainant=True, by=centre.handler, at=at)
    assert refusal_of(ask) == ("both_consent", article)
    case.refresh_from_db()
    assert case.state == State.ACCEPTED
    mediation.record_consent(case=case, respondent=True, by=centre.handler, at=at)
    assert mediation.mediate(case=case, by=centre.handler, at=at).state == State.MEDIATING


def test_each_consent_keeps_when_and_how_it_was_given(centre: Cast) -> None:
    case, later = accepted(centre), AT + timedelta(hours=3)
    mediation.record_consent(
        case=case, complainant=True, way="phone", note="来电同意", by=centre.handler, at=AT
    )
    mediation.record_consent(
        case=case, complainant=True, respondent=True, way="writing", by=centre.handler, at=later
    )
    held = Mediation.objects.get(case=case)
    assert (held.complainant_consented_at, held.complainant_consent_way) == (AT, "phone")
    assert (held.respondent_consented_at, held.respondent_consent_way) == (later, "writing")
    assert held.consent_note == "来电同意"
    events = Event.objects.filter(subject_type="case", subject_id=str(case.pk), verb="case.consent_recorded")
    assert [event.data["sides"] for event in events.order_by("id")] == [["complainant"], ["respondent"]]


def test_a_consent_names_a_side_that_has_not_consented_yet(centre: Cast) -> None:
    case = accepted(centre)
    nobody = lambda: mediation.record_consent(case=case, by=centre.handler, at=AT)  # noqa: E731
    assert refusal_of(nobody) == ("complainant", "O20:16")
    mediation.record_consent(case=case, complainant=True, by=centre.handler, at=AT)
    again = lambda: mediation.record_consent(case=case, complainant=True, by=centre.handler, at=AT)  # noqa: E731
    assert refusal_of(again)[0] == "complainant"
    unknown = lambda: mediation.record_consent(  # noqa: E731
        case=case, respondent=True, way="dream", by=centre.handler, at=AT
    )
    assert refusal_of(unknown)[0] == "way"


def test_a_refused_mediation_leaves_no_consent_behind(centre: Cast) -> None:
    case = accepted(centre)
    with pytest.raises(Refused):
        mediation.mediate(case=case, both_consent=True, mode="pigeon", by=centre.handler, at=AT)
    assert not Mediation.objects.filter(case=case).exists()


# Delegation


def test_order_20_lets_the_bureau_delegate_by_itself_once(centre: Cast) -> None:
    case = mediation.delegate(case=accepted(centre), to="姑苏区消费者协会", by=centre.handler, at=AT)
    held = Mediation.objects.get(case=case)
    assert (held.delegated_to, held.both_consented_to_delegation) == ("姑苏区消费者协会", False)
    again = lambda: mediation.delegate(case=case, to="某调解中心", by=centre.handler, at=AT)  # noqa: E731
    assert refusal_of(again) == ("to", "O20:17")


def test_order_121_asks_both_sides_before_a_delegation(centre: Cast) -> None:
    case = accepted(centre, NEW)

    def ask(**given: bool) -> Case:
        return mediation.delegate(case=case, to="姑苏区消费者协会", by=centre.handler, at=NEW, **given)

    assert refusal_of(ask) == ("both_consent", "O121:19")
    assert refusal_of(lambda: ask(respondent_consents=True)) == ("both_consent", "O121:19")
    Case.objects.filter(pk=case.pk).update(delegation_consent=True)  # as form 1 asks
    assert refusal_of(ask) == ("respondent_consents", "O121:19")
    ask(respondent_consents=True)
    assert Mediation.objects.get(case=case).both_consented_to_delegation
    assert refusal_of(lambda: ask(both_consent=True)) == ("to", "O121:19")


def test_a_delegation_names_its_body(centre: Cast) -> None:
    case = accepted(centre)
    assert refusal_of(lambda: mediation.delegate(case=case, to=" ", by=centre.handler, at=AT)) == (
        "to",
        "O20:17",
    )


# Meetings

ON_SITE = {
    "mode": "on_site",
    "begins_at": AT + timedelta(days=3),
    "place": "平江所调解室",
    "mediators": "林调解",
    "told_at": AT,
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mode": "pigeon"}, "mode"),
        ({"place": " "}, "place"),
        ({"mediators": ""}, "mediators"),
        ({"told_at": None}, "told_at"),
        ({"begins_at": AT}, "begins_at"),
        ({"begins_at": AT - timedelta(hours=1)}, "begins_at"),
    ],
)
@pytest.mark.parametrize(("regime", "article"), [("O20", "O20:18"), ("O121", "O121:20")])
def test_a_meeting_on_site_is_told_beforehand_when_where_and_who(
    centre: Cast, change: dict[str, Any], field: str, regime: str, article: str
) -> None:
    shift = DAYS[regime] - AT
    moved = {
        key: value + shift if isinstance(value, datetime) else value
        for key, value in (ON_SITE | change).items()
    }
    case = mediating(centre, DAYS[regime])
    ask = lambda: mediation_sessions.schedule(case=case, by=centre.handler, at=DAYS[regime], **moved)  # noqa: E731
    assert refusal_of(ask) == (field, article)
    assert not MediationSession.objects.exists()


def test_a_meeting_in_another_way_needs_no_place_and_no_notice(centre: Cast) -> None:
    case = mediating(centre)
    for mode in ("internet", "phone", "audio", "video"):
        mediation_sessions.schedule(
            case=case, mode=mode, begins_at=AT, mediators="林调解", by=centre.handler, at=AT
        )
    assert MediationSession.objects.filter(case=case).count() == 4
    assert Mediation.objects.get(case=case).mode == "video"


def test_a_meeting_keeps_its_facts_and_the_last_day_for_a_recusal(centre: Cast) -> None:
    case = mediating(centre)
    mediation_sessions.schedule(
        case=case, **ON_SITE, recusal_until=date(2020, 1, 29), by=centre.handler, at=AT
    )
    kept = MediationSession.objects.get(case=case)
    assert (kept.place, kept.mediators, kept.told_at) == ("平江所调解室", "林调解", AT)
    assert (kept.recusal_until, kept.begins_at) == (date(2020, 1, 29), AT + timedelta(days=3))
    late = lambda: mediation_sessions.schedule(  # noqa: E731
        case=case, **ON_SITE, recusal_until=date(2020, 2, 9), by=centre.handler, at=AT
    )
    assert refusal_of(late)[0] == "recusal_until"
    future = ON_SITE | {"told_at": AT + timedelta(minutes=1)}
    assert (
        refusal_of(lambda: mediation_sessions.schedule(case=case, **future, by=centre.handler, at=AT))[0]
        == "told_at"
    )


# Recusal


def test_an_application_for_recusal_suspends_until_the_head_decides(centre: Cast) -> None:
    case = suspended(centre)
    assert case.state == State.SUSPENDED
    with pytest.raises(NotPermitted):
        mediation_sessions.decide_recusal(
            case=case, is_granted=False, note="无亲属关系", by=centre.handler, at=AT
        )
    case = mediation_sessions.decide_recusal(
        case=case, is_granted=True, new_mediators="何调解", note="确系近亲属", by=centre.head, at=AT
    )
    asked = Recusal.objects.get(case=case)
    assert (case.state, asked.is_granted, asked.decided_by) == (State.MEDIATING, True, centre.head)
    assert Mediation.objects.get(case=case).mediators == "何调解"


def test_a_rejected_recusal_leaves_the_mediator(centre: Cast) -> None:
    case = mediation_sessions.decide_recusal(
        case=suspended(centre), is_granted=False, new_mediators="何调解", note="无关系", by=centre.head, at=AT
    )
    assert Mediation.objects.get(case=case).mediators == "林调解、何调解"
    assert Recusal.objects.get(case=case).new_mediators == ""
    case = mediation_sessions.ask_recusal(
        case=case, side="respondent", mediator="何调解", ground="interest", by=centre.handler, at=AT
    )
    assert case.state == State.SUSPENDED


@pytest.mark.parametrize("others", ["", "林调解、赵调解"])
@pytest.mark.parametrize(("regime", "article"), [("O20", "O20:19"), ("O121", "O121:21")])
def test_a_granted_recusal_needs_another_mediator(
    centre: Cast, others: str, regime: str, article: str
) -> None:
    at = DAYS[regime]
    case = suspended(centre, at)
    ask = lambda: mediation_sessions.decide_recusal(  # noqa: E731
        case=case, is_granted=True, new_mediators=others, note="应当回避", by=centre.head, at=at
    )
    assert refusal_of(ask) == ("new_mediators", article)
    assert Case.objects.get(pk=case.pk).state == State.SUSPENDED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"side": "judge"}, "side"),
        ({"ground": "dislike"}, "ground"),
        ({"ground": "other"}, "note"),
        ({"mediator": ""}, "mediator"),
        ({"mediator": "路人甲"}, "mediator"),
    ],
)
def test_an_application_names_side_mediator_and_reason(
    centre: Cast, change: dict[str, str], field: str
) -> None:
    case = mediating(centre, mediators="林调解")
    asked = {"side": "complainant", "mediator": "林调解", "ground": "relative", **change}
    ask = lambda: mediation_sessions.ask_recusal(case=case, **asked, by=centre.handler, at=AT)  # noqa: E731
    assert refusal_of(ask) == (field, "O20:19")


def test_nobody_decides_on_a_recusal_in_their_own_mediation(centre: Cast) -> None:
    case = mediating(centre, mediators="林调解、顾局长")
    case = mediation_sessions.ask_recusal(
        case=case, side="complainant", mediator="林调解", ground="relative", by=centre.handler, at=AT
    )
    ask = lambda: mediation_sessions.decide_recusal(  # noqa: E731
        case=case, is_granted=False, note="无关系", by=centre.head, at=AT
    )
    assert refusal_of(ask)[1] == "O20:19"
    done = mediation_sessions.decide_recusal(
        case=case, is_granted=False, note="无关系", by=centre.superior, at=AT
    )
    assert done.state == State.MEDIATING


def test_where_nobody_is_named_the_handler_mediates_and_does_not_decide(centre: Cast) -> None:
    case = mediation.mediate(case=accepted(centre), both_consent=True, by=centre.head, at=AT)
    case = mediation_sessions.ask_recusal(
        case=case, side="respondent", mediator="主持人", ground="interest", by=centre.handler, at=AT
    )
    ask = lambda: mediation_sessions.decide_recusal(  # noqa: E731
        case=case, is_granted=False, note="无关系", by=centre.head, at=AT
    )
    assert refusal_of(ask)[1] == "O20:19"


@pytest.mark.parametrize("stops", [False, True])
def test_whether_a_suspension_stops_the_limit_is_local_policy(centre: Cast, stops: bool) -> None:
    change_setting("lawclock.recusal_stops_mediation", stops, by=SYSTEM, at=AT)
    case = suspended(centre)
    clock = Clock.objects.get(case=case, limit="D2a")
    assert clock.state == ("paused" if stops else "running")
    due = clock.due_at
    week = AT + timedelta(days=14)
    mediation_sessions.decide_recusal(case=case, is_granted=False, note="无关系", by=centre.head, at=week)
    clock.refresh_from_db()
    assert clock.state == "running"
    assert (clock.due_at > due) is stops
    assert [span["kind"] for span in clock.excluded] == ["recusal"], "kept, should the policy change"


def test_a_recusal_nobody_decided_lapses_with_the_mediation(centre: Cast) -> None:
    case = mediation.terminate(
        case=suspended(centre), ground="withdrawn", note="撤回", by=centre.handler, at=AT
    )
    asked = Recusal.objects.get(case=case)
    assert (asked.is_granted, asked.lapsed_at) == (None, AT)


# Who, and who was faster


def test_another_units_handler_may_not_mediate(centre: Cast) -> None:
    case = accepted(centre)
    with pytest.raises(NotYours):
        mediation.mediate(case=case, both_consent=True, by=centre.other_handler, at=AT)
    for person in (centre.call_taker, centre.analyst, centre.stranger):
        with pytest.raises(NotPermitted):
            mediation.terminate(case=case, ground="withdrawn", note="x", by=person, at=AT)


def test_two_people_at_once_end_a_mediation_once(centre: Cast) -> None:
    case = mediating(centre)
    seen = case.revision
    mediation.terminate(case=case, ground="withdrawn", note="撤回", by=centre.handler, at=AT, revision=seen)
    with pytest.raises(Stale):
        mediation.conclude(case=case, note="达成协议", by=centre.head, at=AT, revision=seen)
    with pytest.raises(NotAllowed):
        mediation.conclude(case=case, note="达成协议", by=centre.head, at=AT)
    case.refresh_from_db()
    assert (case.outcome, case.result_note) == (Outcome.WITHDRAWN, "撤回")


def test_two_people_at_once_record_one_recusal(centre: Cast) -> None:
    case = mediating(centre)
    seen = case.revision
    asked = {"side": "complainant", "mediator": "林调解", "ground": "relative", "at": AT, "revision": seen}
    mediation_sessions.ask_recusal(case=case, by=centre.handler, **asked)
    with pytest.raises(Stale):
        mediation_sessions.ask_recusal(case=case, by=centre.head, **asked)
    assert Recusal.objects.count() == 1


def test_a_mediation_of_a_case_handled_anew_begins_empty(centre: Cast) -> None:
    case = mediating(centre, mediators="林调解")
    mediation.delegate(case=case, to="消费者协会", by=centre.handler, at=AT)
    mediation.terminate(case=case, ground="other", note="终止", by=centre.handler, at=AT)
    # As reopening leaves it; the step itself is tested with the return visits.
    Case.objects.filter(pk=case.pk).update(state=State.ACCEPTED, closed_at=None)
    ask = lambda: mediation.mediate(case=case, by=centre.handler, at=AT)  # noqa: E731
    assert refusal_of(ask)[0] == "both_consent"
    mediation.mediate(case=case, both_consent=True, by=centre.handler, at=AT)
    held = Mediation.objects.get(case=case)
    assert (held.delegated_to, held.ended_at, held.termination_ground) == ("", None, "")


def test_a_mediation_is_read_with_its_meetings_and_recusals(centre: Cast) -> None:
    assert mediation_view(case_for(centre.handler, accepted(centre).number)) is None
    case = suspended(centre)
    view = mediation_view(case_for(centre.handler, case.number))
    assert view is not None
    assert (view.mediation.mediators, len(view.sessions), len(view.recusals)) == ("林调解、何调解", 0, 1)
    assert {row.step.value for row in steps_for(centre.head, case)} >= {"decide_recusal", "terminate"}


@pytest.mark.django_db(transaction=True)
def test_two_transactions_at_once_begin_one_mediation(centre: Cast) -> None:
    """The second waits for the lock of the case and then finds it moved."""
    case = accepted(centre)
    heard: list[str] = []

    def begin() -> None:
        try:
            mediation.mediate(case=case, both_consent=True, by=centre.handler, at=AT, revision=case.revision)
            heard.append("done")
        except Stale:
            heard.append("stale")
        finally:
            connection.close()

    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        threads = [Thread(target=begin) for _ in range(2)]
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(heard) == ["done", "stale"]
    assert Mediation.objects.filter(case=case).count() == 1
