"""The sample of a topic: read case by case and labelled, and what it says of the rule."""

from __future__ import annotations

from random import Random

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.analytics.actions import topic_samples
from suqing.analytics.models import TopicLabel, TopicSampleItem
from suqing.analytics.topic_accuracy import standings
from suqing.cases.queries import visible_cases
from suqing.taxonomy.models import Topic, TopicVersion
from suqing.web.context import moment_of
from suqing.web.desks.topic_standing import standing_told
from suqing.web.desks.topics import sample_of

ANSWERS = {"yes": True, "no": False}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def _version(code: str) -> TopicVersion:
    found = TopicVersion.objects.filter(topic__code=code, topic__is_active=True).select_related("topic")
    version = found.order_by("-number").first()
    if version is None:
        raise Http404
    return version


def _items(version: TopicVersion, person: Person) -> QuerySet[TopicSampleItem]:
    """The cases drawn for a wording that this person may read."""
    return TopicSampleItem.objects.filter(sample__version=version, case__in=visible_cases(person))


@require_GET
def sample(request: HttpRequest, code: str) -> HttpResponse:
    """The next case to read, and what was said so far."""
    version, person = _version(code), _person(request)
    items = list(_items(version, person).order_by("pk").values_list("pk", flat=True))
    mine = set(TopicLabel.objects.filter(item__in=items, by=person).values_list("item_id", flat=True))
    left = [item for item in items if item not in mine]
    # In an order of one's own, so that nothing is told by the place.
    Random(f"{version.pk} {person.pk}").shuffle(left)
    known = standings([version.pk]).get(version.pk)
    context = {
        "topic": version.topic,
        "version": version,
        "item": TopicSampleItem.objects.select_related("case").get(pk=left[0]) if left else None,
        "drawn": len(items),
        "done": len(mine),
        "hidden": (known.drawn if known else 0) - len(items),
        "standing": standing_told(known) if known else None,
    }
    return render(request, "web/topics/sample.html", context)


@require_POST
def draw(request: HttpRequest, code: str) -> HttpResponse:
    """Draw cases to be read."""
    person, topic = _person(request), get_object_or_404(Topic.objects.active(), code=code)
    total, sampled = sample_of(person)
    try:
        topic_samples.draw(
            topic=topic,
            cases=visible_cases(person),
            total=total,
            sampled=sampled,
            by=person,
            at=moment_of(request).now,
        )
    except topic_samples.NotReady:
        messages.error(
            request,
            _("Nothing can be drawn yet: earlier cases are still being looked at, or the rule finds none."),
        )
    return redirect("topic-sample", code)


@require_POST
def label(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether a case belongs, or take the last word back."""
    version, person, at = _version(code), _person(request), moment_of(request).now
    answer = request.POST.get("answer", "")
    if answer == "back":
        last = (
            TopicLabel.objects.filter(item__in=_items(version, person), by=person)
            .order_by("-at", "-pk")
            .first()
        )
        if last is not None:
            topic_samples.unlabel(item=last.item, by=person, at=at)
    elif answer in ANSWERS and request.POST.get("item", "").isdecimal():
        item = get_object_or_404(_items(version, person), pk=request.POST["item"])
        topic_samples.label(item=item, belongs=ANSWERS[answer], by=person, at=at)
    else:
        raise Http404
    return redirect("topic-sample", code)
