"""Imports as pages and jobs ask for them: the runs, what is wrong with rows, what words in tables are here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.importing.layouts import LAYOUTS, Layout, of_mapping, recognise
from suqing.cases.importing.reading import open_table
from suqing.cases.importing.references import ClassIndex, References, class_index, word_key
from suqing.cases.importing.row_reading import Row
from suqing.cases.intake import local_day
from suqing.cases.models import Case, ColumnMapping, ImportedCase, ImportProblem, ImportRun
from suqing.files.models import StoredFile
from suqing.files.queries import local_path
from suqing.ledger.models import Event
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree, Division

PATHS = {
    "object": ClassKind.OBJECT,
    "issue": ClassKind.ISSUE,
    "report_issue": ClassKind.REPORT_ISSUE,
    "request": ClassKind.REQUEST,
}
PREVIEW_ROWS = 8


def imports_moving(person: Person) -> int:
    """How many imports are being read or written.  Raise NotPermitted."""
    require(person, Permission.CASE_IMPORT)
    return ImportRun.objects.filter(state__in=[ImportRun.State.READING, ImportRun.State.RUNNING]).count()


def run_for(person: Person, ref: UUID | str) -> ImportRun:
    """One import.  Raise NotPermitted, or ImportRun.DoesNotExist."""
    require(person, Permission.CASE_IMPORT)
    return ImportRun.objects.select_related("started_by", "mapping", "file").get(ref=ref)


def problems(run: ImportRun, after: int = 0, size: int = 100) -> list[ImportProblem]:
    """What is wrong with its rows, in their order, behind the problem with this key.  Rows come in the file's order."""
    return list(run.problems.filter(pk__gt=after).order_by("pk")[:size])


def mappings(person: Person) -> list[ColumnMapping]:
    """The saved ways to read strange layouts, those in use.  Raise NotPermitted."""
    require(person, Permission.CASE_IMPORT)
    return list(ColumnMapping.objects.filter(replaced_at=None).order_by("name"))


@dataclass(frozen=True, slots=True)
class Look:
    """A table before it is read: what its columns are called and what the first rows hold."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    layout: Layout | None
    sheets: tuple[str, ...]
    sheet: str
    encoding: str


def look_at(file: StoredFile, *, sheet: str = "", encoding: str = "") -> Look:
    """Open a table and read its first rows.  Raise Unreadable."""
    with local_path(file) as path, open_table(path, kind_of(file), sheet=sheet, encoding=encoding) as table:
        rows = tuple(row for row, _number in zip(table, range(PREVIEW_ROWS), strict=False))
        return Look(table.header, rows, recognise(table.header), table.sheets, table.sheet, table.encoding)


def kind_of(file: StoredFile) -> Literal["xlsx", "csv"]:
    """How the file is read."""
    return cast("Literal['xlsx', 'csv']", file.kind if file.kind == "xlsx" else "csv")


def layout_of(run: ImportRun, header: Sequence[str]) -> Layout | None:
    """How the rows of this run are read: by its mapping, by the layout chosen, else by the one its header shows."""
    if run.mapping is not None:
        mapping = run.mapping
        return of_mapping(mapping.name, mapping.source, mapping.columns, mapping.values)
    return LAYOUTS[run.layout] if run.layout else recognise(header)


# What words are here


def references(at: datetime) -> References:
    """Classes, requests, units and places, as the rows of a table name them."""
    units = list(Unit.objects.values_list("code", "name"))
    names = dict(Division.objects.values_list("code", "full_name"))
    return References(
        {name: _class_index(kind, at) for name, kind in PATHS.items()},
        {word_key(name): code for code, name in units},
        dict(units),
        _cities(),
        names,
    )


def _class_index(kind: str, at: datetime) -> ClassIndex:
    tree = ClassTree.objects.in_use(kind, local_day(at)).first()
    nodes = ClassNode.objects.filter(tree=tree).values_list("code", "path_name")
    return class_index(nodes)


def _cities() -> tuple[str, ...]:
    """The cities whose units are here, the first of them first: a name that several places have means theirs."""
    codes = Unit.objects.exclude(division_code="").order_by("path").values_list("division_code", flat=True)
    return tuple(dict.fromkeys(f"{code[:4]}00" for code in codes if len(code) >= 4))


# What imports did to one case


@dataclass(frozen=True, slots=True)
class Brought:
    """One batch of an import as one case sees it: the event, and what it changed in the case (None: it brought it)."""

    event: Event
    facts: dict[str, Any]


def origin_of(case: Case) -> ImportedCase | None:
    """Where a case came from; None for one that was registered here.  No query for a case of ``case_for``."""
    return getattr(case, "imported", None)


def told_by_imports(case: Case) -> list[Brought]:
    """The batches that brought this case and changed it, oldest first; one query, none for a case of our own."""
    origin = origin_of(case)
    if origin is None:
        return []
    found = []
    for event in Event.objects.filter(pk__in=origin.events).order_by("pk"):
        changes = event.data.get("updated", {}).get(str(case.pk))
        facts = {"file": event.data.get("file", ""), "number": origin.number}
        found.append(Brought(event, facts if changes is None else {**facts, "changes": changes}))
    return found
