"""Mediation: consents, delegation, meetings, recusals, every ground of termination, agreements, leads on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from suqing.accounts.models import Person
from suqing.accounts.queries import NotPermitted
from suqing.cases import grounds
from suqing.cases.actions import (
    complaints,
    dispatching,
    handling,
    leads,
    mediation,
    mediation_sessions,
    parties,
    people,
    reports,
)
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.actions.results import ResultDetails
from suqing.cases.intake import PartyInput
from suqing.cases.models import (
    Case,
    CaseLink,
    CaseResult,
    Clock,
    Mediation,
    MediationSession,
    Recusal,
    TopicMembership,
)
from suqing.cases.queries import case_for, siblings, steps_for, visible_cases
from suqing.cases.queries.mediation import leads_of, mediation_view, origin_of_leads
from suqing.cases.vocabulary import Kind, LinkKind, Outcome, State
from suqing.cases.workflow import NotAllowed
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from tests.cases.examples import WANG, one_case
from tests.cast import AT, SHANGHAI, SYSTEM, Cast

pytestmark = pytest.mark.django_db

# A day within each regime; the mediation limit of each is long over 150 days later.
DAYS = {
    "O20": AT,
    "O20+XBLR": datetime(2024, 8, 5, 10, 0, tzinfo=SHANGHAI),
    "O121": datetime(2026, 4, 20, 10, 0, tzinfo=SHANGHAI),
}
REGIMES = list(DAYS)
NEW = DAYS["O121"]


def accepted(centre: Cast, at: datetime = AT) -> Case:
    case = one_case(centre.call_taker, at=at)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)
    return complaints.accept(case=case, by=centre.handler, at=at)


def mediating(centre: Cast, at: datetime = AT, **given: Any) -> Case:
    return mediation.mediate(
        case=accepted(centre, at), by=centre.handler, at=at, **{"both_consent": True, **given}
    )


def suspended(centre: Cast, at: datetime = AT, mediator: str = "林调解", **given: Any) -> Case:
    case = mediating(centre, at, mediators="林调解、何调解")
    return mediation_sessions.ask_recusal(
        case=case,
        side="complainant",
        mediator=mediator,
        ground="relative",
        by=centre.handler,
        at=at,
        **given,
    )


def refusal_of(act: Callable[[], object]) -> tuple[str, str]:
    """The field and the article of the refusal."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.field, refused.value.article


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


# Termination.  Written by hand from O20 art. 21(1) and O121 art. 23(1).

W, S, N, E = Outcome.WITHDRAWN, Outcome.SETTLED, Outcome.NO_SETTLEMENT, Outcome.MEDIATION_ENDED
ENDINGS = [
    ("O20", "withdrawn", "O20:21.1.1", W),
    ("O20", "settled", "O20:21.1.1", S),
    ("O20", "testing_dispute", "O20:21.1.2", E),
    ("O20", "absent", "O20:21.1.3", N),
    ("O20", "respondent_refuses", "O20:21.1.3", N),
    ("O20", "no_agreement", "O20:21.1.4", N),
    ("O20", "expired", "O20:21.1.5", E),
    ("O20", "found_later", "O20:21.1.6", E),
    ("O20", "other", "O20:21.1.7", E),
    ("O20+XBLR", "withdrawn", "O20:21.1.1", W),
    ("O20+XBLR", "settled", "O20:21.1.1", S),
    ("O20+XBLR", "testing_dispute", "O20:21.1.2", E),
    ("O20+XBLR", "absent", "O20:21.1.3", N),
    ("O20+XBLR", "respondent_refuses", "O20:21.1.3", N),
    ("O20+XBLR", "no_agreement", "O20:21.1.4", N),
    ("O20+XBLR", "expired", "XBLR:46", E),  # sixty days run out before forty-five working days
    ("O20+XBLR", "found_later", "O20:21.1.6", E),
    ("O20+XBLR", "other", "O20:21.1.7", E),
    ("O121", "withdrawn", "O121:23.1.1", W),
    ("O121", "settled", "O121:23.1.1", S),
    ("O121", "absent", "O121:23.1.2", N),
    ("O121", "respondent_refuses", "O121:23.1.2", N),
    ("O121", "complainant_refuses", "O121:23.1.2", N),
    ("O121", "no_agreement", "O121:23.1.3", N),
    ("O121", "testing_dispute", "O121:23.1.4", E),
    ("O121", "expired", "O121:23.1.5", E),
    ("O121", "found_later", "O121:23.1.6", E),
    ("O121", "party_gone", "O121:23.1.7", E),
    ("O121", "other", "O121:23.1.8", E),
]


@pytest.mark.parametrize("regime", REGIMES)
def test_the_table_has_every_ground_of_a_regime_and_no_other(regime: str) -> None:
    assert set(grounds.termination(regime)) == {code for name, code, _, _ in ENDINGS if name == regime}


@pytest.mark.parametrize(("regime", "ground", "article", "outcome"), ENDINGS)
def test_each_ground_ends_the_mediation_with_its_outcome_and_starts_the_notice(
    centre: Cast, regime: str, ground: str, article: str, outcome: Outcome
) -> None:
    start = DAYS[regime]
    at = start + timedelta(days=150 if ground == "expired" else 5)
    found = "too_late" if ground == "found_later" else ""
    case = mediation.terminate(
        case=mediating(centre, start), ground=ground, found=found, note="终止调解", by=centre.handler, at=at
    )
    case.refresh_from_db()
    assert (case.state, case.outcome, case.ground, case.closed_at) == (State.CLOSED, outcome, ground, at)
    clocks = {clock.limit: clock.state for clock in case.clocks.all()}
    assert clocks["D3"] == "running"
    assert {clocks[limit] for limit in ("D2a", "D2b") if limit in clocks} == (
        {"breached"} if ground == "expired" else {"met"}
    )
    event = Event.objects.get(subject_id=str(case.pk), verb="case.mediation_terminated")
    assert (event.data["ground_article"], event.data["outcome"]) == (article, outcome)
    held = Mediation.objects.get(case=case)
    assert (held.ended_at, held.termination_ground, held.found_ground) == (at, ground, found)


@pytest.mark.parametrize(
    ("regime", "ground"),
    [
        ("O20", "complainant_refuses"),  # item 3 knows only the respondent's refusal
        ("O20", "party_gone"),
        ("O20+XBLR", "complainant_refuses"),
        ("O121", ""),
        ("O121", "bored"),
        ("O121", "too_late"),
    ],
)
def test_a_ground_of_another_regime_is_refused(centre: Cast, regime: str, ground: str) -> None:
    case, article = mediating(centre, DAYS[regime]), "O121:23" if regime == "O121" else "O20:21"
    ask = lambda: mediation.terminate(case=case, ground=ground, note="x", by=centre.handler, at=DAYS[regime])  # noqa: E731
    assert refusal_of(ask) == ("ground", article)


@pytest.mark.parametrize(
    ("regime", "article", "last"),
    [
        ("O20", "O20:21.1.5", datetime(2020, 4, 3, 23, 59, tzinfo=SHANGHAI)),
        ("O20+XBLR", "XBLR:46", datetime(2024, 10, 4, 23, 59, tzinfo=SHANGHAI)),
        ("O121", "O121:23.1.5", datetime(2026, 6, 19, 23, 59, tzinfo=SHANGHAI)),
    ],
)
def test_expiry_may_be_chosen_only_when_the_limit_has_run_out(
    centre: Cast, regime: str, article: str, last: datetime
) -> None:
    case = mediating(centre, DAYS[regime])

    def end(at: datetime) -> Case:
        return mediation.terminate(case=case, ground="expired", note="逾期", by=centre.handler, at=at)

    due = Clock.objects.get(case=case, limit__in=("D2a", "D2b"), is_binding=True).due_at
    assert refusal_of(lambda: end(due)) == ("ground", article)
    assert refusal_of(lambda: end(DAYS[regime])) == ("ground", article)
    assert end(due + timedelta(seconds=1)).outcome == Outcome.MEDIATION_ENDED
    assert due >= last - timedelta(days=7)


def test_that_no_agreement_is_possible_shows_only_in_a_mediation(centre: Cast) -> None:
    case = accepted(centre)
    ask = lambda: mediation.terminate(case=case, ground="no_agreement", note="x", by=centre.handler, at=AT)  # noqa: E731
    assert refusal_of(ask) == ("ground", "O20:21.1.4")
    done = mediation.terminate(case=case, ground="respondent_refuses", note="拒绝", by=centre.handler, at=AT)
    assert done.outcome == Outcome.NO_SETTLEMENT


def test_what_was_found_after_acceptance_is_named(centre: Cast) -> None:
    case = mediating(centre, NEW)

    def end(found: str) -> Case:
        return mediation.terminate(
            case=case, ground="found_later", found=found, note="经查", by=centre.handler, at=NEW
        )

    assert refusal_of(lambda: end("")) == ("found", "O121:23.1.6")
    end("fraud")
    event = Event.objects.get(subject_id=str(case.pk), verb="case.mediation_terminated")
    assert event.data["found_article"] == "O121:42"
    assert "fraud" not in grounds.found_later("O20")


def test_a_termination_needs_words_and_sane_amounts(centre: Cast) -> None:
    case = mediating(centre)

    def settle(note: str, amount: Decimal | None) -> Case:
        return mediation.terminate(
            case=case, ground="settled", note=note, recovered_amount=amount, by=centre.handler, at=AT
        )

    assert refusal_of(lambda: settle(" ", None))[0] == "note"
    assert refusal_of(lambda: settle("和解", Decimal(-1)))[0] == "recovered_amount"
    done = mediation.terminate(
        case=case,
        ground="settled",
        note="自行和解",
        recovered_amount=Decimal("88.50"),
        details=ResultDetails(evidence=("invoice",)),
        by=centre.handler,
        at=AT,
    )
    assert done.recovered_amount == Decimal("88.50")
    assert CaseResult.objects.get(case=case).evidence == ["invoice"]


def test_a_case_without_recorded_rules_ends_too_and_owes_no_notice(centre: Cast) -> None:
    before = datetime(2019, 11, 4, 10, 0, tzinfo=SHANGHAI)
    case = mediation.terminate(
        case=mediating(centre, before), ground="settled", note="和解", by=centre.handler, at=before
    )
    assert (case.outcome, case.clocks.count()) == (Outcome.SETTLED, 0)


# Agreement


@pytest.mark.parametrize(
    ("mode", "paper", "at_once", "waived", "kept"),
    [
        ("on_site", "", False, False, "statement"),
        ("on_site", "statement", False, False, "statement"),
        ("on_site", "record", False, False, None),
        ("on_site", "record", True, False, "record"),
        ("on_site", "record", False, True, "record"),
        ("on_site", "", True, False, "record"),
        ("on_site", "statement", True, True, "statement"),
        ("phone", "", False, False, "record"),
        ("video", "record", False, False, "record"),
        ("internet", "statement", False, False, "statement"),
        ("", "record", False, False, None),
        ("", "", False, False, "statement"),
        ("phone", "napkin", False, False, None),
    ],
)
@pytest.mark.parametrize(("regime", "article"), [("O20", "O20:22"), ("O121", "O121:24")])
def test_what_is_kept_of_an_agreement(
    centre: Cast,
    mode: str,
    paper: str,
    at_once: bool,
    waived: bool,
    kept: str | None,
    regime: str,
    article: str,
) -> None:
    at = DAYS[regime]
    case = mediating(centre, at, mode=mode)

    def end() -> Case:
        return mediation.conclude(
            case=case,
            note="退还差价",
            paper=paper,
            is_performed_at_once=at_once,
            both_waive_statement=waived,
            recovered_amount=Decimal("25.00"),
            by=centre.handler,
            at=at,
        )

    if kept is None:
        assert refusal_of(end) == ("paper", article)
        assert Case.objects.get(pk=case.pk).state == State.MEDIATING
        return
    done = end()
    held = Mediation.objects.get(case=case)
    assert (done.state, done.outcome, held.paper) == (State.CLOSED, Outcome.MEDIATED, kept)
    assert (held.is_performed_at_once, held.both_waive_statement) == (at_once, waived)
    assert not case.clocks.filter(limit="D3").exists(), "an agreement is no termination"


def test_a_mediated_complaint_keeps_the_facts_of_its_result(centre: Cast) -> None:
    details = ResultDetails(
        mediation_way="on_site",
        compensation_way="退货退款",
        moral_damages=Decimal(100),
        evidence=("audio", "invoice"),
    )
    case = handling.close(
        case=mediating(centre),
        outcome=Outcome.MEDIATED,
        note="达成协议",
        details=details,
        by=centre.handler,
        at=AT,
    )
    kept = CaseResult.objects.get(case=case)
    assert (kept.mediation_way, kept.moral_damages, kept.evidence) == (
        "on_site",
        Decimal(100),
        ["audio", "invoice"],
    )
    assert Mediation.objects.get(case=case).paper == "statement", "the paper that the article asks for"


def test_a_report_does_not_end_by_an_agreement(centre: Cast) -> None:
    case = one_case(centre.call_taker, Kind.REPORT)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    case = reports.file_case(
        case=reports.check(case=case, by=centre.handler, at=AT), note="立案", by=centre.handler, at=AT
    )
    with pytest.raises(NotAllowed):
        mediation.conclude(case=case, note="和解", by=centre.handler, at=AT)
    assert not Mediation.objects.exists()


# Joint complaints


def joint(centre: Cast) -> Case:
    case = mediating(centre)
    people.join(
        case=case, party=PartyInput("李同", "13900002222"), consented_on=AT.date(), by=centre.handler, at=AT
    )
    case.refresh_from_db()
    return case


@pytest.mark.parametrize(("ground", "act"), [("withdrawn", "give_up"), ("settled", "settle")])
def test_a_joint_complaint_is_not_given_up_or_settled_without_the_others(
    centre: Cast, ground: str, act: str
) -> None:
    case = joint(centre)
    end = lambda: mediation.terminate(case=case, ground=ground, note="x", by=centre.handler, at=AT)  # noqa: E731
    assert refusal_of(end)[1] == "O20:11"
    others = [one for one in case.joint_complainants.all() if one.party_id != case.party_id]
    people.record_joint_consent(
        case=case, act=act, complainants=others, given_on=AT.date(), by=centre.handler, at=AT
    )
    assert end().has_ended


def test_an_agreement_binds_joint_complainants_only_with_their_consent(centre: Cast) -> None:
    case = joint(centre)
    assert (
        refusal_of(lambda: mediation.conclude(case=case, note="协议", by=centre.handler, at=AT))[1]
        == "O20:11"
    )
    done = mediation.terminate(case=case, ground="no_agreement", note="谈不拢", by=centre.handler, at=AT)
    assert done.outcome == Outcome.NO_SETTLEMENT, "to fail needs nobody's consent"


def test_erasing_a_person_takes_them_out_of_what_was_written_in_the_mediation(centre: Cast) -> None:
    case = accepted(centre)
    note = f"王小明先生来电，电话{WANG.phone}"
    mediation.record_consent(case=case, complainant=True, note=note, by=centre.handler, at=AT)
    mediation.mediate(case=case, both_consent=True, by=centre.handler, at=AT)
    mediation_sessions.ask_recusal(
        case=case,
        side="complainant",
        mediator="林调解",
        ground="other",
        note=note,
        by=centre.handler,
        at=AT,
    )
    assert case.party is not None
    parties.erase(party=case.party, reason="本人申请", by=centre.supervisor, at=AT)
    kept = Mediation.objects.get(case=case).consent_note, Recusal.objects.get(case=case).note
    assert all(words and WANG.phone not in words for words in kept)
    told = " ".join(str(event.data) for event in Event.objects.filter(subject_id=str(case.pk)))
    assert WANG.phone not in told


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


# Leads found on the way


def leads_in(centre: Cast, case: Case, text: str = "该店还销售三无口罩", at: datetime = AT) -> Case:
    return leads.find_leads(case=case, text=text, by=centre.handler, at=at)


@pytest.mark.parametrize("state", ["accepted", "mediating", "suspended"])
def test_leads_become_a_report_in_check_with_their_own_limit(centre: Cast, state: str) -> None:
    case = {"accepted": accepted, "mediating": mediating, "suspended": suspended}[state](centre)
    report = leads_in(centre, case)
    report.refresh_from_db()
    assert (report.kind, report.state, report.number[:2]) == (Kind.REPORT, State.CHECKING, "JB")
    assert (report.submission_id, report.entity_id, report.party) == (
        case.submission_id,
        case.entity_id,
        None,
    )
    assert (report.responsible_unit, report.handler, report.is_real_name) == (
        centre.gusu,
        centre.handler,
        False,
    )
    assert report.received_at == AT
    clock = Clock.objects.get(case=report)
    assert (clock.limit, clock.article, clock.state) == ("D4", "O20:23", "running")
    link = CaseLink.objects.get()
    assert (link.case, link.other, link.kind) == (report, case, LinkKind.LEADS)
    filed = reports.file_case(case=report, note="三无产品", by=centre.handler, at=AT + timedelta(days=1))
    assert filed.state == State.FILED
    assert {c.limit: c.state for c in Clock.objects.filter(case=report)}["D4"] == "met"
    assert not Clock.objects.filter(case=report, limit="D6").exists(), "nobody reported, nobody is told"


def test_the_limit_of_leads_follows_the_day_they_were_found(centre: Cast) -> None:
    report = leads_in(centre, mediating(centre, NEW), at=NEW)
    assert (report.regime, Clock.objects.get(case=report).article) == ("O121", "O121:27")


def test_nothing_of_the_leads_is_written_to_the_complaint(centre: Cast) -> None:
    case = mediating(centre)
    before = Case.objects.filter(pk=case.pk).values().get()
    events = Event.objects.filter(subject_type="case", subject_id=str(case.pk)).count()
    clocks = list(Clock.objects.filter(case=case).values())
    topics = TopicMembership.objects.filter(case=case).count()
    report = leads_in(centre, case)
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert list(Clock.objects.filter(case=case).values()) == clocks
    assert TopicMembership.objects.filter(case=case).count() == topics
    assert not CaseLink.objects.filter(case=case).exists()
    assert Event.objects.filter(subject_type="case", subject_id=str(case.pk)).count() == events
    found = Event.objects.get(verb="case.leads_found")
    assert (found.subject_id, found.data["complaint"]) == (str(report.pk), case.number)
    assert "三无" not in str(found.data), "what was written lies encrypted"


@pytest.mark.parametrize("name", ["inspector", "leader"])
def test_who_may_not_see_reports_does_not_see_leads(centre: Cast, name: str) -> None:
    case = mediating(centre)
    person: Person = getattr(centre, name)
    before = visible_cases(person).count()
    report = leads_in(centre, case)
    assert visible_cases(person).count() == before
    assert leads_of(person, case) == []
    assert siblings(person, case) == []
    with pytest.raises(Case.DoesNotExist):
        case_for(person, report.number)


def test_who_may_see_reports_sees_the_link_from_both_sides(centre: Cast) -> None:
    case = mediating(centre)
    report = leads_in(centre, case)
    assert leads_of(centre.handler, case) == [report]
    assert origin_of_leads(centre.handler, report) == case
    assert leads_of(centre.other_handler, case) == []
    assert origin_of_leads(centre.other_handler, report) is None


def test_the_same_leads_sent_twice_are_one_report(centre: Cast) -> None:
    case = mediating(centre)
    report = leads_in(centre, case)
    assert leads_in(centre, case) == report
    assert leads_in(centre, case, "另有虚假广告") != report
    assert CaseLink.objects.count() == 2


def test_leads_need_words_and_a_complaint_under_way(centre: Cast) -> None:
    case = mediating(centre)
    assert refusal_of(lambda: leads_in(centre, case, "  "))[0] == "text"
    mediation.terminate(case=case, ground="withdrawn", note="撤回", by=centre.handler, at=AT)
    with pytest.raises(NotAllowed):
        leads_in(centre, case)
    with pytest.raises(NotYours):
        leads.find_leads(case=accepted(centre), text="线索", by=centre.other_handler, at=AT)


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
