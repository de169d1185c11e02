"""Documents of a case: fill a form, see the paper, issue it with its number, fetch the file, void it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from suqing.accounts.actions import ReasonMissing, look_at_personal, note_look_by_role
from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import NotPermitted, can_in, require
from suqing.cases.actions.documents import issue_document, void_document
from suqing.cases.actions.moving import Refused, Stale
from suqing.cases.forms import FORMS, Form, compose
from suqing.cases.forms.checking import presentable
from suqing.cases.intake import local_day
from suqing.cases.models import Case, CaseDocument
from suqing.cases.queries import documents
from suqing.cases.queries.document_facts import prefilled
from suqing.lawclock.queries import citation
from suqing.ledger.queries import setting
from suqing.web.context import moment_of
from suqing.web.desks.case_desk import case_or_404, not_here, note_shown
from suqing.web.desks.document_forms import DocumentForm, ReasonForm, sheet

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


# Issuing


@require_http_methods(["GET", "POST"])
def document_new(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """The form filled from the case, with the paper beside it; sent once to look, once to issue."""
    try:
        case = case_or_404(request, number)
    except Http404:
        return not_here(request, number)
    chosen = FORMS.get(form)
    if chosen is None:
        raise Http404
    require(_person(request), P(chosen.permission))
    if chosen not in documents.offered(_person(request), case):
        notice = _("This form does not fit the case as it stands now, or is not yours to issue.")
        facts = {"case": case, "title": _(chosen.name), "notice": notice}
        return render(request, "web/cases/document_shut.html", facts, status=409)
    page = _asked(request, case, chosen)
    if request.method != "POST" or request.POST.get("do") == "look":
        return _page(request, case, page)
    return _issue(request, case, page)


def _asked(request: HttpRequest, case: Case, form: Form) -> DocumentForm:
    person, now = _person(request), moment_of(request).now
    plain = documents.sees_plain(person, case)
    if plain:
        # However the page was come to: a form that is sent without having been opened shows the person, too.
        note_shown(request, case)
    known = prefilled(case, form, by=person, at=now, plain=plain)
    data = request.POST if request.method == "POST" else None
    return DocumentForm(data, case=case, form=form, known=known, plain=plain)


def _page(request: HttpRequest, case: Case, page: DocumentForm, *, status: int = 200) -> HttpResponse:
    """The form with its paper; a look leaves out what is wrong, sending it to be issued says so."""
    is_look = request.method == "POST" and request.POST.get("do") == "look"
    values = presentable(page.kind, case.regime, page.values)
    unit = documents.issuing_unit(case, page.kind)
    on = local_day(moment_of(request).now)
    content = documents.content_for(case, page.kind, values, unit=unit, on=on)
    if is_look:
        page = DocumentForm(
            None,
            case=case,
            form=page.kind,
            known=page.known | page.typed(),
            plain=documents.sees_plain(_person(request), case),
        )
    facts = {
        "case": case,
        "title": _(page.kind.name),
        "printed_title": page.kind.title,
        "form": page,
        "sheet": sheet(compose(content)),
        "is_synthetic": content.synthetic,
        "url": reverse("document-new", args=[case.number, page.kind.code]),
        "unit": unit,
    }
    return render(request, "web/cases/document.html", facts, status=status)


def _issue(request: HttpRequest, case: Case, page: DocumentForm) -> HttpResponse:
    if not page.is_valid():
        return _page(request, case, page, status=422)
    try:
        made = issue_document(
            case=case,
            form=page.kind.code,
            fields=page.typed(),
            revision=page.cleaned_data["revision"],
            from_a_form=True,
            by=_person(request),
            at=moment_of(request).now,
        )
    except Stale as stale:
        again = _anew(request, case, page)
        again.add_error(None, _(stale.message))
        return _page(request, case, again, status=409)
    except Refused as refused:
        page.add_error(refused.field if refused.field in page.fields else None, _said(refused))
        return _page(request, case, page, status=422)
    link = reverse("document-file", args=[case.number, made.pk])
    text = _("Issued as %(number)s.") % {"number": made.number}
    messages.success(request, format_html('{} <a href="{}">{}</a>', text, link, _("Download .docx")))
    return redirect(f"{reverse('case', args=[case.number])}#documents")


def _anew(request: HttpRequest, case: Case, page: DocumentForm) -> DocumentForm:
    """What was typed, now for the case as it is."""
    data = request.POST.copy()
    data["revision"] = str(case.revision)
    plain = documents.sees_plain(_person(request), case)
    made = DocumentForm(data, case=case, form=page.kind, known=page.known, plain=plain)
    made.is_valid()
    return made


def _said(refused: Refused) -> str:
    text = _(refused.message) % refused.values if refused.values else _(refused.message)
    if not refused.article:
        return text
    return _("%(message)s Ground: %(article)s.") % {
        "message": text,
        "article": citation((refused.article,)),
    }


# The file


@require_http_methods(["GET", "POST"])
def document_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The .docx, or with ``?page`` the paper as a page; each look is logged, with a reason from those whose role does
    not show them personal data."""
    case, document = _document(request, number, pk)
    person, now = _person(request), moment_of(request).now
    subject = case.party or case
    if can_in(person, P.PERSONAL_SEE, case.responsible_unit):
        note_look_by_role(by=person, subject=subject, at=now)
        return _file(request, document)
    if not can_in(person, P.PERSONAL_UNMASK, case.responsible_unit):
        raise NotPermitted(P.PERSONAL_UNMASK)
    usual = _("To serve and file the document %(number)s") % {"number": document.number}
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"reason": usual})
    if request.method == "POST" and form.is_valid():
        try:
            look_at_personal(by=person, subject=subject, reason=form.cleaned_data["reason"], at=now)
        except ReasonMissing:
            least = setting("accounts.look_reason_min")
            form.add_error("reason", _("Give a reason of at least %(least)s characters.") % {"least": least})
        else:
            return _file(request, document)
    facts = {
        "case": case,
        "document": document,
        "form": form,
        "title": _("Read a document"),
        "sentence": _("The document holds personal data. The look is logged with your reason."),
        "verb": _("Read it") if "page" in request.GET else _("Download .docx"),
    }
    return render(request, "web/cases/document_reason.html", facts, status=422 if form.errors else 200)


def _document(request: HttpRequest, number: str, pk: int) -> tuple[Case, CaseDocument]:
    case = case_or_404(request, number)
    try:
        return case, documents.document_for(case, pk)
    except CaseDocument.DoesNotExist:
        raise Http404 from None


def _file(request: HttpRequest, document: CaseDocument) -> HttpResponse:
    if "page" in request.GET:
        paper = documents.paper_of(document)
        shown = {"sheet": sheet(paper.blocks), "is_synthetic": paper.content.synthetic}
        return render(request, "web/cases/document_page.html", {"document": document, **shown})
    found = documents.file_of(document)
    answer = HttpResponse(found.data, content_type=DOCX)
    answer["Content-Disposition"] = (
        f"attachment; filename=\"document.docx\"; filename*=UTF-8''{quote(found.name)}"
    )
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_http_methods(["GET", "POST"])
def document_void(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Void a document with a reason."""
    case, document = _document(request, number, pk)
    person, chosen = _person(request), FORMS[document.form]
    require(person, P(chosen.permission))
    if document.voided_at is not None or not documents.may_issue(person, case, chosen):
        notice = _("This document is void already, or is not yours to void.")
        facts: dict[str, Any] = {"case": case, "title": _("Void a document"), "notice": notice}
        return render(request, "web/cases/document_shut.html", facts, status=409)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            void_document(
                document=document,
                reason=form.cleaned_data["reason"],
                by=person,
                at=moment_of(request).now,
            )
        except Refused as refused:
            form.add_error(refused.field or None, _said(refused))
        else:
            messages.success(request, _("%(number)s is void.") % {"number": document.number})
            return redirect(f"{reverse('case', args=[case.number])}#documents")
    facts = {
        "case": case,
        "document": document,
        "form": form,
        "title": _("Void a document"),
        "sentence": _("Its number is not given again; what it said stays to be read."),
        "verb": _("Void the document"),
        "is_grave": True,
    }
    return render(request, "web/cases/document_reason.html", facts, status=422 if form.errors else 200)
