"""Imports: the register of runs, a new one, and the page that follows one from the upload to its cases."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suqing.accounts.actions import look_at_personal
from suqing.accounts.models import Person, Unit
from suqing.cases.actions import imports as actions
from suqing.cases.actions.import_reader import COLUMNS_MISSING, UNKNOWN_COLUMNS
from suqing.cases.actions.moving import Refused
from suqing.cases.importing.corrections import write_corrections
from suqing.cases.importing.layouts import LAYOUTS
from suqing.cases.importing.unreadable import Unreadable
from suqing.cases.jobs import begin_importing
from suqing.cases.models import ImportRun
from suqing.cases.queries import import_pages
from suqing.cases.queries import imports as queries
from suqing.cases.vocabulary import LABELS, Kind, Outcome
from suqing.cases.vocabulary import State as CaseState
from suqing.files.models import StoredFile
from suqing.files.storage import Missing
from suqing.web.context import moment_of
from suqing.web.desks import import_mapping, keyset
from suqing.web.desks.uploads import taken, upload_field

N_ = str
State = ImportRun.State
TONES = {State.READING: "soon", State.CHECKED: "active", State.RUNNING: "soon", State.REFUSED: "breach"}
FATES = {
    "added": N_("new"),
    "updated": N_("brought up to date"),
    "unchanged": N_("without anything new"),
    "kept": N_("kept as they are"),
    "rejected": N_("rejected"),
}
FATE_HELP = {
    "kept": N_("The file says otherwise, but people here have worked on these cases."),
    "rejected": N_("They are not imported; fetch them as a file, correct it and import it again."),
}
LOOKED = N_("Checked what the file of an import holds.")
PROBLEMS_SHOWN = 50
SETTLED = (State.CHECKED, State.DONE, State.STOPPED)


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
        "rows": [{"run": run, "state": _state(run), "tone": _tone(run)} for run in page.rows],
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
                faults = [_said(why.message, why.values)]
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


def _said(message: str, values: dict[str, Any]) -> str:
    return _(message) % values if values else _(message)


# One import


@require_GET
def run(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Where an import stands; asks for itself while something moves, can be left and come back to."""
    found = _run(request, ref)
    facts = _facts(request, found)
    if facts["shows_values"]:
        _note_look(request, found)
    is_part = bool(getattr(request, "htmx", False))
    return render(request, "web/imports/_run.html" if is_part else "web/imports/run.html", facts)


def _note_look(request: HttpRequest, found: ImportRun) -> None:
    """Who checks an import sees what the file says of people: each such page is on record."""
    look_at_personal(by=_person(request), subject=found, reason=_(LOOKED), at=moment_of(request).now)


def _facts(request: HttpRequest, found: ImportRun) -> dict[str, Any]:
    person, now = _person(request), moment_of(request).now
    groups = import_pages.problem_groups(found) if found.state in SETTLED else []
    key = request.GET.get("group", "")
    page = keyset_of_rows(found, key, request)
    facts: dict[str, Any] = {
        "run": found,
        "state": _state(found),
        "tone": _tone(found),
        "layout": _layout_name(found),
        "counts": [
            (name, _(label), getattr(found, name), _(FATE_HELP[name]) if name in FATE_HELP else "")
            for name, label in FATES.items()
        ],
        "is_moving": found.state in (State.READING, State.RUNNING),
        "job": _job(found, now),
        "importable": found.added + found.updated + found.kept,
        "preview": _previewed_rows(found) if found.state == State.CHECKED else [],
        "groups": [_group(found, one, key) for one in groups],
        "problems": page,
        "refusal": _said(found.refusal.get("message", ""), found.refusal.get("values", {}))
        if found.refusal
        else "",
        "list_url": f"{reverse('cases')}?view=all&run={found.ref}",
        "may_correct": bool(found.rejected) and found.state != State.READING,
        "mapping": None,
    }
    if _asks_columns(found):
        with suppress(Unreadable, Missing):
            facts["mapping"] = import_mapping.fresh_page(found).facts(person)
    facts["shows_values"] = bool(facts["preview"] or page["rows"] or facts["mapping"])
    return facts


def _asks_columns(found: ImportRun) -> bool:
    """Whether the file is fine, but somebody must say which column holds what."""
    return found.state == State.REFUSED and found.refusal.get("message") in (UNKNOWN_COLUMNS, COLUMNS_MISSING)


def _state(found: ImportRun) -> str:
    return _("Waits for its columns") if _asks_columns(found) else found.get_state_display()


def _tone(found: ImportRun) -> str:
    return "soon" if _asks_columns(found) else TONES.get(State(found.state), "plain")


def keyset_of_rows(found: ImportRun, key: str, request: HttpRequest) -> dict[str, Any]:
    """One page of problems behind the problem that ``after`` names, in the order of the rows."""
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 18 else 0
    if found.state not in SETTLED:
        # The part that asks for itself every two seconds shows nothing that must be put on record.
        return {"rows": [], "older_url": ""}
    like = import_pages.problems_like(found, key)
    rows = list(like.filter(pk__gt=start).order_by("pk")[: PROBLEMS_SHOWN + 1])
    more = len(rows) > PROBLEMS_SHOWN
    rows = rows[:PROBLEMS_SHOWN]
    address = reverse("import", args=[found.ref])
    group = f"group={key}&" if key else ""
    return {
        "rows": [{"one": row, "text": _said(row.message, _words(row.values))} for row in rows],
        "older_url": f"{address}?{group}after={rows[-1].pk}#problems" if more else "",
        "newer_url": f"{address}?{group}#problems" if start else "",
        "shown": len(rows),
    }


def _words(values: dict[str, Any]) -> dict[str, Any]:
    """Values of a problem; names of fields in the reader's language."""
    return {
        name: ", ".join(_(str(one)) for one in value)
        if isinstance(value, list)
        else _(value)
        if name in ("field", "fields") and isinstance(value, str) and value
        else value
        for name, value in values.items()
    }


def _group(found: ImportRun, one: import_pages.Group, key: str) -> dict[str, Any]:
    address = reverse("import", args=[found.ref])
    return {
        "one": one,
        "text": _said(one.message, _words(one.values)),
        "url": f"{address}?group={one.key}#problems",
        "is_current": str(one.key) == key,
    }


def _layout_name(found: ImportRun) -> str:
    if found.mapping is not None:
        return found.mapping.name
    return _(LAYOUTS[found.layout].label) if found.layout in LAYOUTS else ""


def _previewed_rows(found: ImportRun) -> list[dict[str, Any]]:
    codes = {row.get("unit", "") for row in found.preview}
    names = dict(Unit.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        _previewed(row) | {"unit": names.get(row.get("unit", ""), row.get("unit", ""))}
        for row in found.preview
    ]


def _previewed(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it will be read, in words."""
    kind, state, outcome = row.get("kind"), row.get("state"), row.get("outcome")
    received, fate = row.get("received_at"), row["fate"]
    return row | {
        "kind": _(LABELS[Kind(kind)]) if kind else "",
        "state": _(LABELS[CaseState(state)]) if state else "",
        "outcome": _(LABELS[Outcome(outcome)]) if outcome else "",
        "received_at": datetime.fromisoformat(received) if received else None,
        "fate": _(FATES[fate]),
        "is_rejected": fate == "rejected",
    }


def _job(found: ImportRun, now: datetime) -> dict[str, Any]:
    """Progress with an estimate; how long a table is shows only once it has been read."""
    done = sum(getattr(found, name) for name in FATES)
    if found.state != State.RUNNING or not found.total:
        return {"done": found.checked, "total": 0, "left": ""}
    left = ""
    seconds = (now - found.confirmed_at).total_seconds() if found.confirmed_at else 0.0
    if done and seconds > 0:
        minutes = round(seconds / done * (found.total - done) / 60)
        left = (
            ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes)
            % {"count": minutes}
            if minutes
            else _("less than a minute left")
        )
    return {"done": done, "total": found.total, "left": left}


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
            page = import_mapping.typed_page(found, request.POST)
            if not page.errors:
                try:
                    return redirect("import", ref=_read_by(page, found, person, now).ref)
                except Refused as refused:
                    page.errors[refused.field or "name"] = _said(refused.message, refused.values)
    except Unreadable as why:
        messages.error(request, _said(why.message, why.values))
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
        messages.error(request, _said(refused.message, refused.values))
    else:
        begin_importing()
    return redirect("import", ref=ref)


@require_POST
def stop(request: HttpRequest, ref: UUID) -> HttpResponse:
    """End an import before its last row; what was imported stays."""
    try:
        actions.stop(_run(request, ref), by=_person(request), at=moment_of(request).now)
    except Refused as refused:
        messages.error(request, _said(refused.message, refused.values))
    else:
        messages.success(request, _("The import has been stopped. What was imported stays."))
    return redirect("import", ref=ref)


@require_GET
def corrections(request: HttpRequest, ref: UUID) -> HttpResponseBase:
    """The rejected rows as a file of the same kind, with what is wrong with each, to correct and import again."""
    found = _run(request, ref)
    kind: Literal["xlsx", "csv"] = queries.kind_of(found.file)
    _note_look(request, found)
    rows = ((cells, _all_said(problems)) for cells, problems in import_pages.rejected_rows(found))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"corrections.{kind}"
        try:
            write_corrections(path, kind, import_pages.header_of(found), rows, sheet=found.sheet)
        except Unreadable as why:
            messages.error(request, _said(why.message, why.values))
            return redirect("import", ref=ref)
        except Missing:
            messages.error(request, _(actions.GONE))
            return redirect("import", ref=ref)
        # Open files outlive their folder: the answer reads it to the end and lets go of it.
        stream = path.open("rb")
    stem = Path(found.file_name).stem or "import"
    name = _("%(name)s – to correct") % {"name": stem}
    return FileResponse(stream, as_attachment=True, filename=f"{name}.{kind}")


def _all_said(problems: list[Any]) -> str:
    return "；".join(
        f"{one.column}：{_said(one.message, _words(one.values))}"
        if one.column
        else _said(one.message, _words(one.values))
        for one in problems
    )
