"""The case page: everything about one case on one screen, and its gist beside the list."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suqing.accounts.actions import note_look_by_role
from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases import queries
from suqing.cases.actions import looks
from suqing.cases.actions.corrections import may_correct
from suqing.cases.models import Case, Dispatch
from suqing.cases.queries.looks import others_here, since_of, token_of
from suqing.cases.vocabulary import LABELS, DispatchState
from suqing.taxonomy.models import ClassKind, ClassNode
from suqing.taxonomy.second_opinion import server
from suqing.web.context import moment_of
from suqing.web.desks import case_facts, timeline_words
from suqing.web.desks.case_decide import decide_facts, step_facts
from suqing.web.desks.case_facts import Sight
from suqing.web.desks.case_news import news_of
from suqing.web.desks.case_person import person_card
from suqing.web.desks.case_rows import rows_of
from suqing.web.desks.clock_chips import chip
from suqing.web.desks.panels.registry import panels
from suqing.web.desks.steps.registry import offers


def case_or_404(request: HttpRequest, number: str) -> Case:
    """The case, if the person may see it: another unit's number and one that does not exist look the same."""
    try:
        return queries.case_for(_person(request), number)
    except Case.DoesNotExist:
        raise Http404 from None


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def not_here(request: HttpRequest, number: str) -> HttpResponse:
    """404 in the frame, so that the person can go on; it says nothing about whether the case exists."""
    empty = {
        "title": _("There is no case %(number)s in your sight") % {"number": number[:40]},
        "text": _("It does not exist, or it is not in your unit. The centre can say where a case is."),
        "icon": "search",
        "url": reverse("cases"),
        "verb": _("To the work list"),
    }
    return render(request, "web/nothing_found.html", {"empty": empty}, status=404)


@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one case."""
    try:
        found = case_or_404(request, number)
    except Http404:
        return not_here(request, number)
    return render(request, "web/cases/case.html", page_facts(request, found))


def note_shown(request: HttpRequest, case: Case) -> None:
    """Log that the role shows this person's data without asking for a reason."""
    person = _person(request)
    if Sight.on(person, case).plain:
        note_look_by_role(by=person, subject=case.party or case, at=moment_of(request).now)


@require_GET
def preview(request: HttpRequest, number: str) -> HttpResponse:
    """The gist of a case beside the list."""
    found = case_or_404(request, number)
    note_shown(request, found)
    person, now = _person(request), moment_of(request).now
    sight = Sight.on(person, found)
    facts = {
        "case": found,
        "head": case_facts.head(found, now),
        "clocks": [chip(view, now) for view in queries.clocks_of(found, now) if view.clock.is_binding],
        "said": case_facts.words_of(found, sight),
        "facts": case_facts.operator_facts(found, sight) + case_facts.matter_facts(found, now, sight),
        "result": case_facts.result_facts(found, now),
        "steps": [step_facts(found, offer) for offer in offers(person, found)],
    }
    return render(request, "web/cases/preview.html", facts)


def page_facts(
    request: HttpRequest, case: Case, *, unmasked: bool = False, open_step: dict[str, Any] | None = None
) -> dict[str, Any]:
    """All that the case page shows; what the role shows in plain is logged, however the page was come to."""
    if not unmasked:
        note_shown(request, case)
    person, now = _person(request), moment_of(request).now
    sight = Sight.on(person, case, unmasked=unmasked)
    return {
        "case": case,
        "head": case_facts.head(case, now),
        "matter": case_facts.operator_facts(case, sight) + case_facts.matter_facts(case, now, sight),
        "result": case_facts.result_facts(case, now),
        "result_note": case_facts.shown(case.result_note, sight),
        "dispatches": _dispatches(case, sight),
        "panels": panels(person, case, sight, now),
        "siblings": rows_of(queries.siblings(person, case), now),
        "may_correct": may_correct(person, case),
        "others": others_here(person, case, timezone.now()),
        "present_token": token_of(case),
        "may_open_contact": queries.may_trace(person, case) and can(person, Permission.SUBMISSION_VIEW),
        **clock_facts(request, case),
        **personal_facts(request, case, sight, is_opened=True),
        **decide_facts(person, case, open_step),
    }


def personal_facts(
    request: HttpRequest, case: Case, sight: Sight, *, error: str = "", is_opened: bool = False
) -> dict[str, Any]:
    """The parts of the page that change when personal data are unmasked; ``is_opened`` with the whole page."""
    person, now = _person(request), moment_of(request).now
    group = request.GET.get("story", "")
    entries = queries.timeline(case, with_texts=sight.plain)
    story = timeline_words.tell(case, entries, group="", now=now)
    if is_opened:
        upto = max((entry.event.pk for entry in entries), default=0)
        since = looks.look(case=case, by=person, at=now, heard_at=timezone.now(), upto=upto)
    else:
        since = since_of(person, case)
    return {
        "said": case_facts.words_of(case, sight),
        "summary_host": asked.host if (asked := server()) else "",
        "operator_person": case_facts.operator_of(case, sight)
        if case.entity and case.entity.is_person
        else "",
        "person": person_card(person, case, sight, error=error),
        "story": [
            told
            for entry, told in zip(entries, story, strict=True)
            if timeline_words.belongs(entry.event, group)
        ],
        "news": news_of(person, entries, story, since),
        "groups": [("", _("Everything")), *((key, _(name)) for key, name in timeline_words.GROUPS.items())],
        "group": group if group in timeline_words.GROUPS else "",
    }


def clock_facts(request: HttpRequest, case: Case) -> dict[str, Any]:
    """All clocks for the right column; those that run for the head."""
    now = moment_of(request).now
    found = [
        chip(view, now, explain_url=reverse("clock-explained", args=[case.number, view.clock.pk]))
        for view in queries.clocks_of(case, now)
    ]
    return {
        "clocks": found,
        "live_clocks": [one for one in found if not one["is_over"]],
        "ended_clocks": [one for one in found if one["is_over"]],
        "running": [one for one in found if (one["is_running"] or one["is_paused"]) and one["is_binding"]],
    }


def _dispatches(case: Case, sight: Sight) -> list[dict[str, Any]]:
    rows = queries.dispatches_of(case)
    reasons = _return_reasons(rows)
    return [
        {
            "row": row,
            "state": _(LABELS[DispatchState(row.state)]),
            "reason": reasons.get(row.return_reason, ""),
            "note": case_facts.shown(row.note, sight),
            "return_note": case_facts.shown(row.return_note, sight),
            "objection_note": case_facts.shown(row.objection_note, sight),
        }
        for row in rows
    ]


def _return_reasons(rows: list[Dispatch]) -> dict[str, str]:
    codes = {row.return_reason for row in rows if row.return_reason}
    if not codes:
        return {}
    nodes = ClassNode.objects.filter(tree__kind=ClassKind.RETURN_REASON, code__in=codes)
    return {node.code: node.label for node in nodes}
