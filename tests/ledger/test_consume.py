from __future__ import annotations

import random
import threading
import time

import pytest
from django.db import transaction
from django.utils import timezone

from suqing.ledger import queries
from suqing.ledger.actions import consume, record, seal_events
from suqing.ledger.jobs import seal_until
from suqing.ledger.models import Event, JobProgress
from tests.cast import AT, SYSTEM
from tests.ledger.threads import threads

WRITERS = 8
ROUNDS = 25


def _write(writer: int, committed: list[str]) -> None:
    """Quick, slow-committing and rolled-back transactions of one to three events."""
    luck = random.Random(writer)
    for turn in range(ROUNDS):
        tokens = [f"{writer}/{turn}/{n}" for n in range(luck.randint(1, 3))]
        undone = luck.random() < 0.2
        try:
            with transaction.atomic():
                for token in tokens:
                    record("case.registered", ("case", token), by=SYSTEM, at=AT)
                    if luck.random() < 0.3:
                        time.sleep(luck.random() * 0.03)
                if undone:
                    raise InterruptedError
        except InterruptedError:
            continue
        committed.extend(tokens)


class _Consumer:
    """Writes one row per event, and now and then fails after having written."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        self.luck = random.Random(seed)
        self.failures = 0

    def __call__(self, events: list[Event]) -> None:
        now = timezone.now()
        JobProgress.objects.bulk_create(
            JobProgress(name=self.name, message=event.subject_id, started_at=now) for event in events
        )
        if self.luck.random() < 0.2:
            self.failures += 1
            raise InterruptedError

    def run(self, stop: threading.Event) -> None:
        while True:
            ending = stop.is_set()
            try:
                if consume(self.name, self, limit=self.luck.randint(1, 9)) == 0:
                    if ending:
                        return
                    time.sleep(0.005)
            except InterruptedError:
                continue


@pytest.mark.django_db(transaction=True)
def test_two_consumers_under_eight_writers_miss_nothing_and_double_nothing() -> None:
    committed: list[str] = []
    written, sealed = threading.Event(), threading.Event()
    # Each consumer runs twice at the same time, as it would with two worker processes.
    consumers = [_Consumer(name, seed) for seed, name in enumerate(["mirror", "alarms", "mirror", "alarms"])]
    with threads() as running:
        sealer = running.start(seal_until, written, 0.01)
        for consumer in consumers:
            running.start(consumer.run, sealed)
        writers = [running.start(_write, writer, committed) for writer in range(WRITERS)]
        for writer in writers:
            writer.result(60)
        written.set()
        sealer.result(60)
        seal_events()
        sealed.set()

    chain = [event.subject_id for event in queries.events_after(0, limit=10_000)]
    assert sorted(chain) == sorted(committed)
    assert len(chain) > WRITERS * ROUNDS
    assert sum(consumer.failures for consumer in consumers) > 0
    for name in ("mirror", "alarms"):
        seen = JobProgress.objects.filter(name=name).order_by("pk").values_list("message", flat=True)
        assert list(seen) == chain
        assert queries.consumer_position(name) == len(chain)
    assert queries.verify_chain().is_whole


@pytest.mark.django_db
def test_a_consumer_sees_sealed_events_only() -> None:
    record("case.registered", ("case", 1), by=SYSTEM, at=AT)
    seen: list[Event] = []
    assert consume("mirror", seen.extend, limit=10) == 0
    seal_events()
    assert consume("mirror", seen.extend, limit=10) == 1
    assert consume("mirror", seen.extend, limit=10) == 0
    assert [event.subject_id for event in seen] == ["1"]


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_fails_leaves_the_consumer_where_it_was() -> None:
    with transaction.atomic():
        record("case.registered", ("case", 1), by=SYSTEM, at=AT)
    seal_events()

    def fail(events: list[Event]) -> None:
        JobProgress.objects.create(name="half done", started_at=AT)
        raise InterruptedError(len(events))

    with pytest.raises(InterruptedError):
        consume("mirror", fail)
    assert queries.consumer_position("mirror") == 0
    assert not JobProgress.objects.exists()
