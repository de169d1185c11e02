"""Mediation of a complaint, from the consent of both sides to its end."""

from __future__ import annotations

from datetime import datetime

from suqing.accounts.models import Person
from suqing.cases.actions.moving import (
    begin,
    written,
)
from suqing.cases.models import Case
from suqing.cases.vocabulary import Step
from suqing.ledger.writing import one_transaction

N_ = str


@one_transaction
def mediate(*, case: Case, by: Person, at: datetime, note: str = "", revision: int | None = None) -> Case:
    """Begin mediation, which both sides must want (O20 art. 16, O121 art. 18)."""
    move = begin(case, Step.MEDIATE, by=by, revision=revision)
    move.case.handler = by
    return move.finish(by=by, at=at, text=written(note, field="note", required=False), fields=("handler",))
