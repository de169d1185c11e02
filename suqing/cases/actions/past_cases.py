"""Many past cases at once: imports and rehearsed history, one event a batch.

What is written is what the desk would have left (``registration``, ``dispatching`` and the steps after), with these
differences, because the past tells no more than ``PastCase`` holds:

- One event a batch, without personal data; a case has no events of its own until somebody here works on it.
- The version of the entry standard and the completeness are kept only for cases made here (``source`` empty): they
  measure our own desks.
- Topics are those of the rules in force at ``at``, when the case becomes ours, as at registration.
- A case in the hands of a unit has the dispatch that its steps need; where nobody knows when it was sent, it counts as
  sent when it was registered, and the centre's promise to dispatch has no clock.
- Registered means waiting at the centre: with a unit it is dispatched, and dispatched without a unit is registered.
- Clocks: see ``past_clocks``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from suqing.accounts.models import Person
from suqing.cases import workflow
from suqing.cases.actions.past_batch import PastBatch
from suqing.cases.models import ImportRun
from suqing.cases.past_cases import PastCase
from suqing.cases.vocabulary import Kind, State
from suqing.ledger.actions import Subject, record

ATTEMPTS = 3
UNSUPPORTED = frozenset(
    {State.OBJECTED, State.DISPUTED, State.SUSPENDED}
)  # each needs more than a past case tells
_WRITTEN = """
    SELECT s.ref, c.id, c.number FROM cases_submission s JOIN cases_case c ON c.submission_id = s.id
    WHERE s.ref = ANY(%s) ORDER BY c.id DESC
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What a past case became here."""

    case_id: int
    number: str


class Unfit(ValueError):
    """A past case that cannot stand as it is told; nothing of the batch was written."""


def write_past(
    cases: Sequence[PastCase],
    *,
    by: Person,
    at: datetime,
    verb: str,
    subject: Subject,
    data: Mapping[str, Any] | None = None,
) -> list[Written]:
    """Write submissions and cases with their topics, clocks, operators, results and text bands; return them in order.

    One transaction, one event ``verb`` about ``subject`` that tells how many and their first and last numbers.
    Refs that exist are left as they are and returned as they stand.  Raise Unfit before anything is written.
    """
    for case in cases:
        _check(case)
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _write(cases, by=by, at=at, verb=verb, subject=subject, data=data or {})
        except IntegrityError:
            # A desk made the same person or operator at the same moment: it is found the next time.
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _write(
    cases: Sequence[PastCase],
    *,
    by: Person,
    at: datetime,
    verb: str,
    subject: Subject,
    data: Mapping[str, Any],
) -> list[Written]:
    done = _written([case.ref for case in cases])
    fresh = {case.ref: case for case in cases if case.ref not in done}
    if fresh:
        batch = PastBatch(list(fresh.values()), by=by, at=at)
        facts = batch.write()
        event = record(verb, subject, by=by, at=at, data={**facts, **data})
        batch.write_origins(subject.pk if isinstance(subject, ImportRun) else None, event.pk)
        done |= {row.case.ref: Written(row.case_id, row.number) for row in batch.rows}
    return [done[case.ref] for case in cases]


def unfit(case: PastCase) -> str:
    """Why this case cannot be written, "" if it can; for programmers and logs."""
    if case.state in UNSUPPORTED:
        return f"state {case.state} needs more than a past case tells"
    if (case.state in workflow.ENDED) != (case.closed_at is not None):
        return "an ended case has a moment of its end, and no other has"
    if case.kind == Kind.CONSULTATION and case.state not in (
        State.REGISTERED,
        State.DISPATCHED,
        State.CLOSED,
    ):
        return f"a consultation is never {case.state}"
    return ""


def _check(case: PastCase) -> None:
    if why := unfit(case):
        raise Unfit(f"{case.ref}: {why}")


def _written(refs: Sequence[UUID]) -> dict[UUID, Written]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [list(refs)])
        return {ref: Written(pk, number) for ref, pk, number in cursor.fetchall()}
