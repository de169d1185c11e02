"""The page of a topic's sample: drawn, read case by case, taken back, and told."""

from __future__ import annotations

import pytest
from django.urls import reverse

from suqing.analytics.jobs import backfill_topics
from suqing.analytics.models import TopicLabel, TopicSampleItem
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from tests.analytics.days import load, make_week
from tests.cast import Cast
from tests.web.seats import seat
from tests.web.test_topics import text_of

pytestmark = pytest.mark.django_db
PAGE = reverse("topic-sample", args=["hotels"])
LABEL = reverse("topic-sample-label", args=["hotels"])


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    seat(cast.analyst).post(
        reverse("topic-save"), {"code": "hotels", "name": "酒店退订", "rule": "酒店 OR (商家 异物)"}
    )
    return cast


@pytest.fixture
def drawn(week: Cast) -> Cast:
    backfill_topics()
    answer = seat(week.analyst).post(reverse("topic-sample-draw", args=["hotels"]))
    assert answer.status_code == 302 and answer["Location"] == PAGE
    return week


def read(client: object, answer: str) -> str:
    """Answer for the case that the page shows; return the page then."""
    item = client.get(PAGE).context["item"]  # type: ignore[attr-defined]
    said = client.post(LABEL, {"item": item.pk if item else "", "answer": answer}, follow=True)  # type: ignore[attr-defined]
    return text_of(said)


def test_before_a_sample_there_is_a_way_to_one(week: Cast) -> None:
    client = seat(week.analyst)
    assert "尚未抽样" in text_of(client.get(PAGE))
    answer = client.post(reverse("topic-sample-draw", args=["hotels"]), follow=True)
    assert "暂不能抽样" in text_of(answer) and not TopicSampleItem.objects.exists()
    assert client.get(reverse("topic-sample", args=["nothing"])).status_code == 404


def test_two_people_read_and_the_list_tells_it(drawn: Cast) -> None:
    total = TopicSampleItem.objects.count()
    for person in (drawn.analyst, drawn.supervisor):
        client = seat(person)
        for _ in range(total):
            item = client.get(PAGE).context["item"]
            belongs = "酒店" in item.case.match_text
            assert (
                client.post(LABEL, {"item": item.pk, "answer": "yes" if belongs else "no"}).status_code == 302
            )
        assert "已全部判读" in text_of(client.get(PAGE))
    page = text_of(seat(drawn.analyst).get(PAGE))
    assert "100%（" in page and f"{total} / {total}" in page and "κ = 1.00" in page
    assert "准确率 100%" in text_of(seat(drawn.analyst).get(reverse("topics")))


def test_the_last_word_can_be_taken_back(drawn: Cast) -> None:
    client = seat(drawn.analyst)
    first = client.get(PAGE).context["item"].pk
    read(client, "yes")
    assert TopicLabel.objects.get().item_id == first
    read(client, "back")
    assert not TopicLabel.objects.exists() and client.get(PAGE).context["item"].pk == first
    read(client, "back")  # nothing is left to take back
    assert client.post(LABEL, {"item": first, "answer": "perhaps"}).status_code == 404
    assert client.post(LABEL, {"item": "x", "answer": "yes"}).status_code == 404


def test_cases_out_of_sight_are_not_read(drawn: Cast) -> None:
    """The report of another unit is neither shown nor labelled by whoever may not see it."""
    client = seat(drawn.analyst)
    shown = client.get(PAGE).context["drawn"]
    reports = Case.objects.filter(pk__in=TopicSampleItem.objects.values("case"), kind=Kind.REPORT).count()
    assert shown == TopicSampleItem.objects.count() and reports
    handler = seat(drawn.handler)
    assert handler.get(PAGE).status_code == 403
    assert handler.post(LABEL, {"item": 1, "answer": "yes"}).status_code == 403
