"""Files of a case: attach, look at what the server drew of them, download, remove and bring back, read a receipt."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suqing.accounts.actions import ReasonMissing, look_at_personal, note_look_by_role
from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import NotPermitted
from suqing.cases import jobs
from suqing.cases.actions import attachment_texts, attachments
from suqing.cases.actions.moving import Refused
from suqing.cases.models import Case, CaseAttachment
from suqing.cases.queries.attachments import attachment_for
from suqing.files.jobs import begin_drawing
from suqing.files.models import FileKind
from suqing.files.previews import MOST_PAGES, Preview, preview_of
from suqing.files.queries import opened
from suqing.files.reading import is_available
from suqing.files.storage import Missing
from suqing.ledger.queries import setting
from suqing.web.context import moment_of
from suqing.web.desks.byte_ranges import ranged
from suqing.web.desks.case_desk import case_or_404, not_here
from suqing.web.desks.case_facts import Sight
from suqing.web.desks.document_forms import ReasonForm
from suqing.web.desks.file_facts import PLAYERS, SEEN_SECONDS, offers_of, row_of, seen, was_seen
from suqing.web.desks.uploads import taken

# Sent with these types and nosniff, as attachments in a sandbox: a browser runs nothing of them.
TYPES = {
    FileKind.JPG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.PDF: "application/pdf",
    FileKind.MP3: "audio/mpeg",
    FileKind.MP4: "video/mp4",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
INERT = "default-src 'none'; sandbox"


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def _found(request: HttpRequest, number: str, pk: int) -> tuple[Case, CaseAttachment]:
    case = case_or_404(request, number)
    try:
        return case, attachment_for(case, pk)
    except CaseAttachment.DoesNotExist:
        raise Http404 from None


def _back(case: Case) -> HttpResponseRedirect:
    return redirect(f"{reverse('case', args=[case.number])}#files")


def _said(refused: Refused) -> str:
    return _(refused.message) % refused.values if refused.values else _(refused.message)


# Attaching


@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, number: str) -> HttpResponse:
    """Attach what was uploaded; what could not be taken is said file by file, the others stay."""
    try:
        case = case_or_404(request, number)
    except Http404:
        return not_here(request, number)
    if request.method == "GET":
        return _back(case)
    given, faults = taken(request, "attachment")
    for fault in faults:
        messages.error(request, fault)
    if not given:
        if not faults:
            messages.error(request, _("No file was chosen."))
        return _back(case)
    try:
        added = attachments.attach(case=case, files=given, by=_person(request), at=moment_of(request).now)
    except Refused as refused:
        messages.error(request, _said(refused))
        return _back(case)
    begin_drawing(one.file for one in added if one.file is not None)
    _tell_added(request, len(added), len(given) - len(added))
    return _back(case)


def _tell_added(request: HttpRequest, added: int, known: int) -> None:
    if added:
        text = ngettext("%(count)d file is attached.", "%(count)d files are attached.", added)
        messages.success(request, text % {"count": added})
    if known:
        text = ngettext(
            "%(count)d file was attached already.", "%(count)d files were attached already.", known
        )
        messages.info(request, text % {"count": known})


# Looking


@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The pages that the server drew, the text that was read, what can be done; each look is logged."""
    try:
        case, attachment = _found(request, number, pk)
    except Http404:
        return not_here(request, number)
    asked = _asked_for_reason(request, case, attachment, _("Look at the file"))
    if asked is not None:
        return asked
    return _viewer(request, case, attachment)


def _viewer(request: HttpRequest, case: Case, attachment: CaseAttachment) -> HttpResponse:
    assert attachment.file is not None
    person, now = _person(request), moment_of(request).now
    preview = preview_of(attachment.file)
    token = seen(person, attachment)
    facts = {
        "case": case,
        "row": row_of(case, attachment, token=token),
        "pages": _pages(case, attachment, preview, token),
        "page_count": preview.page_count,
        "most_pages": MOST_PAGES,
        "player": PLAYERS.get(FileKind(attachment.file.kind), ""),
        "text": attachment.text,
        "offers": offers_of(person, case, [attachment.text], now),
        "can_read": is_available(),
        "is_drawn_kind": attachment.file.kind in ("jpg", "png", "pdf"),
    }
    return render(request, "web/cases/file.html", facts)


def _pages(case: Case, attachment: CaseAttachment, preview: Preview, token: str) -> list[str]:
    return [
        f"{reverse('case-file-page', args=[case.number, attachment.pk, page])}?{urlencode({'seen': token})}"
        for page in range(1, len(preview.pages) + 1)
    ]


def _asked_for_reason(
    request: HttpRequest, case: Case, attachment: CaseAttachment, verb: str
) -> HttpResponse | None:
    """None once this person may see the file and the look is logged; else the page that asks for a reason."""
    person, now = _person(request), moment_of(request).now
    if was_seen(person, attachment, request.GET.get("seen", "")):
        return None
    sight = Sight.on(person, case)
    if sight.plain:
        note_look_by_role(by=person, subject=attachment, at=now)
        return None
    if not sight.may_unmask:
        raise NotPermitted(P.PERSONAL_UNMASK)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            look_at_personal(by=person, subject=attachment, reason=form.cleaned_data["reason"], at=now)
        except ReasonMissing:
            least = setting("accounts.look_reason_min")
            form.add_error("reason", _("Give a reason of at least %(least)s characters.") % {"least": least})
        else:
            return None
    return _reason_page(request, case, form, verb)


def _reason_page(request: HttpRequest, case: Case, form: ReasonForm, verb: str) -> HttpResponse:
    facts = {
        "case": case,
        "form": form,
        "title": _("Open a file of the case"),
        "sentence": _("The file may hold personal data. The look is logged with your reason."),
        "verb": verb,
    }
    return render(request, "web/cases/file_reason.html", facts, status=422 if form.errors else 200)


@require_GET
def file_page(request: HttpRequest, number: str, pk: int, page: int) -> HttpResponseBase:
    """One page as the server drew it, 0 for the small picture; without a fresh look by this person it is logged."""
    case, attachment = _found(request, number, pk)
    if not was_seen(_person(request), attachment, request.GET.get("seen", "")):
        if not Sight.on(_person(request), case).plain:
            raise NotPermitted(P.PERSONAL_UNMASK)
        note_look_by_role(by=_person(request), subject=attachment, at=moment_of(request).now)
    assert attachment.file is not None
    preview = preview_of(attachment.file)
    path = preview.thumbnail if page == 0 else dict(enumerate(preview.pages, 1)).get(page)
    if path is None:
        raise Http404
    answer = FileResponse(path.open("rb"), content_type="image/jpeg")
    answer["Cache-Control"] = f"private, max-age={SEEN_SECONDS}"
    return _inert(answer)


@require_http_methods(["GET", "POST"])
def file_download(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """The bytes as they came, as a download that no browser runs; sounds and films play from here too."""
    case, attachment = _found(request, number, pk)
    asked = _asked_for_reason(request, case, attachment, _("Download"))
    if asked is not None:
        return asked
    assert attachment.file is not None
    try:
        stream = opened(attachment.file)
    except Missing:
        raise Http404 from None
    wanted = request.headers.get("Range", "")
    answer = ranged(stream, attachment.file.size, wanted, TYPES[FileKind(attachment.file.kind)])
    answer["Content-Disposition"] = (
        f"attachment; filename=\"file.{attachment.file.kind}\"; filename*=UTF-8''{quote(attachment.name, safe='')}"
    )
    answer["Cache-Control"] = "private, no-store"
    return _inert(answer)


def _inert(answer: HttpResponseBase) -> HttpResponseBase:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = INERT
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


# Removing, bringing back, reading


def _done(request: HttpRequest, doing: Callable[..., object], attachment: CaseAttachment) -> bool:
    """Do it, or say what is refused."""
    try:
        doing(attachment=attachment, by=_person(request), at=moment_of(request).now)
    except Refused as refused:
        messages.error(request, _said(refused))
        return False
    return True


@require_POST
def file_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a file away; the toast brings it back."""
    case, attachment = _found(request, number, pk)
    if not _done(request, attachments.remove, attachment):
        return _back(case)
    undo = reverse("case-file-restore", args=[case.number, pk])
    messages.success(request, _("The file is removed."), extra_tags=f"undo:{undo}")
    return _back(case)


@require_POST
def file_restore(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Bring a removed file back."""
    case, attachment = _found(request, number, pk)
    if _done(request, attachments.restore, attachment):
        messages.success(request, _("The file is back."))
    return _back(case)


@require_POST
def file_read(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Ask for the text of a picture; a job reads it."""
    case, attachment = _found(request, number, pk)
    if not _done(request, attachment_texts.ask_text, attachment):
        return _back(case)
    jobs.begin_reading(attachment.pk)
    messages.success(request, _("The text is being read; what it offers will stand beside the file."))
    return _back(case)
