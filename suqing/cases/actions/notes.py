"""A note to the case: what was heard or agreed, beside every step."""

from __future__ import annotations

from datetime import datetime

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import NotPermitted, can, can_in
from suqing.cases.actions.moving import NotYours, Refused, key_of, locked, written
from suqing.cases.models import Case
from suqing.ledger.writing import one_transaction, writer

N_ = str

WRITERS = (
    Permission.CASE_HANDLE,
    Permission.CASE_DECIDE,
    Permission.CASE_DISPATCH,
    Permission.CASE_SUPERVISE,
)


def may_note(person: Person, case: Case) -> bool:
    """Whether this person may add a note to the case now."""
    return not case.has_ended and any(can_in(person, one, case.responsible_unit) for one in WRITERS)


@one_transaction
def note(*, case: Case, note: str, by: Person, at: datetime) -> Case:
    """Add a note to the story of the case.  Raise Refused for an empty one or an ended case, NotYours, NotPermitted.

    It adds and contradicts nothing: no revision is too old for it, and none is counted up.
    """
    row = locked(case)
    if row.has_ended:
        raise Refused(N_("The case has ended: no note can be added any more."))
    if not may_note(by, row):
        if any(can(by, one) for one in WRITERS):
            raise NotYours
        raise NotPermitted(Permission.CASE_HANDLE)
    text = written(note, field="note")
    writer().record("case.noted", row, by=by, at=at, data={}, personal={key_of(row): {"text": text}})
    return row
