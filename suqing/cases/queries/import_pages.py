"""What the pages of imports show beside the run itself: problems in groups, the rows to correct, words to be mapped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, QuerySet

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.importing.cells import Cell, text_of
from suqing.cases.importing.fields import FIELDS
from suqing.cases.importing.layouts import LAYOUTS, WORDS, plain_header
from suqing.cases.importing.reading import open_table
from suqing.cases.models import ColumnMapping, ImportProblem, ImportRun
from suqing.cases.queries.imports import kind_of, mappings
from suqing.files.models import StoredFile
from suqing.files.queries import local_path

WORD_FIELDS = tuple(code for code, one in FIELDS.items() if one.reads == "word")
ROWS_FOR_WORDS = 5000
MOST_WORDS = 60  # of one column; one with more is no list of words
SAMPLES = 3
REJECTING = "rejected"


def register(person: Person) -> QuerySet[ImportRun]:
    """All imports.  Raise NotPermitted."""
    require(person, Permission.CASE_IMPORT)
    return ImportRun.objects.select_related("started_by", "mapping", "file").defer("preview")


@dataclass(frozen=True, slots=True)
class Group:
    """The same remark about one column: how often it is made, in which row first, with which cell."""

    key: int  # of the first problem of the group
    column: str
    message: str
    values: dict[str, Any]
    value: str
    rejects: bool
    count: int
    row: int


def problem_groups(run: ImportRun) -> list[Group]:
    """What is wrong with a run's rows, what rejects rows first, then the commonest; two queries."""
    found = run.problems.values("column", "message", "rejects").annotate(
        count=Count("pk"), key=Min("pk"), first=Min("row")
    )
    groups = list(found.order_by("-rejects", "-count", "column"))
    firsts = ImportProblem.objects.in_bulk([one["key"] for one in groups])
    return [
        Group(
            one["key"],
            one["column"],
            one["message"],
            firsts[one["key"]].values,
            firsts[one["key"]].value,
            one["rejects"],
            one["count"],
            one["first"],
        )
        for one in groups
    ]


def problems_like(run: ImportRun, key: str) -> QuerySet[ImportProblem]:
    """The problems of the group with this key; of REJECTING what rejects rows, all of them without a key."""
    if key == REJECTING:
        return run.problems.filter(rejects=True)
    like = run.problems.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 18 else None
    if like is None:
        return run.problems.all()
    return run.problems.filter(column=like.column, message=like.message, rejects=like.rejects)


def rejected_rows(run: ImportRun) -> Iterator[tuple[tuple[Cell, ...], list[ImportProblem]]]:
    """The rows of the file that are not imported, with what is wrong with each; the file is read once.

    Raise Unreadable or Missing.
    """
    wrong: dict[int, list[ImportProblem]] = {}
    for problem in run.problems.filter(rejects=True).order_by("pk").iterator():
        wrong.setdefault(problem.row, []).append(problem)
    if not wrong:
        return
    last = max(wrong)
    with _opened(run) as table:
        for row in table:
            if row.number in wrong:
                yield row.cells, wrong[row.number]
            if row.number >= last:
                return


def header_of(run: ImportRun) -> tuple[str, ...]:
    """The names of the columns of a run's file.  Raise Unreadable or Missing."""
    with _opened(run) as table:
        return tuple(table.header)


def _opened(run: ImportRun) -> Any:
    return _Opened(run.file, run.sheet, run.encoding)


class _Opened:
    """A table and the local file under it, closed together."""

    def __init__(self, file: StoredFile, sheet: str, encoding: str) -> None:
        self._file, self._kind, self._how = local_path(file), kind_of(file), (sheet, encoding)

    def __enter__(self) -> Any:
        path = self._file.__enter__()
        try:
            self._table = open_table(path, self._kind, sheet=self._how[0], encoding=self._how[1])
        except BaseException:
            self._file.__exit__(None, None, None)
            raise
        return self._table

    def __exit__(self, *_left: object) -> None:
        self._table.close()
        self._file.__exit__(None, None, None)


# Columns of strange layouts


def mapping_for(person: Person, header: Iterable[str]) -> ColumnMapping | None:
    """The saved mapping all of whose columns the header has; of several the one that knows most."""
    names = {plain_header(name) for name in header}
    fitting = [
        one for one in mappings(person) if all(plain_header(text) in names for text in _headers(one.columns))
    ]
    return max(fitting, key=lambda one: len(one.columns), default=None)


def _headers(columns: Mapping[str, Any]) -> list[str]:
    return [text for value in columns.values() for text in ([value] if isinstance(value, str) else value)]


def guessed_columns(header: Iterable[str]) -> dict[str, str]:
    """Field -> header for columns that some known layout or field has under the same name."""
    known = {plain_header(name): name for name in header}
    found: dict[str, str] = {}
    for layout in LAYOUTS.values():
        for field, texts in layout.columns.items():
            hit = next((known[plain_header(text)] for text in texts if plain_header(text) in known), "")
            if hit and hit not in found.values():
                found.setdefault(field, hit)
    return found


def samples_of(header: tuple[str, ...], rows: Iterable[Any]) -> dict[str, list[str]]:
    """The first different values of each column."""
    found: dict[str, list[str]] = {name: [] for name in header}
    for row in rows:
        for name, cell in zip(header, row.cells, strict=False):
            text = text_of(cell).strip()
            if text and text not in found[name] and len(found[name]) < SAMPLES:
                found[name].append(text)
    return found


def unknown_words(
    file: StoredFile, columns: Mapping[str, str], *, sheet: str = "", encoding: str = ""
) -> dict[str, list[str]]:
    """Field -> the words in its column that nobody has told us yet, the commonest first; of the first rows.

    Raise Unreadable or Missing.
    """
    wanted = {code: columns[code] for code in WORD_FIELDS if columns.get(code)}
    if not wanted:
        return {}
    counts: dict[str, Counter[str]] = {code: Counter() for code in wanted}
    with _Opened(file, sheet, encoding) as table:
        places = {code: table.header.index(name) for code, name in wanted.items() if name in table.header}
        for row, _number in zip(table, range(ROWS_FOR_WORDS), strict=False):
            for code, place in places.items():
                text = text_of(row.cells[place]).strip() if place < len(row.cells) else ""
                if text and text not in WORDS.get(code, {}):
                    counts[code][text] += 1
    return {
        code: [word for word, _count in found.most_common(MOST_WORDS)]
        for code, found in counts.items()
        if found
    }
