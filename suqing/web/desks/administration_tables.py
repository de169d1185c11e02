"""Reference data and what runs, table by table: to look and never to change (ADR 8).

What is changed is changed on the other pages, through actions with their events.  No table here holds what people
told us, and of a table only the columns classed public or internal are shown, under their names in the database.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import CharField, Field, JSONField, Model, Q, QuerySet, TextField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinatePeriodicDefer

from suqing.accounts.models import Appointment, Duty, Person, Unit
from suqing.analytics.models import Snapshot
from suqing.bulletins.models import Series
from suqing.cases.models import (
    ClockRecount,
    ColumnMapping,
    DispatchRule,
    EntryStandard,
    ImportRun,
    TextIndexing,
    TextRedaction,
)
from suqing.lawclock.models import CalendarDay, CalendarState, CalendarYear
from suqing.ledger.models import CentreClock, ChainHead, ConsumerPosition, JobProgress, Setting
from suqing.taxonomy.models import ClassNode, ClassTree, Division, Topic, TopicVersion

N_ = str
SHOWN = ("public", "internal")
COLUMNS = 8  # of a list; the page of a row shows them all
SIZE = 50
LONGEST_CELL = 60  # characters in a list

# A job's arguments hold keys of rows, no words of people; they are left out all the same.
JOB_COLUMNS = {
    ProcrastinateJob: ("id", "queue_name", "task_name", "priority", "status", "scheduled_at", "attempts"),
    ProcrastinatePeriodicDefer: ("id", "task_name", "periodic_id", "defer_timestamp"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """One table: where its rows stand, its title, and the part of the administration it belongs to."""

    model: type[Model]
    title: str

    @property
    def code(self) -> str:
        """Its name in the database, as it stands in the address."""
        return self.model._meta.db_table

    @property
    def columns(self) -> list[Field[Any, Any]]:
        """The columns that may be shown, in their order."""
        fields = {one.name: one for one in self.model._meta.concrete_fields}
        if self.model in JOB_COLUMNS:
            return [fields[name] for name in JOB_COLUMNS[self.model]]
        privacy: dict[str, str] = getattr(self.model, "PRIVACY", {})
        return [one for name, one in fields.items() if privacy.get(name) in SHOWN]

    @property
    def listed(self) -> list[Field[Any, Any]]:
        """The columns of the list: the first short ones."""
        return [one for one in self.columns if not isinstance(one, JSONField)][:COLUMNS]


PARTS: tuple[tuple[str, tuple[Table, ...]], ...] = (
    (N_("Who works here"), (Table(Unit, N_("Units")), Table(Person, N_("People")), Table(Appointment, N_("Appointments")), Table(Duty, N_("Duties")))),
    (N_("Catalogues"), (Table(Division, N_("Administrative divisions")), Table(ClassTree, N_("Class trees")), Table(ClassNode, N_("Classes")), Table(Topic, N_("Topics")), Table(TopicVersion, N_("Versions of topics")), Table(DispatchRule, N_("Rules of the dispatch catalogue")), Table(EntryStandard, N_("Entry standards")), Table(ColumnMapping, N_("Assignments of columns")), Table(Series, N_("Series of bulletins")))),
    (N_("Calendar"), (Table(CalendarYear, N_("Years of the calendar")), Table(CalendarDay, N_("Days of the calendar")), Table(CalendarState, N_("State of the calendar")))),
    (N_("What runs"), (Table(ProcrastinateJob, N_("Jobs")), Table(ProcrastinatePeriodicDefer, N_("Regular jobs")), Table(JobProgress, N_("Progress of long work")), Table(ImportRun, N_("Imports")), Table(ClockRecount, N_("Recounts of clocks")), Table(TextIndexing, N_("Index of similar texts")), Table(TextRedaction, N_("Texts redacted again")), Table(Snapshot, N_("Snapshots of figures")), Table(ConsumerPosition, N_("Readers of events")), Table(ChainHead, N_("Head of the chain of events")), Table(CentreClock, N_("Clock of the centre")), Table(Setting, N_("Settings")))),
)  # fmt: skip
TABLES = {table.code: table for _title, tables in PARTS for table in tables}


@require_GET
def tables(request: HttpRequest) -> HttpResponse:
    """All tables by what they are about."""
    parts = [
        (
            _(title),
            [(reverse("administration-table", args=[one.code]), _(one.title), one.code) for one in found],
        )
        for title, found in PARTS
    ]
    return render(request, "web/administration/tables.html", {"parts": parts})


@require_GET
def table(request: HttpRequest, code: str) -> HttpResponse:
    """The rows of one table, newest key first, those that hold a word."""
    one = _table(code)
    words = request.GET.get("q", "").strip()[:100]
    rows = _holding(one, words)
    page = Paginator(rows, SIZE).get_page(request.GET.get("page"))
    facts = {
        "title": _(one.title),
        "code": code,
        "columns": [field.column for field in one.listed],
        "rows": [(_address(one, row), _cells(row, one.listed, LONGEST_CELL)) for row in page],
        "fields": [{"name": "q", "label": _("Holds"), "kind": "search", "value": words}],
        "pager": _pager(code, words, page),
        "empty": {"title": _("No row holds this") if words else _("This table is empty")},
    }
    return render(request, "web/administration/table.html", facts)


@require_GET
def table_row(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Every column of one row."""
    one = _table(code)
    try:
        row = one.model._default_manager.filter(pk=key).first()
    except (ValueError, ValidationError) as no_key:
        raise Http404 from no_key
    if row is None:
        raise Http404
    facts = {
        "title": _(one.title),
        "code": code,
        "key": key,
        "cells": list(zip((field.column for field in one.columns), _cells(row, one.columns), strict=True)),
    }
    return render(request, "web/administration/table_row.html", facts)


def _table(code: str) -> Table:
    if (found := TABLES.get(code)) is None:
        raise Http404
    return found


def _holding(one: Table, words: str) -> QuerySet[Any]:
    rows = one.model._default_manager.order_by("-pk").only(*(field.name for field in one.listed), "pk")
    if not words:
        return rows
    holds = Q()
    for field in one.columns:
        if isinstance(field, (CharField, TextField)):
            holds |= Q(**{f"{field.name}__icontains": words})
    return rows.filter(holds) if holds else rows.none()


def _pager(code: str, words: str, page: Any) -> dict[str, Any]:
    def url(number: int) -> str:
        return f"{reverse('administration-table', args=[code])}?{urlencode({'q': words, 'page': number})}"

    return {
        "newer_url": url(page.previous_page_number()) if page.has_previous() else "",
        "older_url": url(page.next_page_number()) if page.has_next() else "",
        "shown": len(page),
        "total_text": _("%(count)s rows") % {"count": f"{page.paginator.count:,}"},
    }


def _address(one: Table, row: Model) -> str:
    return reverse("administration-table-row", args=[one.code, str(row.pk)])


def _cells(row: Model, fields: Iterable[Field[Any, Any]], longest: int | None = None) -> list[str]:
    texts = (_text(field.value_from_object(row)) for field in fields)
    if longest is None:
        return list(texts)
    return [text if len(text) <= longest else f"{text[:longest]}…" for text in texts]


_WRITTEN: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (datetime, lambda moment: timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S")),
    (date, lambda day: day.isoformat()),
    (dict, lambda value: json.dumps(value, ensure_ascii=False, indent=1, default=str)),
    (list, lambda value: json.dumps(value, ensure_ascii=False, default=str)),
    (bytes, lambda value: f"{len(value)} B"),
    (memoryview, lambda value: f"{len(value)} B"),
)


def _text(value: Any) -> str:
    """A value as the database holds it; nothing where it holds nothing."""
    if value is None:
        return ""
    return next((write(value) for kind, write in _WRITTEN if isinstance(value, kind)), str(value))
