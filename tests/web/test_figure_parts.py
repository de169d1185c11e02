"""Parts of a topic on the page of figures: they add up, each opens its cases, and the rule's accuracy stands beside."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from suqing.analytics.actions.topic_backfills import begin, go_on
from suqing.analytics.actions.topic_samples import draw, label
from suqing.analytics.topic_trial import sample
from suqing.cases.models import Case, TopicMembership
from suqing.taxonomy.actions import TopicDraft, change_topic
from suqing.taxonomy.models import Topic
from tests.analytics.days import MONDAY, load, make_week, moment
from tests.cast import SYSTEM, Cast
from tests.web.seats import seat
from tests.web.test_topics import text_of

pytestmark = pytest.mark.django_db
NIGHT = moment(MONDAY, "23:00")
ADDRESS = f"{reverse('figures')}?from=2020-01-20&to=2020-01-27&measure=cases_registered&topic="


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    for code, text, parent in (
        ("selling", "口罩 OR 酒店 OR 电水壶 OR 面包", None),
        ("masks", "口罩", "selling"),
        ("prices", "价格 OR 房费", "selling"),
    ):
        draft = TopicDraft(code, code, {"text": text}, parent=parent)
        topic = change_topic(draft, by=SYSTEM, at=NIGHT).topic
        go_on(begin(topic=topic, by=SYSTEM, at=NIGHT), rests=0.0)
    return cast


def cases_in(code: str) -> set[int]:
    return set(TopicMembership.objects.filter(version__topic__code=code).values_list("case_id", flat=True))


def number(text: str) -> int:
    return int(text.replace(",", "").replace("−", "-"))


def test_parts_add_up_and_each_opens_exactly_its_cases(week: Cast) -> None:
    client = seat(week.analyst)
    parts: dict[str, Any] = client.get(ADDRESS + "selling").context["parts"]
    told = {line["label"]: number(line["value"]) for line in parts["lines"]}
    masks, prices, whole = cases_in("masks"), cases_in("prices"), cases_in("selling")
    assert told == {"masks": len(masks), "prices": len(prices), "其他": len(whole - masks - prices)}
    assert number(parts["twice"]) == -len(masks & prices) < 0
    assert sum(told.values()) + number(parts["twice"]) == number(parts["total"]["value"]) == len(whole)
    other = next(line for line in parts["lines"] if line["label"] == "其他")
    page = text_of(client.get(other["url"]))
    for case in Case.objects.filter(pk__in=whole):
        assert (case.number in page) == (case.pk in whole - masks - prices)
    assert "selling：其他" in page


def test_a_topic_without_parts_shows_none(week: Cast) -> None:
    client = seat(week.analyst)
    assert client.get(ADDRESS + "masks").context["parts"] is None
    assert client.get(ADDRESS).context["parts"] is None


def test_the_accuracy_of_the_rule_stands_with_its_figures(week: Cast) -> None:
    client = seat(week.analyst)
    assert client.get(ADDRESS + "masks").context["accuracy"] is None
    total, sampled = sample(Case.objects.all())
    topic = Topic.objects.get(code="masks")
    drawn = draw(
        topic=topic, cases=Case.objects.all(), total=total, sampled=sampled, by=week.analyst, at=NIGHT
    )
    for item in drawn.items.all():
        label(item=item, belongs=item.stratum == "hit", by=week.analyst, at=NIGHT)
    assert "准确率为 100%" in text_of(client.get(ADDRESS + "masks"))
