from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from suqing.ledger.actions import record, seal_events
from suqing.ledger.models import Event
from tests.cast import AT, SYSTEM

CHANGES = [
    "UPDATE ledger_event SET verb = 'case.forgotten'",
    "UPDATE ledger_event SET data = '{}'",
    "UPDATE ledger_event SET actor_name = 'somebody else'",
    "UPDATE ledger_event SET sealed = NULL",
    "UPDATE ledger_event SET position = 9, chain_hash = '\\x00', verb = 'case.lost' WHERE position IS NULL",
    "UPDATE ledger_event SET position = NULL, chain_hash = NULL",
    "UPDATE ledger_event SET position = 7",
    "UPDATE ledger_event SET chain_hash = '\\x01'",
    "DELETE FROM ledger_event",
    "TRUNCATE ledger_event",
]


def _refused(statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_a_sealed_event(statement: str) -> None:
    if "WHERE position IS NULL" in statement:
        statement = statement.replace("IS NULL", "IS NOT NULL")
    record("case.registered", ("case", 1), by=SYSTEM, at=AT, data={"x": 1}, personal={"party:1": {"n": 1}})
    seal_events()
    before = Event.objects.values().get()
    _refused(statement)
    assert Event.objects.values().get() == before


@pytest.mark.django_db
@pytest.mark.parametrize("statement", CHANGES[:5] + CHANGES[-2:])
def test_the_database_refuses_to_change_an_unsealed_event(statement: str) -> None:
    record("case.registered", ("case", 1), by=SYSTEM, at=AT, data={"x": 1}, personal={"party:1": {"n": 1}})
    _refused(statement)
    assert Event.objects.get().verb == "case.registered"


@pytest.mark.django_db
def test_nobody_inserts_an_event_with_a_position_of_their_own() -> None:
    with pytest.raises(IntegrityError, match="only the sealer"), transaction.atomic():
        Event.objects.create(
            at=AT, recorded_at=AT, actor=SYSTEM, verb="x", subject_type="case", position=5, chain_hash=b"x"
        )
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_trigger_can_be_taken_off_and_put_back() -> None:
    def triggers() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'ledger_event_%'")
            return int(cursor.fetchone()[0])

    assert triggers() == 2
    loader = MigrationLoader(connection)
    migration = loader.get_migration("ledger", "0002_append_only_events")
    state = loader.project_state([("ledger", "0002_append_only_events")])
    with connection.schema_editor() as editor:
        migration.unapply(state, editor)
    assert triggers() == 0
    with connection.schema_editor() as editor:
        migration.apply(state, editor)
    assert triggers() == 2
