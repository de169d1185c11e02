"""What follows once a rule has been tried on the sample: the exact number, and words that would extend it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person
from suqing.analytics.topic_counts import MOST, Superseded, count_all
from suqing.cases.queries import visible_cases
from suqing.taxonomy.text.rules.extending import extensions
from suqing.taxonomy.text.rules.matching import NOTHING_KNOWN
from suqing.taxonomy.text.rules.writing import written
from suqing.web.desks.topics import NEWEST, facts_for, read, sample_of


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def exact(request: HttpRequest) -> HttpResponse:
    """How many of all cases in sight the rule finds; empty where the person has typed on meanwhile."""
    rule, person = read(request), _person(request)
    is_wanted = NEWEST.ask(person.pk)
    total, _sampled = sample_of(person)
    facts: dict[str, Any] = {"total": total, "most": MOST}
    if rule is None or not is_wanted():
        return HttpResponse()
    if total > MOST:
        return render(request, "web/topics/_exact.html", {**facts, "is_too_many": True})
    try:
        facts["exact"] = count_all(rule, visible_cases(person), is_wanted=is_wanted)
    except Superseded:
        return HttpResponse()
    return render(request, "web/topics/_exact.html", facts)


@require_GET
def words(request: HttpRequest) -> HttpResponse:
    """Words that its hits share and that would find more, each as the rule with it."""
    rule, person = read(request), _person(request)
    if rule is None:
        return HttpResponse()
    _total, sampled = sample_of(person)
    facts = facts_for(rule, person)
    told = [facts.get(one.case, NOTHING_KNOWN) for one in sampled] if facts else []
    asked = {"code": request.GET.get("topic"), "words": request.GET.get("words")}
    kept = {name: value for name, value in asked.items() if value}
    rows = [
        {
            "word": one.term.word,
            "inside": one.term.inside,
            "more": one.more,
            "rule": written(one.rule),
            "url": f"{reverse('topic-trial')}?{urlencode({**kept, 'rule': written(one.rule)})}",
        }
        for one in extensions(rule, [one.text for one in sampled], told)
    ]
    return render(request, "web/topics/_words.html", {"rows": rows})
