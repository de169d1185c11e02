"""Samples of topics: drawn by what the rule says, read by people, and what that says of the rule."""

from __future__ import annotations

import pytest

from suqing.accounts.queries import NotPermitted
from suqing.analytics.actions.topic_backfills import word_topic
from suqing.analytics.actions.topic_samples import NotReady, draw, label, unlabel
from suqing.analytics.jobs import backfill_topics
from suqing.analytics.models import TopicLabel, TopicSample
from suqing.analytics.rule_accuracy import Stratum
from suqing.analytics.topic_accuracy import standings
from suqing.analytics.topic_trial import sample
from suqing.cases.models import Case, TopicMembership
from suqing.ledger.models import Event
from suqing.taxonomy.actions import TopicDraft
from suqing.taxonomy.models import Topic
from tests.analytics.days import MONDAY, load, make_week, moment
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOW = moment(MONDAY, "23:00")
WORDS = ("酒店", "商家", "异物")


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    return cast


@pytest.fixture
def topic(week: Cast) -> Topic:
    word_topic(TopicDraft("masks", "口罩", {"text": "酒店 OR (商家 异物)"}), by=week.analyst, at=NOW)
    backfill_topics()
    return Topic.objects.get(code="masks")


def drawn(week: Cast, topic: Topic) -> TopicSample:
    total, sampled = sample(Case.objects.all())
    return draw(topic=topic, cases=Case.objects.all(), total=total, sampled=sampled, by=week.analyst, at=NOW)


def test_a_sample_holds_what_is_found_and_what_comes_close(week: Cast, topic: Topic) -> None:
    found = drawn(week, topic)
    members = set(TopicMembership.objects.filter(version=found.version).values_list("case_id", flat=True))
    by_stratum: dict[str, list[Case]] = {}
    for item in found.items.select_related("case"):
        by_stratum.setdefault(item.stratum, []).append(item.case)
    assert {case.pk for case in by_stratum["hit"]} == members
    others = [case for stratum, cases in by_stratum.items() if stratum != "hit" for case in cases]
    assert others and not members & {case.pk for case in others}
    for case in by_stratum.get("near", []):
        assert any(word in case.match_text for word in WORDS)
    for case in by_stratum.get("far", []):
        assert not any(word in case.match_text for word in WORDS)
    assert sum(found.strata.values()) == Case.objects.count() and found.strata["hit"] == len(members)
    event = Event.objects.filter(verb="topic.sample_drawn").latest("pk")
    assert event.data["drawn"]["hit"] == len(by_stratum["hit"])


def test_what_was_drawn_is_not_drawn_again(week: Cast, topic: Topic) -> None:
    first = set(drawn(week, topic).items.values_list("case_id", flat=True))
    second = set(drawn(week, topic).items.values_list("case_id", flat=True))
    assert not first & second


def test_nothing_is_drawn_while_earlier_cases_are_looked_at(week: Cast, topic: Topic) -> None:
    word_topic(TopicDraft("masks", "口罩", {"text": "口罩"}), by=week.analyst, at=NOW)
    with pytest.raises(NotReady):
        drawn(week, topic)
    backfill_topics()
    drawn(week, topic)
    word_topic(TopicDraft("masks", "口罩", {"text": "没有人说过的话"}), by=week.analyst, at=NOW)
    backfill_topics()
    with pytest.raises(NotReady):
        drawn(week, topic)


def test_what_people_say_becomes_precision_recall_and_agreement(week: Cast, topic: Topic) -> None:
    found = drawn(week, topic)
    items = list(found.items.order_by("pk"))
    for item in items:
        label(item=item, belongs=item.stratum == Stratum.HIT, by=week.analyst, at=NOW)
    one = standings([found.version_id])[found.version_id]
    assert (one.drawn, one.read, one.readers, one.disputed) == (len(items), len(items), 1, 0)
    assert one.accuracy.precision and one.accuracy.precision.share == 1
    assert one.accuracy.recall and one.accuracy.recall.share == 1
    assert one.agreement.both == 0

    hits = [item for item in items if item.stratum == Stratum.HIT]
    for item in items:
        label(item=item, belongs=item.stratum == Stratum.HIT and item != hits[0], by=week.supervisor, at=NOW)
    two = standings([found.version_id])[found.version_id]
    assert (two.readers, two.disputed, two.agreement.both) == (2, 1, len(items))
    assert two.agreement.alike == len(items) - 1 and two.agreement.kappa and two.agreement.kappa < 1
    assert two.accuracy.precision
    assert two.accuracy.precision.share == pytest.approx((len(hits) - 0.5) / len(hits))

    assert unlabel(item=hits[0], by=week.supervisor, at=NOW) and not unlabel(
        item=hits[0], by=week.supervisor, at=NOW
    )
    label(item=hits[0], belongs=False, by=week.analyst, at=NOW)  # the last word holds
    assert TopicLabel.objects.filter(item=hits[0]).count() == 1
    assert standings([found.version_id])[found.version_id].disputed == 0
    assert standings([]) == {}


def test_who_may_not_word_topics_may_not_label(week: Cast, topic: Topic) -> None:
    item = drawn(week, topic).items.first()
    assert item is not None
    with pytest.raises(NotPermitted):
        label(item=item, belongs=True, by=week.handler, at=NOW)
    with pytest.raises(NotPermitted):
        unlabel(item=item, by=week.handler, at=NOW)
