"""Bulletins: the register, one bulletin as a sheet, the rows behind its numbers; drafting, issuing, withdrawing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.queries import Figure, Filter
from suqing.analytics.registry import get
from suqing.bulletins import documents, queries
from suqing.bulletins.actions import CannotDo, draft_daily, issue, may_approve, withdraw
from suqing.bulletins.daily import SERIES_CODE, SERIES_NAME
from suqing.bulletins.gathering import fact_of
from suqing.bulletins.models import Bulletin, BulletinFigure, Series, State
from suqing.bulletins.recounting import snapshot_of
from suqing.bulletins.sections import OPENING, parted, prepared
from suqing.bulletins.wording import number
from suqing.kit.dates import local_day
from suqing.web.context import drawn_theme, moment_of
from suqing.web.desks import bulletin_sheet, keyset
from suqing.web.desks.case_rows import rows_of as case_rows
from suqing.web.desks.figure_address import (
    figure_url,
    filter_texts,
    measure_facts,
    period_text,
    read_day,
    value_text,
)
from suqing.web.desks.figure_panels import change_text
from suqing.web.desks.figure_rows import LISTED, contact_rows

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONGEST_REASON = 500
TONES = {
    State.DRAFT: "soon", State.REVIEW: "soon", State.APPROVED: "active", State.ISSUED: "active", State.WITHDRAWN: "plain",
}  # fmt: skip


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def _bulletin(pk: int) -> Bulletin:
    return get_object_or_404(queries.bulletins(), pk=pk)


# The register


@require_GET
def bulletins(request: HttpRequest) -> HttpResponse:
    """All bulletins, newest day first."""
    return _register(request)


def _register(request: HttpRequest, *, problem: str = "", day: str = "", status: int = 200) -> HttpResponse:
    today = local_day(moment_of(request).now, CENTRE_ZONE)
    asked = {
        name: request.GET.get(name, "").replace("\0", "").strip()[:60] for name in queries.REGISTER_FILTERS
    }
    asked = {name: value for name, value in asked.items() if value}
    shown = keyset.page(queries.register(asked), request.GET.dict(), field="day", parse=date.fromisoformat)
    facts = {
        "rows": [(row, row.get_state_display(), TONES[State(row.state)]) for row in shown.rows],
        "pager": shown.pager(reverse("bulletins"), asked, ""),
        "fields": _register_fields(asked, today),
        "clear_url": reverse("bulletins") if asked else "",
        "export_query": urlencode(asked),
        "problem": problem,
        "day": day or _next_day(today).isoformat(),
        "today": today.isoformat(),
        "series": SERIES_NAME,
        "empty": {
            "title": _("No bulletin found") if asked else _("No bulletin yet"),
            "text": _("A draft is made for one day; its numbers are counted in one moment and kept."),
            "icon": "file-text",
        },
    }
    return render(request, "web/bulletins/register.html", facts, status=status)


def _register_fields(asked: dict[str, str], today: date) -> list[dict[str, Any]]:
    """What the register is filtered by, for filter_bar.html."""
    years = [(str(year), str(year)) for year in queries.issue_years(today.year)]
    options = (
        ("series", _("Series"), [(one.code, one.name) for one in Series.objects.order_by("code")]),
        ("year", _("Year"), years),
        ("state", _("State"), [(str(value), str(label)) for value, label in State.choices]),
    )
    fields: list[dict[str, Any]] = [
        {
            "name": name,
            "label": label,
            "kind": "select",
            "value": asked.get(name, ""),
            "options": [("", _("any")), *some],
        }
        for name, label, some in options
    ]
    return [*fields, {"name": "q", "label": _("Words"), "kind": "search", "value": asked.get("q", "")}]


def _next_day(today: date) -> date:
    """The day most likely wanted: yesterday while it has no issued bulletin, else today."""
    yesterday = today - timedelta(days=1)
    found = queries.current(SERIES_CODE, yesterday)
    return today if found is not None and found.state == State.ISSUED else yesterday


@require_POST
def bulletin_draft(request: HttpRequest) -> HttpResponse:
    """Draft the daily bulletin of a day, or draft it anew."""
    text = request.POST.get("day", "").strip()
    try:
        day = read_day(text)
    except ValueError:
        return _register(request, problem=_("Choose the day that the bulletin is about."), status=422)
    over = "over_edits" in request.POST
    try:
        made = draft_daily(day=day, by=_person(request), at=moment_of(request).now, over_edits=over)
    except CannotDo as refused:
        return _register(request, problem=_said(refused), day=text, status=422)
    messages.success(request, _("The draft is made: its numbers stand as they were counted just now."))
    return redirect("bulletin", pk=made.pk)


def _said(refused: CannotDo) -> str:
    text = _(refused.message)
    return text % refused.values if refused.values else text


# One bulletin


@require_GET
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """The bulletin as it looks on paper, each number a link."""
    return show_sheet(request, _bulletin(pk))


def show_sheet(
    request: HttpRequest,
    row: Bulletin,
    *,
    problem: str = "",
    reason: str = "",
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    """The sheet with what the person may do now; ``typed`` keeps the words of a refused step of the review."""
    person, page = _person(request), queries.page(row)
    facts = {
        "bulletin": row,
        "state": row.get_state_display(),
        "tone": TONES[State(row.state)],
        "head": bulletin_sheet.masthead(page),
        "blocks": bulletin_sheet.blocks(page, person, drawn_theme(request)),
        "tail": bulletin_sheet.tail(page),
        "figure_count": len(page.figures),
        "longest": LONGEST_REASON,
        "problem": problem,
        "reason": reason,
        "typed": typed,
        **_rights(row, person),
        **_review_facts(row, person),
    }
    return render(request, "web/bulletins/bulletin.html", facts, status=status)


def _rights(row: Bulletin, person: Person) -> dict[str, bool]:
    """What this person may do with the bulletin as it stands."""
    drafts, reviews, signs = (
        can(person, verb)
        for verb in (Permission.BULLETIN_DRAFT, Permission.BULLETIN_REVIEW, Permission.BULLETIN_ISSUE)
    )
    in_review = row.state in (State.REVIEW, State.APPROVED)
    return {
        "may_draft": row.state == State.DRAFT and drafts,
        "may_return": in_review and (reviews or (drafts and row.submitted_by_id == person.pk)),
        "may_remark": row.state == State.REVIEW and reviews,
        "may_approve": row.state == State.REVIEW and may_approve(row, person),
        "may_issue": row.state == State.APPROVED and signs,
        "may_withdraw": row.state == State.ISSUED and signs,
    }


def _review_facts(row: Bulletin, person: Person) -> dict[str, Any]:
    """Remarks with the section each speaks of, and the sections to choose from.  One query, two where remarks stand."""
    titles: dict[int | None, str] = {
        number: _("Opening") if number == OPENING else blocks[0]["text"]
        for number, blocks in parted(prepared(row.text)["blocks"])
    }
    remarks = [] if row.state == State.ISSUED else list(row.remarks.select_related("written_by"))
    return {
        "sections": list(titles.items()),
        "remarks": [(one, titles.get(one.section, "")) for one in remarks],
        "wrote_in_it": person.pk in row.authors,
    }


@require_GET
def bulletin_pages(request: HttpRequest, pk: int) -> HttpResponse:
    """The bulletin parted into pages as it is printed."""
    row = _bulletin(pk)
    page = queries.page(row)
    facts = {
        "bulletin": row,
        "state": row.get_state_display(),
        "tone": TONES[State(row.state)],
        "head": bulletin_sheet.masthead(page),
        "blocks": bulletin_sheet.blocks(page, _person(request), "light"),
        "tail": bulletin_sheet.tail(page),
    }
    return render(request, "web/bulletins/pages.html", facts)


@require_POST
def bulletin_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue the draft that the person has read; a draft made anew since then has to be read first."""
    row, person = _bulletin(pk), _person(request)
    if row.state == State.APPROVED and request.POST.get("revision") != str(row.revision):
        problem = _("The draft was changed after you opened it. Read it once more.")
        return show_sheet(request, row, problem=problem, status=409)
    try:
        issued = issue(bulletin=row, by=person, at=moment_of(request).now)
    except CannotDo as refused:
        return show_sheet(request, _bulletin(pk), problem=_said(refused), status=409)
    text = _("Issued as no. %(number)s of %(year)s.") % {"number": issued.issue_no, "year": issued.issue_year}
    messages.success(request, text)
    return redirect("bulletin", pk=pk)


@require_POST
def bulletin_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an issued bulletin with a reason; what was written stays to be read."""
    row, reason = _bulletin(pk), request.POST.get("reason", "").replace("\0", "")
    try:
        withdraw(bulletin=row, reason=reason, by=_person(request), at=moment_of(request).now)
    except CannotDo as refused:
        status = 422 if row.state == State.ISSUED else 409
        return show_sheet(request, _bulletin(pk), problem=_said(refused), reason=reason, status=status)
    messages.success(request, _("The bulletin is withdrawn. Its number is not given again."))
    return redirect("bulletin", pk=pk)


@require_GET
def bulletin_file(request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG001  (the shape of a view)
    """The .docx: the stored file of an issued bulletin, a draft as it stands."""
    row = get_object_or_404(Bulletin.objects.select_related("series"), pk=pk)
    answer = HttpResponse(queries.file_of(row), content_type=DOCX)
    name = quote(queries.file_name(row))
    answer["Content-Disposition"] = f"attachment; filename=\"bulletin.docx\"; filename*=UTF-8''{name}"
    return answer


@require_GET
def bulletin_notice(request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG001  (the shape of a view)
    """The .docx that tells the receivers of a withdrawn bulletin why it is withdrawn."""
    row = get_object_or_404(queries.bulletins(), pk=pk, state=State.WITHDRAWN)
    answer = HttpResponse(documents.typeset(queries.notice_of(row)), content_type=DOCX)
    name = quote(f"撤回通知（{row.series.name}{row.issue_year}年第{row.issue_no}期）.docx")
    answer["Content-Disposition"] = f"attachment; filename=\"notice.docx\"; filename*=UTF-8''{name}"
    return answer


# The rows behind a number


@require_GET
def bulletin_figure(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Exactly the rows that were counted when the bulletin was drafted."""
    person, now = _person(request), moment_of(request).now
    stored = get_object_or_404(
        BulletinFigure.objects.select_related("bulletin__series", "bulletin__snapshot", "snapshot").defer("bulletin__document"),
        bulletin=pk, key=key,
    )  # fmt: skip
    measure, behind = get(stored.measure), queries.behind(stored, person)
    part = "numerator" if measure.is_share and request.GET.get("part") == "numerator" else ""
    rows = behind.submissions if behind.counts_contacts else behind.cases.select_related(*LISTED)
    if part:
        rows = rows.filter(pk__in=stored.numerator_ids)
    total, whole = rows.count(), len(stored.numerator_ids) if part else behind.total
    shown = keyset.page(rows, request.GET.dict())
    address = reverse("bulletin-figure", args=[pk, key])
    amounts = dict(zip(stored.case_ids, stored.amounts, strict=False))
    facts = {
        **measure_facts(measure),
        "name": stored.label or _(measure.name),
        "bulletin": stored.bulletin,
        "taken": snapshot_of(stored),
        "value": _stored_text(stored),
        "period_text": period_text(Period.from_json(stored.period), now.date()),
        "filters": filter_texts(Filter.from_json(one) for one in stored.filters),
        "bases": _bases(stored),
        "agrees": queries.recomputed(stored) == stored.value,
        "whole": whole,
        "hidden": whole - total,
        "parts": _parts(stored, address, part),
        "pager": shown.pager(
            address, {"part": part} if part else {}, _listed(total, contacts=behind.counts_contacts)
        ),
        "counts_contacts": behind.counts_contacts,
        "export_list": "bulletin_contacts" if behind.counts_contacts else "bulletin_cases",
        "export_query": urlencode({"bulletin": pk, "key": key, "part": part}),
        "rows": contact_rows(shown.rows, person) if behind.counts_contacts else case_rows(shown.rows, now),
        "amounts": [(row, amounts.get(row.pk)) for row in shown.rows] if measure.summed else None,
        "empty": {"title": _("No case was counted"), "text": _("The number is nought, and so is its list.")},
    }
    return render(request, "web/bulletins/figure.html", facts)


def _stored_text(stored: BulletinFigure) -> str:
    return value_text(None) if stored.value is None else number(stored.value, stored.unit).rstrip("%")


def _listed(total: int, *, contacts: bool) -> str:
    if contacts:
        return ngettext("%(count)d contact listed", "%(count)d contacts listed", total) % {"count": total}
    return ngettext("%(count)d case listed", "%(count)d cases listed", total) % {"count": total}


def _parts(stored: BulletinFigure, address: str, part: str) -> list[tuple[str, int | None, str, bool]]:
    """Both sides of a share: name, count, address, whether it is shown."""
    if stored.denominator is None:
        return []
    inside = f"{address}?{urlencode({'part': 'numerator'})}"
    return [
        (_("All that the share is of"), stored.denominator, address, not part),
        (_("The part counted"), stored.numerator, inside, bool(part)),
    ]


def _bases(stored: BulletinFigure) -> list[dict[str, Any]]:
    """What the number was compared with, as printed; the base itself opens as it counts today."""
    fact, measure, found = fact_of(stored), get(stored.measure), []
    filters = tuple(Filter.from_json(one) for one in stored.filters)
    for which, word in (("previous", _("on previous")), ("last_year", _("on last year"))):
        base = fact.base(which)
        if base is None:
            continue
        period = Period.from_json(stored.compared[which]["period"])
        line: dict[str, Any] = {"word": word, "period": period, "text": _("no base"), "value": "", "url": ""}
        if base.value is not None:
            line |= {
                "value": number(base.value, stored.unit),
                "url": figure_url(Figure(measure, period, filters, None)),
            }
            line["text"] = (
                _("not comparable") if base.missing else change_text(base.ratio, base.difference)[0]
            )
        found.append(line)
    return found
