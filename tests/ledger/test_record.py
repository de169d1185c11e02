from __future__ import annotations

from datetime import datetime

import pytest
from django.db import transaction

from suqing.ledger import queries
from suqing.ledger.actions import OutsideTransaction, destroy_key, record, subject_label
from suqing.ledger.models import ConsumerPosition, Event, JobProgress
from tests.cast import AT, SYSTEM, Cast


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransaction):
        record("case.registered", ("case", 1), by=SYSTEM, at=AT)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_rolls_back_with_what_it_tells() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        record("case.registered", ("case", 1), by=SYSTEM, at=AT)
        raise RuntimeError
    assert not Event.objects.exists()


def test_an_event_tells_who_when_what_and_about_whom(cast: Cast) -> None:
    event = record("unit.praised", cast.gusu, by=cast.supervisor, at=AT, data={"before": 1, "after": 2})
    event.refresh_from_db()
    assert event.actor == f"person:{cast.supervisor.pk}"
    assert event.actor_name == cast.supervisor.display_name
    assert (event.subject_type, event.subject_id) == ("unit", str(cast.gusu.pk))
    assert event.at == AT
    assert event.data == {"before": 1, "after": 2}
    assert event.position is None
    assert event.sealed is None


@pytest.mark.django_db
def test_a_subject_is_labelled_by_its_class_in_snake_case() -> None:
    consumer = ConsumerPosition.objects.create(name="mirror")
    assert subject_label(consumer) == ("consumer_position", "mirror")
    assert subject_label(("case", 7)) == ("case", "7")


def test_an_unsaved_row_cannot_be_a_subject() -> None:
    with pytest.raises(ValueError, match="unsaved JobProgress"):
        subject_label(JobProgress(name="fold"))


@pytest.mark.django_db
def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        record("case.registered", ("case", 1), by=SYSTEM, at=datetime(2020, 1, 27))  # noqa: DTZ001
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_personal_data_are_readable_with_the_key_and_nowhere_in_the_row() -> None:
    personal = {"party:12": {"name": "张三丰"}, "party:13": {"phone": "13812345678"}}
    event = record("party.added", ("case", 1), by=SYSTEM, at=AT, personal=personal)
    event.refresh_from_db()
    assert queries.open_personal(event) == personal
    row = repr(Event.objects.filter(pk=event.pk).values()[0])
    assert "张三丰" not in row
    assert "13812345678" not in row
    assert "张三丰".encode() not in bytes(event.sealed or b"")


@pytest.mark.django_db
def test_an_erased_subject_is_absent_from_the_event_and_the_other_stays() -> None:
    personal = {"party:12": {"name": "张三丰"}, "party:13": {"phone": "13812345678"}}
    event = record("party.added", ("case", 1), by=SYSTEM, at=AT, personal=personal)
    destroy_key("party:12", by=SYSTEM, at=AT)
    assert queries.open_personal(event) == {"party:13": {"phone": "13812345678"}}


@pytest.mark.django_db
def test_many_events_are_opened_with_one_query(django_assert_num_queries: object) -> None:
    events = [
        record("party.added", ("case", n), by=SYSTEM, at=AT, personal={f"party:{n}": {"n": n}})
        for n in range(5)
    ]
    with django_assert_num_queries(1):  # type: ignore[operator]
        opened = queries.open_personal_many(events)
    assert opened == [{f"party:{n}": {"n": n}} for n in range(5)]


@pytest.mark.django_db
def test_events_of_a_subject_come_in_the_order_of_writing() -> None:
    for verb in ("case.registered", "case.dispatched", "case.closed"):
        record(verb, ("case", 1), by=SYSTEM, at=AT)
        record(verb, ("case", 2), by=SYSTEM, at=AT)
        record(verb, ("submission", 1), by=SYSTEM, at=AT)
    found = queries.events_of("case", [1])
    assert [e.verb for e in found] == ["case.registered", "case.dispatched", "case.closed"]
    assert queries.events_of("case", [1, 2]).count() == 6
