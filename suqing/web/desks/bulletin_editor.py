"""The editor of a draft bulletin: its sections as text with chips, their order, its figures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.queries import Filter
from suqing.analytics.registry import all_measures
from suqing.bulletins import actions, queries, sections
from suqing.bulletins.blocks import TypicalCase, from_json
from suqing.bulletins.documents import Heading, Lead, Note, Paragraph
from suqing.bulletins.gathering import fact_of
from suqing.bulletins.models import Bulletin, BulletinFigure, State
from suqing.bulletins.refusals import CannotDo
from suqing.bulletins.sections import FigureName, Section
from suqing.bulletins.wording import number, part_text, unit_word
from suqing.cases.vocabulary import LABELS, Kind
from suqing.kit.dates import local_day
from suqing.taxonomy.models import Topic
from suqing.web.context import moment_of
from suqing.web.desks import bulletin_sheet
from suqing.web.desks.figure_address import filter_texts, period_text, read_day
from suqing.web.desks.figure_frame import districts

N_ = str

FILTERS = ("kind", "district", "topic")


def person_of(request: HttpRequest) -> Person:
    """Who is signed in."""
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def bulletin_or_404(pk: int) -> Bulletin:
    """The bulletin without its file."""
    return get_object_or_404(queries.bulletins(), pk=pk)


def said(refused: CannotDo) -> str:
    """Why something was refused, in the reader's language."""
    text = _(refused.message)
    return text % refused.values if refused.values else text


@require_GET
def bulletin_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The sections of a draft as text, its figures beside them."""
    row = bulletin_or_404(pk)
    return redirect("bulletin", pk=pk) if row.state != State.DRAFT else show_editor(request, row)


def show_editor(
    request: HttpRequest, row: Bulletin, *, problem: str = "", conflict: dict[str, Any] | None = None,
    refused: dict[str, Any] | None = None, given: dict[str, str] | None = None, wrong: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page of the editor; ``conflict`` shows two texts of one section, ``refused`` keeps what was typed."""
    person, now = person_of(request), moment_of(request).now
    row.text = sections.prepared(row.text)
    figures, names = queries.figures_without_rows(row), queries.figure_names(row)
    mine = {one["number"]: one for one in (conflict, refused) if one is not None}
    remarks: dict[int | None, list[Any]] = {}
    for one in row.remarks.select_related("written_by"):
        remarks.setdefault(one.section, []).append(one)
    shown = [
        _section_facts(row, person, one, mine.get(one.number), remarks.get(one.number, []))
        for one in sections.sections(row.text, names)
    ]
    facts = {
        "bulletin": row,
        "sections": shown,
        "whole_remarks": remarks.get(None, []),
        "last": shown[-1]["number"],
        "focus": request.GET.get("at", ""),
        "wrong": wrong,
        "figures": [_figure_facts(row, one, name) for one, name in zip(figures, names, strict=True)],
        "other_moments": sum(one.counted_at is not None for one in figures),
        "aside": [sections.object_chip(block) for block in row.text["aside"]],
        "measures": [(one.code, _(one.name)) for one in all_measures()],
        "fields": _fields(given or {}),
        "given": {"from": row.day.isoformat(), "to": row.day.isoformat(), **(given or {})},
        "today": local_day(now, CENTRE_ZONE).isoformat(),
        "problem": problem,
    }
    return render(request, "web/bulletins/edit.html", facts, status=status)


def _section_facts(
    row: Bulletin, person: Person, one: Section, mine: dict[str, Any] | None, remarks: list[Any]
) -> dict[str, Any]:
    made = {
        "number": one.number,
        "n": str(one.number),
        "title": one.title,
        "text": one.text,
        "version": one.version,
        "rows": min(30, 3 + one.text.count("\n") * 2 + len(one.text) // 60),
        "by_hand": ", ".join(one.by_hand),
        "blocks": _reads(row, person, one.number),
        "remarks": remarks,
        "url": reverse("bulletin-section", args=[row.pk, one.number]),
    }
    if mine is None:
        return made
    return {**made, **mine, "theirs": one if "saved" in mine else None}


def _reads(row: Bulletin, person: Person, wanted: int) -> list[dict[str, Any]]:
    """The words of a section as they will read, numbers in place."""
    blocks = next((found for number, found in sections.parted(row.text["blocks"]) if number == wanted), [])
    words = [
        block
        for block in from_json(blocks)
        if isinstance(block, Lead | Paragraph | Note | TypicalCase)
        or (isinstance(block, Heading) and block.level > 1)
    ]
    page = queries.BulletinPage(row, tuple(words), {}, "", queries.Tail())
    return bulletin_sheet.blocks(page, person, "light")


def _figure_facts(row: Bulletin, stored: BulletinFigure, name: FigureName) -> dict[str, Any]:
    fact = fact_of(stored)
    chips = [("", _("The number itself"))]
    chips += [(f"{which}.change", word) for which, word in (("previous", _("on previous")), ("last_year", _("on last year")))
              if fact.base(which) is not None]  # fmt: skip
    if fact.denominator is not None:
        chips += [("numerator", _("The part counted")), ("denominator", _("All that the share is of"))]
    return {
        "key": stored.key,
        "number": name.number,
        "label": name.label,
        "value": number(fact.value, fact.unit),
        "unit": unit_word(fact.value, fact.unit),
        "changes": [(word, part_text(fact, part)) for part, word in chips if part.endswith(".change")],
        "chips": [(sections.figure_chip(name, part), word) for part, word in chips],
        "url": bulletin_sheet.figure_address(row, stored.key),
        "counted_at": stored.counted_at,
        "is_own": stored.key.startswith("own."),
        "is_used": bool(sections.places_of(row.text, stored.key)),
    }


def _fields(given: dict[str, str]) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    topics = Topic.objects.active().order_by("order", "code")
    kinds = [(str(one), _(LABELS[one])) for one in Kind]
    return [
        ("kind", _("Kind"), kinds, given.get("kind", "")),
        ("district", _("District"), districts(), given.get("district", "")),
        ("topic", _("Topic"), [(one.code, one.label) for one in topics], given.get("topic", "")),
    ]


# Sections


def bulletin_section(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """GET: how the section reads.  POST: save it; a page of its own asks as JSON every few seconds."""
    row = bulletin_or_404(pk)
    if request.method != "POST":
        row.text = sections.prepared(row.text)
        return render(
            request, "web/bulletins/_reads.html", {"blocks": _reads(row, person_of(request), number)}
        )
    typed = {name: request.POST.get(name, "").replace("\0", "") for name in ("title", "text", "seen")}
    mine = {"number": number, "title": typed["title"], "text": typed["text"]}
    is_autosave = "X-Autosave" in request.headers
    try:
        version = int(typed["seen"]) if typed["seen"].isdecimal() and len(typed["seen"]) < 9 else 0
        made = actions.save_section(
            bulletin=row, number=number, title=typed["title"], text=typed["text"], version=version,
            by=person_of(request), at=moment_of(request).now,
        )  # fmt: skip
    except actions.Stale as stale:
        return _stale(request, pk, stale, mine, is_autosave=is_autosave)
    except CannotDo as refused:
        if is_autosave:
            return JsonResponse({"message": said(refused)}, status=422)
        again = {**mine, "error": said(refused)}
        return _again(request, pk, problem=said(refused), refused=again, status=422)
    if is_autosave:
        return JsonResponse(
            {"saved_at": f"{timezone.localtime(moment_of(request).now):%H:%M:%S}", "version": made.version}
        )
    messages.success(request, _("The section is saved."))
    return redirect(f"{reverse('bulletin-edit', args=[pk])}#section-{number}")


def _stale(
    request: HttpRequest, pk: int, stale: actions.Stale, mine: dict[str, Any], *, is_autosave: bool
) -> HttpResponse:
    by, at = stale.saved.get("by", ""), parse_datetime(stale.saved.get("at", "") or "")
    if is_autosave:
        text = _("%(by)s has changed this section meanwhile; choose Save to see both texts") % {"by": by}
        return JsonResponse({"message": text}, status=409)
    problem = _("This section was changed by somebody else meanwhile. Both texts stand side by side below.")
    return _again(request, pk, problem=problem, conflict={**mine, "saved": {"by": by, "at": at}}, status=409)


def _again(request: HttpRequest, pk: int, *, problem: str, status: int, **kept: Any) -> HttpResponse:
    """The editor once more with why it was refused; the sheet where the bulletin is no draft any more."""
    row = bulletin_or_404(pk)
    if row.state != State.DRAFT:
        messages.error(request, problem)
        return redirect("bulletin", pk=pk)
    return show_editor(request, row, problem=problem, status=status, **kept)


@require_POST
def bulletin_arrange(request: HttpRequest, pk: int) -> HttpResponse:
    """Move, add or remove a section."""
    row, act = bulletin_or_404(pk), request.POST.get("act", "")
    text = request.POST.get("number", "")
    number = int(text) if text.isdecimal() and len(text) < 6 else -1
    who: dict[str, Any] = {"bulletin": row, "by": person_of(request), "at": moment_of(request).now}
    try:
        if act == "add":
            number = actions.add_section(title=request.POST.get("title", "").replace("\0", ""), **who)
        elif act == "remove":
            actions.remove_section(number=number, **who)
            messages.success(
                request, _("The section is removed; its tables and cases can be put in elsewhere.")
            )
        else:
            actions.move_section(number=number, step=-1 if act == "up" else 1, **who)
    except CannotDo as refused:
        return _again(request, pk, problem=said(refused), status=422)
    # The button that was used takes the focus again; a browser passes autofocus over where the address has a fragment.
    return redirect(f"{reverse('bulletin-edit', args=[pk])}?at={act}-{number}")


# Figures


@require_POST
def bulletin_figures(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a figure in or take one out."""
    row, given = (
        bulletin_or_404(pk),
        {name: str(value).replace("\0", "") for name, value in request.POST.items()},
    )
    who: dict[str, Any] = {"bulletin": row, "by": person_of(request), "at": moment_of(request).now}
    try:
        if given.get("remove"):
            actions.remove_figure(key=given["remove"], **who)
            messages.success(request, _("The figure is taken out."))
        else:
            made = actions.add_figure(
                measure=given.get("measure", ""), period=_period(given, request), filters=_filters(given),
                label=given.get("label", ""), **who,
            )  # fmt: skip
            messages.success(request, _("Figure %(number)s is put in.") % {"number": made.number})
    except CannotDo as refused:
        return _again(request, pk, problem=said(refused), given=given, wrong=refused.field, status=422)
    return redirect(f"{reverse('bulletin-edit', args=[pk])}#figures")


def _period(given: dict[str, str], request: HttpRequest) -> Period:
    try:
        first, last = read_day(given.get("from", "")), read_day(given.get("to", ""))
        now = moment_of(request).now
        return Period(first, last, until=now if local_day(now, CENTRE_ZONE) == last else None)
    except ValueError as error:
        raise CannotDo(N_("Choose a first and a last day."), field="from") from error


def _filters(given: dict[str, str]) -> tuple[Filter, ...]:
    return tuple(Filter(name, (given[name],)) for name in FILTERS if given.get(name))


@require_POST
def bulletin_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """First what would change, then, said once more, the change."""
    row, is_trial = bulletin_or_404(pk), "apply" not in request.POST
    now = moment_of(request).now
    try:
        changes = actions.refresh_figures(bulletin=row, by=person_of(request), at=now, is_trial=is_trial)
    except CannotDo as refused:
        return _again(request, pk, problem=said(refused), status=409)
    if not is_trial:
        text = ngettext("%(count)d figure changed; all figures stand at one moment.",
                        "%(count)d figures changed; all figures stand at one moment.", len(changes))  # fmt: skip
        messages.success(request, text % {"count": len(changes)})
        return redirect("bulletin-edit", pk=pk)
    titles = {
        one.number: one.title
        for one in sections.sections(sections.prepared(row.text), queries.figure_names(row))
    }
    facts = {
        "bulletin": row,
        "now": now,
        "changes": [(one, [titles[place] for place in one.sections if place in titles]) for one in changes],
    }
    return render(request, "web/bulletins/refresh.html", facts)


def described(stored: BulletinFigure, request: HttpRequest) -> str:
    """Period and filters of a figure in words."""
    period = period_text(Period.from_json(stored.period), moment_of(request).now.date())
    return " · ".join([period, *filter_texts(Filter.from_json(one) for one in stored.filters)])
