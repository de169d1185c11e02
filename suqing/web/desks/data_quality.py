"""Data quality (录入质量): what is missing, contradictory or was corrected late, by person, by district, by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.data_quality import SORT_LABELS, Finding, Sort, known_codes, sort_of, told
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.models import Case
from suqing.cases.queries.data_quality import (
    LATE_HOURS,
    NO_DISTRICT,
    Cell,
    Line,
    Scope,
    behind,
    report,
)
from suqing.cases.vocabulary import LABELS, Kind
from suqing.kit.dates import range_bounds
from suqing.ledger.queries import setting
from suqing.taxonomy.models import Division
from suqing.web.context import moment_of
from suqing.web.desks.figure_address import read_day
from suqing.web.wording import day_text

N_ = str
PAGE = 50
DAY = timedelta(days=1)
TONES = {Sort.REQUIRED: "breach", Sort.CONTRADICTION: "breach", Sort.WANTED: "soon", Sort.DOUBT: "soon"}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the days, both included, and what was wrong with it."""

    first: date
    last: date
    fault: str = ""

    def pairs(self) -> dict[str, str]:
        """The days as query parameters."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


def asked_of(given: QueryDict, today: date) -> Asked:
    """Read the days; yesterday where none are asked for, or none that a report can read."""
    yesterday = today - DAY
    if not given.get("from") and not given.get("to"):
        return Asked(yesterday, yesterday)
    try:
        first = read_day(given.get("from") or given.get("to", ""))
        last = read_day(given.get("to") or given.get("from", ""))
    except ValueError:
        return Asked(yesterday, yesterday, _("This is no day."))
    if last < first:
        return Asked(yesterday, yesterday, _("The last day lies before the first."))
    if last - first >= timedelta(days=31):
        return Asked(yesterday, yesterday, _("A report covers at most 31 days: choose fewer."))
    return Asked(first, last)


def scope_of(person: Person, asked: Asked) -> Scope:
    """The reader's rights and the days as moments; who may not read of all reads of the own entries."""
    since, until = range_bounds(asked.first, asked.last, LOCAL_ZONE)
    return Scope(person, since, until, is_own=not can(person, Permission.QUALITY_READ))


def cell_of(given: QueryDict) -> Cell:
    """Which number the address is about; what nobody counts is left out."""
    sort, code, person = given.get("sort", ""), given.get("code", ""), given.get("person", "")
    district = given.get("district", "")
    is_key = person.isascii() and person.isdecimal() and len(person) < 10
    is_place = district == NO_DISTRICT or (district.isascii() and district.isdecimal() and len(district) == 6)
    return Cell(
        sort if sort in set(Sort) else "",
        code if code in known_codes() else "",
        int(person) if is_key else None,
        district if is_place else "",
    )


def days_text(asked: Asked, today: date) -> str:
    """The days in words."""
    first, last = day_text(asked.first, today), day_text(asked.last, today)
    return first if asked.first == asked.last else _("%(first)s to %(last)s") % {"first": first, "last": last}


@require_GET
def quality(request: HttpRequest) -> HttpResponse:
    """The report of a day, yesterday if none is asked for, or of at most 31 days."""
    person, today = _person(request), moment_of(request).now.date()
    asked = asked_of(request.GET, today)
    scope = scope_of(person, asked)
    found = report(scope)
    address = _addresses(asked)
    facts = {
        "asked": asked,
        "days": days_text(asked, today),
        "today": today,
        "presets": _presets(asked, today),
        "sorts": [(_(SORT_LABELS[sort]), TONES.get(sort, "")) for sort in Sort],
        "whole": _line(_("All entries"), found.whole, address),
        "people": _lines(found.by_person, found.people, address, "person"),
        "districts": _lines(found.by_district, found.districts, address, "district"),
        "rules": _rules(found.whole, address),
        "is_own": scope.is_own,
        "hours": setting(LATE_HOURS.key),
        "is_empty": not found.by_person,
        "list_query": urlencode(asked.pairs()),
        "empty": {
            "title": _("Nothing was registered on these days"),
            "text": _("Cases that were received on these days, or corrected late on them, are judged here."),
            "icon": "circle-check",
        },
    }
    return render(request, "web/quality/report.html", facts, status=422 if asked.fault else 200)


Address = Callable[..., str]


def _addresses(asked: Asked) -> Address:
    """Makes the address of the cases behind a number."""

    def address(**more: object) -> str:
        given = {name: str(value) for name, value in more.items() if value not in (None, "")}
        return f"{reverse('quality-cases')}?{urlencode({**asked.pairs(), **given})}"

    return address


def _presets(asked: Asked, today: date) -> list[tuple[str, str, bool]]:
    yesterday = today - DAY
    spans = (
        (_("Yesterday"), yesterday, yesterday),
        (_("Today"), today, today),
        (_("Last 7 days"), today - 7 * DAY, yesterday),
        (_("Last 30 days"), today - 30 * DAY, yesterday),
    )
    return [
        (name, f"{reverse('quality')}?{urlencode(Asked(first, last).pairs())}", (first, last) == (asked.first, asked.last))
        for name, first, last in spans
    ]  # fmt: skip


def _lines(lines: dict[Any, Line] | Any, names: Any, address: Address, what: str) -> list[dict[str, Any]]:
    """The lines of a table, most findings first, then by name."""
    unknown = _("District not known") if what == "district" else ""
    rows = [
        _line(names.get(key, unknown or str(key)), line, address, **{what: key})
        for key, line in lines.items()
    ]
    return sorted(rows, key=lambda row: (-row["weight"], row["name"]))


def _line(name: str, line: Line, address: Address, **where: object) -> dict[str, Any]:
    return {
        "name": name,
        "received": line.received,
        "url": address(**where),
        "share": round(100 * line.valid / line.received, 1) if line.received else None,
        "cells": [(line.by_sort[sort], address(sort=sort, **where)) for sort in Sort],
        "weight": sum(line.by_sort.values()),
    }


def _rules(line: Line, address: Address) -> list[dict[str, Any]]:
    """The rules that found something, in the order of their weight."""
    return [
        {
            "label": _(told(code)[0]),
            "reason": _(told(code)[1]),
            "sort": _(SORT_LABELS[sort_of(code)]),
            "tone": TONES.get(sort_of(code), ""),
            "count": line.by_code[code],
            "url": address(code=code),
        }
        for code in known_codes()
        if line.by_code[code]
    ]


# The cases behind a number


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """The cases that one number counts, newest first, each with what is wrong with it."""
    person, today = _person(request), moment_of(request).now.date()
    asked, cell = asked_of(request.GET, today), cell_of(request.GET)
    found = behind(scope_of(person, asked), cell)
    page = _page(request.GET.get("page", ""), len(found))
    shown = found[page * PAGE : (page + 1) * PAGE]
    address = {**asked.pairs(), **pairs_of(cell)}
    facts = {
        "asked": asked,
        "days": days_text(asked, today),
        "back": f"{reverse('quality')}?{urlencode(asked.pairs())}",
        "words": words_of(cell),
        "rows": rows_of(shown),
        "total": len(found),
        "list_query": urlencode(address),
        "pager": {
            "newer_url": _page_url(address, page - 1) if page else "",
            "older_url": _page_url(address, page + 1) if (page + 1) * PAGE < len(found) else "",
            "shown": len(shown),
        },
        "empty": {
            "title": _("No such case"),
            "text": _(
                "Cases are judged as they stand now; what was filled in meanwhile is no longer missing."
            ),
            "icon": "circle-check",
        },
    }
    return render(request, "web/quality/cases.html", facts, status=422 if asked.fault else 200)


def _page(text: str, total: int) -> int:
    """Which page, counted from 0; the last one for more than there are."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
    return max(0, min(number, -(-total // PAGE)) - 1)


def _page_url(address: dict[str, str], page: int) -> str:
    return f"{reverse('quality-cases')}?{urlencode({**address, 'page': str(page + 1)})}"


def pairs_of(cell: Cell) -> dict[str, str]:
    """The number as query parameters."""
    given = {"sort": cell.sort, "code": cell.code, "person": cell.person, "district": cell.district}
    return {name: str(value) for name, value in given.items() if value not in (None, "")}


def words_of(cell: Cell) -> list[str]:
    """The number in words."""
    words = [_(SORT_LABELS[Sort(cell.sort)])] if cell.sort and not cell.code else []
    words += [_(told(cell.code)[0])] if cell.code else []
    if cell.person is not None:
        words += [
            name for name in Person.objects.filter(pk=cell.person).values_list("display_name", flat=True)
        ]
    if cell.district == NO_DISTRICT:
        words.append(_("District not known"))
    elif cell.district:
        words += list(Division.objects.filter(pk=cell.district).values_list("name", flat=True))
    return words or [_("All entries")]


def rows_of(shown: Sequence[tuple[int, tuple[Finding, ...]]]) -> list[dict[str, Any]]:
    """The cases of a page with their findings in words; one query."""
    known = Case.objects.select_related("responsible_unit", "registered_by").in_bulk([pk for pk, _f in shown])
    return [
        {
            "case": known[pk],
            "kind": _(LABELS[Kind(known[pk].kind)]),
            "findings": _findings(findings),
        }
        for pk, findings in shown
    ]


def _findings(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """Each finding: its sort and name in words, its tone."""
    return [
        (
            f"{_(SORT_LABELS[one.sort])} · {_(told(one.code)[0])}",
            _(told(one.code)[1]),
            TONES.get(one.sort, ""),
        )
        for one in findings
    ]
