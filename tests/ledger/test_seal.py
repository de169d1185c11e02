from __future__ import annotations

import json
import threading

import psycopg
import pytest
from django.db import connection, transaction

from suqing.ledger import queries
from suqing.ledger.actions import LIVE_CHANNEL, SEAL_BATCH, record, seal_events
from suqing.ledger.models import Event
from tests.cast import AT, SYSTEM
from tests.ledger.threads import threads


def _record(n: int, verb: str = "case.registered") -> Event:
    with transaction.atomic():
        return record(verb, ("case", n), by=SYSTEM, at=AT, data={"n": n})


@pytest.mark.django_db
def test_positions_start_at_one_and_have_no_gaps() -> None:
    for n in range(5):
        _record(n)
    assert seal_events() == 5
    _record(5)
    assert seal_events() == 1
    assert [e.position for e in queries.events_after(0)] == [1, 2, 3, 4, 5, 6]
    assert queries.sealed_position() == 6


@pytest.mark.django_db
def test_nothing_to_seal_is_nothing_done() -> None:
    assert seal_events() == 0
    assert queries.sealed_position() == 0


@pytest.mark.django_db
def test_more_than_a_batch_is_sealed_at_once() -> None:
    count = 2 * SEAL_BATCH + 3
    Event.objects.bulk_create(
        Event(at=AT, recorded_at=AT, actor=SYSTEM, verb="x", subject_type="case", subject_id=str(n))
        for n in range(count)
    )
    assert seal_events() == count
    assert queries.sealed_position() == count
    assert queries.verify_chain().is_whole


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_gets_a_later_position() -> None:
    written, sealed = threading.Event(), threading.Event()

    def slow() -> int:
        with transaction.atomic():
            event = record("case.slow", ("case", 1), by=SYSTEM, at=AT)
            written.set()
            assert sealed.wait(20)
        return event.pk

    with threads() as running:
        late = running.start(slow)
        assert written.wait(20)
        quick = _record(2)
        assert seal_events() == 1
        sealed.set()
        late_pk = late.result(20)
    assert late_pk < quick.pk
    assert seal_events() == 1
    assert [e.pk for e in queries.events_after(0)] == [quick.pk, late_pk]


@pytest.mark.django_db(transaction=True)
def test_an_event_that_rolled_back_leaves_no_gap() -> None:
    _record(1)
    with pytest.raises(RuntimeError), transaction.atomic():
        record("case.undone", ("case", 2), by=SYSTEM, at=AT)
        raise RuntimeError
    _record(3)
    seal_events()
    assert [(e.position, e.subject_id) for e in queries.events_after(0)] == [(1, "1"), (2, "3")]


@pytest.mark.django_db(transaction=True)
def test_several_sealers_at_once_make_one_chain() -> None:
    with threads() as running:
        for writer in range(4):
            running.start(lambda writer=writer: [_record(writer * 100 + n) for n in range(50)])
        sealers = [running.start(lambda: sum(seal_events() for _round in range(30))) for _sealer in range(4)]
    rest = seal_events()
    assert sum(sealer.result() for sealer in sealers) + rest == 200
    assert [e.position for e in queries.events_after(0)] == list(range(1, 201))
    assert queries.verify_chain().is_whole


@pytest.mark.django_db(transaction=True)
def test_listeners_hear_the_position_and_kinds_but_no_data() -> None:
    parameters = connection.get_connection_params()
    wanted = {
        key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if key in parameters
    }
    with psycopg.connect(**wanted, autocommit=True) as listener:
        listener.execute(f"LISTEN {LIVE_CHANNEL}")
        with transaction.atomic():
            record("party.added", ("case", 1), by=SYSTEM, at=AT, personal={"party:1": {"name": "张三丰"}})
            record("case.registered", ("submission", 2), by=SYSTEM, at=AT)
        seal_events()
        heard = [notice.payload for notice in listener.notifies(timeout=10, stop_after=1)]
    assert json.loads(heard[0]) == {
        "position": 2,
        "verbs": ["case.registered", "party.added"],
        "subjects": ["case", "submission"],
    }
