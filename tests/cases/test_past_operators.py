"""Many operators at once are found and made by the very rules of one at a time, also beside other writers."""

from __future__ import annotations

import threading
from random import Random

import pytest
from django.db import transaction

from suqing.cases.actions import entities, entity_merging
from suqing.cases.actions.past_operators import Meant, find_or_make_many
from suqing.cases.intake import EntityInput
from suqing.cases.models import Case, MarketEntity
from suqing.ledger.models import Event
from suqing.taxonomy.models import Division
from tests.cases.examples import one_case
from tests.cast import AT, Cast
from tests.ledger.threads import threads

CODES = ("91440300085948158H", "92320508MA1N0ABC0F", "")
NAMES = ("平江大药房", "姑苏药房", "平江大药房有限公司", "")
PLACES = ("320508", "320506", None)


def drawn(seed: int, count: int) -> list[tuple[EntityInput, str | None]]:
    draw = Random(seed)
    return [
        (EntityInput(draw.choice(NAMES), draw.choice((*CODES, "", ""))), draw.choice(PLACES))
        for _number in range(count)
    ]


def place(code: str | None) -> Division | None:
    return Division.objects.get(code=code) if code else None


def one_at_a_time(centre: Cast, given: list[tuple[EntityInput, str | None]]) -> list[str | None]:
    found = [
        entities.find_or_make(entity=entity, place=place(code), address="", by=centre.supervisor, at=AT)
        for entity, code in given
    ]
    return [one and str(one.pk) for one in found]


def at_once(given: list[tuple[EntityInput, str | None]]) -> list[str | None]:
    meant = [Meant(entity, where and where.pk, "") for entity, where in ((e, place(p)) for e, p in given)]
    return [one and str(one.pk) for one in find_or_make_many(meant, at=AT)[0]]


def shape(keys: list[str | None]) -> list[int | None]:
    """Which of them are the same, whatever their keys are."""
    order: dict[str, int] = {}
    return [None if key is None else order.setdefault(key, len(order)) for key in keys]


def prepared(centre: Cast) -> None:
    """One operator with another name, one that was merged into it."""
    kept = one_case(centre.call_taker, entity=EntityInput("观前药房")).entity
    gone = one_case(centre.call_taker, entity=EntityInput("平江大药房"), narrative="另一件").entity
    assert kept and gone
    entities.add_name(entity=kept, name="姑苏药房", by=centre.supervisor, at=AT)
    entity_merging.merge(survivor=kept, absorbed=gone, by=centre.supervisor, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(12))
def test_a_batch_finds_and_makes_what_single_contacts_would(centre: Cast, seed: int) -> None:
    given = drawn(seed, 25)
    if seed % 2:
        prepared(centre)
    outcomes = []
    for run in (lambda: one_at_a_time(centre, given), lambda: at_once(given)):
        with transaction.atomic():
            keys = run()
            codes = sorted(MarketEntity.objects.exclude(uscc="").values_list("name", "uscc"))
            outcomes.append((shape(keys), MarketEntity.objects.count(), codes))
            transaction.set_rollback(True)
    assert outcomes[0] == outcomes[1]


@pytest.mark.django_db(transaction=True)
def test_two_batches_that_bring_one_code_at_once_make_one_operator(centre: Cast) -> None:
    gate = threading.Barrier(2)

    def batch(name: str) -> list[str | None]:
        with transaction.atomic():
            gate.wait(timeout=60)
            found = at_once([(EntityInput(name, CODES[0]), "320508"), (EntityInput("别家", ""), None)])
            return found[:1]

    with threads() as running:
        works = [running.start(batch, name) for name in ("平江大药房", "平江药房")]
        found = [work.result(timeout=120) for work in works]
    assert found[0] == found[1]
    assert MarketEntity.objects.filter(uscc=CODES[0]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_merge_crosswise_make_no_ring(centre: Cast) -> None:
    one = one_case(centre.call_taker, entity=EntityInput("平江大药房")).entity
    other = one_case(centre.call_taker, entity=EntityInput("姑苏药房"), narrative="另一件").entity
    assert one and other
    gate = threading.Barrier(2)

    def cross(survivor: MarketEntity, absorbed: MarketEntity) -> str:
        gate.wait(timeout=60)
        try:
            entity_merging.merge(survivor=survivor, absorbed=absorbed, by=centre.supervisor, at=AT)
        except entities.Overtaken:
            return "overtaken"
        return "done"

    with threads() as running:
        works = [running.start(cross, one, other), running.start(cross, other, one)]
        assert sorted(work.result(timeout=120) for work in works) == ["done", "overtaken"]
    heads = MarketEntity.objects.filter(merged_into=None)
    assert set(Case.objects.values_list("entity", flat=True)) == {heads.get().pk}


@pytest.mark.django_db(transaction=True)
def test_a_case_that_is_registered_during_a_merge_is_not_left_behind(centre: Cast) -> None:
    one = one_case(centre.call_taker, entity=EntityInput("平江大药房")).entity
    other = one_case(centre.call_taker, entity=EntityInput("姑苏药房"), narrative="另一件").entity
    assert one and other
    gate = threading.Barrier(4)

    def take(number: int) -> None:
        gate.wait(timeout=60)
        for round_ in range(3):
            one_case(
                centre.call_taker, entity=EntityInput("姑苏药房"), narrative=f"同时的第{number}-{round_}件"
            )

    def merge() -> None:
        gate.wait(timeout=60)
        entity_merging.merge(survivor=one, absorbed=other, by=centre.supervisor, at=AT)

    with threads() as running:
        for number in range(3):
            running.start(take, number)
        running.start(merge)
    assert Case.objects.filter(entity=one).count() == 11
    assert not Case.objects.filter(entity=other).exists()
    assert Event.objects.filter(verb="market_entity.merged").count() == 2
