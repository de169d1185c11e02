"""The steps of a case: open the form of one, take it, say why it cannot be taken; nothing typed is lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases import queries, workflow
from suqing.cases.actions.moving import Refused, Stale
from suqing.cases.intake import local_day
from suqing.cases.models import Case
from suqing.cases.queries import TimelineEntry
from suqing.cases.queries.looks import newest_event
from suqing.cases.vocabulary import Kind, State, Step
from suqing.cases.workflow import NotAllowed
from suqing.web.context import moment_of
from suqing.web.desks import timeline_words
from suqing.web.desks.case_decide import decide_facts, step_facts
from suqing.web.desks.case_desk import case_or_404, not_here, note_shown, page_facts
from suqing.web.desks.case_facts import Sight
from suqing.web.desks.document_offers import offer_after
from suqing.web.desks.steps import conflicts, merging
from suqing.web.desks.steps.forms import Offer, StepDesk, StepForm
from suqing.web.desks.steps.registry import STEPS, offers


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


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
    form.initial["upto"] = newest_event()
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
    return step_facts(case, Offer(desk, _articles(case, desk))) | {"form": form, "notice": notice}


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
            request, "web/cases/_decide.html", decide_facts(_person(request), case, open_step), status=status
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
    """Somebody was faster.  Merge what does not contradict; else 409 with both texts, the form kept for the case as it is."""
    case.refresh_from_db()
    person, now = _person(request), moment_of(request).now
    plain = Sight.on(person, case).plain
    entries = queries.timeline(case, with_texts=plain)
    since = merging.events_since(form, entries, _missed(form, case))
    if not any(offer.desk is desk for offer in offers(person, case)):
        opened: dict[str, Any] = {"notice": _(stale.message), "typed": conflicts.typed_into(form)}
        return _told_both(request, case, since, opened)
    merge = merging.merged(form, desk.form(case=case, now=now, reader=person))
    again = desk.form(merge.data, case=case, now=now, reader=person)
    if not merge.clashes and merging.may_join(desk, since) and again.is_valid():
        try:
            desk.run(again, person, now)
        except (NotAllowed, Refused):
            pass  # also a second Stale: said below, on the case as it is
        else:
            messages.info(request, _("Somebody else has worked on the case meanwhile; both are kept."))
            return _done(request, case, desk)
    merge.data["upto"] = str(newest_event())
    again = desk.form(merge.data, case=case, now=now, reader=person)
    opened = _opened(case, desk, again, notice=_(stale.message)) | {"typed": conflicts.typed_into(form)}
    return _told_both(request, case, since, opened | {"clashes": merge.clashes, "merged": merge.followed})


def _told_both(
    request: HttpRequest, case: Case, since: list[TimelineEntry], opened: dict[str, Any]
) -> HttpResponse:
    """409: what this person typed beside what the others did and wrote meanwhile, as far as this person may read it."""
    note_shown(request, case)
    told = timeline_words.tell(case, since, group="", now=moment_of(request).now)
    facts = opened | {"since": [one for one in told if not one.is_look]}
    return _panel(request, case, facts, status=409)


def _missed(form: StepForm, case: Case) -> int:
    """How many steps the page had not seen; each has counted the revision up by one."""
    return max(1, case.revision - (_seen(form) or 0))
