"""Topics: the list with what is being brought over all cases, and the bench where a rule is tried and saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.analytics.actions.topic_backfills import begin, word_topic
from suqing.analytics.jobs import begin_backfills
from suqing.analytics.models import TopicBackfill
from suqing.analytics.topic_accuracy import Standing, standings
from suqing.analytics.topic_counts import NewestQuestions
from suqing.analytics.topic_trial import SAMPLE, KeptSamples, Sampled, tried
from suqing.cases.models import Case
from suqing.cases.queries import visible_cases
from suqing.cases.queries.sight import units_in_sight
from suqing.taxonomy.actions import TopicDraft, describe_topic, end_topic, resume_topic
from suqing.taxonomy.models import Topic, TopicVersion
from suqing.taxonomy.queries import topics_with_versions
from suqing.taxonomy.rule_told import sentence
from suqing.taxonomy.text.rules.faults import BadRule
from suqing.taxonomy.text.rules.matching import Facts
from suqing.taxonomy.text.rules.tree import Rule, asks_facts
from suqing.taxonomy.text.told import Told
from suqing.taxonomy.text.topics import BadList, lists_text, read_lists, rule_text
from suqing.web.context import moment_of
from suqing.web.desks.rule_forms import lists_of, read_checked
from suqing.web.desks.topic_forms import TopicForm
from suqing.web.desks.topic_standing import standing_told

_SAMPLES = KeptSamples()
NEWEST = NewestQuestions()


def sample_of(person: Person) -> tuple[int, list[Sampled]]:
    """How many cases the person may see, and the fixed sample of them."""
    return _SAMPLES.get(units_in_sight(person), visible_cases(person))


def facts_for(rule: Rule, person: Person) -> dict[int, Facts]:
    """The facts of the sample's cases where the rule asks any."""
    return _SAMPLES.facts(units_in_sight(person), visible_cases(person)) if asks_facts(rule) else {}


def read(request: HttpRequest) -> Rule | None:
    """The rule of the address; None where there is none that can be read."""
    text = request.GET.get("rule", "")
    try:
        lists = read_lists(request.GET.get("words", "").splitlines())
        return read_checked(text, lists) if text.strip() else None
    except (BadRule, BadList):
        return None


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def topics(request: HttpRequest) -> HttpResponse:
    """Every topic with its newest rule, and how far a backfill has come."""
    running = {
        row.version.topic_id: row
        for row in TopicBackfill.objects.filter(is_superseded=False, ended_at=None).select_related("version")
    }
    told = topics_with_versions()
    known = standings([versions[0].pk for _topic, versions in told if versions])
    rows = [
        {
            "topic": topic,
            "version": versions[0] if versions else None,
            "rule": rule_text(versions[0].rule) if versions else "",
            "running": running.get(topic.pk),
            "depth": 1 if topic.parent_id else 0,
            "url": _bench_url(topic.code),
            "figures_url": f"{reverse('figures')}?{urlencode({'topic': topic.code})}",
            "standing": _standing(versions, known),
        }
        for topic, versions in told
    ]
    return render(request, "web/topics/topics.html", {"rows": rows, "is_running": bool(running)})


def _standing(versions: Sequence[TopicVersion], known: Mapping[int, Standing]) -> dict[str, Any] | None:
    standing = known.get(versions[0].pk) if versions else None
    return standing_told(standing) if standing and standing.read else None


def _bench_url(code: str) -> str:
    return f"{reverse('topic-trial')}?{urlencode({'code': code})}"


@require_GET
def trial(request: HttpRequest) -> HttpResponse:
    """The bench: a rule, and what it finds in the sample."""
    topic = _topic(request.GET.get("code", ""))
    initial = (
        {"rule": request.GET["rule"], "words": request.GET.get("words", "")}
        if "rule" in request.GET
        else _kept(topic)
    )
    form = TopicForm(topic=topic, initial={**initial, "parent": request.GET.get("parent", "")})
    return render(request, "web/topics/trial.html", _bench(request, form, topic, initial))


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the rule as a topic or its next version, and have it brought over all cases."""
    topic = _topic(request.POST.get("topic", ""))
    form = TopicForm(request.POST, topic=topic)
    if not form.is_valid():
        given = {name: request.POST.get(name, "") for name in ("rule", "words")}
        return render(request, "web/topics/trial.html", _bench(request, form, topic, given), status=422)
    given, by, at = form.cleaned_data, _person(request), moment_of(request).now
    stored = form.stored(given["rule"])
    description, owner = given["description"], form.owner_chosen()
    if topic and form.is_as_worded(stored):
        describe_topic(topic=topic, description=description, owner=owner, by=by, at=at)
        messages.success(request, _("Saved. The rule stands as it was."))
        return redirect("topics")
    code, name = (topic.code, topic.name) if topic else (given["code"], given["name"])
    parent = topic.parent.code if topic and topic.parent else given.get("parent") or None
    draft = TopicDraft(code, name, stored, parent=parent, description=description, owner=owner)
    word_topic(draft, by=by, at=at)
    begin_backfills()
    messages.success(request, _("The rule is saved. New cases follow it; earlier ones are being looked at."))
    return redirect("topics")


@require_POST
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Take no new cases into a topic."""
    topic = get_object_or_404(Topic.objects.active(), code=code)
    end_topic(topic=topic, by=_person(request), at=moment_of(request).now)
    messages.success(request, _("“%(topic)s” takes no new cases any more.") % {"topic": topic.label})
    return redirect("topics")


@require_POST
def resume(request: HttpRequest, code: str) -> HttpResponse:
    """Take new cases into a topic again, and those that came in between."""
    topic = get_object_or_404(Topic, code=code, is_active=False)
    by, at = _person(request), moment_of(request).now
    with transaction.atomic():
        begin(topic=resume_topic(topic=topic, by=by, at=at), by=by, at=at)
    begin_backfills()
    messages.success(
        request,
        _("“%(topic)s” takes new cases again; earlier ones are being looked at.") % {"topic": topic.label},
    )
    return redirect("topics")


def _topic(code: str) -> Topic | None:
    if not code:
        return None
    topic = Topic.objects.filter(code=code, is_active=True).select_related("parent").first()
    if topic is None:
        raise Http404
    return topic


def _kept(topic: Topic | None) -> dict[str, str]:
    """The newest wording of the topic as it was typed."""
    version = topic and topic.versions.order_by("-number").first()
    if not version:
        return {"rule": "", "words": ""}
    return {"rule": rule_text(version.rule), "words": lists_text(version.rule)}


def _bench(
    request: HttpRequest, form: TopicForm, topic: Topic | None, given: dict[str, Any]
) -> dict[str, Any]:
    return {
        "form": form,
        "topic": topic,
        "sample_size": SAMPLE,
        "topic_words_url": reverse("topic-words"),
        **found_by(request, given["rule"] or "", given["words"]),
    }


def found_by(request: HttpRequest, text: str, words: str) -> dict[str, Any]:
    """What the rule finds, or what is wrong with it and where."""
    if not text.strip():
        return {}
    try:
        rule = read_checked(text, lists_of(words))
    except BadRule as fault:
        place = fault.at
        parts = (text[: place.start], text[place.start : place.end] or " ", text[place.end :])
        return {"fault": sentence(fault), "fault_parts": parts}
    except forms.ValidationError as fault:
        return {"fault": fault.messages[0]}
    return _facts(request, rule)


def _facts(request: HttpRequest, rule: Rule) -> dict[str, Any]:
    person = _person(request)
    NEWEST.ask(person.pk)
    total, sampled = sample_of(person)
    found = tried(rule, total, sampled, facts_for(rule, person))
    low, high = found.bounds
    numbers = _numbers((*found.hits, *found.near_misses))
    most = max((count / of for _month, count, of in found.months if of), default=0) or 1
    return {
        "found": found,
        "share": round(100 * found.matched / found.sampled, 1) if found.sampled else 0,
        "low": low,
        "high": high,
        "is_whole": found.sampled == found.cases,
        "months": [
            {"month": month, "count": count, "of": of, "bar": round(100 * count / of / most) if of else 0}
            for month, count, of in found.months
        ],
        "shown": [
            (_("Some that it finds"), _lines(found.hits, numbers)),
            (_("Some that it just misses"), _lines(found.near_misses, numbers)),
        ],
    }


def _numbers(told: Sequence[Told]) -> dict[int, str]:
    return dict(Case.objects.filter(pk__in=[one.case for one in told]).values_list("pk", "number"))


def _lines(told: Sequence[Told], numbers: dict[int, str]) -> list[dict[str, Any]]:
    return [{"number": numbers[one.case], "parts": one.parts()} for one in told if one.case in numbers]
