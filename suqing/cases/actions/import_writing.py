"""One batch of an import: new cases, cases brought up to date, and the event that tells of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from suqing.accounts.models import Person
from suqing.cases.actions import topics
from suqing.cases.actions.import_rows import Decided, Fate, counted
from suqing.cases.actions.past_batch import PastBatch, PastRow, told_json
from suqing.cases.actions.past_clocks import COLUMNS as CLOCK_COLUMNS
from suqing.cases.models import CaseResult, Clock, Dispatch, ImportRun, Mediation
from suqing.cases.past_cases import PastCase
from suqing.cases.prepared import plain
from suqing.ledger.actions import record
from suqing.ledger.copying import copy_rows

_CASES = """
    UPDATE cases_case c SET state = n.state, outcome = n.outcome, responsible_unit_id = n.unit, amount = n.amount,
        recovered_amount = n.recovered, penalty_amount = n.penalty, result_note = n.note,
        dispatched_at = n.dispatched, decided_at = n.decided, filed_at = n.filed, closed_at = n.closed,
        next_due_at = n.due, revision = c.revision + 1, handler_id = NULL
    FROM unnest(
        %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::text[],
        %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[]
    ) AS n (id, state, outcome, unit, amount, recovered, penalty, note, dispatched, decided, filed, closed, due)
    WHERE c.id = n.id
"""
_ORIGINS = """
    UPDATE cases_importedcase i SET run_id = %s, row = n.row, fingerprint = n.fingerprint, told = n.told::jsonb,
        events = CASE WHEN n.changed THEN array_append(i.events, %s::bigint) ELSE i.events END,
        revision = i.revision + CASE WHEN n.changed THEN 1 ELSE 0 END, last_at = %s
    FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::bool[])
        AS n (id, row, fingerprint, told, changed)
    WHERE i.case_id = n.id
"""


def write_batch(run: ImportRun, decided: Sequence[Decided], *, by: Person, at: datetime) -> None:
    """Write what was decided, with one event ``import.batch``.  Call inside the transaction that moves the run on."""
    fresh = [one for one in decided if one.fate == Fate.ADDED and one.case is not None]
    prepared = {one.case.ref: one.row.prepared for one in fresh if one.case and one.row.prepared}
    batch = PastBatch([one.case for one in fresh if one.case], by=by, at=at, prepared=prepared)
    facts = batch.write()
    updated = [one for one in decided if one.fate == Fate.UPDATED]
    _bring_up_to_date(updated, by=by, at=at)
    counts = {fate.value: count for fate, count in counted(decided).items()}
    event = record(
        "import.batch",
        run,
        by=by,
        at=at,
        data={
            "file": run.file_name,
            "source": run.source,
            "rows": [decided[0].row.number, decided[-1].row.number],
            **facts,
            **counts,
            "updated": {str(one.known.pk): _told(one.changes) for one in updated if one.known},
            "updated_count": counts["updated"],
            "kept_numbers": [one.known.number for one in decided if one.fate == Fate.KEPT and one.known],
        },
    )
    batch.write_origins(run.pk, event.pk)
    # Rows that say the same in other words are remembered too: the next equal one is passed over at once.
    _renew_origins(run, [one for one in decided if one.known and one.case], event.pk, at)


def _told(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    return {name: list(pair) for name, pair in changes.items()}


def _bring_up_to_date(updated: Sequence[Decided], *, by: Person, at: datetime) -> None:
    """Let cases stand as their rows say; clocks, dispatch and result are written anew."""
    known = {one.known.pk: one.case for one in updated if one.known is not None and one.case is not None}
    if not known:
        return
    batch = PastBatch([], by=by, at=at)
    batch.stand(known)
    for model in (Clock, Dispatch, CaseResult, Mediation):
        model._default_manager.filter(case_id__in=list(known)).delete()
    copy_rows(Clock, CLOCK_COLUMNS, batch.clocks())
    batch.write_ways()
    with connection.cursor() as cursor:
        cursor.execute(_CASES, [list(column) for column in zip(*map(_standing, batch.rows), strict=True)])
    topics.renew(cases=known, at=at)


def _standing(row: PastRow) -> tuple[object, ...]:
    case: PastCase = row.case
    return (
        *(row.case_id, row.state.value, str(case.outcome or ""), row.unit, case.amount),
        *(
            case.recovered_amount,
            case.penalty_amount,
            plain(case.result_note),
            row.sent_at or case.dispatched_at,
        ),
        *(case.decided_at, case.filed_at, case.closed_at, row.next_due_at),
    )


def _renew_origins(run: ImportRun, rows: Sequence[Decided], event: int, at: datetime) -> None:
    if not rows:
        return
    values = [
        (one.known.pk, one.case.row, one.case.fingerprint, told_json(one.case), one.fate == Fate.UPDATED)
        for one in rows
        if one.known is not None and one.case is not None
    ]
    columns = [list(column) for column in zip(*values, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_ORIGINS, [run.pk, event, at, *columns])
