"""Decisions on a complaint: accepted or not, on which ground."""

from __future__ import annotations

from datetime import datetime

from suqing.accounts.models import Person
from suqing.cases import grounds
from suqing.cases.actions.moving import (
    Refused,
    begin,
    close_dispatch,
    written,
)
from suqing.cases.models import Case
from suqing.cases.vocabulary import Outcome, Step
from suqing.lawclock.limits import Trigger
from suqing.ledger.writing import one_transaction

N_ = str


@one_transaction
def accept(*, case: Case, by: Person, at: datetime, note: str = "", revision: int | None = None) -> Case:
    """Accept a complaint; the limit for mediation begins (O20 art. 14 and 21, O121 art. 15 and 23)."""
    move = begin(case, Step.ACCEPT, by=by, revision=revision)
    note = written(note, field="note", required=False)
    move.case.decided_at, move.case.handler = at, by
    return move.finish(
        by=by,
        at=at,
        text=note,
        fields=("decided_at", "handler"),
        then=lambda book: book.start(Trigger.ACCEPTED, at),
    )


@one_transaction
def refuse(
    *, case: Case, ground: str, note: str, by: Person, at: datetime, revision: int | None = None
) -> Case:
    """Refuse a complaint on one of the grounds of its regime (O20 art. 15, O121 art. 16), with the reason."""
    move = begin(case, Step.REFUSE, by=by, revision=revision)
    row = move.case
    known = grounds.refusal(row.regime)
    if ground not in known:
        raise Refused(
            N_("Choose the ground on which the complaint is not accepted."),
            field="ground",
            article=move.transition.articles.get(row.regime, ""),
        )
    row.ground, row.outcome, row.decided_at, row.handler = ground, Outcome.REFUSED, at, by
    row.result_note = written(note, field="note")
    close_dispatch(row, at)
    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        data={"ground": ground, "ground_article": known[ground].article},
        fields=("ground", "outcome", "decided_at", "handler", "result_note"),
    )
