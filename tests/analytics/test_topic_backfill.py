"""A topic's new wording over all cases: what is then held is what live matching would give, whatever happens meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from suqing.analytics import jobs
from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_feeding import feed
from suqing.analytics.actions.topic_backfills import NothingToDo, begin, go_on
from suqing.analytics.jobs import backfill_topics
from suqing.analytics.models import TopicBackfill
from suqing.analytics.periods import Period
from suqing.analytics.queries import Filter, figure
from suqing.cases.models import Case, TopicMembership
from suqing.ledger.models import Event
from suqing.taxonomy.actions import TopicDraft, change_topic
from suqing.taxonomy.models import Topic
from suqing.taxonomy.queries import topic_rules
from suqing.taxonomy.text.topics import match
from tests.analytics.days import MONDAY, load, make_week, mask_report, moment, take
from tests.analytics.mirror.reading import is_equal
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
NIGHT = moment(MONDAY, "23:00")


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    return cast


def worded(code: str, text: str, parent: str | None = None) -> Topic:
    return change_topic(TopicDraft(code, code, {"text": text}, parent=parent), by=SYSTEM, at=NIGHT).topic


def backfilled(topic: Topic, **more: Any) -> TopicBackfill:
    return go_on(begin(topic=topic, by=SYSTEM, at=NIGHT), rests=0.0, **more)


def held(*codes: str) -> dict[int, set[str]]:
    """The topics of each case, of these codes; no topic by two versions."""
    found: dict[int, set[str]] = {pk: set() for pk in Case.objects.values_list("pk", flat=True)}
    for row in TopicMembership.objects.filter(version__topic__code__in=codes).select_related(
        "version__topic"
    ):
        assert row.version.topic.code not in found[row.case_id]
        found[row.case_id].add(row.version.topic.code)
    return found


def as_live(*codes: str) -> dict[int, set[str]]:
    rules = topic_rules(NIGHT)
    return {pk: match(text, rules) & set(codes) for pk, text in Case.objects.values_list("pk", "match_text")}


def test_a_new_topic_and_those_above_hold_what_live_matching_gives(week: Cast) -> None:
    topic = worded("kettle", "(电水壶 OR 热水壶) NOT 口罩", parent="epidemic")
    before = held("epidemic")
    done = backfilled(topic, batch=5)
    assert held("kettle", "epidemic") == as_live("kettle", "epidemic")
    kettles = [pk for pk, codes in held("kettle").items() if codes]
    assert kettles and all("epidemic" in held("epidemic")[pk] for pk in kettles)
    assert done.looked_at == done.total == Case.objects.count()
    assert done.added == len(kettles) + sum(not before[pk] for pk in kettles) and done.removed == 0
    case = take(week, NIGHT, mask_report()).cases.get()
    assert held("mask_price", "kettle")[case.pk] == as_live("mask_price", "kettle")[case.pk] == {"mask_price"}


def test_the_next_wording_takes_the_place_of_the_last_and_figures_follow(week: Cast) -> None:
    def counted() -> Any:
        return figure(
            "cases_registered",
            period=Period(MONDAY - timedelta(days=9), MONDAY),
            filters=(Filter("topic", ("mask_price",)),),
        ).value

    assert counted() > 1
    kept = TopicMembership.objects.filter(version__topic__code="epidemic").order_by("pk").last()
    backfilled(worded("mask_price", "没有人说的话"))
    assert counted() == 0
    assert held("mask_price", "epidemic") == as_live("mask_price", "epidemic")
    assert (
        kept in TopicMembership.objects.all()
    )  # the topic above names masks itself: since when stays as it was


def test_what_is_begun_goes_on_behind_the_last_batch(week: Cast) -> None:
    def dies(_found: TopicBackfill) -> None:
        raise KeyboardInterrupt

    topic = worded("mask_price", "口罩")
    backfill = begin(topic=topic, by=SYSTEM, at=NIGHT)
    with pytest.raises(KeyboardInterrupt):
        go_on(backfill, batch=4, told=dies)
    backfill.refresh_from_db()
    assert backfill.looked_at == 4 and not backfill.is_over
    assert backfill_topics() == 1 and backfill_topics() == 0
    backfill.refresh_from_db()
    assert backfill.looked_at == Case.objects.count() and backfill.is_over
    assert held("mask_price") == as_live("mask_price")
    ended = Event.objects.filter(verb="topic.backfilled").get()
    assert ended.data["looked_at"] == backfill.looked_at


def test_what_is_registered_meanwhile_is_there_too(week: Cast) -> None:
    came: list[Case] = []

    def comes(_found: TopicBackfill) -> None:
        if not came:
            came.append(take(week, NIGHT, mask_report()).cases.get())

    done = backfilled(worded("mask_price", "口罩"), batch=6, told=comes)
    assert done.looked_at == Case.objects.count() and done.place == came[0].pk
    assert held("mask_price") == as_live("mask_price")


def test_one_that_fails_holds_no_other_up(week: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (begin(topic=worded(code, "口罩"), by=SYSTEM, at=NIGHT) for code in ("one", "two"))

    def fails(backfill: TopicBackfill) -> TopicBackfill:
        if backfill == first:
            raise OSError("no room left")
        return go_on(backfill)

    monkeypatch.setattr(jobs, "go_on", fails)
    assert jobs.backfill_topics() == 1
    second.refresh_from_db()
    assert second.is_over and held("two") == as_live("two") and not any(held("one").values())


def test_a_newer_one_takes_over(week: Cast) -> None:
    topic = worded("mask_price", "口罩")
    old = begin(topic=topic, by=week.supervisor, at=NIGHT)
    done = backfilled(worded("mask_price", "水壶"))
    assert go_on(old).is_superseded and not old.looked_at
    assert done.is_over and held("mask_price") == as_live("mask_price")


def test_another_topic_of_the_family_worded_meanwhile_is_not_undone(week: Cast) -> None:
    worded_meanwhile: list[Topic] = []

    def words_another(_found: TopicBackfill) -> None:
        if not worded_meanwhile:
            worded_meanwhile.append(worded("kettle", "电水壶", parent="epidemic"))
            backfilled(worded_meanwhile[0])

    backfilled(worded("mask_price", "口罩 贵"), batch=6, told=words_another)
    codes = ("mask_price", "kettle", "epidemic")
    assert held(*codes) == as_live(*codes)
    assert any("kettle" in one for one in held("kettle").values())


def test_the_mirror_follows(week: Cast, settings: Any, tmp_path: Path) -> None:
    settings.SUQING_MIRROR = tmp_path / "mirror"
    build()
    backfilled(worded("mask_price", "水壶"))
    assert not is_equal()
    feed()
    assert is_equal()


def test_a_topic_without_a_rule_has_nothing_to_bring(week: Cast) -> None:
    with pytest.raises(NothingToDo):
        begin(topic=Topic.objects.create(code="empty", name="空"), by=SYSTEM, at=NIGHT)


def test_a_batch_asks_the_same_number_of_questions_however_many_cases_it_has(week: Cast) -> None:
    def questions(batch: int) -> int:
        backfill = begin(topic=worded("mask_price", "口罩"), by=SYSTEM, at=NIGHT)
        with CaptureQueriesContext(connection) as asked:
            go_on(backfill, rests=0.0, batch=batch)
        return len(asked)

    cases = Case.objects.count()
    assert questions(cases) == questions(10 * cases)
    assert questions(-(-cases // 2)) - questions(cases) < 16


@pytest.mark.django_db(transaction=True)
def test_who_still_registers_by_the_older_rules_is_waited_for(cast: Cast) -> None:
    load(cast)
    registered, may_end = Flag(), Flag()
    came: list[int] = []

    def registers() -> None:
        with transaction.atomic():
            came.append(take(cast, NIGHT, mask_report()).cases.get().pk)
            registered.set()
            assert may_end.wait(60)
        connection.close()

    def brings() -> None:
        go_on(backfill, rests=0.0)
        connection.close()

    other = Thread(target=registers)
    other.start()
    assert registered.wait(60)
    backfill = begin(topic=worded("masks", "口罩"), by=SYSTEM, at=NIGHT)
    bringing = Thread(target=brings)
    bringing.start()
    bringing.join(1)
    assert bringing.is_alive() and not TopicBackfill.objects.get().looked_at
    may_end.set()
    for thread in (other, bringing):
        thread.join(120)
    assert held("masks") == {came[0]: {"masks"}}
