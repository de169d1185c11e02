"""Ends of a mediation: every ground of termination, agreements, joint complaints."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from suqing.cases import grounds
from suqing.cases.actions import (
    dispatching,
    handling,
    mediation,
    mediation_sessions,
    parties,
    people,
    reports,
)
from suqing.cases.actions.results import ResultDetails
from suqing.cases.intake import PartyInput
from suqing.cases.models import (
    Case,
    CaseResult,
    Clock,
    Mediation,
    Recusal,
)
from suqing.cases.vocabulary import Kind, Outcome, State
from suqing.cases.workflow import NotAllowed
from suqing.ledger.models import Event
from tests.cases.examples import WANG, one_case
from tests.cases.mediating import DAYS, NEW, REGIMES, accepted, mediating, refusal_of
from tests.cast import AT, SHANGHAI, Cast

pytestmark = pytest.mark.django_db


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
