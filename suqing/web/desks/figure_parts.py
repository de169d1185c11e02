"""The parts of a topic that the figures are narrowed to: they add up to it, with what is in none and what is in several."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from suqing.analytics.dimensions import remainder
from suqing.analytics.queries import Figure, Filter, figure
from suqing.analytics.registry import Measure
from suqing.analytics.topic_accuracy import standings
from suqing.taxonomy.models import Topic
from suqing.web.desks.figure_panels import Counter, number_facts, share_of
from suqing.web.desks.topic_standing import standing_told
from suqing.web.wording import number_text


def parts(counter: Counter, measure: Measure) -> dict[str, Any] | None:
    """The parts of the one topic that the page is narrowed to; None where it has none, or where parts of the measure
    do not add up: shares, means, people and events, and tables whose small numbers are withheld."""
    topic = _topic(counter)
    if topic is None or measure.is_share or measure.averaged or measure.spreads or counter.least:
        return None
    children = list(Topic.objects.active().filter(parent=topic))
    if not children:
        return None
    whole = _count(counter, measure, topic.code)
    found = [(one.label, _count(counter, measure, one.code)) for one in children]
    rest = _count(counter, measure, remainder(topic.code, [one.code for one in children]))
    total = whole.value or 0
    twice = sum(one.value or 0 for _label, one in found) + (rest.value or 0) - total
    return {
        "topic": topic.label,
        "lines": [
            {"label": label, "share": share_of(one.value, total), **number_facts(one)}
            for label, one in [*found, (_("Other"), rest)]
        ],
        "twice": number_text(-twice) if twice else "",
        "total": number_facts(whole),
    }


def accuracy(counter: Counter) -> dict[str, Any] | None:
    """What a labelled sample says of the topic that the page is narrowed to."""
    topic = _topic(counter)
    version = topic and topic.versions.order_by("-number").first()
    known = standings([version.pk]).get(version.pk) if version else None
    return {**standing_told(known), "code": topic.code} if topic and known and known.read else None


def _topic(counter: Counter) -> Topic | None:
    asked = [one.values for one in counter.filters if one.dimension == "topic"]
    if len(asked) != 1 or len(asked[0]) != 1:
        return None
    return Topic.objects.active().filter(code=asked[0][0]).first()


def _count(counter: Counter, measure: Measure, value: str) -> Figure:
    others = tuple(one for one in counter.filters if one.dimension != "topic")
    filters = (*others, Filter("topic", (value,)))
    return figure(measure, period=counter.period, filters=filters, person=counter.person)
