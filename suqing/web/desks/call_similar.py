"""While a call is written down: cases that may be the same, and one of them beside what was typed; and
once it is registered, the event that it belongs to."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suqing.accounts.models import Person
from suqing.cases.actions.groups import join_own, leave_own
from suqing.cases.actions.moving import Refused
from suqing.cases.intake import MAX_NARRATIVE
from suqing.cases.models import Case, EventGroup, MarketEntity
from suqing.cases.near_text import likeness
from suqing.cases.queries.groups import group_for
from suqing.cases.queries.operator_persons import operator_hash
from suqing.cases.queries.sight import sees_all_cases
from suqing.cases.queries.similar import Similar, is_anonymous, similar_to
from suqing.cases.vocabulary import Kind
from suqing.kit import phones
from suqing.taxonomy.text.redact import match_text
from suqing.telephony.models import Call
from suqing.telephony.queries import number_of
from suqing.web.context import moment_of
from suqing.web.desks import case_facts, similar_rows
from suqing.web.desks.call_forms import KNOWN_ENTITY, Fields, first, numbers_of, posted
from suqing.web.desks.case_desk import case_or_404
from suqing.web.desks.case_facts import Sight

SHOWN = 5
RECENT = timedelta(days=90)  # what ended is offered for so long after it was received
SHORTEST_NUMBER = 7  # digits; a number that is still being typed finds nobody


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_POST
def call_similar(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Up to five open or recent cases like what the form says now; empty while it says too little."""
    fields = posted(request.POST)
    found = _found(request, ref, fields)
    facts = {"ref": ref, "rows": similar_rows.rows(found)}
    return render(request, "web/call_desk/_similar.html", facts)


@require_POST
def call_beside(request: HttpRequest, ref: UUID, number: str) -> HttpResponse:
    """One case beside the words that were typed, with what both say."""
    case, person, now = case_or_404(request, number), _person(request), moment_of(request).now
    words, theirs = _words(posted(request.POST)), similar_rows.masked(case)
    sight = Sight.masked(case)
    compared = likeness(words, theirs) if sees_all_cases(person) or not is_anonymous(case) else None
    facts = {
        "case": case,
        "ref": ref,
        "head": case_facts.head(case, now),
        "percent": similar_rows.percent(compared.score) if compared else None,
        "mine": list(similar_rows.stretches(words, compared.one if compared else ())),
        "theirs": list(similar_rows.stretches(theirs, compared.other if compared else ())),
        "facts": case_facts.operator_facts(case, sight) + case_facts.matter_facts(case, now, sight),
    }
    return render(request, "web/call_desk/_beside.html", facts)


@require_POST
def own_event(request: HttpRequest, number: str, event: str, act: str) -> HttpResponse:
    """Put a case that was just registered into an event, or take it out again: what a call taker may do with events."""
    case, person = case_or_404(request, number), _person(request)
    doing = {"join": join_own, "leave": leave_own}.get(act)
    try:
        group = group_for(person, event)
    except EventGroup.DoesNotExist:
        raise Http404 from None
    if doing is None:
        raise Http404
    try:
        doing(group=group, case=case, by=person, at=moment_of(request).now)
    except Refused as refused:
        messages.error(request, _(refused.message) % refused.values if refused.values else _(refused.message))
    else:
        _say_done(request, case, group, act)
    return redirect("call-done", ref=case.submission.ref)


def _say_done(request: HttpRequest, case: Case, group: EventGroup, act: str) -> None:
    names = {"case": case.number, "event": group.number, "title": group.title}
    if act == "leave":
        messages.success(request, _("%(case)s is out of the event %(event)s again.") % names)
        return
    undo = reverse("case-own-event", args=[case.number, group.number, "leave"])
    text = _("%(case)s is in the event %(event)s now: %(title)s") % names
    messages.success(request, text, extra_tags=f"undo:{undo}")


def _found(request: HttpRequest, ref: UUID, fields: Fields) -> list[Similar]:
    person, now = _person(request), moment_of(request).now
    prefix = _matter(fields)
    return similar_to(
        person,
        text=match_text(_words(fields)).text,
        phone=_phone(person, ref, fields),
        entity=_entity(first(fields, f"{prefix}-entity").strip()),
        place=first(fields, f"{prefix}-place"),
        received_at=now,
        is_anonymous=first(fields, f"{prefix}-kind") == Kind.REPORT
        and bool(first(fields, f"{prefix}-anonymous")),
        since=now - RECENT,
        limit=SHOWN,
    )


def _matter(fields: Fields) -> str:
    """The matter that is being written: the last one of the form."""
    numbers = numbers_of(fields)
    return f"m{numbers[-1]}" if numbers else "m0"


def _words(fields: Fields) -> str:
    own = first(fields, f"{_matter(fields)}-narrative").strip()
    return (own or first(fields, "narrative").strip())[:MAX_NARRATIVE]


def _phone(person: Person, ref: UUID, fields: Fields) -> str:
    """The number that was typed, else the calling one; "" for none or a part of one."""
    typed = phones.normalise(first(fields, "party-phone"))
    if typed:
        return typed if len(typed) >= SHORTEST_NUMBER else ""
    call = Call.objects.filter(ref=ref, agent=person).first()
    return number_of(call) if call else ""


def _entity(value: str) -> int | None:
    """The operator that was chosen, or the one of exactly this name."""
    if value.startswith(KNOWN_ENTITY):
        key = value.removeprefix(KNOWN_ENTITY)
        return int(key) if key.isdecimal() and len(key) < 19 else None
    if not value:
        return None
    called = Q(name=value, person_ref=None) | Q(name_hash=operator_hash(value))
    return MarketEntity.objects.filter(called).order_by("pk").values_list("pk", flat=True).first()
