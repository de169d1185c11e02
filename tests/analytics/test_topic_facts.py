"""Topics whose rules ask facts of a case: the same live, backfilled, imported, and after corrections."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.analytics.actions.topic_backfills import begin, go_on
from suqing.analytics.topic_counts import count_all
from suqing.analytics.topic_trial import sample, tried
from suqing.cases.actions import entities
from suqing.cases.actions.corrections import correct_facts
from suqing.cases.models import Case, TopicMembership
from suqing.cases.queries.topic_facts import facts_of, facts_of_new
from suqing.taxonomy.actions import TopicDraft, change_topic
from suqing.taxonomy.models import Topic
from suqing.taxonomy.text.rules.faults import BadRule, Reason
from suqing.taxonomy.text.topics import parse_rule
from tests.analytics.days import MONDAY, hotel_complaint, load, make_week, mask_report, moment, take
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
NIGHT = moment(MONDAY, "23:00")

RULES: dict[str, tuple[str, Any]] = {
    "kind": ("类型:举报 口罩", {"kind": "report", "match_text__contains": "口罩"}),
    "kind_alone": ("kind:consultation", {"kind": "consultation"}),
    "district": ("口罩 地区:姑苏区", {"match_text__contains": "口罩", "place__code__startswith": "320508"}),
    "city": ("口罩 district:320500", {"match_text__contains": "口罩", "place__code__startswith": "3205"}),
    "day": ("口罩 时间:2020-01-27", {"match_text__contains": "口罩", "received_at__gte": moment(MONDAY, "00:00")}),
}  # fmt: skip


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    return cast


def worded(code: str, text: str) -> Topic:
    return change_topic(TopicDraft(code, code, {"text": text}), by=SYSTEM, at=NIGHT).topic


def members(code: str) -> set[int]:
    return set(TopicMembership.objects.filter(version__topic__code=code).values_list("case_id", flat=True))


@pytest.mark.parametrize("code", list(RULES))
def test_facts_find_the_same_live_in_a_backfill_and_in_a_trial(week: Cast, code: str) -> None:
    text, meaning = RULES[code]
    go_on(begin(topic=worded(code, text), by=SYSTEM, at=NIGHT), rests=0.0, batch=7)
    wanted = set(Case.objects.filter(**meaning).values_list("pk", flat=True))
    assert members(code) == wanted and 0 < len(wanted) < Case.objects.count()

    rule = parse_rule(code, 1, {"text": text}).rule
    assert rule is not None
    total, sampled = sample(Case.objects.all())
    found = tried(rule, total, sampled, facts_of([one.case for one in sampled]))
    assert found.matched == len(wanted) and all(told.parts() for told in found.hits)
    assert count_all(rule, Case.objects.all(), is_wanted=lambda: True) == len(wanted)

    later = moment(MONDAY, "23:30")
    for matter in (mask_report(), hotel_complaint()):
        case = take(week, later, matter).cases.get()
        facts = facts_of([case.pk])[case.pk]
        assert facts == facts_of_new(Case.objects.get(pk=case.pk))
        assert (case.pk in members(code)) == Case.objects.filter(pk=case.pk, **meaning).exists()


def test_a_corrected_amount_brings_the_case_into_its_topic_and_out(week: Cast) -> None:
    worded("dear", "金额>=1000")
    case = take(week, NIGHT, hotel_complaint(amount=Decimal(300))).cases.get()
    assert case.pk not in members("dear")

    def corrected(amount: int) -> None:
        row = Case.objects.get(pk=case.pk)
        correct_facts(case=row, amount=Decimal(amount), incident_on=None, by=week.supervisor, at=NIGHT)

    corrected(1000)
    assert case.pk in members("dear")
    since = TopicMembership.objects.get(case=case, version__topic__code="dear").since
    corrected(2000)
    assert TopicMembership.objects.get(case=case, version__topic__code="dear").since == since
    corrected(999)
    assert case.pk not in members("dear")


def test_classes_are_found_by_name_and_code_with_those_above(week: Cast) -> None:
    case = Case.objects.exclude(issue_class=None).select_related("issue_class__parent").latest("pk")
    node = case.issue_class
    assert node is not None
    said = [node.name, node.code] + ([node.parent.name] if node.parent else [])
    for number, name in enumerate(said):
        code = f"class{number}"
        go_on(begin(topic=worded(code, f'class:"{name}"'), by=SYSTEM, at=NIGHT), rests=0.0)
        assert case.pk in members(code), name


def test_a_name_that_nothing_has_is_refused_with_its_place(week: Cast) -> None:
    for text, value in (("口罩 地区:没有区", "没有区"), ("口罩 类别:没有类", "没有类")):
        with pytest.raises(BadRule) as caught:
            worded("wrong", text)
        assert caught.value.reason is Reason.UNKNOWN_VALUE
        assert text[caught.value.at.start : caught.value.at.end].endswith(value)
    with pytest.raises(BadRule):
        parse_rule("wrong", 0, {"text": "类型:表扬"})


def test_natural_persons_are_not_found_by_their_name(week: Cast) -> None:
    case = Case.objects.exclude(entity=None).latest("pk")
    assert case.entity is not None
    name = case.entity.name
    go_on(begin(topic=worded("seller", f"经营者:{name}"), by=SYSTEM, at=NIGHT), rests=0.0)
    assert case.pk in members("seller")
    entities.correct(entity=case.entity, to=entities.Correction(is_person=True), by=week.supervisor, at=NIGHT)
    assert case.pk not in members("seller")
    entities.correct(
        entity=case.entity, to=entities.Correction(name=name, is_person=False), by=week.supervisor, at=NIGHT
    )
    assert case.pk in members("seller")


def test_rules_of_words_alone_read_no_facts(week: Cast) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        take(week, NIGHT, mask_report())
    plain = len(queries)
    worded("kinds", "类型:举报 口罩")
    with CaptureQueriesContext(connection) as queries:
        take(week, NIGHT, mask_report())
    assert 0 < len(queries) - plain <= 4, "two queries for names, a membership more"


def test_facts_are_read_only_where_the_words_stand(week: Cast) -> None:
    topic = worded("rare", "异物 类型:举报")
    with CaptureQueriesContext(connection) as queries:
        go_on(begin(topic=topic, by=SYSTEM, at=NIGHT), rests=0.0)
    (asked,) = [one["sql"] for one in queries if "entity_name" in one["sql"]]
    food = Case.objects.get(match_text__contains="异物")
    assert members("rare") == {food.pk} and f"IN ({food.pk})" in asked


def test_facts_of_many_cost_three_queries(week: Cast) -> None:
    keys = list(Case.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as queries:
        found = facts_of(keys)
    assert len(queries) == 3 and len(found) == len(keys)
    assert {one.day for one in found.values()} >= {date(2020, 1, 27), date(2020, 1, 20)}
