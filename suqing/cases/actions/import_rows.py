"""What becomes of the rows of a table: new cases, updates of cases that came before, or nothing.

- An equal row changes nothing.  A row that says nothing about a field leaves the field as it is.
- A case that came by an import follows the table in state, outcome, amounts, result and unit; the table of states is
  not walked, for it happened elsewhere.  Its clocks and its dispatch are written anew as the new standing has them.
- Where people here have worked on the case since, it is kept, and a warning names what differs.
- A number of ours belongs to a case that was registered here: it is never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection

from suqing.cases.actions.past_cases import unfit
from suqing.cases.importing.standing import status_cells
from suqing.cases.importing.table_reader import ReadRow
from suqing.cases.past_cases import PastCase
from suqing.cases.vocabulary import Kind, Outcome, State
from suqing.cases.workflow import ENDED

N_ = str

KEPT = N_("People here have worked on this case: it was kept as it is, although %(fields)s differ.")
OURS = N_("This is a case of ours: it was kept as it is, although %(fields)s differ.")
NOT_KEPT = N_("This row cannot be stored; its state and its moments do not fit together.")
AMOUNTS = ("amount", "recovered_amount", "penalty_amount", "confiscated_amount")
MOMENTS = ("dispatched_at", "decided_at", "filed_at", "closed_at")
# English message ids of the fields, for warnings and the story of a case.
FIELD_LABELS = {
    "state": N_("State"),
    "outcome": N_("Outcome"),
    "unit": N_("Unit"),
    "result_note": N_("Result"),
    "amount": N_("Amount in dispute"),
    "recovered_amount": N_("Recovered loss"),
    "penalty_amount": N_("Penalty"),
    "confiscated_amount": N_("Confiscated"),
}
_KNOWN = """
    SELECT c.id, c.number, c.kind, c.state, c.outcome, c.revision, c.amount, c.recovered_amount, c.penalty_amount,
           r.confiscated_amount, c.result_note, u.code, c.received_at, c.registered_at, c.dispatched_at, c.decided_at,
           c.filed_at, c.closed_at, i.number, i.fingerprint, i.revision
    FROM cases_case c
    JOIN accounts_unit u ON u.id = c.responsible_unit_id
    LEFT JOIN cases_caseresult r ON r.case_id = c.id
    LEFT JOIN cases_importedcase i ON i.case_id = c.id
    WHERE c.id IN (
        SELECT case_id FROM cases_importedcase WHERE source = %s AND number = ANY(%s)
        UNION SELECT id FROM cases_case WHERE number = ANY(%s)
    )
    ORDER BY c.id
"""


class Fate(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Known:
    """A case that is there already under the number of a row."""

    pk: int
    number: str
    kind: Kind
    state: State
    outcome: str
    revision: int
    amount: Decimal | None
    recovered_amount: Decimal | None
    penalty_amount: Decimal | None
    confiscated_amount: Decimal | None
    result_note: str
    unit: str
    received_at: datetime
    registered_at: datetime
    dispatched_at: datetime | None
    decided_at: datetime | None
    filed_at: datetime | None
    closed_at: datetime | None
    imported_as: str | None
    fingerprint: str | None
    imported_revision: int | None

    @property
    def was_worked_on(self) -> bool:
        return self.imported_revision != self.revision


@dataclass(frozen=True, slots=True)
class Decided:
    """A row and its fate; ``changes`` are field -> (before, after) of an update or of what was kept."""

    row: ReadRow
    fate: Fate
    case: PastCase | None = None
    known: Known | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    warning: tuple[str, Mapping[str, Any]] | None = None


def decide(
    rows: Sequence[ReadRow], source: str, centre: str, *, at: datetime, lock: bool = False
) -> list[Decided]:
    """Say for each row what becomes of it; one query.  ``lock`` holds the known cases until the transaction ends."""
    numbers = [row.parsed.number for row in rows if row.parsed.case is not None]
    imported, ours = _known(source, numbers, lock=lock)
    return [_fate(row, imported, ours, centre, at) for row in rows]


def _known(source: str, numbers: Sequence[str], *, lock: bool) -> tuple[dict[str, Known], dict[str, Known]]:
    """The cases that came under these numbers, and those whose own number it is."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN + (" FOR UPDATE OF c" if lock else ""), [source, list(numbers), list(numbers)])
        rows = [_of(values) for values in cursor.fetchall()]
    wanted = set(numbers)
    imported = {row.imported_as: row for row in rows if row.imported_as is not None}
    return imported, {row.number: row for row in rows if row.number in wanted}


def _of(values: Sequence[Any]) -> Known:
    known = Known(*values)
    return replace(known, kind=Kind(known.kind), state=State(known.state))


def _fate(
    row: ReadRow, imported: Mapping[str, Known], ours: Mapping[str, Known], centre: str, at: datetime
) -> Decided:
    case = row.parsed.case
    if case is None:
        return Decided(row, Fate.REJECTED)
    if (known := imported.get(case.number)) is not None:
        return _of_known(row, case, known, centre, at)
    if (own := ours.get(case.number)) is not None:
        changes = _differing(own, case, centre)
        return _kept(row, own, changes, OURS)
    case = whole(case)
    if unfit(case):
        return Decided(row, Fate.REJECTED, warning=(NOT_KEPT, {}))
    return Decided(row, Fate.ADDED, case)


def _of_known(row: ReadRow, case: PastCase, known: Known, centre: str, at: datetime) -> Decided:
    if known.fingerprint == case.fingerprint:
        return Decided(row, Fate.UNCHANGED, known=known)
    if known.was_worked_on:
        return _kept(row, known, _differing(known, case, centre), KEPT)
    merged = merged_with(known, case, centre, at)
    if unfit(merged) or known.kind != case.kind:
        return _kept(row, known, {"state": (known.state, case.state)}, KEPT)
    changes = _changes(known, merged, centre)
    return Decided(row, Fate.UPDATED if changes else Fate.UNCHANGED, merged, known, changes)


def _kept(row: ReadRow, known: Known, changes: Mapping[str, tuple[Any, Any]], message: str) -> Decided:
    if not changes:
        return Decided(row, Fate.UNCHANGED, known=known)
    return Decided(
        row, Fate.KEPT, None, known, changes, (message, {"fields": [FIELD_LABELS[name] for name in changes]})
    )


def whole(case: PastCase) -> PastCase:
    """Give an ended case of which nobody told when it ended the last moment that is known of it."""
    if case.state not in ENDED or case.closed_at is not None:
        return case
    told = (case.received_at, case.dispatched_at, case.decided_at, case.filed_at)
    return replace(case, closed_at=max(moment for moment in told if moment is not None))


def merged_with(known: Known, case: PastCase, centre: str, at: datetime) -> PastCase:
    """The case as it stands once the row is taken: what the row does not tell stays."""
    unit = case.unit or ("" if known.unit == centre else known.unit)
    state = _settled(case.state, unit)
    moments: dict[str, Any] = {name: getattr(case, name) or getattr(known, name) for name in MOMENTS}
    if known.dispatched_at == known.registered_at and case.dispatched_at is None:
        moments["dispatched_at"] = None  # it only counted as sent then; see past_cases
    if state not in ENDED:
        moments["closed_at"] = None
    elif moments["closed_at"] is None:
        moments["closed_at"] = at  # it ended some time before this table was made
    amounts: dict[str, Any] = {
        name: getattr(known, name) if (told := getattr(case, name)) is None else told for name in AMOUNTS
    }
    outcome = case.outcome
    if outcome is None and state in ENDED and known.outcome:
        outcome = Outcome(known.outcome)
    return replace(
        case,
        unit=unit,
        state=state,
        outcome=outcome,
        result_note=case.result_note or known.result_note,
        received_at=known.received_at,
        registered_at=known.registered_at,
        **amounts,
        **moments,
    )


def _settled(state: State, unit: str) -> State:
    """As ``past_cases``: with a unit it is dispatched, without one registered."""
    if state in (State.REGISTERED, State.DISPATCHED):
        return State.DISPATCHED if unit else State.REGISTERED
    return state


def _changes(known: Known, merged: PastCase, centre: str) -> dict[str, tuple[Any, Any]]:
    """The fields that an update changes, as values for the event; of the result only that it changed."""
    found: dict[str, tuple[Any, Any]] = {}
    for name, before, after in (
        ("state", known.state.value, merged.state.value),
        ("outcome", known.outcome, (merged.outcome or "") and str(merged.outcome)),
        ("unit", known.unit, merged.unit or centre),
    ):
        if before != after:
            found[name] = (before, after)
    for name in AMOUNTS:
        was, now = getattr(known, name), getattr(merged, name)
        if was != now:
            found[name] = (None if was is None else str(was), None if now is None else str(now))
    if known.result_note != merged.result_note.replace("\0", ""):
        found["result_note"] = ("", "")  # what was written is personal and stands in the case alone
    return found


def _differing(known: Known, case: PastCase, centre: str) -> dict[str, tuple[Any, Any]]:
    """What the row says otherwise than a case that is kept; states as a table can tell them."""
    said = status_cells(case.kind, case.state, case.outcome)
    stands = status_cells(known.kind, known.state, Outcome(known.outcome) if known.outcome else None)
    found: dict[str, tuple[Any, Any]] = {}
    if said != stands:
        found["state"] = (known.state.value, case.state.value)
    if case.outcome is not None and case.outcome != known.outcome:
        found["outcome"] = (known.outcome, case.outcome.value)
    if case.unit and case.unit != known.unit:
        found["unit"] = (known.unit or centre, case.unit)
    for name in AMOUNTS:
        was, now = getattr(known, name), getattr(case, name)
        if now is not None and was != now:
            found[name] = (None if was is None else str(was), str(now))
    if case.result_note and case.result_note != known.result_note:
        found["result_note"] = ("", "")
    return found


def counted(decided: Iterable[Decided]) -> dict[Fate, int]:
    """How many rows of each fate."""
    found = dict.fromkeys(Fate, 0)
    for one in decided:
        found[one.fate] += 1
    return found


def shown(one: Decided) -> dict[str, Any]:
    """A row as it will be read, for the page that asks whether this is right."""
    case = one.case or one.row.parsed.case
    facts: dict[str, Any] = {"row": one.row.number, "number": one.row.parsed.number, "fate": one.fate.value}
    if case is None:
        return facts
    return facts | {
        "kind": case.kind.value,
        "state": case.state.value,
        "outcome": case.outcome.value if case.outcome else "",
        "received_at": case.received_at.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else "",
        "entity": case.entity.name,
        "place": case.place,
        "address": case.address,
        "unit": case.unit,
        "object_class": case.object_class,
        "issue_class": case.issue_class,
        "amount": str(case.amount) if case.amount is not None else "",
        "narrative": case.narrative[:120].replace("\0", ""),
    }
