"""The case page: everything about one case on one screen, and the steps that can be taken on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from suqing.accounts.actions import note_look_by_role
from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can, require
from suqing.cases import queries, workflow
from suqing.cases.actions.moving import Refused, Stale
from suqing.cases.intake import local_day
from suqing.cases.models import Case, Dispatch, Submission
from suqing.cases.vocabulary import LABELS, Channel, ContactOutcome, DispatchState, Kind, State, Step
from suqing.cases.workflow import NotAllowed
from suqing.lawclock.queries import citation
from suqing.taxonomy.models import ClassKind, ClassNode
from suqing.web.context import moment_of
from suqing.web.desks import case_facts, timeline_words
from suqing.web.desks.case_facts import Sight
from suqing.web.desks.case_person import person_card
from suqing.web.desks.case_rows import rows_of
from suqing.web.desks.clock_chips import chip
from suqing.web.desks.document_offers import offer_after
from suqing.web.desks.panels.registry import panels
from suqing.web.desks.steps import conflicts
from suqing.web.desks.steps.forms import Offer, StepDesk, StepForm
from suqing.web.desks.steps.registry import STEPS, offers


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
        "steps": [_step(found, offer) for offer in offers(person, found)],
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
        "may_open_contact": queries.may_trace(person, case) and can(person, Permission.SUBMISSION_VIEW),
        **clock_facts(request, case),
        **personal_facts(request, case, sight),
        **decide_facts(request, case, open_step),
    }


def personal_facts(request: HttpRequest, case: Case, sight: Sight, *, error: str = "") -> dict[str, Any]:
    """The parts of the page that change when personal data are unmasked."""
    person, now = _person(request), moment_of(request).now
    group = request.GET.get("story", "")
    entries = queries.timeline(case, with_texts=sight.plain)
    return {
        "said": case_facts.words_of(case, sight),
        "person": person_card(person, case, sight, error=error),
        "story": timeline_words.tell(case, entries, group=group, now=now),
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


# What can be done now


def decide_facts(request: HttpRequest, case: Case, open_step: dict[str, Any] | None = None) -> dict[str, Any]:
    """The decision panel: each allowed step with its ground; at most one of them opened as a form."""
    found = offers(_person(request), case)
    steps = [_step(case, offer) for offer in found]
    # Steps without a letter of their own are numbered as they stand; beyond nine, Tab reaches them.
    unlettered = [step for step in steps if not step["key"]]
    for number, one in enumerate(unlettered[:9], start=1):
        one["key"] = str(number)
    return {
        "case": case,
        "steps": [step for step in steps if not step["is_minor"]],
        "minor_steps": [step for step in steps if step["is_minor"]],
        "open_step": open_step,
    }


def _step(case: Case, offer: Offer) -> dict[str, Any]:
    desk = offer.desk
    return {
        "code": desk.code,
        "verb": _(desk.verb),
        "sentence": _(desk.sentence),
        "law": citation(offer.articles) if offer.articles else "",
        "url": reverse("case-step", args=[case.number, desk.code]),
        "key": desk.key,
        "is_main": desk.is_main,
        "is_grave": desk.is_grave,
        "is_minor": not desk.key,
    }


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Open the form of a step, or take the step."""
    try:
        case = case_or_404(request, number)
    except Http404:
        return not_here(request, number)
    desk = STEPS.get(step)
    if desk is None:
        raise Http404
    if request.method == "POST":
        return _take(request, case, desk)
    _require_right(_person(request), case, desk)
    if not any(offer.desk is desk for offer in offers(_person(request), case)):
        return _not_now(request, case, desk)
    form = desk.form(case=case, now=moment_of(request).now, reader=_person(request))
    return _panel(request, case, _opened(case, desk, form))


def _take(request: HttpRequest, case: Case, desk: StepDesk) -> HttpResponse:
    """Call the action; say beside the field what it objects to; keep what was typed."""
    person, now = _person(request), moment_of(request).now
    form = desk.form(request.POST, case=case, now=now, reader=person)
    if _is_forbidden(case, desk, form):
        return _not_now(request, case, desk, form)
    if not form.is_valid():
        if _seen(form) not in (None, case.revision):
            # Its choices may have been those of the case as it was: the person did nothing wrong.
            return _stale(request, case, desk, form, Stale())
        _require_right(person, case, desk)
        return _panel(request, case, _opened(case, desk, form), status=422)
    try:
        desk.run(form, person, now)
    except NotAllowed:
        return _not_now(request, case, desk, form)
    except Stale as stale:
        return _stale(request, case, desk, form, stale)
    except Refused as refused:
        _put_beside(form, refused)
        return _panel(request, case, _opened(case, desk, form), status=422)
    return _done(request, case, desk)


def _require_right(person: Person, case: Case, desk: StepDesk) -> None:
    """Raise NotPermitted for a step of the table that is not this person's: they see no form of it either."""
    for row in workflow.steps_from(Kind(case.kind), State(case.state)):
        if row.step == desk.code:
            require(person, Permission(row.permission))


def _is_forbidden(case: Case, desk: StepDesk, form: StepForm) -> bool:
    """A step that the table does not have from here, asked for by a page that was not out of date.

    A form of another state would complain of its own fields first; a page that was out of date is told so instead.
    """
    known = {row.step for row in workflow.steps_from(Kind(case.kind), State(case.state))}
    is_current = _seen(form) in (None, case.revision)
    return is_current and desk.code in set(Step) and desk.code not in known


def _seen(form: StepForm) -> int | None:
    typed = form.data.get("revision", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None


def _put_beside(form: StepForm, refused: Refused) -> None:
    """Show a refusal beside its field, with the article it rests on."""
    text = conflicts.refusal_words(refused, today=local_day(form.now))
    text = conflicts.with_ground(text, (refused.article,) if refused.article else ())
    form.add_error(refused.field if refused.field in form.fields else None, text)


def _done(request: HttpRequest, case: Case, desk: StepDesk) -> HttpResponse:
    """Back to the case, or to the list if the step took it out of the person's sight."""
    told = _("%(number)s: %(done)s") % {"number": case.number, "done": _(desk.done)}
    offer = offer_after(_person(request), case.number, desk.code)
    messages.success(request, format_html("{} {}", told, offer) if offer else told)
    still = queries.visible_cases(_person(request)).filter(pk=case.pk).exists()
    target = reverse("case", args=[case.number]) if still else reverse("cases")
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)  # type: ignore[attr-defined]


def _opened(case: Case, desk: StepDesk, form: StepForm, notice: str = "") -> dict[str, Any]:
    return _step(case, Offer(desk, _articles(case, desk))) | {"form": form, "notice": notice}


def _articles(case: Case, desk: StepDesk) -> tuple[str, ...]:
    rows = workflow.steps_from(Kind(case.kind), State(case.state))
    return tuple(
        article
        for row in rows
        if row.step == desk.code
        for article in (row.articles.get(case.regime),)
        if article
    )


def _panel(
    request: HttpRequest, case: Case, open_step: dict[str, Any] | None, *, status: int = 200
) -> HttpResponse:
    """The panel alone for htmx, the whole page otherwise."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(
            request, "web/cases/_decide.html", decide_facts(request, case, open_step), status=status
        )
    return render(
        request, "web/cases/case.html", page_facts(request, case, open_step=open_step), status=status
    )


def _not_now(request: HttpRequest, case: Case, desk: StepDesk, form: StepForm | None = None) -> HttpResponse:
    """409: this step does not exist for a case in this state, or is not this person's."""
    return _panel(
        request,
        case,
        {"notice": conflicts.not_possible(case, desk), "typed": conflicts.typed_into(form)},
        status=409,
    )


def _stale(request: HttpRequest, case: Case, desk: StepDesk, form: StepForm, stale: Stale) -> HttpResponse:
    """409: somebody was faster.  Say what happened since; keep the form, now for the case as it is."""
    entries = queries.timeline(case, with_texts=False)
    told = timeline_words.tell(case, entries, group="", now=moment_of(request).now)[-_missed(form, case) :]
    if not any(offer.desk is desk for offer in offers(_person(request), case)):
        opened = {"notice": _(stale.message), "typed": conflicts.typed_into(form)}
    else:
        data = request.POST.copy()
        data["revision"] = str(case.revision)
        again = desk.form(data, case=case, now=moment_of(request).now, reader=_person(request))
        opened = _opened(case, desk, again, notice=_(stale.message))
    return _panel(request, case, opened | {"since": told}, status=409)


def _missed(form: StepForm, case: Case) -> int:
    """How many steps the page had not seen; each has counted the revision up by one."""
    return max(1, case.revision - (_seen(form) or 0))


# Contacts


@require_GET
def submission(request: HttpRequest, number: str) -> HttpResponse:
    """One contact with the cases it became."""
    person, now = _person(request), moment_of(request).now
    try:
        view = queries.submission_for(person, number)
    except Submission.DoesNotExist:
        return not_here(request, number)
    contact, sight = view.submission, Sight.of(person, view.submission.unit)
    if sight.plain and view.is_whole:
        note_look_by_role(by=person, subject=contact.party or contact, at=now)
    # The words of the whole contact may tell of a case that this reader must not see.
    words = case_facts.shown(contact.narrative, sight)
    facts = {
        "contact": contact,
        "is_whole": view.is_whole,
        "rows": rows_of(view.cases, now),
        "channel": _(LABELS[Channel(contact.channel)]),
        "outcome": _(LABELS[ContactOutcome(contact.outcome)]),
        "pieces": list(case_facts.pieces(words)) if view.is_whole else [],
        "is_masked": not sight.plain,
    }
    return render(request, "web/submissions/submission.html", facts)
