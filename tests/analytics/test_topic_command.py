"""``suqing topic``: a rule tried on a sample, saved, and brought over all cases; mistakes with their place."""

from __future__ import annotations

import io
from math import comb

import pytest
from django.core.management import CommandError, call_command

from suqing.analytics.topic_trial import sample, tried
from suqing.cases.models import Case, TopicMembership
from suqing.kit.proportions import wilson
from suqing.taxonomy.models import Topic
from suqing.taxonomy.rule_told import SENTENCES
from suqing.taxonomy.text.rules.faults import Reason
from suqing.taxonomy.text.rules.reading import read_rule
from tests.analytics.days import load, make_week
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    return cast


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("topic", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def refused(*words: str) -> str:
    with pytest.raises(CommandError) as fault:
        said(*words)
    return str(fault.value)


def test_a_rule_is_tried_on_the_sample(week: Cast) -> None:
    texts = Case.objects.values_list("match_text", flat=True)
    wanted = sum("口罩" in text and ("涨" in text or "贵" in text) for text in texts)
    total, sampled = sample(Case.objects.all())
    found = tried(read_rule("口罩 (涨 OR 贵)"), total, sampled)
    assert (found.cases, found.sampled, found.matched) == (len(texts), len(texts), wanted)
    assert found.bounds == (wanted, wanted) and 0 < wanted < total
    assert sum(count for _month, count, _of in found.months) == wanted
    assert sum(of for _month, _count, of in found.months) == total
    assert all("口罩" in one.text for one in found.hits)
    assert all(
        hit.word in ("口罩", "涨", "贵") for one in (*found.hits, *found.near_misses) for hit in one.hits
    )
    text = said("try", "口罩 (涨 OR 贵)")
    assert "【口罩】" in text and f"全部 {total} 件工单中命中 {wanted} 件" in text


def test_a_smaller_sample_is_the_beginning_of_a_larger_one(week: Cast) -> None:
    assert sample(Case.objects.all(), 5)[1] == sample(Case.objects.all(), 9)[1][:5]
    assert sample(Case.objects.all(), 5)[1] == sample(Case.objects.all(), 5)[1]


def test_the_interval_is_wilson_s() -> None:
    low, high = wilson(10, 100, 10**9)
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)
    assert wilson(0, 0, 0) == (0.0, 0.0) and wilson(0, 0, 5) == (0.0, 1.0)
    assert wilson(3, 10, 10) == (0.3, 0.3)
    assert wilson(0, 50, 10**9)[0] == 0.0 and wilson(50, 50, 10**9)[1] == 1.0


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_the_interval_holds_the_share_as_often_as_it_says(share: float) -> None:
    sampled = 400
    covered = sum(
        comb(sampled, found) * share**found * (1 - share) ** (sampled - found)
        for found in range(sampled + 1)
        if (bounds := wilson(found, sampled, 10**12))[0] <= share <= bounds[1]
    )
    assert 0.93 < covered < 0.975


def test_a_topic_is_saved_and_holds_its_cases(week: Cast) -> None:
    text = said(
        "save", "masks", "--rule", "@口罩 NOT 面膜", "--name", "口罩诉求", "--words", "口罩=口罩，N95"
    )
    wanted = Case.objects.filter(match_text__contains="口罩").count()
    assert TopicMembership.objects.filter(version__topic__code="masks").count() == wanted > 1
    assert "第 1 版" in text and f"新增 {wanted} 条" in text
    assert Topic.objects.get(code="masks").name == "口罩诉求"
    assert "第 2 版" in said("save", "masks", "--rule", "水壶")
    listed = said("list")
    assert "masks  口罩诉求  v2  水壶" in listed
    assert "mask_price  口罩价格  v1  (口罩 OR n95 OR kn95) AND (涨价 OR " in listed
    assert "新增 0 条" in said("backfill", "masks")


def test_a_mistake_is_told_with_its_place(week: Cast) -> None:
    lines = refused("try", "口罩 AND (涨价 OR").splitlines()
    assert lines[0] == "OR 之后须有词或括号。"
    assert lines[2].index("^") == len("KKKK AND (ZZZZ ")  # a Chinese character is two columns wide
    assert "没有" in refused("try", "@没有")
    assert refused("try", "口罩", "--words", "口罩")
    assert refused("save", "Masks", "--rule", "口罩")
    assert "--name" in refused("save", "masks", "--rule", "口罩")
    assert "nowhere" in refused("save", "masks", "--rule", "口罩", "--name", "口罩", "--parent", "nowhere")
    assert "nobody" in refused("save", "masks", "--rule", "口罩", "--name", "口罩", "--as", "nobody")
    assert "nowhere" in refused("backfill", "nowhere")
    assert not Topic.objects.filter(code="masks").exists()


def test_every_mistake_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)
