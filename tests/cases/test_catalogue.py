"""The dispatch catalogue: rows begin and end, what once held stays, and who may keep it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from suqing.accounts.models import Unit
from suqing.accounts.queries import NotPermitted
from suqing.cases.actions.catalogue import Overtaken, RuleInput, end_rule, save_rule
from suqing.cases.actions.moving import Refused
from suqing.cases.models import DispatchRule
from suqing.cases.queries.catalogue import (
    ALL,
    COMING,
    ENDED,
    IN_FORCE,
    RuleFilters,
    rule_events,
    rule_with_story,
    rules,
    status_of,
    units_to_choose,
)
from suqing.ledger.models import Event
from suqing.taxonomy.models import ClassNode
from tests.cases.test_dispatching_races import at_once
from tests.cast import AT, Cast
from tests.ledger.threads import threads

pytestmark = pytest.mark.django_db
TODAY = AT.date()
TOMORROW = TODAY + timedelta(days=1)
LATER = AT + timedelta(days=1)


def given(centre: Cast, code: str = "sz-price", **changes: object) -> RuleInput:
    unit = Unit.objects.get(code=code)
    return RuleInput(**{"unit": unit, "valid_from": TODAY, **changes})  # type: ignore[arg-type]


def a_row(centre: Cast, code: str = "sz-price", **changes: object) -> DispatchRule:
    return save_rule(rule=given(centre, code, **changes), by=centre.supervisor, at=AT)


def test_a_row_says_what_it_matches_and_leaves_an_event(centre: Cast) -> None:
    row = a_row(centre, rank=5, kind="report", seller_role="internet_ad", article="O20:28", note="广告处")
    stored = DispatchRule.objects.get(pk=row.pk)
    assert (stored.rank, stored.kind, stored.seller_role, stored.article, stored.note) == (
        5,
        "report",
        "internet_ad",
        "O20:28",
        "广告处",
    )
    assert (stored.changed_by, stored.changed_at, stored.valid_until) == (centre.supervisor, AT, None)
    event = Event.objects.get(verb="dispatch_rule.added")
    assert (event.subject_id, event.data["after"]["unit"]) == (str(row.pk), "sz-price")


def test_a_change_ends_the_old_row_and_begins_a_new_one(centre: Cast) -> None:
    old = a_row(centre)
    new = save_rule(
        rule=given(centre, "sz-metrology", valid_from=TOMORROW), replaces=old, by=centre.supervisor, at=AT
    )
    old.refresh_from_db()
    assert (old.unit.code, old.valid_until) == ("sz-price", TOMORROW)
    assert (new.replaces, new.valid_from, new.valid_until) == (old, TOMORROW, None)
    assert [DispatchRule.objects.in_force(day).get().pk for day in (TODAY, TOMORROW)] == [old.pk, new.pk]
    ended = Event.objects.get(verb="dispatch_rule.ended")
    assert ended.data["replaced_by"] == new.pk
    assert [row.pk for row in rule_with_story(new.pk)] == [new.pk, old.pk]
    assert [event.verb for event in rule_events([old, new])].count("dispatch_rule.added") == 2


def test_a_slip_can_be_put_right_on_the_day_it_was_made(centre: Cast) -> None:
    old = a_row(centre)
    save_rule(rule=given(centre, rank=7), replaces=old, by=centre.supervisor, at=AT)
    assert [row.rank for row in DispatchRule.objects.in_force(TODAY)] == [7]
    old.refresh_from_db()
    assert status_of(old, TODAY) == ENDED


def test_a_row_that_has_not_begun_never_holds_once_it_is_ended(centre: Cast) -> None:
    row = a_row(centre, valid_from=TOMORROW)
    end_rule(rule=row, until=TODAY, by=centre.supervisor, at=AT)
    row.refresh_from_db()
    assert row.valid_until == TOMORROW
    assert not DispatchRule.objects.in_force(TOMORROW).exists()
    assert status_of(row, TODAY) == ENDED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_from": TODAY - timedelta(days=1)}, "valid_from"),
        ({"rank": 0}, "rank"),
        ({"rank": 10_000}, "rank"),
        ({"kind": "praise"}, "kind"),
        ({"seller_role": "hawker"}, "seller_role"),
        ({"article": "第十条"}, "article"),
        ({"article": "XYZ:1"}, "article"),
        ({"article": "O20:"}, "article"),
        ({"article": "O20:abc"}, "article"),
        ({"note": "长" * 501}, "note"),
        ({"code": "sz-12315"}, "unit"),
        ({"code": "nj"}, "unit"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    centre: Cast, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        a_row(centre, **changes)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not DispatchRule.objects.exists()


def test_classes_stand_in_their_own_field(centre: Cast) -> None:
    goods = ClassNode.objects.get(tree__code="object-sz-ch20", code="101")
    issue = ClassNode.objects.filter(tree__code="report-issue-platform-2021").order_by("order")[0]
    for wrong, field in (({"object_class": issue}, "object_class"), ({"issue_class": goods}, "issue_class")):
        with pytest.raises(Refused) as refused:
            a_row(centre, **wrong)  # type: ignore[arg-type]
        assert refused.value.field == field
    assert a_row(centre, object_class=goods, issue_class=issue).pk


def test_the_same_row_twice_is_a_slip(centre: Cast) -> None:
    row = a_row(centre, kind="complaint")
    with pytest.raises(Refused) as refused:
        a_row(centre, kind="complaint", rank=3)
    assert refused.value.field == "unit"
    assert a_row(centre, kind="report").pk
    end_rule(rule=row, until=TOMORROW, by=centre.supervisor, at=AT)
    assert a_row(centre, kind="complaint", valid_from=TOMORROW).pk


@pytest.mark.parametrize("name", ["dispatcher", "handler", "head", "call_taker", "analyst", "stranger"])
def test_only_who_manages_the_rules_writes_them(centre: Cast, name: str) -> None:
    row = a_row(centre)
    person = getattr(centre, name)
    with pytest.raises(NotPermitted):
        save_rule(rule=given(centre, "sz-metrology"), by=person, at=AT)
    with pytest.raises(NotPermitted):
        end_rule(rule=row, until=TODAY, by=person, at=AT)


def test_the_administrator_of_the_authority_keeps_it_too(centre: Cast) -> None:
    assert save_rule(rule=given(centre), by=centre.administrator, at=AT).pk
    codes = {unit.code for unit in units_to_choose(centre.administrator)}
    assert {"sz", "sz-gusu", "sz-price"} <= codes
    assert not {code for code in codes if code.startswith("nj")} | ({"sz-12315"} & codes)
    assert units_to_choose(centre.dispatcher) == []


def test_an_end_lies_neither_in_the_past_nor_after_another_end(centre: Cast) -> None:
    row = a_row(centre)
    with pytest.raises(Refused) as refused:
        end_rule(rule=row, until=TODAY, by=centre.supervisor, at=LATER)
    assert refused.value.field == "until"
    end_rule(rule=row, until=TOMORROW, by=centre.supervisor, at=AT)
    with pytest.raises(Refused) as refused:
        end_rule(rule=row, until=TOMORROW + timedelta(days=1), by=centre.supervisor, at=AT)
    assert refused.value.field == "until"


def test_what_has_ended_or_was_replaced_cannot_be_changed_again(centre: Cast) -> None:
    ended = a_row(centre)
    end_rule(rule=ended, until=TODAY, by=centre.supervisor, at=AT)
    replaced = a_row(centre, kind="report")
    save_rule(rule=given(centre, kind="report", rank=9), replaces=replaced, by=centre.supervisor, at=AT)
    for row in (ended, replaced):
        with pytest.raises(Overtaken):
            save_rule(rule=given(centre, "sz-metrology"), replaces=row, by=centre.supervisor, at=AT)
        with pytest.raises(Overtaken):
            end_rule(rule=row, until=TOMORROW, by=centre.supervisor, at=AT)


def test_a_refused_change_leaves_the_old_row_as_it_was(centre: Cast) -> None:
    row, events = a_row(centre), Event.objects.count()
    with pytest.raises(Refused):
        save_rule(rule=given(centre, rank=0), replaces=row, by=centre.supervisor, at=AT)
    row.refresh_from_db()
    assert (row.valid_until, Event.objects.count() - events) == (None, 0)


def test_the_list_is_narrowed_by_status_kind_and_unit(centre: Cast) -> None:
    now = a_row(centre, rank=20)
    report = a_row(centre, "sz-metrology", rank=10, kind="report")
    coming = a_row(centre, "sz-gusu", valid_from=TOMORROW)
    ended = a_row(centre, "sz-wuzhong")
    end_rule(rule=ended, until=TODAY, by=centre.supervisor, at=AT)

    def listed(**filters: object) -> list[int]:
        return [row.pk for row in rules(RuleFilters(**filters), TODAY)]  # type: ignore[arg-type]

    assert listed() == [report.pk, now.pk]
    assert listed(status=COMING) == [coming.pk]
    assert listed(status=ENDED) == [ended.pk]
    assert set(listed(status=ALL)) == {now.pk, report.pk, coming.pk, ended.pk}
    assert listed(status=IN_FORCE, kind="complaint") == [now.pk]
    assert listed(status=ALL, unit=centre.gusu.pk) == [coming.pk]


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_of_one_row_at_once_one_stands(centre: Cast) -> None:
    row = a_row(centre)
    gate = threading.Barrier(2)

    def run(work: Callable[[], object]) -> str:
        gate.wait(timeout=60)
        try:
            work()
        except Refused as refused:
            return type(refused).__name__
        return "done"

    with threads() as running:
        works = (
            lambda: save_rule(rule=given(centre, rank=8), replaces=row, by=centre.supervisor, at=AT),
            lambda: save_rule(rule=given(centre, rank=9), replaces=row, by=centre.administrator, at=AT),
        )
        futures = [running.start(run, work) for work in works]
        outcomes = sorted(future.result(timeout=120) for future in futures)
    assert outcomes == ["Overtaken", "done"]
    assert DispatchRule.objects.in_force(TODAY).count() == 1
    assert DispatchRule.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_like_rows_that_are_saved_at_once_one_stands(centre: Cast) -> None:
    outcomes = at_once(lambda: a_row(centre, kind="report"), lambda: a_row(centre, kind="report"))
    assert outcomes == ["Refused", "done"]
    assert DispatchRule.objects.count() == 1
