"""Imports as pages and jobs ask for them: the runs, what is wrong with rows, what words in tables are here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, cast
from uuid import UUID

from ahocorasick_rs import AhoCorasick, MatchKind

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.importing.layouts import LAYOUTS, Layout, of_mapping, recognise
from suqing.cases.importing.reading import Table, open_table
from suqing.cases.importing.references import ClassIndex, References, class_index, word_key
from suqing.cases.importing.row_reading import Row
from suqing.cases.intake import local_day
from suqing.cases.models import Case, ColumnMapping, ImportedCase, ImportProblem, ImportRun
from suqing.files.models import StoredFile
from suqing.files.queries import local_path
from suqing.ledger.models import Event
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree, Division, DivisionLevel
from suqing.taxonomy.text.normalise import normalise

PATHS = {
    "object": ClassKind.OBJECT,
    "issue": ClassKind.ISSUE,
    "report_issue": ClassKind.REPORT_ISSUE,
    "request": ClassKind.REQUEST,
}
SHORT_ENDINGS = "市区县镇乡"
PREVIEW_ROWS = 8


def runs(person: Person) -> list[ImportRun]:
    """The newest imports first.  Raise NotPermitted."""
    require(person, Permission.CASE_IMPORT)
    rows = ImportRun.objects.select_related("started_by", "mapping", "file").defer("preview")
    return list(rows.order_by("-started_at", "-id")[:100])


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


def layout_of(run: ImportRun, table: Table) -> Layout | None:
    """How the rows of this run are read: by its mapping, by the layout chosen, else by the one its header shows."""
    if run.mapping is not None:
        mapping = run.mapping
        return of_mapping(mapping.name, mapping.source, mapping.columns, mapping.values)
    return LAYOUTS[run.layout] if run.layout else recognise(table.header)


# What words are here


def references(at: datetime) -> References:
    """Classes, requests, units and places, as the rows of a table name them."""
    units = list(Unit.objects.values_list("code", "name"))
    places = _Places(list(Division.objects.values_list("code", "name", "full_name", "level", "aliases")))
    return References(
        {name: _class_index(kind, at) for name, kind in PATHS.items()},
        {word_key(name): code for code, name in units},
        dict(units),
        lru_cache(maxsize=50_000)(places.named_in),
        places.name_of,
    )


def _class_index(kind: str, at: datetime) -> ClassIndex:
    tree = ClassTree.objects.in_use(kind, local_day(at)).first()
    nodes = ClassNode.objects.filter(tree=tree).values_list("code", "path_name")
    return class_index(nodes)


class _Places:
    """Every division by its names; a text names the most specific one that is not in doubt."""

    def __init__(self, rows: Sequence[tuple[str, str, str, str, list[str]]]) -> None:
        self._full = {code: full for code, _name, full, _level, _aliases in rows}
        self._levels = {code: level for code, _name, _full, level, _aliases in rows}
        named: dict[str, set[str]] = {}
        for code, name, _full, level, aliases in rows:
            for one in _names(name, level, aliases):
                named.setdefault(one, set()).add(code)
        self._words = list(named)
        self._codes = [named[word] for word in self._words]
        self._find = AhoCorasick(self._words, matchkind=MatchKind.Standard).find_matches_as_indexes

    def name_of(self, code: str) -> str:
        return self._full.get(code, "")

    def named_in(self, text: str) -> str:
        """The code of the division that a text names, "" for none or one of several."""
        found: set[str] = set()
        for word, _start, _end in self._find(normalise(text).text, overlapping=True):
            found |= self._codes[word]
        for level in (
            DivisionLevel.STREET,
            DivisionLevel.DISTRICT,
            DivisionLevel.CITY,
            DivisionLevel.PROVINCE,
        ):
            here = [code for code in found if self._levels[code] == level]
            sure = [code for code in here if self._above(code) & found] or here
            if len(sure) == 1:
                return sure[0]
            if sure and level == DivisionLevel.STREET:
                continue
            if sure:
                return ""
        return ""

    @staticmethod
    def _above(code: str) -> set[str]:
        """The codes above a division: 320508001000 lies in 320508, that in 320500, that in 320000."""
        return {code[:6], f"{code[:4]}00", f"{code[:2]}0000"} - {code}


def _names(name: str, level: str, aliases: Sequence[str]) -> list[str]:
    """The full name, other names, and the short form that people say, where it is not too short."""
    if level == DivisionLevel.STREET:
        short = name.removesuffix("镇") if name.endswith("镇") else ""
    else:
        short = name.rstrip(SHORT_ENDINGS)
    return [one for one in {name, *aliases, short} if len(one) >= 2]


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
