"""Mediation of a complaint, from the consent of both sides to its end (O20 art. 16 to 22, O121 art. 18 to 24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from suqing.accounts.models import Person
from suqing.cases import grounds
from suqing.cases.actions.clocks import MEDIATION
from suqing.cases.actions.joint import require_joint_consent
from suqing.cases.actions.mediation_rows import lapse_open_recusal, mediation_of, short
from suqing.cases.actions.moving import (
    Move,
    Refused,
    amount_of,
    begin,
    close_dispatch,
    plain,
    written,
)
from suqing.cases.actions.results import ResultDetails, write_result
from suqing.cases.agency import JointAct
from suqing.cases.intake import local_day
from suqing.cases.mediation_terms import (
    DELEGATION_NEEDS_CONSENT,
    ConsentWay,
    Mode,
    Paper,
    Side,
    paper_due,
)
from suqing.cases.models import Case, Clock, Mediation
from suqing.cases.vocabulary import ClockState, Kind, Outcome, State, Step
from suqing.cases.workflow import NotAllowed
from suqing.lawclock.limits import Trigger
from suqing.ledger.writing import one_transaction, writer

N_ = str


@one_transaction
def record_consent(
    *,
    case: Case,
    by: Person,
    at: datetime,
    complainant: bool = False,
    respondent: bool = False,
    way: str = "",
    note: str = "",
    revision: int | None = None,
) -> Case:
    """Record that one side or both want mediation, when and how they said so (O20 art. 16, O121 art. 18).

    Raise Refused if no side is named whose consent is not recorded yet.
    """
    move = begin(case, Step.CONSENT, by=by, revision=revision)
    if not complainant and not respondent:
        raise Refused(N_("Say which side consents."), field="complainant", article=_article(move))
    if way not in ("", *ConsentWay):
        raise Refused(N_("Choose one of the list."), field="way")
    note = short(note, field="note")
    held = mediation_of(move.case)
    sides = _consent(held, at, way, complainant=complainant, respondent=respondent)
    if not sides:
        raise Refused(N_("This consent is recorded already."), field="complainant")
    if note:
        held.consent_note = short("\n".join(filter(None, (held.consent_note, note))), field="note")
    writer().save(held, *_CONSENTS)
    return move.finish(by=by, at=at, text=note, data={"sides": sides, "way": way})


_CONSENTS = (
    *("complainant_consented_at", "complainant_consent_way"),
    *("respondent_consented_at", "respondent_consent_way", "consent_note"),
)


def _consent(held: Mediation, at: datetime, way: str, *, complainant: bool, respondent: bool) -> list[str]:
    """Note the consents that are new; the moment of an earlier one stands."""
    sides = []
    if complainant and held.complainant_consented_at is None:
        held.complainant_consented_at, held.complainant_consent_way = at, way
        sides.append(str(Side.COMPLAINANT))
    if respondent and held.respondent_consented_at is None:
        held.respondent_consented_at, held.respondent_consent_way = at, way
        sides.append(str(Side.RESPONDENT))
    return sides


@one_transaction
def mediate(
    *,
    case: Case,
    by: Person,
    at: datetime,
    note: str = "",
    both_consent: bool = False,
    mode: str = "",
    mediators: str = "",
    revision: int | None = None,
) -> Case:
    """Begin mediation, to which both sides must have consented (O20 art. 16, O121 art. 18).

    ``both_consent`` records both consents with the step.  Raise Refused without them.
    """
    move = begin(case, Step.MEDIATE, by=by, revision=revision)
    held, note = mediation_of(move.case), written(note, field="note", required=False)
    sides = _consent(held, at, "", complainant=True, respondent=True) if both_consent else []
    if held.complainant_consented_at is None or held.respondent_consented_at is None:
        raise Refused(
            N_("Mediation needs the consent of both sides."), field="both_consent", article=_article(move)
        )
    if mode not in ("", *Mode):
        raise Refused(N_("Choose one of the list."), field="mode")
    held.begun_at, held.mode = at, mode
    held.mediators = short(mediators, field="mediators", limit=200)
    writer().save(held, *_CONSENTS, "begun_at", "mode", "mediators")
    move.case.handler = by
    said = {"sides": sides, "mode": mode, "mediators": held.mediators}
    return move.finish(
        by=by,
        at=at,
        text=note,
        data={name: value for name, value in said.items() if value},
        fields=("handler",),
    )


@one_transaction
def delegate(
    *,
    case: Case,
    to: str,
    by: Person,
    at: datetime,
    both_consent: bool = False,
    respondent_consents: bool = False,
    note: str = "",
    revision: int | None = None,
) -> Case:
    """Delegate the mediation to a consumer association or another lawful mediation body (O20 art. 17, O121 art. 19).

    Order 121 asks for the consent of both sides; what the complainant answered on form 1 counts as theirs.  Raise
    Refused without it, and for a mediation that is delegated already: it must not be passed on.
    """
    move = begin(case, Step.DELEGATE, by=by, revision=revision)
    row, article = move.case, _article(move)
    held = mediation_of(row)
    if held.delegated_to:
        raise Refused(
            N_("The mediation is delegated to %(body)s already; it must not be delegated again."),
            field="to",
            article=article,
            body=held.delegated_to,
        )
    to = short(to, field="to", limit=200)
    if not to:
        raise Refused(N_("Name the body that is to mediate."), field="to", article=article)
    complainant = both_consent or row.delegation_consent is True
    agreed = complainant and (both_consent or respondent_consents)
    if row.regime in DELEGATION_NEEDS_CONSENT and not agreed:
        missing = "respondent_consents" if complainant else "both_consent"
        raise Refused(N_("Delegation needs the consent of both sides."), field=missing, article=article)
    held.delegated_to, held.delegated_at, held.both_consented_to_delegation = to, at, agreed
    writer().save(held, "delegated_to", "delegated_at", "both_consented_to_delegation")
    data = {"to": to, "both_consented": agreed}
    return move.finish(by=by, at=at, text=short(note, field="note"), data=data)


# The end without an agreement


@one_transaction
def terminate(
    *,
    case: Case,
    ground: str,
    note: str,
    by: Person,
    at: datetime,
    found: str = "",
    recovered_amount: Decimal | None = None,
    details: ResultDetails | None = None,
    revision: int | None = None,
) -> Case:
    """Terminate the mediation on one of the grounds of its regime (O20 art. 21, O121 art. 23); both sides must be told.

    The outcome follows from the ground.  ``found`` names the ground of refusal that came to light (item 6).  Raise
    Refused for a ground that does not exist or is not there yet.
    """
    move = begin(case, Step.TERMINATE, by=by, revision=revision)
    row, known = move.case, grounds.termination(move.case.regime)
    if ground not in known:
        raise Refused(
            N_("Choose the ground on which the mediation is terminated."),
            field="ground",
            article=_article(move),
        )
    held = mediation_of(row)
    article = _check_ground(move, held, ground, at)
    found_ground = _found(row, ground, found, article)
    if ground in _JOINT_ACTS:
        require_joint_consent(row, _JOINT_ACTS[ground], at=at)
    row.ground, row.outcome, row.result_note = ground, known[ground].outcome, written(note, field="note")
    row.recovered_amount = amount_of(recovered_amount, field="recovered_amount")
    said = write_result(row, details, at=at)
    held.ended_at, held.termination_ground = at, ground
    held.found_ground = found if found_ground else ""
    writer().save(held, "ended_at", "termination_ground", "found_ground")
    if move.before == State.SUSPENDED:
        lapse_open_recusal(row, at)
    close_dispatch(row, at)
    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        data={
            "ground": ground,
            "ground_article": article,
            "outcome": str(row.outcome),
            "recovered_amount": plain(recovered_amount),
            **({"found": found, "found_article": found_ground.article} if found_ground else {}),
            **said,
        },
        fields=("ground", "outcome", "result_note", "recovered_amount"),
        then=lambda book: book.start(Trigger.TERMINATION_DECIDED, at),
    )


# What representatives of a joint complaint cannot do alone (O20 art. 11, O121 art. 12).
_JOINT_ACTS = {grounds.WITHDRAWN: JointAct.GIVE_UP, grounds.SETTLED: JointAct.SETTLE}


def _check_ground(move: Move, held: Mediation, ground: str, at: datetime) -> str:
    """Return the article of a ground that is there; raise Refused for one that is not there yet."""
    article = grounds.termination(move.case.regime)[ground].article
    if ground == grounds.NO_AGREEMENT and held.begun_at is None:
        raise Refused(
            N_("That no agreement can be reached shows only in a mediation, which has not begun."),
            field="ground",
            article=article,
        )
    if ground != grounds.EXPIRED:
        return article
    clock = next((one for one in move.book.clocks if _limits_mediation(one)), None)
    if clock is None or not _has_run_out(clock, at):
        day = local_day(clock.due_at) if clock else "—"
        raise Refused(
            N_("The limit for mediation has not run out; it ends on %(day)s."),
            field="ground",
            article=clock.article if clock else article,
            day=day,
        )
    return clock.article


def _limits_mediation(clock: Clock) -> bool:
    running = clock.state in (ClockState.RUNNING, ClockState.PAUSED)
    return running and clock.limit in MEDIATION and clock.is_binding


def _has_run_out(clock: Clock, at: datetime) -> bool:
    """Whether the last moment has passed; a clock that stands still has not run out."""
    return clock.state == ClockState.RUNNING and at > clock.due_at


def _found(row: Case, ground: str, found: str, article: str) -> grounds.Ground | None:
    if ground != grounds.FOUND_LATER:
        return None
    known = grounds.found_later(row.regime).get(found)
    if known is None:
        raise Refused(N_("Say which ground was found after acceptance."), field="found", article=article)
    return known


# The end with an agreement


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the sides agreed on, as it is kept: the paper "" stands for the one the article asks for."""

    note: str
    paper: str = ""
    mode: str = ""
    is_performed_at_once: bool = False
    both_waive_statement: bool = False
    recovered_amount: Decimal | None = None
    details: ResultDetails | None = None


@one_transaction
def conclude(
    *,
    case: Case,
    note: str,
    by: Person,
    at: datetime,
    paper: str = "",
    mode: str = "",
    is_performed_at_once: bool = False,
    both_waive_statement: bool = False,
    recovered_amount: Decimal | None = None,
    details: ResultDetails | None = None,
    revision: int | None = None,
) -> Case:
    """End a complaint with the agreement of its sides (O20 art. 22, O121 art. 24).

    An agreement reached on site needs a mediation statement, unless it was performed at once or both sides waive it;
    without a statement a record is kept.  Raise Refused for the wrong paper.
    """
    move = begin(case, Step.CLOSE, by=by, revision=revision)
    agreement = Agreement(
        note, paper, mode, is_performed_at_once, both_waive_statement, recovered_amount, details
    )
    return end_with_agreement(move, agreement, by=by, at=at)


def end_with_agreement(move: Move, agreement: Agreement, *, by: Person, at: datetime) -> Case:
    """Finish a step that closes a complaint; ``handling.close`` ends here too.  Raise NotAllowed for another kind."""
    row = move.case
    if row.kind != Kind.COMPLAINT:
        raise NotAllowed(Kind(row.kind), State(row.state), Step.CLOSE, row.regime)
    held = mediation_of(row)
    paper = _paper(held, agreement, _article(move))
    require_joint_consent(row, JointAct.SETTLE, at=at)
    row.outcome, row.result_note = Outcome.MEDIATED, written(agreement.note, field="note")
    row.recovered_amount = amount_of(agreement.recovered_amount, field="recovered_amount")
    said = write_result(row, agreement.details, at=at)
    held.ended_at, held.paper, held.mode = at, paper, agreement.mode or held.mode
    held.is_performed_at_once = agreement.is_performed_at_once
    held.both_waive_statement = agreement.both_waive_statement
    writer().save(held, "ended_at", "paper", "mode", "is_performed_at_once", "both_waive_statement")
    close_dispatch(row, at)
    facts: dict[str, Any] = {
        "outcome": str(Outcome.MEDIATED),
        "recovered_amount": plain(agreement.recovered_amount),
        "paper": str(paper),
    }
    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        data=facts | said,
        fields=("outcome", "result_note", "recovered_amount"),
    )


def _paper(held: Mediation, agreement: Agreement, article: str) -> Paper:
    if agreement.mode not in ("", *Mode):
        raise Refused(N_("Choose one of the list."), field="mode")
    if agreement.paper not in ("", *Paper):
        raise Refused(N_("Say what is kept of the agreement."), field="paper", article=article)
    due = paper_due(
        agreement.mode or held.mode,
        is_performed_at_once=agreement.is_performed_at_once,
        both_waive_statement=agreement.both_waive_statement,
    )
    if due == Paper.STATEMENT and agreement.paper == Paper.RECORD:
        raise Refused(
            N_(
                "An agreement reached on site needs a mediation statement, unless it was performed at once or both "
                "sides waive it."
            ),
            field="paper",
            article=article,
        )
    return Paper(agreement.paper) if agreement.paper else due


def _article(move: Move) -> str:
    return move.transition.articles.get(move.case.regime, "")
