from __future__ import annotations

import pytest
from django.db import connection

from suqing.ledger.actions import destroy_key, record, seal_events
from suqing.ledger.models import Event
from suqing.ledger.queries import ChainReport, decrypt_for, open_personal, verify_chain
from tests.cast import AT, SYSTEM


@pytest.fixture
def ten_events(db: None) -> None:
    for n in range(1, 11):
        personal = {"party:1": {"name": "张三丰"}} if n == 4 else None
        record("case.registered", ("case", n), by=SYSTEM, at=AT, data={"amount": 1.5}, personal=personal)
    seal_events()


def _tamper(statement: str) -> ChainReport:
    """Do what an intruder with the rights of the database's owner could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        assert cursor.rowcount > 0
        cursor.execute("SET LOCAL session_replication_role = origin")
    return verify_chain()


@pytest.mark.usefixtures("ten_events")
def test_an_untouched_chain_is_whole() -> None:
    seen: list[int] = []
    report = verify_chain(progress=seen.append)
    assert report.is_whole
    assert report.checked == 10
    assert report.head == bytes(Event.objects.get(position=10).chain_hash or b"").hex()
    assert seen == [10]
    assert (report.unsealed, report.oldest_unsealed) == (0, None)


@pytest.mark.usefixtures("ten_events")
@pytest.mark.parametrize(
    "change",
    [
        "verb = 'case.registerex'",
        "data = '{\"amount\": 1.50}'",
        "at = at + interval '1 microsecond'",
        "recorded_at = recorded_at - interval '1 microsecond'",
        "actor = 'system:testt'",
        "actor_name = ' '",
        "subject_type = 'kase'",
        "subject_id = '44'",
        "sealed = set_byte(sealed, 40, (get_byte(sealed, 40) + 1) % 256)",
        "sealed = NULL",
        "chain_hash = set_byte(chain_hash, 31, (get_byte(chain_hash, 31) + 1) % 256)",
        "id = 1000000000",
    ],
)
def test_a_changed_byte_is_found_at_its_position(change: str) -> None:
    report = _tamper(f"UPDATE ledger_event SET {change} WHERE position = 4")
    assert report.broken_at == 4
    assert report.checked == 3
    assert "is not what was sealed" in report.problem


@pytest.mark.usefixtures("ten_events")
def test_a_deleted_event_is_found_at_its_position() -> None:
    report = _tamper("DELETE FROM ledger_event WHERE position = 6")
    assert report.broken_at == 6
    assert report.problem == "no event has position 6; the next one is 7"


@pytest.mark.usefixtures("ten_events")
def test_events_cut_off_the_end_are_missed() -> None:
    report = _tamper("DELETE FROM ledger_event WHERE position > 8")
    assert report.broken_at == 9
    assert report.problem == "events 9 to 10 were sealed and are missing"


@pytest.mark.usefixtures("ten_events")
def test_swapped_positions_are_found() -> None:
    assert _swap(5, 7).broken_at == 5


def _swap(one: int, other: int) -> ChainReport:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE ledger_event SET position = -1 WHERE position = %s", [one])
        cursor.execute("UPDATE ledger_event SET position = %s WHERE position = %s", [one, other])
        cursor.execute("SET LOCAL session_replication_role = origin")
    return _tamper(f"UPDATE ledger_event SET position = {other} WHERE position = -1")


@pytest.mark.usefixtures("ten_events")
def test_an_event_forged_with_a_fitting_hash_breaks_the_next_link() -> None:
    from suqing.ledger import chain
    from suqing.ledger.queries import rows_of

    row = rows_of(Event.objects.filter(position=4))[0].row
    before = bytes(Event.objects.get(position=3).chain_hash or b"")
    forged = chain.Row(**{name: getattr(row, name) for name in row.__slots__} | {"verb": "case.forged"})
    digest = chain.link(before, 4, forged).hex()
    report = _tamper(
        f"UPDATE ledger_event SET verb = 'case.forged', chain_hash = '\\x{digest}' WHERE position = 4"
    )
    assert report.broken_at == 5


@pytest.mark.usefixtures("ten_events")
def test_erasing_a_person_leaves_the_chain_whole_and_the_data_unreadable() -> None:
    event = Event.objects.get(position=4)
    assert open_personal(event) == {"party:1": {"name": "张三丰"}}
    destroy_key("party:1", by=SYSTEM, at=AT)
    seal_events()
    assert verify_chain().is_whole
    assert verify_chain().checked == 11
    assert open_personal(Event.objects.get(position=4)) == {}
    assert decrypt_for("party:1", bytes(event.sealed or b"")) is None


@pytest.mark.usefixtures("ten_events")
def test_the_report_tells_what_still_waits_for_its_seal() -> None:
    record("case.registered", ("case", 11), by=SYSTEM, at=AT)
    report = verify_chain()
    assert report.is_whole
    assert report.unsealed == 1
    assert report.oldest_unsealed is not None
    assert report.oldest_unsealed.total_seconds() >= 0


@pytest.mark.django_db
def test_an_empty_ledger_is_whole() -> None:
    report = verify_chain()
    assert report.is_whole
    assert report.checked == 0
