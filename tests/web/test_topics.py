"""The pages of topics: a rule tried while it is typed, saved, and brought over all cases."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from suqing.analytics.jobs import backfill_topics
from suqing.analytics.models import TopicBackfill
from suqing.analytics.topic_counts import NewestQuestions, Superseded, count_all
from suqing.cases.models import Case, TopicMembership
from suqing.taxonomy.models import Topic
from suqing.taxonomy.text.rules.reading import Vocabulary, read_rule
from suqing.web.desks import topic_after
from tests.analytics.days import MONDAY, load, make_week, mask_report, moment, take
from tests.cast import Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
RULE = "@口罩 NEAR/30 (涨 OR 贵)"
LISTS = "口罩 = 口罩，N95"


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    return cast


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def tried(client: Any, rule: str, words: str = "") -> Any:
    return client.get(reverse("topic-trial"), {"rule": rule, "words": words})


def test_a_rule_is_tried_while_it_is_typed(week: Cast) -> None:
    client = seat(week.analyst)
    answer = tried(client, RULE, LISTS)
    found = answer.context["found"]
    wanted = Case.objects.filter(match_text__contains="口罩", match_text__regex="涨|贵").count()
    assert found.matched == wanted > 1 and found.sampled == Case.objects.count()
    assert "<mark>口罩</mark>" in answer.content.decode()
    hits = answer.context["shown"][0][1]
    assert {line["number"] for line in hits} <= set(Case.objects.values_list("number", flat=True))
    assert "".join(text for text, _is_word in hits[0]["parts"]).strip("…") in " ".join(
        Case.objects.values_list("match_text", flat=True)
    )
    assert "固定样本" in text_of(client.get(reverse("topic-trial")))


@pytest.mark.parametrize(
    ("rule", "words", "said"),
    [
        ("口罩 AND", "", "AND 之后须有词或括号"),
        ("@没有", "", "没有名为“没有”的词表"),
        ("口罩", "没有等号", "第 1 行"),
        ("NOT 口罩", "", "NOT"),
        ("类型:表扬", "", "表扬"),
        ("地区:没有区", "", "没有区"),
        ("<script>alert(1)</script> AND", "", "AND 之后"),
    ],
)
def test_a_mistake_is_shown_at_its_place_and_keeps_what_was_typed(
    week: Cast, rule: str, words: str, said: str
) -> None:
    client = seat(week.analyst)
    answer = tried(client, rule, words)
    assert answer.status_code == 200 and said in text_of(answer) and "found" not in answer.context
    assert "<script>alert" not in answer.content.decode()
    saved = client.post(reverse("topic-save"), {"code": "x_y", "name": "名", "rule": rule, "words": words})
    assert saved.status_code == 422 and said in text_of(saved)
    assert f">\n{rule}</textarea>" in text_of(saved)
    assert not Topic.objects.filter(code="x_y").exists()


def test_a_topic_is_saved_and_earlier_cases_follow(week: Cast) -> None:
    client = seat(week.analyst)
    given = {"code": "masks", "name": "口罩诉求", "parent": "epidemic", "rule": RULE, "words": LISTS}
    assert client.post(reverse("topic-save"), given).status_code == 302
    page = client.get(reverse("topics"))
    assert page.context["is_running"] and 'hx-trigger="every 2s"' in page.content.decode()
    codes = [row["topic"].code for row in page.context["rows"]]
    assert codes.index("masks") < codes.index("refund")  # it stands with the others below the epidemic
    assert backfill_topics() == 1
    row = TopicBackfill.objects.get()
    assert row.begun_by == week.analyst
    assert TopicMembership.objects.filter(version=row.version).count() == row.added > 1
    page = client.get(reverse("topics"))
    assert not page.context["is_running"] and RULE in text_of(page)
    bench = client.get(reverse("topic-trial"), {"code": "masks"})
    assert bench.context["form"]["rule"].value() == RULE
    assert bench.context["form"]["words"].value() == "口罩 = 口罩, N95"
    again = {"topic": "masks", "rule": "口罩 NOT N95", "words": ""}
    assert client.post(reverse("topic-save"), again).status_code == 302
    assert Topic.objects.get(code="masks").versions.count() == 2


def test_what_is_missing_or_there_already_is_told(week: Cast) -> None:
    client = seat(week.supervisor)
    for given, said in (
        ({"rule": "口罩", "name": "名", "code": "Ä"}, "代码"),
        ({"rule": "口罩", "name": "名", "code": "epidemic"}, "已有"),
        ({"rule": "口罩", "name": "", "code": "masks"}, "名称"),
        ({"rule": "", "name": "名", "code": "masks"}, "规则"),
    ):
        answer = client.post(reverse("topic-save"), given)
        assert answer.status_code == 422
        assert said in re.sub(r"<form.*?</form>", "", text_of(answer), flags=re.DOTALL)
    assert client.get(reverse("topic-trial"), {"code": "nothing"}).status_code == 404


def test_a_shipped_topic_is_worded_anew_from_its_words(week: Cast) -> None:
    client = seat(week.analyst)
    bench = client.get(reverse("topic-trial"), {"code": "mask_price"})
    rule = bench.context["form"]["rule"].value()
    assert rule.startswith("(口罩 OR n95 OR kn95) AND (涨价 OR ") and bench.context["found"].matched > 1
    assert client.post(reverse("topic-save"), {"topic": "mask_price", "rule": f"({rule})"}).status_code == 302
    before = set(
        TopicMembership.objects.filter(version__topic__code="mask_price").values_list("case", flat=True)
    )
    backfill_topics()
    rows = TopicMembership.objects.filter(version__topic__code="mask_price")
    assert {row.version.number for row in rows} == {2} and {row.case_id for row in rows} == before
    assert Topic.objects.get(code="mask_price").parent.code == "epidemic"  # type: ignore[union-attr]


def test_the_exact_number_follows_and_a_superseded_question_stops(
    week: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = seat(week.analyst)
    wanted = Case.objects.filter(match_text__contains="口罩").count()
    asked = {"rule": "口罩"}
    text = text_of(client.get(reverse("topic-exact"), asked))
    assert f"精确 {wanted} 件" in text and f"{Case.objects.count()} 件" in text
    assert text_of(client.get(reverse("topic-exact"), {"rule": "口罩 AND"})) == ""

    questions = NewestQuestions()
    first, of_another = questions.ask(week.analyst.pk), questions.ask(week.supervisor.pk)
    rule = read_rule("口罩", Vocabulary({}, {}))
    assert count_all(rule, Case.objects.all(), is_wanted=first) == wanted
    questions.ask(week.analyst.pk)
    with pytest.raises(Superseded):
        count_all(rule, Case.objects.all(), is_wanted=first)
    assert of_another()

    monkeypatch.setattr(topic_after, "MOST", 1)
    assert "超过 1 件" in text_of(client.get(reverse("topic-exact"), asked))


def test_words_that_would_extend_a_rule_are_offered_as_rules(week: Cast) -> None:
    client = seat(week.analyst)
    client.post(reverse("topic-save"), {"code": "masks", "name": "口罩", "rule": "口罩"})
    answer = client.get(reverse("topic-words"), {"rule": "口罩 涨", "topic": "masks"})
    for row in answer.context["rows"]:
        assert row["more"] > 0 and row["word"] in row["rule"]
        bench = client.get(row["url"])
        assert bench.context["topic"].code == "masks" and bench.context["found"].matched
    assert client.get(reverse("topic-words"), {"rule": "("}).content == b""


def test_what_a_topic_is_for_and_who_answers_is_saved_without_a_new_wording(week: Cast) -> None:
    client = seat(week.analyst)
    given = {
        "code": "masks",
        "name": "口罩",
        "rule": "口罩",
        "description": "每日通报用",
        "owner": week.analyst.pk,
    }
    client.post(reverse("topic-save"), given)
    topic = Topic.objects.get(code="masks")
    assert (topic.description, topic.owner) == ("每日通报用", week.analyst)
    backfills = TopicBackfill.objects.count()
    again = {"topic": "masks", "rule": "口罩", "description": "周报用", "owner": ""}
    assert "规则未变" in text_of(client.post(reverse("topic-save"), again, follow=True))
    topic.refresh_from_db()
    assert (topic.description, topic.owner) == ("周报用", None)
    assert topic.versions.count() == 1 and TopicBackfill.objects.count() == backfills
    assert "周报用" in text_of(client.get(reverse("topics")))
    assert client.post(reverse("topic-save"), again | {"owner": week.handler.pk}).status_code == 422


def test_a_topic_that_has_ended_takes_no_new_cases_until_it_is_resumed(week: Cast) -> None:
    client = seat(week.analyst)
    client.post(reverse("topic-save"), {"code": "masks", "name": "口罩", "rule": "口罩"})
    backfill_topics()
    members = TopicMembership.objects.filter(version__topic__code="masks")
    before = members.count()
    assert client.post(reverse("topic-end", args=["masks"])).status_code == 302
    assert client.post(reverse("topic-end", args=["masks"])).status_code == 404
    late = take(week, moment(MONDAY, "23:00"), mask_report()).cases.get()
    assert members.count() == before and Topic.objects.get(code="masks").ended_at
    assert "恢复" in text_of(client.get(reverse("topics")))
    client.post(reverse("topic-resume", args=["masks"]))
    backfill_topics()
    assert members.count() == before + 1 and members.filter(case=late).exists()
    assert Topic.objects.get(code="masks").ended_at is None
