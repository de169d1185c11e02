"""Imports of tables: a file is read and checked, a person says yes, its rows become cases batch by batch.

Each batch is one transaction with its cases, the run's position and counts, and one event ``import.batch``: killed at
any moment, a run goes on behind the last row whose fate is committed.  Two workers never take the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import DataError, IntegrityError, transaction

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions.import_problems import plain_values, problem_of, write_problems, write_warnings
from suqing.cases.actions.import_reader import forget, reading
from suqing.cases.actions.import_rows import Fate, counted, decide, shown
from suqing.cases.actions.import_writing import write_batch
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.past_references import centre_of
from suqing.cases.importing.layouts import LAYOUTS, BadMapping, of_mapping
from suqing.cases.importing.reading import Unreadable
from suqing.cases.importing.row_reading import CellProblem
from suqing.cases.importing.table_reader import ReadRow
from suqing.cases.models import ColumnMapping, ImportRun
from suqing.files.models import StoredFile
from suqing.files.storage import Missing
from suqing.ledger.actions import record

N_ = str
State = ImportRun.State

CHECK_BATCH = 2000  # rows
BATCH = 2000
PREVIEW = 20
ATTEMPTS = 3
COUNTS = tuple(fate.value for fate in Fate)

NOT_A_LAYOUT = N_("This layout does not exist.")
NAME_MISSING = N_("Give the columns a name, so that they can be found again.")
SOURCE_MISSING = N_("Say whose registration numbers these are.")
BAD_COLUMN = N_("This assignment of columns cannot be kept: %(column)s %(value)s.")
NOT_CHECKED = N_("Only a table that has been checked can be imported.")
HAS_ENDED = N_("This import has ended already.")
GONE = N_("The file is not there any more. Upload it again.")


@transaction.atomic
def save_mapping(
    *,
    name: str,
    source: str,
    columns: Mapping[str, Any],
    values: Mapping[str, Mapping[str, str]] | None = None,
    by: Person,
    at: datetime,
) -> ColumnMapping:
    """Keep how the columns of a strange layout are read; one of the same name is replaced.  Raise Refused."""
    require(by, Permission.CASE_IMPORT)
    name, source = name.strip()[:80], source.strip()[:40]
    if not name:
        raise Refused(NAME_MISSING, field="name")
    if not source:
        raise Refused(SOURCE_MISSING, field="source")
    try:
        of_mapping(name, source, columns, values)
    except BadMapping as wrong:
        raise Refused(BAD_COLUMN, field=wrong.field, column=wrong.field, value=wrong.value) from wrong
    before = ColumnMapping.objects.select_for_update().filter(name=name, replaced_at=None).first()
    if before is not None:
        before.replaced_at = at
        before.save(update_fields=["replaced_at"])
    made = ColumnMapping.objects.create(
        name=name, source=source, columns=dict(columns), values=dict(values or {}), made_by=by, made_at=at
    )
    facts = {"name": name, "source": source, "columns": dict(columns), "replaces": before and before.pk}
    record("import.mapping_saved", made, by=by, at=at, data=facts)
    return made


@transaction.atomic
def start_import(
    *,
    upload: StoredFile,
    file_name: str,
    by: Person,
    at: datetime,
    layout: str = "",
    mapping: ColumnMapping | None = None,
    sheet: str = "",
    encoding: str = "",
) -> ImportRun:
    """Begin an import: the file is read and checked next, nothing is imported before ``confirm``.  Raise Refused.

    Without a layout and a mapping the header says which layout it is.
    """
    require(by, Permission.CASE_IMPORT)
    if layout and layout not in LAYOUTS:
        raise Refused(NOT_A_LAYOUT, field="layout")
    run = ImportRun.objects.create(
        ref=uuid4(),
        file=upload,
        file_name=file_name[:200],
        layout="" if mapping else layout,
        mapping=mapping,
        source=mapping.source if mapping else (LAYOUTS[layout].source if layout else ""),
        sheet=sheet[:100],
        encoding=encoding[:20],
        started_by=by,
        started_at=at,
    )
    facts = {
        "file": run.file_name,
        "layout": layout,
        "mapping": mapping and mapping.name,
        "size": upload.size,
    }
    record("import.started", run, by=by, at=at, data=facts)
    return run


@transaction.atomic
def confirm(run: ImportRun, *, by: Person, at: datetime) -> ImportRun:
    """Say yes to what the check has shown: the rows become cases from here on.  Raise Refused."""
    require(by, Permission.CASE_IMPORT)
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.state == State.RUNNING:
        return run
    if run.state != State.CHECKED:
        raise Refused(NOT_CHECKED)
    run.state, run.confirmed_at, run.position = State.RUNNING, at, 0
    for name in COUNTS:
        setattr(run, name, 0)
    run.save(update_fields=["state", "confirmed_at", "position", *COUNTS])
    record("import.confirmed", run, by=by, at=at, data={"file": run.file_name, "rows": run.total})
    return run


@transaction.atomic
def stop(run: ImportRun, *, by: Person, at: datetime) -> ImportRun:
    """End an import before its last row; what was imported stays.  Raise Refused if it has ended."""
    require(by, Permission.CASE_IMPORT)
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.state == State.STOPPED:
        return run
    if run.state not in (State.READING, State.CHECKED, State.RUNNING):
        raise Refused(HAS_ENDED)
    before = run.state
    run.state, run.finished_at = State.STOPPED, at
    run.save(update_fields=["state", "finished_at"])
    facts = {"file": run.file_name, "before": before, "position": run.position, **_counts(run)}
    record("import.stopped", run, by=by, at=at, data=facts)
    return run


def check_some(run: ImportRun, *, at: datetime, size: int = CHECK_BATCH) -> bool:
    """Read and check the next rows of a run, nothing is imported; False when there is nothing more to check."""
    return _some(run, State.READING, _check, at=at, size=size)


def run_some(run: ImportRun, *, at: datetime, size: int = BATCH) -> bool:
    """Import the next rows of a run, one committed batch; False when there is nothing more to do for it now."""
    return _some(run, State.RUNNING, _import, at=at, size=size)


Batch = Callable[[ImportRun, Sequence[ReadRow], datetime], None]


def _some(run: ImportRun, state: str, do: Batch, *, at: datetime, size: int) -> bool:
    run = ImportRun.objects.select_related("file", "mapping", "started_by").get(pk=run.pk)
    if run.state != state:
        forget(run)
        return False
    try:
        with reading(run, at=at) as reader:
            if run.position == 0:
                _settle(
                    run, reader.layout.code, reader.layout.source, reader.opened.sheet, reader.opened.encoding
                )
            rows = reader.take(size, at=at)
            done = _batch(run, state, do, rows, at)
    except _NotOurs:
        return False
    except Unreadable as why:
        return _refuse(run, why.message, why.values, at)
    except Missing:
        return _refuse(run, GONE, {}, at)
    if not done:
        forget(run)
    return done


class _NotOurs(Exception):
    """Another worker has the run, or its rows have moved on; the reader is of no use any more."""


def _settle(run: ImportRun, layout: str, source: str, sheet: str, encoding: str) -> None:
    """Write down how the file is read, as its header and bytes have shown."""
    run.layout, run.source, run.sheet, run.encoding = layout, source, sheet[:100], encoding[:20]
    run.save(update_fields=["layout", "source", "sheet", "encoding"])


def _batch(run: ImportRun, state: str, do: Batch, rows: Sequence[ReadRow], at: datetime) -> bool:
    """Commit the fate of these rows, or the end of the run where there are none."""
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                locked = _ours(run, state)
                if not rows:
                    _end(locked, at)
                    return False
                do(locked, rows, at)
                locked.position = rows[-1].number
                locked.save(update_fields=["position", "checked", "unlisted", "preview", *COUNTS])
                return True
        except IntegrityError:
            # A desk made the same person or operator at the same moment: it is found the next time.
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _ours(run: ImportRun, state: str) -> ImportRun:
    rows = ImportRun.objects.select_for_update(of=("self",), skip_locked=True)
    locked = rows.select_related("started_by").filter(pk=run.pk, state=state, position=run.position).first()
    if locked is None:
        raise _NotOurs
    return locked


def _end(run: ImportRun, at: datetime) -> None:
    """All rows have been read."""
    if run.state == State.READING:
        run.state, run.total, run.position = State.CHECKED, run.checked, 0
        run.save(update_fields=["state", "total", "position"])
        facts = {"file": run.file_name, "rows": run.total, **_counts(run)}
        record("import.checked", run, by=run.started_by, at=at, data=facts)
        return
    run.state, run.finished_at = State.DONE, at
    run.save(update_fields=["state", "finished_at"])
    record("import.done", run, by=run.started_by, at=at, data={"file": run.file_name, **_counts(run)})


@transaction.atomic
def _refuse(run: ImportRun, message: str, values: Mapping[str, object], at: datetime) -> bool:
    """End a run whose file turns out not to be readable; what was imported before stays."""
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.state in (State.READING, State.RUNNING):
        locked.state, locked.finished_at = State.REFUSED, at
        locked.refusal = {"message": message, "values": plain_values(values)}
        locked.save(update_fields=["state", "finished_at", "refusal"])
        facts = {"file": run.file_name, **locked.refusal, **_counts(locked)}
        record("import.refused", locked, by=run.started_by, at=at, data=facts)
    forget(run)
    return False


def _counts(run: ImportRun) -> dict[str, int]:
    return {name: getattr(run, name) for name in COUNTS}


def _add(run: ImportRun, found: Mapping[Fate, int]) -> None:
    for fate, count in found.items():
        setattr(run, fate.value, getattr(run, fate.value) + count)


# Checking


def _check(run: ImportRun, rows: Sequence[ReadRow], at: datetime) -> None:
    decided = decide(rows, run.source, centre_of(run.started_by).code, at=at)
    run.checked += len(rows)
    _add(run, counted(decided))
    write_problems(run, decided)
    if len(run.preview) < PREVIEW:
        run.preview = [*run.preview, *(shown(one) for one in decided[: PREVIEW - len(run.preview)])]


# Importing


def _import(run: ImportRun, rows: Sequence[ReadRow], at: datetime) -> None:
    """Write a batch.  Where the database refuses a value that the check let through, its row alone is rejected."""
    try:
        with transaction.atomic():
            _write(run, rows, at)
    except (DataError, UnicodeError):
        if len(rows) == 1:
            _reject(run, rows[0])
            return
        middle = len(rows) // 2
        _import(run, rows[:middle], at)
        _import(run, rows[middle:], at)


def _write(run: ImportRun, rows: Sequence[ReadRow], at: datetime) -> None:
    before = _counts(run)
    try:
        decided = decide(rows, run.source, centre_of(run.started_by).code, at=at, lock=True)
        _add(run, counted(decided))
        write_batch(run, decided, by=run.started_by, at=at)
        write_warnings(run, decided)
    except (DataError, UnicodeError):
        for name, count in before.items():
            setattr(run, name, count)
        raise


def _reject(run: ImportRun, row: ReadRow) -> None:
    _add(run, {Fate.REJECTED: 1})
    why = CellProblem("", row.parsed.number[:200], N_("The database cannot keep a value of this row."))
    problem_of(run, row.number, why).save()
