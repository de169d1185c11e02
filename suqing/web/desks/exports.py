"""Lists as files: ask for one, see what has been asked for, fetch it, take it away."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suqing.accounts.actions import ReasonMissing
from suqing.accounts.models import Person
from suqing.analytics.actions.exports import Asked, Refused, ask_export, is_short, take_away, write_at_once
from suqing.analytics.exports import LISTS, NATIONAL
from suqing.analytics.jobs import begin_writing
from suqing.analytics.models import Export
from suqing.analytics.queries import ExportView, export_to_fetch, exports_of
from suqing.files.storage import Missing, storage
from suqing.ledger.queries import is_rehearsal
from suqing.web.context import moment_of
from suqing.web.desks.export_asking import BadList, Way, menu_of, read_list, way_of

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TONES = {Export.State.DONE: "active", Export.State.FAILED: "breach", Export.State.RUNNING: "soon"}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """What the person has had written, newest first; the part that moves asks for itself until all is done."""
    now = moment_of(request).now
    rows = [_row(one, now) for one in exports_of(_person(request))]
    facts = {
        "rows": rows,
        "is_moving": any(row["is_moving"] for row in rows),
        "empty": {
            "title": _("No list has been written to a file yet"),
            "text": _("Every list page has a menu Export; long lists wait here until they are written."),
            "icon": "download",
        },
    }
    template = "web/exports/_table.html" if request.htmx else "web/exports/exports.html"  # type: ignore[attr-defined]
    return render(request, template, facts)


def _row(one: ExportView, now: datetime) -> dict[str, Any]:
    export = one.export
    is_moving = export.state in (Export.State.WAITING, Export.State.RUNNING)
    is_there = (
        export.state == Export.State.DONE
        and bool(export.file_key)
        and export.expires_at is not None
        and export.expires_at > now
    )
    known = LISTS.get(export.list_code)
    return {
        "export": export,
        "label": _(known.label) if known else export.list_code,
        "form": _form(export),
        "state": export.get_state_display() if export.file_key or is_moving or export.state != Export.State.DONE
        else _("Handed over at once"),
        "tone": TONES.get(Export.State(export.state), "plain"),
        "failure": _(export.failure) if export.failure else "",
        "is_moving": is_moving,
        "is_there": is_there,
        "written": one.written,
    }  # fmt: skip


def _form(export: Export) -> str:
    form = "Excel" if export.format == "xlsx" else f"CSV {export.encoding.upper()}"
    return f"{form}, {_('national layout')}" if export.layout == NATIONAL else form


@require_http_methods(["GET", "POST"])
def export_new(request: HttpRequest) -> HttpResponseBase:
    """Have a list written: a short one comes with the answer, a long one waits on the page of exports."""
    person, now = _person(request), moment_of(request).now
    given = request.POST if request.method == "POST" else request.GET
    code, query = given.get("list", ""), given.get("query", "")
    menu = menu_of(person, code, query)
    try:
        narrowed = read_list(person, code, query, now)
    except BadList as refused:
        raise Http404(str(refused)) from refused
    if menu is None:
        raise Http404(code[:40])
    facts = {
        "export": menu,
        "words": narrowed.words,
        "is_plain": "plain" in given,
        "reason": given.get("reason", ""),
    }
    way = way_of(given.get("way", ""))
    if request.method == "GET" or way is None or way.layout not in LISTS[code].layouts:
        return render(request, "web/exports/new.html", facts)
    asked = _asked(code, narrowed.filters, narrowed.words, way, request)
    try:
        export = ask_export(asked=asked, by=person, at=now)
    except ReasonMissing:
        facts["error"] = _("Say why the personal data are needed, in %(count)d characters or more.") % {
            "count": menu["reason_min"]
        }
    except Refused as refused:
        facts["problem"] = _(refused.message) % refused.values
    else:
        return _answer(request, export, now)
    return render(request, "web/exports/new.html", facts, status=422)


def _asked(code: str, filters: dict[str, Any], words: list[str], way: Way, request: HttpRequest) -> Asked:
    return Asked(
        code, filters, words, way.layout, way.format, way.encoding,
        is_plain="plain" in request.POST, reason=request.POST.get("reason", "").replace("\0", ""),
    )  # fmt: skip


def _answer(request: HttpRequest, export: Export, now: datetime) -> HttpResponseBase:
    if is_short(export):
        with write_at_once(export, at=now) as path:
            stream = path.open("rb")  # open, it outlives its folder
        return _file(stream, export)
    begin_writing()
    messages.success(request, _("The list is being written; it waits for you here."))
    return redirect("exports")


def _file(stream: Any, export: Export) -> FileResponse:
    answer = FileResponse(
        stream, as_attachment=True, filename=_name(export), content_type=TYPES[export.format]
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _name(export: Export) -> str:
    at = timezone.localtime(export.as_of)
    parts = [_(LISTS[export.list_code].label), f"{at:%Y%m%d-%H%M}"]
    if is_rehearsal():
        parts.insert(0, _("Synthetic data"))
    return f"{'_'.join(parts)}.{export.format}".replace("/", "_")


@require_GET
def export_file(request: HttpRequest, ref: UUID) -> HttpResponseBase:
    """The file, to whom asked for it and may still have it."""
    try:
        export = export_to_fetch(_person(request), ref, moment_of(request).now)
        return _file(storage().opened(export.file_key), export)
    except (Export.DoesNotExist, Missing):
        raise Http404 from None


@require_POST
def export_remove(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Delete the file, or stop its writing."""
    try:
        take_away(ref=ref, by=_person(request), at=moment_of(request).now)
    except Export.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The file has been deleted."))
    return redirect(reverse("exports"))
