"""The call desk: open a call, write down what is said, register it as cases or close it without.

The ref of a call is the ref of its draft and of the submission it becomes, so that every address and every repeat
of a post means the same contact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from suqing.accounts.actions import look_at_personal
from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases import queries
from suqing.cases.actions import drafts
from suqing.cases.actions.registration import register
from suqing.cases.entry_standard import Standard, in_force
from suqing.cases.intake import Invalid, Problem, local_day
from suqing.cases.models import Case, Draft, Party, Submission
from suqing.cases.queries.groups import group_of
from suqing.cases.queries.standards import entry_standards, topic_names
from suqing.cases.vocabulary import LABELS, ContactOutcome, Kind, Outcome, SellerRole, State, Urgency
from suqing.kit import dates
from suqing.taxonomy.models import ClassKind
from suqing.taxonomy.queries import class_nodes
from suqing.telephony.actions import AlreadyEnded, BadNumber, end_call, open_typed_call
from suqing.telephony.models import Call
from suqing.telephony.queries import number_of
from suqing.web.context import moment_of
from suqing.web.desks import call_draft_saving as draft_saving
from suqing.web.desks import call_forms
from suqing.web.desks.call_checklist import Asked, coming_words
from suqing.web.desks.call_form_page import CallForm, form_of
from suqing.web.desks.clock_chips import chip

TODAY_SHOWN = 30


def _who(request: HttpRequest) -> Person:
    """The person at the desk; the permission table lets nobody else in."""
    assert isinstance(request.user, Person)
    return request.user


# The start


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """New call, my drafts, what I registered today."""
    return _start(request)


def _start(request: HttpRequest, *, number: str = "", error: str = "") -> HttpResponse:
    person, now = _who(request), moment_of(request).now
    kept = queries.drafts_of(person)
    today = dates.day_bounds(local_day(now), timezone.get_current_timezone())
    mine = Submission.objects.filter(
        registered_by=person, registered_at__gte=today[0], registered_at__lt=today[1]
    )
    untouched = _untouched_calls(person, {view.draft.ref for view in kept})
    rows = list(mine.order_by("-registered_at", "-id").prefetch_related("cases")[:TODAY_SHOWN])
    facts = {
        "number": number,
        "error": error,
        "drafts": [_draft_line(view) for view in kept],
        "calls": untouched,
        "unfinished": len(kept) + len(untouched),
        "today": [_done_line(row) for row in rows],
        "today_count": mine.count(),
    }
    return render(request, "web/call_desk/start.html", facts, status=422 if error else 200)


def _draft_line(view: queries.DraftView) -> dict[str, Any]:
    fields = view.content.get("fields", {})
    words = call_forms.first(fields, "narrative").strip()
    return {
        "ref": view.draft.ref,
        "saved_at": view.draft.saved_at,
        "number": view.draft.call.number_masked if view.draft.call else "",
        "words": words[:80],
        "matters": len(call_forms.numbers_of(fields)),
    }


def _untouched_calls(person: Person, drafted: set[UUID]) -> list[Call]:
    """Calls still open of which nothing was written down yet."""
    rows = Call.objects.filter(agent=person, ended_at=None, submissions=None).exclude(ref__in=drafted)
    return list(rows.order_by("-started_at")[:5])


def _done_line(submission: Submission) -> dict[str, Any]:
    return {
        "submission": submission,
        "outcome": _(LABELS[ContactOutcome(submission.outcome)]),
        "cases": [
            (case.number, _(LABELS[Kind(case.kind)]), case.entity_name) for case in submission.cases.all()
        ],
    }


@require_POST
def open_call(request: HttpRequest) -> HttpResponse:
    """A number was typed: the call begins.  Nothing typed is a withheld number."""
    number = request.POST.get("number", "")
    try:
        call = open_typed_call(number=number, by=_who(request), at=moment_of(request).now)
    except BadNumber:
        return _start(
            request,
            number=number,
            error=_(
                "This is not a phone number. Correct it, or leave the field empty for a withheld number."
            ),
        )
    return redirect("call", ref=call.ref)


@require_POST
def discard(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Throw a draft away; its key goes with it, so there is no way back and the page asks first."""
    draft = get_object_or_404(Draft, ref=ref, owner=_who(request))
    drafts.discard_draft(draft=draft, by=_who(request), at=moment_of(request).now)
    messages.success(request, _("The draft has been thrown away."))
    return redirect("call-desk")


# One call


@dataclass(frozen=True, slots=True)
class Contact:
    """What there is under a ref that belongs to this person: the call, the draft, or both."""

    ref: UUID
    call: Call | None
    view: queries.DraftView | None

    @property
    def fields(self) -> call_forms.Fields:
        return self.view.content.get("fields", {}) if self.view else {}


def _contact(person: Person, ref: UUID) -> Contact:
    """Raise Http404 for a ref that belongs to nobody, or to somebody else."""
    call = Call.objects.filter(ref=ref, agent=person).first()
    view = queries.draft_of(person, str(ref))
    if call is None and view is None:
        raise Http404
    return Contact(ref, call or (view.draft.call if view else None), view)


@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The form of one call; a POST registers it."""
    contact = _contact_or_done(_who(request), ref)
    if isinstance(contact, Submission):
        return _to_done(request, ref)
    if request.method == "GET":
        asked = _standards(request, contact)
        return _form_page(request, contact, form_of(contact.fields, asked=asked))
    moment, fields = moment_of(request), call_forms.posted(request.POST)
    if (stale := _changed_elsewhere(request, contact, fields)) is not None:
        return stale
    outcome = request.POST.get("outcome", "")
    given, problems = call_forms.read(
        fields,
        ref=ref,
        call=contact.call,
        outcome=ContactOutcome(outcome) if outcome in set(ContactOutcome) else ContactOutcome.CASES,
        now=moment.now,
        is_synthetic=moment.is_rehearsal,
    )
    if not problems:
        try:
            register(submission=given, by=_who(request), at=moment.now)
            return _to_done(request, ref)
        except Invalid as invalid:
            problems = invalid.problems
    shown = form_of(fields, problems, _standards(request, contact))
    return _form_page(request, contact, shown, refused=True)


def _changed_elsewhere(
    request: HttpRequest, contact: Contact, fields: call_forms.Fields
) -> HttpResponse | None:
    """The form with what was typed, where another seat has saved something else since: nothing is registered yet."""
    if contact.view is None:
        return None
    content, version = (
        draft_saving.posted_content(request.POST, fields),
        draft_saving.version_of(request.POST),
    )
    try:
        drafts.refuse_if_changed(contact.view.draft, content, version)
    except drafts.ChangedElsewhere:
        told = {"narrative": [Problem(draft_saving.CHANGED_ELSEWHERE)]}
        asked = _standards(request, contact)
        return _form_page(request, contact, form_of(fields, told, asked), refused=True)
    return None


def _standards(request: HttpRequest, contact: Contact) -> Asked:
    """What the entry standards in force on the day the contact was received ask for."""
    now, known = moment_of(request).now, _every_standard(request)
    received = min(contact.call.started_at, now) if contact.call else now
    standards = {kind: in_force(known, kind, local_day(received)) for kind in Kind}
    return Asked(standards, topic_names({code for one in standards.values() for code in one.topics}))


def _every_standard(request: HttpRequest) -> tuple[Standard, ...]:
    """Every version, read once a request."""
    known: tuple[Standard, ...] | None = getattr(request, "_entry_standards", None)
    if known is None:
        known = request._entry_standards = entry_standards()  # type: ignore[attr-defined]
    return known


def _contact_or_done(person: Person, ref: UUID) -> Contact | Submission:
    done = Submission.objects.filter(ref=ref, registered_by=person).first()
    return done or _contact(person, ref)


def _to_done(request: HttpRequest, ref: UUID) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(reverse("call-done", args=[ref]))
    return redirect("call-done", ref=ref)


def _form_page(
    request: HttpRequest, contact: Contact, form: CallForm, *, refused: bool = False
) -> HttpResponse:
    person, now = _who(request), moment_of(request).now
    facts = {
        "ref": contact.ref,
        "call": contact.call,
        "form": form,
        "refused": refused,
        "saved_at": contact.view.draft.saved_at if contact.view else None,
        **draft_saving.page_facts(request.POST, contact.view.draft if contact.view else None),
        "beside": draft_saving.beside_words(queries.others_on_number(person, contact.call, now)),
        "kinds": [(kind.value, _(LABELS[kind]), str(key)) for key, kind in enumerate(Kind, 1)],
        "urgencies": [(urgency.value, _(LABELS[urgency])) for urgency in Urgency],
        "seller_roles": [(role.value, _(LABELS[role])) for role in SellerRole],
        "answers": [("", _("Not asked")), ("yes", _("Yes")), ("no", _("No"))],
        "requests": class_nodes(ClassKind.REQUEST, local_day(now)),
        "outcomes": [
            (outcome.value, _(LABELS[outcome]), str(key))
            for key, outcome in enumerate([o for o in ContactOutcome if o != ContactOutcome.CASES], 1)
        ],
        "coming": coming_words(_every_standard(request), local_day(now)),
        "today_iso": local_day(now).isoformat(),
        "entity_url": reverse("lookup-entities"),
        "place_url": reverse("lookup-places"),
        "issue_url": reverse("lookup-classes", args=["issue"]),
        "object_url": reverse("lookup-classes", args=["object"]),
    }
    facts |= _caller_facts(person, contact.call, now) | _timer_facts(contact.call, request)
    return render(request, "web/call_desk/call.html", facts, status=422 if refused else 200)


def _caller_facts(person: Person, call: Call | None, now: datetime) -> dict[str, Any]:
    """People known on the number and their newest cases; the number itself stays masked."""
    from_number = number_of(call) if call else ""
    known = queries.caller(person, from_number)
    may_fill = can(person, Permission.PERSONAL_SEE) or can(person, Permission.PERSONAL_UNMASK)
    cases = [
        {
            "case": case,
            "kind": _(LABELS[Kind(case.kind)]),
            "state": _(LABELS[Outcome(case.outcome) if case.outcome else State(case.state)]),
            "is_overdue": case.closed_at is None and case.next_due_at is not None and case.next_due_at < now,
        }
        for case in known.cases
    ]
    return {"caller": known, "earlier": cases, "may_fill": may_fill}


def _timer_facts(call: Call | None, request: HttpRequest) -> dict[str, Any]:
    moment = moment_of(request)
    if call is None:
        return {"elapsed": 0, "speed": 0}
    until = call.ended_at or moment.now
    elapsed = max(0, int((until - call.started_at).total_seconds()))
    return {"elapsed": elapsed, "speed": 0 if call.ended_at else moment.speed if moment.is_rehearsal else 1}


@require_POST
def save(request: HttpRequest, ref: UUID) -> JsonResponse:
    """Autosave: keep what the form holds now, whatever state it is in."""
    done = Submission.objects.filter(ref=ref, registered_by=_who(request)).first()
    call = None if done else _contact(_who(request), ref).call
    return draft_saving.answer(request, by=_who(request), ref=ref, call=call)


@require_POST
def fill_in(request: HttpRequest, ref: UUID, party: int) -> JsonResponse:
    """Name and address of somebody known on this number, in plain; the look is logged."""
    contact = _contact(_who(request), ref)
    number_hash = contact.call.number_hash if contact.call else ""
    known = get_object_or_404(
        Party.objects.exclude(phone_hash=""), pk=party, phone_hash=number_hash, erased_at=None
    )
    reason = _("The same caller is on the line; name and address are taken over.")
    look_at_personal(by=_who(request), subject=known, reason=reason, at=moment_of(request).now)
    plain = queries.personal_data(known)
    return JsonResponse({"party-name": plain.name or "", "party-address": plain.address or ""})


@require_POST
def end(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The caller has hung up; the timer stops, the form stays."""
    found = get_object_or_404(Call, ref=ref, agent=_who(request))
    try:
        found = end_call(call=found, by=_who(request), at=moment_of(request).now)
    except AlreadyEnded:
        found.refresh_from_db()
    return render(
        request, "web/call_desk/_timer.html", {"call": found, "ref": ref, **_timer_facts(found, request)}
    )


# After registration


@require_GET
def done(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What the contact has become: numbers, clocks, what can be done next."""
    rows = Submission.objects.select_related("call", "party")
    submission = get_object_or_404(rows, ref=ref, registered_by=_who(request))
    now = moment_of(request).now
    cases = Case.objects.filter(submission=submission).select_related("entity", "place", "party")
    facts = {
        "submission": submission,
        "call": submission.call,
        "ref": ref,
        "outcome": _(LABELS[ContactOutcome(submission.outcome)]),
        "cases": [_case_card(case, now) for case in cases.prefetch_related("clocks").order_by("id")],
        "took": _clock(submission.registered_at - submission.received_at) if submission.call else "",
        **_timer_facts(submission.call, request),
    }
    return render(request, "web/call_desk/done.html", facts)


def _clock(length: timedelta) -> str:
    minutes, seconds = divmod(max(0, int(length.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _case_card(case: Case, now: datetime) -> dict[str, Any]:
    return {
        "case": case,
        "kind": _(LABELS[Kind(case.kind)]),
        "state": _(LABELS[State(case.state)]),
        "clocks": [chip(view, now) for view in queries.clocks_of(case, now)],
        "event": group_of(case),
    }
