from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from suqing.ledger import queries
from suqing.ledger.actions import record
from tests.cast import AT, SYSTEM


def _record(n: int) -> None:
    with transaction.atomic():
        record("case.registered", ("case", n), by=SYSTEM, at=AT)


@pytest.mark.django_db
def test_seal_events_once_seals_what_is_there() -> None:
    _record(1)
    out = StringIO()
    call_command("seal_events", "--once", stdout=out)
    assert out.getvalue() == "1 events sealed\n"
    assert queries.sealed_position() == 1


@pytest.mark.django_db
def test_verify_events_prints_its_report() -> None:
    _record(1)
    call_command("seal_events", "--once", stdout=StringIO())
    _record(2)
    out = StringIO()
    call_command("verify_events", stdout=out)
    assert "1 events verified" in out.getvalue()
    assert "1 events wait for their seal" in out.getvalue()
    assert "The chain is whole." in out.getvalue()


@pytest.mark.django_db
def test_verify_events_fails_and_names_the_first_broken_position() -> None:
    for n in range(3):
        _record(n)
    call_command("seal_events", "--once", stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE ledger_event SET verb = 'case.forged' WHERE position = 2")
    with pytest.raises(
        CommandError, match=r"broken at position 2: event .* is not what was sealed"
    ) as failed:
        call_command("verify_events", stdout=StringIO())
    assert failed.value.returncode == 1


@pytest.mark.django_db(transaction=True)
def test_seal_events_seals_within_a_second_and_stops_on_sigterm() -> None:
    name = connection.settings_dict["NAME"]
    address = os.environ["DATABASE_URL"]
    here, _slash, query = address.partition("?")
    url = here.rpartition("/")[0] + "/" + name + ("?" + query if query else "")
    sealer = subprocess.Popen(
        [sys.executable, "-m", "django", "seal_events"],
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "suqing.config.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _record(1)
        _wait_for_position(1, seconds=30)
        _record(2)
        _wait_for_position(2, seconds=1)
    finally:
        sealer.send_signal(signal.SIGTERM)
        out, _err = sealer.communicate(timeout=10)
    assert sealer.returncode == 0
    assert out == "2 events sealed\n"


def _wait_for_position(position: int, *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while queries.sealed_position() < position:
        assert time.monotonic() < end, f"position {position} was not sealed within {seconds} s"
        time.sleep(0.02)
