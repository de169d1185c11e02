"""Answers, results and notices: what ends a case and what is owed afterwards."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases import workflow
from suqing.cases.actions.clocks import NOTICE_LIMITS, ClockBook
from suqing.cases.actions.moving import (
    Refused,
    Stale,
    amount_of,
    begin,
    close_dispatch,
    locked,
    plain,
    require_unit,
    written,
)
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind, Outcome, State, Step
from suqing.lawclock.limits import Trigger
from suqing.ledger.writing import one_transaction, writer

N_ = str


@one_transaction
def answer(*, case: Case, text: str, by: Person, at: datetime, revision: int | None = None) -> Case:
    """Answer a consultation and close it."""
    move = begin(case, Step.ANSWER, by=by, revision=revision)
    move.case.outcome, move.case.result_note = Outcome.ANSWERED, written(text, field="text")
    close_dispatch(move.case, at)
    return move.finish(
        by=by,
        at=at,
        data={"outcome": "answered"},
        text=move.case.result_note,
        fields=("outcome", "result_note"),
    )


@one_transaction
def close(
    *,
    case: Case,
    outcome: Outcome,
    note: str,
    by: Person,
    at: datetime,
    recovered_amount: Decimal | None = None,
    penalty_amount: Decimal | None = None,
    revision: int | None = None,
) -> Case:
    """End a complaint or a report with its result.  Raise Refused for a result that its state cannot have."""
    move = begin(case, Step.CLOSE, by=by, revision=revision)
    row = move.case
    if outcome not in workflow.CLOSING_OUTCOMES.get((Kind(row.kind), State(row.state)), frozenset()):
        raise Refused(
            N_("A case in this state cannot end with this result."),
            field="outcome",
            article=move.transition.articles.get(row.regime, ""),
        )
    row.outcome, row.result_note = outcome, written(note, field="note")
    row.recovered_amount = amount_of(recovered_amount, field="recovered_amount")
    row.penalty_amount = amount_of(penalty_amount, field="penalty_amount")
    close_dispatch(row, at)
    owes_notice = outcome in (Outcome.MEDIATION_ENDED, Outcome.NO_SETTLEMENT)
    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        data={
            "outcome": str(outcome),
            "recovered_amount": plain(recovered_amount),
            "penalty_amount": plain(penalty_amount),
        },
        fields=("outcome", "result_note", "recovered_amount", "penalty_amount"),
        then=(lambda book: book.start(Trigger.TERMINATION_DECIDED, at)) if owes_notice else None,
    )


@one_transaction
def record_notice(*, case: Case, by: Person, at: datetime, revision: int | None = None) -> bool:
    """Record that the parties were told; return whether a limit was waiting for it."""
    row = locked(case)
    if revision is not None and row.revision != revision:
        raise Stale
    require(by, Permission.CASE_HANDLE)
    require_unit(row, by, Permission.CASE_HANDLE)
    book = ClockBook.opened(row)
    book.stop(NOTICE_LIMITS, at)
    if not book.ended:
        return False
    facts = book.write()
    row.revision += 1
    writer().save(row, "next_due_at", "revision")
    writer().record("case.parties_told", row, by=by, at=at, data=facts)
    return True
