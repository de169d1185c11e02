"""Imports: the register of runs, a new one, and the page that follows one from the upload to its cases."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suqing.accounts.actions import look_at_personal
from suqing.accounts.models import Person
from suqing.cases.actions import imports as actions
from suqing.cases.actions.moving import Refused
from suqing.cases.importing.corrections import write_corrections
from suqing.cases.importing.layouts import LAYOUTS
from suqing.cases.importing.unreadable import Unreadable
from suqing.cases.jobs import begin_importing
from suqing.cases.models import ImportRun
from suqing.cases.queries import import_pages
from suqing.cases.queries import imports as queries
from suqing.files.models import StoredFile
from suqing.files.storage import Missing
from suqing.web.context import moment_of
from suqing.web.desks import import_mapping, keyset
from suqing.web.desks.import_facts import plain_words, run_facts, said, state_of, tone_of
from suqing.web.desks.typed import cleaned
from suqing.web.desks.uploads import taken, upload_field

N_ = str
LOOKED = N_("Checked what the file of an import holds.")


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def _run(request: HttpRequest, ref: UUID) -> ImportRun:
    try:
        return queries.run_for(_person(request), ref)
    except ImportRun.DoesNotExist:
        raise Http404 from None


# The register, and a new import


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """All imports, newest first."""
    page = keyset.page(import_pages.register(_person(request)), request.GET.dict(), field="started_at")
    facts = {
        "rows": [{"run": run, "state": state_of(run), "tone": tone_of(run)} for run in page.rows],
        "pager": page.pager(reverse("imports"), {}, ""),
        "empty": {
            "title": _("Nothing has been imported yet"),
            "text": _("Cases of other systems come in as an Excel workbook or a CSV file."),
            "icon": "upload",
            "url": reverse("import-new"),
            "verb": _("Import a file"),
        },
    }
    return render(request, "web/imports/register.html", facts)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Take a file; a layout that is known, or was saved, begins to be read at once."""
    faults: list[str] = []
    if request.method == "POST":
        files, faults = taken(request, "import", "uploads")
        if files and not faults:
            try:
                return redirect("import", ref=_begun(request, *files[0]).ref)
            except Unreadable as why:
                faults = [said(why.message, why.values)]
            except Missing:
                faults = [_(actions.GONE)]
        elif not faults:
            faults = [_("Choose a file first.")]
    facts = {
        "upload": upload_field("import", name="uploads", label=_("Excel workbook or CSV file")),
        "faults": faults,
        "layouts": [_(one.label) for one in LAYOUTS.values()],
        "mappings": queries.mappings(_person(request)),
    }
    return render(request, "web/imports/new.html", facts, status=422 if faults else 200)


def _begun(request: HttpRequest, file: StoredFile, name: str) -> ImportRun:
    """Begin an import: by the layout that the header shows, else by a saved mapping that fits, else it asks."""
    person, now = _person(request), moment_of(request).now
    look = queries.look_at(file)
    mapping = None if look.layout else import_pages.mapping_for(person, look.header)
    run = actions.start_import(
        upload=file,
        file_name=name,
        by=person,
        at=now,
        layout=look.layout.code if look.layout else "",
        mapping=mapping,
    )
    if look.layout is None and mapping is None:
        actions.check_some(run, at=now)  # refuses at once, and the page asks for the columns
    else:
        begin_importing()
    return run


# One import


@require_GET
def run(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Where an import stands; asks for itself while something moves, can be left and come back to."""
    found = _run(request, ref)
    facts = run_facts(request, _person(request), found)
    if facts["shows_values"]:
        _note_look(request, found)
    is_part = bool(getattr(request, "htmx", False))
    return render(request, "web/imports/_run.html" if is_part else "web/imports/run.html", facts)


def _note_look(request: HttpRequest, found: ImportRun) -> None:
    """Who checks an import sees what the file says of people: each such page is on record."""
    look_at_personal(by=_person(request), subject=found, reason=_(LOOKED), at=moment_of(request).now)


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Say which column holds what, keep it under a name, and read the file anew by it."""
    found, person, now = _run(request, ref), _person(request), moment_of(request).now
    try:
        if request.method == "GET":
            taken_over = request.GET.get("mapping", "")
            saved = [one for one in queries.mappings(person) if str(one.pk) == taken_over]
            page = import_mapping.fresh_page(found, saved[0] if saved else None)
        else:
            page = import_mapping.typed_page(found, cleaned(request.POST))
            if not page.errors:
                try:
                    return redirect("import", ref=_read_by(page, found, person, now).ref)
                except Refused as refused:
                    page.errors[refused.field or "name"] = said(refused.message, refused.values)
    except Unreadable as why:
        messages.error(request, said(why.message, why.values))
        return redirect("import", ref=ref)
    except Missing:
        messages.error(request, _(actions.GONE))
        return redirect("import", ref=ref)
    _note_look(request, found)
    facts = {"mapping": page.facts(person), "run": found}
    return render(request, "web/imports/columns.html", facts, status=422 if page.errors else 200)


def _read_by(page: import_mapping.MappingPage, found: ImportRun, person: Person, now: datetime) -> ImportRun:
    mapping = actions.save_mapping(
        name=page.name, source=page.source, columns=page.columns, values=page.values, by=person, at=now
    )
    made = actions.start_import(
        upload=found.file,
        file_name=found.file_name,
        by=person,
        at=now,
        mapping=mapping,
        sheet=page.look.sheet,
        encoding=page.look.encoding,
    )
    begin_importing()
    return made


@require_POST
def confirm(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Say yes to what the check has shown."""
    try:
        actions.confirm(_run(request, ref), by=_person(request), at=moment_of(request).now)
    except Refused as refused:
        messages.error(request, said(refused.message, refused.values))
    else:
        begin_importing()
    return redirect("import", ref=ref)


@require_POST
def stop(request: HttpRequest, ref: UUID) -> HttpResponse:
    """End an import before its last row; what was imported stays."""
    try:
        actions.stop(_run(request, ref), by=_person(request), at=moment_of(request).now)
    except Refused as refused:
        messages.error(request, said(refused.message, refused.values))
    else:
        messages.success(request, _("The import has been stopped. What was imported stays."))
    return redirect("import", ref=ref)


@require_GET
def corrections(request: HttpRequest, ref: UUID) -> HttpResponseBase:
    """The rejected rows as a file of the same kind, with what is wrong with each, to correct and import again."""
    found = _run(request, ref)
    kind: Literal["xlsx", "csv"] = queries.kind_of(found.file)
    _note_look(request, found)
    rows = ((cells, _allsaid(problems)) for cells, problems in import_pages.rejected_rows(found))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"corrections.{kind}"
        try:
            write_corrections(path, kind, import_pages.header_of(found), rows, sheet=found.sheet)
        except Unreadable as why:
            messages.error(request, said(why.message, why.values))
            return redirect("import", ref=ref)
        except Missing:
            messages.error(request, _(actions.GONE))
            return redirect("import", ref=ref)
        # Open files outlive their folder: the answer reads it to the end and lets go of it.
        stream = path.open("rb")
    stem = Path(found.file_name).stem or "import"
    name = _("%(name)s – to correct") % {"name": stem}
    return FileResponse(stream, as_attachment=True, filename=f"{name}.{kind}")


def _allsaid(problems: list[Any]) -> str:
    return "；".join(
        f"{one.column}：{said(one.message, plain_words(one.values))}"
        if one.column
        else said(one.message, plain_words(one.values))
        for one in problems
    )
