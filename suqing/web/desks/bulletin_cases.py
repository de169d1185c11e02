"""Typical cases of a bulletin: chosen from the cases behind a figure, read, shortened, put in without names."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.bulletins import actions, queries, sections
from suqing.bulletins.actions.editing import LONGEST_CASE, LONGEST_TITLE
from suqing.bulletins.models import Bulletin, BulletinFigure, State
from suqing.bulletins.refusals import CannotDo
from suqing.bulletins.typical import proposed, suggested
from suqing.cases.models import Case
from suqing.cases.queries import visible_cases
from suqing.cases.vocabulary import Kind
from suqing.web.context import moment_of
from suqing.web.desks import keyset
from suqing.web.desks.bulletin_editor import bulletin_or_404, described, person_of, said

FIRST = ("hot", "complaints", "cases")  # figures that typical cases come from as a rule
PAGE = 20
TYPICAL = "典型诉求"


def bulletin_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """The complaints and consultations behind a figure, varied ones proposed first; reports stay out."""
    row = bulletin_or_404(pk)
    if row.state != State.DRAFT:
        return redirect("bulletin", pk=pk)
    names = queries.figure_names(row)
    keys = {one.key for one in names}
    key = request.GET.get("figure", "")
    key = key if key in keys else next((one for one in FIRST if one in keys), names[0].key if names else "")
    figure = get_object_or_404(BulletinFigure, bulletin=row, key=key)
    words = request.GET.get("q", "").replace("\0", "").strip()[:60]
    found = queries.behind(figure, person_of(request)).cases.exclude(kind=Kind.REPORT)
    proposals = suggested(figure.case_ids, _taken(row))
    if words:
        found = found.filter(match_text__contains=words)
    shown = keyset.page(found.select_related("place", "issue_class"), request.GET.dict(), size=PAGE)
    mine = list(found.filter(pk__in=proposals).select_related("place", "issue_class")) if not words else []
    facts = {
        "bulletin": row,
        "figure": figure,
        "names": names,
        "described": described(figure, request),
        "words": words,
        "proposals": _lines(row, sorted(mine, key=lambda case: proposals.index(case.pk))),
        "rows": _lines(row, shown.rows),
        "pager": shown.pager(reverse("bulletin-cases", args=[pk]), {"figure": key, "q": words}, ""),
        "empty": {
            "title": _("No case to choose"),
            "text": _("Reports never stand in a bulletin."),
            "icon": "file-text",
        },
    }
    return render(request, "web/bulletins/cases.html", facts)


def _taken(row: Bulletin) -> list[int]:
    return [block["case_id"] for block in row.text["blocks"] if block["type"] == "case"]


def _lines(row: Bulletin, cases: list[Case]) -> list[dict[str, Any]]:
    taken = set(_taken(row))
    return [
        {
            "number": case.number,
            "url": reverse("bulletin-case", args=[row.pk, case.number]),
            "text": case.match_text[:90],
            "about": case.issue_class.name if case.issue_class else "",
            "place": case.place.name if case.place else "",
            "is_taken": case.pk in taken,
        }
        for case in cases
    ]


def bulletin_case(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Read one case, shorten it by hand and put it in."""
    row = bulletin_or_404(pk)
    if row.state != State.DRAFT:
        return redirect("bulletin", pk=pk)
    rows = visible_cases(person_of(request)).exclude(kind=Kind.REPORT)
    case = get_object_or_404(
        rows.select_related("place__parent", "issue_class", "object_class"), number=number
    )
    if request.method != "POST":
        shown = request.GET.get("operator") == "shown"
        title, text = proposed(case, min(len(_taken(row)) + 1, 99), is_operator_shown=shown)
        return _form(request, row, case, {"title": title, "text": text, "operator": "shown" if shown else ""})
    given = {
        name: request.POST.get(name, "").replace("\0", "")
        for name in ("title", "text", "operator", "section", "read")
    }
    try:
        section = int(given["section"]) if given["section"].isdecimal() and len(given["section"]) < 6 else -1
        actions.add_case(
            bulletin=row, case=case, section=section, title=given["title"], text=given["text"],
            is_read=bool(given["read"]), is_operator_shown=given["operator"] == "shown", by=person_of(request),
            at=moment_of(request).now,
        )  # fmt: skip
    except CannotDo as refused:
        return _form(request, row, case, given, problem=said(refused), wrong=refused.field, status=422)
    messages.success(request, _("The case is put in, in your words."))
    return redirect(f"{reverse('bulletin-edit', args=[pk])}#section-{section}")


def _form(
    request: HttpRequest,
    row: Bulletin,
    case: Case,
    given: dict[str, str],
    *,
    problem: str = "",
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    row.text = sections.prepared(row.text)
    known = [(str(one.number), one.title) for one in sections.sections(row.text, queries.figure_names(row))][
        1:
    ]
    usual = next((number for number, title in known if title == TYPICAL), known[-1][0] if known else "")
    facts = {
        "bulletin": row,
        "case": case,
        "given": given,
        "sections": known,
        "section": given.get("section") or usual,
        "longest": LONGEST_CASE,
        "longest_title": LONGEST_TITLE,
        "problem": problem,
        "wrong": wrong,
    }
    return render(request, "web/bulletins/case.html", facts, status=status)
