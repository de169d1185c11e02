"""What is done to a report: checked, filed or not."""

from __future__ import annotations

from datetime import datetime

from suqing.accounts.models import Person
from suqing.cases.actions.clocks import ClockBook
from suqing.cases.actions.moving import (
    begin,
    written,
)
from suqing.cases.models import Case
from suqing.cases.vocabulary import Step
from suqing.lawclock.limits import Trigger
from suqing.ledger.writing import one_transaction

N_ = str


@one_transaction
def check(*, case: Case, by: Person, at: datetime, note: str = "", revision: int | None = None) -> Case:
    """Begin to check the leads of a report (PROC art. 18)."""
    move = begin(case, Step.CHECK, by=by, revision=revision)
    move.case.handler = by
    return move.finish(by=by, at=at, text=written(note, field="note", required=False), fields=("handler",))


@one_transaction
def file_case(*, case: Case, note: str, by: Person, at: datetime, revision: int | None = None) -> Case:
    """Decide to file a case on a report (立案); the limit for the penalty decision begins (PROC art. 18 and 64)."""
    return _decide_report(case, Step.FILE, note=note, by=by, at=at, revision=revision)


@one_transaction
def not_file(*, case: Case, note: str, by: Person, at: datetime, revision: int | None = None) -> Case:
    """Decide not to file a case on a report (不予立案), with the reason."""
    return _decide_report(case, Step.NOT_FILE, note=note, by=by, at=at, revision=revision)


def _decide_report(
    case: Case, step: Step, *, note: str, by: Person, at: datetime, revision: int | None
) -> Case:
    move = begin(case, step, by=by, revision=revision)
    row = move.case
    row.decided_at, row.handler, row.result_note = at, by, written(note, field="note")
    if step == Step.FILE:
        row.filed_at = at

    def start(book: ClockBook) -> None:
        book.start(Trigger.FILING_DECIDED, at)
        if step == Step.FILE:
            book.start(Trigger.CASE_FILED, at)

    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        fields=("decided_at", "handler", "result_note", "filed_at"),
        then=start,
    )
