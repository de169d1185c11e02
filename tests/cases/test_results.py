"""How cases end: outcomes by kind and state, and the facts of a result beyond the outcome."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from suqing.cases.actions import handling, reports
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.results import write_result
from suqing.cases.models import Case, CaseResult
from suqing.cases.result_details import (
    CheckClass,
    Evidence,
    Finding,
    MediationWay,
    ResultDetails,
    mistakes,
)
from suqing.cases.vocabulary import Kind, Outcome, State
from suqing.cases.workflow import CLOSING_OUTCOMES
from suqing.ledger.models import Event
from tests.cases.examples import one_case
from tests.cases.test_reports import MAY, checked, filed
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def not_filed(centre: Cast) -> Case:
    return reports.not_file(case=checked(centre), note="查无实据", by=centre.handler, at=MAY)


def close(centre: Cast, case: Case, outcome: Outcome, note: str = "结果", **said: object) -> Case:
    return handling.close(case=case, outcome=outcome, note=note, by=centre.handler, at=MAY, **said)  # type: ignore[arg-type]


# Outcomes


@pytest.mark.parametrize("outcome", [Outcome.NO_PENALTY, Outcome.ADMONITION])
def test_a_filed_report_can_end_without_a_penalty(centre: Cast, outcome: Outcome) -> None:
    case = close(centre, filed(centre), outcome)
    assert (case.state, case.outcome, case.closed_at) == (State.CLOSED, outcome, MAY)


@pytest.mark.parametrize("outcome", [Outcome.NOT_FILED, Outcome.ADMONITION])
def test_a_report_that_was_not_filed_ends_so_or_with_an_admonition(centre: Cast, outcome: Outcome) -> None:
    assert close(centre, not_filed(centre), outcome).outcome == outcome


@pytest.mark.parametrize("outcome", sorted(set(Outcome)))
def test_every_other_outcome_is_refused_with_the_article(centre: Cast, outcome: Outcome) -> None:
    for case, state, article in (
        (filed(centre), State.FILED, "PROC:64"),
        (not_filed(centre), State.NOT_FILED, "O121:35"),
    ):
        if outcome in CLOSING_OUTCOMES[Kind.REPORT, state]:
            continue
        with pytest.raises(Refused) as refused:
            close(centre, case, outcome)
        assert (refused.value.field, refused.value.article) == ("outcome", article)


def test_a_penalty_is_given_in_figures_or_in_words(centre: Cast) -> None:
    case = filed(centre)
    with pytest.raises(Refused) as refused:
        close(centre, case, Outcome.PENALTY, note="  ")
    assert (refused.value.field, refused.value.article) == ("note", "PROC:64")
    case.refresh_from_db()
    assert case.state == State.FILED
    assert close(centre, case, Outcome.PENALTY, note="", penalty_amount=Decimal(5000)).has_ended
    confiscated = ResultDetails(confiscated_amount=Decimal(800))
    assert close(centre, filed(centre), Outcome.PENALTY, note="", details=confiscated).has_ended
    assert close(centre, filed(centre), Outcome.PENALTY, note="警告，责令停业").penalty_amount is None


def test_only_a_penalty_has_its_amounts(centre: Cast) -> None:
    for field, said in (
        ("penalty_amount", {"penalty_amount": Decimal(1)}),
        ("confiscated_amount", {"details": ResultDetails(confiscated_amount=Decimal(1))}),
    ):
        with pytest.raises(Refused) as refused:
            close(centre, filed(centre), Outcome.ADMONITION, **said)
        assert refused.value.field == field


# The facts of a result


def test_the_facts_of_a_report_are_kept_and_told_by_the_event(centre: Cast) -> None:
    details = ResultDetails(
        finding=Finding.TRUE_FILED,
        confiscated_amount=Decimal("12.50"),
        filing_number=" 苏市监案〔2026〕3号",
        filed_on=date(2026, 5, 11),
        cause="哄抬价格",
        check_class=CheckClass.DISTRIBUTION,
        is_cancelled=True,
    )
    case = close(centre, filed(centre), Outcome.PENALTY, details=details)
    kept = CaseResult.objects.get(case=case)
    assert (kept.finding, kept.confiscated_amount) == ("true_filed", Decimal("12.50"))
    assert (kept.filing_number, kept.filed_on, kept.cause) == (
        "苏市监案〔2026〕3号",
        date(2026, 5, 11),
        "哄抬价格",
    )
    assert (kept.check_class, kept.is_cancelled) == ("distribution", True)
    event = Event.objects.get(subject_type="case", subject_id=str(case.pk), verb="case.closed")
    assert event.data["result"]["filed_on"] == "2026-05-11"


def test_facts_said_later_leave_those_said_before(centre: Cast) -> None:
    case = reports.file_case(
        case=checked(centre), note="属实", filing_number="7号", cause="哄抬价格", by=centre.handler, at=MAY
    )
    case = close(centre, case, Outcome.NO_PENALTY, details=ResultDetails(finding=Finding.PENDING))
    kept = CaseResult.objects.get(case=case)
    assert (kept.filing_number, kept.cause, kept.finding) == ("7号", "哄抬价格", "pending")


def test_nothing_said_keeps_no_row(centre: Cast) -> None:
    case = close(centre, filed(centre), Outcome.NO_PENALTY, details=ResultDetails())
    assert not CaseResult.objects.filter(case=case).exists()


def test_the_facts_of_a_complaint_are_kept(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=MAY)
    details = ResultDetails(
        mediation_way=MediationWay.THREE_WAY,
        compensation_way="退款",
        evidence=(Evidence.INVOICE, Evidence.AUDIO, Evidence.INVOICE),
        moral_damages=Decimal(0),
        multiple_damages=Decimal(500),
        filing_number="苏市监案〔2026〕4号",
        cause="价格欺诈",
    )
    assert "result" in write_result(case, details, at=MAY)
    kept = CaseResult.objects.get(case=case)
    assert kept.evidence == ["invoice", "audio"]
    assert (kept.moral_damages, kept.multiple_damages) == (Decimal(0), Decimal(500))


@pytest.mark.parametrize(
    ("details", "kind", "state", "field"),
    [
        (ResultDetails(finding="true_filed"), Kind.COMPLAINT, State.MEDIATING, "finding"),
        (ResultDetails(is_cancelled=True), Kind.COMPLAINT, State.MEDIATING, "is_cancelled"),
        (ResultDetails(mediation_way="on_site"), Kind.REPORT, State.FILED, "mediation_way"),
        (ResultDetails(evidence=("invoice",)), Kind.REPORT, State.FILED, "evidence"),
        (ResultDetails(evidence=("rumour",)), Kind.COMPLAINT, State.MEDIATING, "evidence"),
        (ResultDetails(evidence=("none", "audio")), Kind.COMPLAINT, State.MEDIATING, "evidence"),
        (ResultDetails(finding="perhaps"), Kind.REPORT, State.FILED, "finding"),
        (ResultDetails(finding="true_not_filed"), Kind.REPORT, State.FILED, "finding"),
        (ResultDetails(finding="true_filed"), Kind.REPORT, State.NOT_FILED, "finding"),
        (ResultDetails(check_class="space"), Kind.REPORT, State.FILED, "check_class"),
        (ResultDetails(moral_damages=Decimal(-1)), Kind.COMPLAINT, State.MEDIATING, "moral_damages"),
        (ResultDetails(multiple_damages=Decimal("NaN")), Kind.COMPLAINT, State.MEDIATING, "multiple_damages"),
        (ResultDetails(confiscated_amount=Decimal(10) ** 13), Kind.REPORT, State.FILED, "confiscated_amount"),
        (ResultDetails(cause="长" * 201), Kind.REPORT, State.FILED, "cause"),
        (ResultDetails(filed_on=date(2026, 5, 12)), Kind.REPORT, State.FILED, "filed_on"),
    ],
)
def test_facts_that_cannot_be_are_named_by_their_field(
    details: ResultDetails, kind: Kind, state: State, field: str
) -> None:
    assert field in [name for name, _why in mistakes(details, kind, state, date(2026, 5, 11))]


def test_a_fact_that_cannot_be_leaves_the_case_as_it_was(centre: Cast) -> None:
    case = filed(centre)
    with pytest.raises(Refused) as refused:
        close(centre, case, Outcome.PENALTY, details=ResultDetails(mediation_way="on_site"))
    assert refused.value.field == "mediation_way"
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.FILED, "")
    assert not CaseResult.objects.filter(case=case).exists()
