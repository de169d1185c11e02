"""While a call is written down: cases that may be the same, and one of them beside what was typed.  Writes nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from suqing.accounts.models import Person
from suqing.cases.intake import MAX_NARRATIVE
from suqing.cases.models import MarketEntity
from suqing.cases.near_text import likeness
from suqing.cases.queries.sight import sees_all_cases
from suqing.cases.queries.similar import Similar, is_anonymous, similar_to
from suqing.cases.vocabulary import Kind
from suqing.kit import phones
from suqing.taxonomy.text.redact import match_text
from suqing.telephony.models import Call
from suqing.telephony.queries import number_of
from suqing.web.context import moment_of
from suqing.web.desks import case_facts, similar_rows
from suqing.web.desks.beside import MASKED
from suqing.web.desks.call_forms import KNOWN_ENTITY, Fields, first, numbers_of, posted
from suqing.web.desks.case_desk import case_or_404

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
    words, theirs = _words(posted(request.POST)), similar_rows.masked(case.narrative)
    compared = likeness(words, theirs) if sees_all_cases(person) or not is_anonymous(case) else None
    facts = {
        "case": case,
        "ref": ref,
        "head": case_facts.head(case, now),
        "percent": similar_rows.percent(compared.score) if compared else None,
        "mine": list(similar_rows.stretches(words, compared.one if compared else ())),
        "theirs": list(similar_rows.stretches(theirs, compared.other if compared else ())),
        "facts": case_facts.operator_facts(case, MASKED) + case_facts.matter_facts(case, now, MASKED),
    }
    return render(request, "web/call_desk/_beside.html", facts)


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
    return MarketEntity.objects.filter(name=value).order_by("pk").values_list("pk", flat=True).first()
