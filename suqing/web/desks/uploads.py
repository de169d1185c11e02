"""Uploads in pieces: announce a file, send its pieces, ask how far it is.  Answers are JSON for the script."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from suqing.accounts.models import Person
from suqing.accounts.queries import require
from suqing.files import actions, queries
from suqing.files.actions import PIECE, WrongOffset
from suqing.files.models import StoredFile, Upload
from suqing.files.names import clean
from suqing.files.policy import MEGABYTE
from suqing.files.purposes import UnknownPurpose, purpose_of
from suqing.files.refusal import Refused
from suqing.web.context import moment_of

STEP = MEGABYTE  # the size of piece that the script is told to send


def refusal_words(refused: Refused) -> str:
    """The refusal in the reader's language."""
    values = {
        name: _(", ").join(one) if isinstance(one, list) else one for name, one in refused.values.items()
    }
    return _(refused.message) % values if values else _(refused.message)


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_POST
def begin(request: HttpRequest) -> JsonResponse:
    """Announce a file by purpose, name and size; a file that would be too large is refused before a byte of it."""
    size = request.POST.get("size", "")
    if not size.isdecimal() or len(size) > 15:
        return JsonResponse({"message": _("The size of the file is missing.")}, status=422)
    try:
        upload = actions.begin_upload(
            purpose=request.POST.get("purpose", ""),
            name=request.POST.get("name", ""),
            size=int(size),
            by=_person(request),
            at=moment_of(request).now,
        )
    except UnknownPurpose:
        raise Http404 from None
    except Refused as refused:
        return JsonResponse({"message": refusal_words(refused)}, status=422)
    return JsonResponse(_state(upload), status=201)


@require_http_methods(["GET", "POST"])
def piece(request: HttpRequest, ref: UUID) -> JsonResponse:
    """POST: one piece as the body, at ``?offset=``; the last one finishes the file.  GET: how far it is."""
    try:
        upload = queries.upload_of(_person(request), ref)
    except Upload.DoesNotExist:
        raise Http404 from None
    if request.method == "GET":
        return JsonResponse(_state(upload))
    require(_person(request), purpose_of(upload.purpose).permission)
    offset = request.GET.get("offset", "")
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if not offset.isdecimal() or len(offset) > 15:
        return JsonResponse(_state(upload), status=409)
    if length > PIECE:
        # Not read at all: a request is never held in memory beyond one piece.
        return JsonResponse({**_state(upload), "message": _("The piece is too large.")}, status=413)
    return _take(upload, int(offset), request.read(length), request)


def _take(upload: Upload, offset: int, data: bytes, request: HttpRequest) -> JsonResponse:
    """A connection that broke in a piece leaves what arrived of it: the next one goes on behind that."""
    try:
        row = actions.append(upload, offset, data) if data else upload
        if not data and offset != row.received:
            raise WrongOffset(row.received)
        if row.received == row.size:
            actions.finish(row, at=moment_of(request).now)
    except WrongOffset:
        upload.refresh_from_db()
        return JsonResponse(_state(upload), status=200 if upload.file_id else 409)
    except Refused as refused:
        return JsonResponse({"message": refusal_words(refused)}, status=422)
    row.refresh_from_db()
    return JsonResponse(_state(row))


def _state(upload: Upload) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "ref": str(upload.ref),
        "url": reverse("upload", args=[upload.ref]),
        "received": upload.received,
        "size": upload.size,
        "piece": STEP,
        "done": upload.file_id is not None,
        "name": upload.name,
    }
    if upload.refusal:
        facts["message"] = _("The file was not taken. Choose it again.")
    return facts


def taken(
    request: HttpRequest, purpose: str, field: str = "uploads"
) -> tuple[list[tuple[StoredFile, str]], list[str]]:
    """The files that a form brought with their names, and what was wrong with the others, in words.

    ``field`` is the name that upload.html was given: refs of finished uploads stand in it, and files that a browser
    without script sent along in ``<field>-file``.
    """
    found: list[tuple[StoredFile, str]] = []
    faults: list[str] = []
    for ref in request.POST.getlist(field):
        try:
            found.append(queries.finished(_person(request), ref, purpose))
        except Upload.DoesNotExist:
            faults.append(_("A file is no longer here. Choose it again."))
    for sent in _sent(request, f"{field}-file"):
        try:
            file = actions.keep(
                sent, purpose=purpose, name=sent.name, by=_person(request), at=moment_of(request).now
            )
        except Refused as refused:
            name = clean(sent.name, "pdf").rpartition(".")[0]
            faults.append(_("%(name)s: %(value)s") % {"name": name, "value": refusal_words(refused)})
        else:
            found.append((file, clean(sent.name, file.kind)))
    return found, faults


def _sent(request: HttpRequest, field: str) -> Iterable[Any]:
    # An empty file field of a form arrives as a file without a name or not at all.
    return [file for file in request.FILES.getlist(field) if file.name]


def upload_field(
    purpose: str, *, name: str = "uploads", label: str = "", multiple: bool = False, camera: bool = False
) -> dict[str, Any]:
    """What _components/upload.html shows, as its ``upload``."""
    wanted = purpose_of(purpose)
    limits_of = {kind.value: size // MEGABYTE for kind, size in wanted.limits_now().items()}
    return {
        "purpose": purpose,
        "name": name,
        "label": label or _("Files"),
        "multiple": multiple,
        "camera": camera,
        "url": reverse("uploads"),
        "accept": ",".join(f".{kind}" for kind in limits_of),
        "limits": _limits_in_words(limits_of),
        "piece": STEP,
    }


def _limits_in_words(limits_of: dict[str, int]) -> str:
    by_size: dict[int, list[str]] = {}
    for kind, size in limits_of.items():
        by_size.setdefault(size, []).append(kind)
    parts = [
        _("%(kinds)s up to %(size)s MB") % {"kinds": _(", ").join(kinds), "size": size}
        for size, kinds in by_size.items()
    ]
    return " · ".join(parts)
