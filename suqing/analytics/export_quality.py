"""Data quality as lists that can be written to files: the counts of a report, and the cases behind one number of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can
from suqing.analytics.export_writing import CellKind, Heading, Value
from suqing.analytics.exports import SUQING, Filters, Layout, ListToWrite, Reader, Rows, register
from suqing.cases.data_quality import SORT_LABELS, Finding, Sort, told
from suqing.cases.intake import LOCAL_ZONE, local_day
from suqing.cases.models import Case
from suqing.cases.queries.data_quality import Cell, Line, Scope, behind, report
from suqing.cases.vocabulary import LABELS, Kind
from suqing.kit.dates import DAY, day_bounds

N_ = str
_READERS = frozenset({P.QUALITY_READ, P.CALL_TAKE})


def _scope(person: Person, filters: Filters, now: datetime) -> Scope:
    """The days as moments with a zone, yesterday where none are asked for; who may not read of all reads of the own
    entries."""
    if "since" in filters and "until" in filters:
        since, until = (datetime.fromisoformat(filters[name]) for name in ("since", "until"))
    else:
        since, until = day_bounds(local_day(now) - DAY, LOCAL_ZONE)
    return Scope(person, since, until, is_own=not can(person, P.QUALITY_READ))


# The counts


def _report(person: Person, filters: Filters, now: datetime) -> Rows:
    found = report(_scope(person, filters, now))
    lines = [("", "", found.whole)]
    lines += [(N_("Person"), found.people[key], line) for key, line in found.by_person.items()]
    lines += [(N_("District"), found.districts.get(key, ""), line) for key, line in found.by_district.items()]
    return lines


def _report_lines(rows: Sequence[tuple[str, str, Line]], reader: Reader) -> Iterator[list[Value]]:
    for what, name, line in rows:
        named = reader.word(what or N_("All entries"))
        counts = [line.by_sort[sort] for sort in Sort]
        yield [
            named,
            name or reader.word(what and N_("District not known")),
            line.received,
            line.valid,
            *counts,
        ]


_REPORT_HEADINGS = (
    Heading(N_("Counted for"), width=12),
    Heading(N_("Person or district"), width=16),
    Heading(N_("Cases received"), CellKind.WHOLE, 10),
    Heading(N_("Cases with every fact asked for"), CellKind.WHOLE, 14),
    *(Heading(SORT_LABELS[sort], CellKind.WHOLE, 12) for sort in Sort),
)
register(
    ListToWrite(
        "quality_lines",
        N_("Data quality by person and district"),
        _READERS,
        _report,
        {SUQING: Layout(_REPORT_HEADINGS, _report_lines)},
    )
)


# The cases behind a number


def _cases(person: Person, filters: Filters, now: datetime) -> Rows:
    names = ("sort", "code", "person", "district")
    given: dict[str, Any] = {name: filters[name] for name in names if filters.get(name)}
    return behind(_scope(person, filters, now), Cell(**given))


def _case_lines(rows: Sequence[tuple[int, tuple[Finding, ...]]], reader: Reader) -> Iterator[list[Value]]:
    known = Case.objects.select_related("responsible_unit", "registered_by", "place").in_bulk(
        [pk for pk, _findings in rows]
    )
    for pk, findings in rows:
        case = known[pk]
        yield [
            case.number,
            reader.word(LABELS[Kind(case.kind)]),
            case.received_at,
            case.registered_by.display_name,
            case.place.full_name if case.place else "",
            case.responsible_unit.name,
            *(_of_sort(findings, sort, reader) for sort in Sort),
        ]


def _of_sort(findings: Sequence[Finding], sort: Sort, reader: Reader) -> str:
    return "、".join(reader.word(told(one.code)[0]) for one in findings if one.sort == sort)


_CASE_HEADINGS = (
    Heading(N_("Case number"), width=18),
    Heading(N_("Kind"), width=8),
    Heading(N_("Received"), CellKind.MOMENT, 17),
    Heading(N_("Who registered"), width=12),
    Heading(N_("Place"), width=20),
    Heading(N_("Unit"), width=20),
    *(Heading(SORT_LABELS[sort], width=30) for sort in Sort),
)
register(
    ListToWrite(
        "quality_cases",
        N_("Cases of a number of data quality"),
        _READERS,
        _cases,
        {SUQING: Layout(_CASE_HEADINGS, _case_lines)},
    )
)
