"""The private cluster: closed to others, held by its users, found again after every kind of death."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from suqing.config import private_postgres
from suqing.config.private_postgres import PostgresDidNotStart, PrivatePostgres


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that an account without rights can reach, as pytest's own are not."""
    place = Path(tempfile.mkdtemp(prefix="suqing-cluster-"))
    place.chmod(0o755)
    yield place / "var" / "pg"
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def cluster(folder: Path, said: list[str]) -> Iterator[PrivatePostgres]:
    made = PrivatePostgres(folder, durable=False, say=said.append)
    yield made
    made.stop()
    made.release()


def postmaster(cluster: PrivatePostgres) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


@pytest.mark.django_db
def test_tests_run_on_a_real_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("show server_version_num")
        assert int(cursor.fetchone()[0]) >= 150000


def test_a_new_cluster_is_closed_to_everybody_else(cluster: PrivatePostgres) -> None:
    cluster.start()
    for path in (cluster.folder, cluster.data, cluster.sockets):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.password_file.stat().st_mode) == 0o600
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://suqing:wrong@/postgres?host={cluster.sockets}")
    with psycopg.connect(cluster.url()) as link:
        assert link.execute("show listen_addresses").fetchone() == ("",)
        assert link.execute("show password_encryption").fetchone() == ("scram-sha-256",)


def test_a_database_is_made_once(cluster: PrivatePostgres) -> None:
    cluster.start()
    cluster.make_database("suqing")
    cluster.make_database("suqing")
    with psycopg.connect(cluster.url("suqing")) as link:
        assert link.execute("select current_database()").fetchone() == ("suqing",)


def test_the_last_one_out_stops_the_server(cluster: PrivatePostgres) -> None:
    cluster.start()
    other = PrivatePostgres(cluster.wanted, durable=False, say=cluster.say)
    other.start()
    assert (cluster.started_here, other.started_here) == (True, False)
    assert cluster.stop() is False
    assert other.is_running()
    assert other.stop() is True
    assert not other.is_running()


def test_two_starts_at_once_make_one_cluster(cluster: PrivatePostgres) -> None:
    others = [PrivatePostgres(cluster.wanted, durable=False, say=cluster.say) for _ in range(4)]
    threads = [threading.Thread(target=one.start) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.started_here for one in others].count(True) == 1
    assert [one.stop() for one in others] == [False, False, False, True]


def test_a_server_that_outlived_its_starter_is_adopted(cluster: PrivatePostgres) -> None:
    code = (
        "import sys, time; from pathlib import Path; from suqing.config.private_postgres import PrivatePostgres\n"
        "one = PrivatePostgres(Path(sys.argv[1]), durable=False); one.start(); print('up', flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code, str(cluster.wanted)], stdout=subprocess.PIPE)
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"up\n"
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    left_behind = postmaster(cluster)
    cluster.start()
    assert cluster.started_here is False
    assert postmaster(cluster) == left_behind
    assert cluster.stop() is True


def test_a_killed_server_is_started_again_with_its_data(cluster: PrivatePostgres) -> None:
    cluster.durable = True
    cluster.start()
    with psycopg.connect(cluster.url(), autocommit=True) as link:
        link.execute("create table kept (n int)")
    os.kill(postmaster(cluster), signal.SIGKILL)
    time.sleep(0.2)
    cluster.revive()
    with psycopg.connect(cluster.url()) as link:
        assert link.execute("select count(*) from kept").fetchone() == (0,)


def test_a_lock_file_whose_number_belongs_to_another_program_is_no_obstacle(cluster: PrivatePostgres) -> None:
    cluster.start()
    cluster.stop()
    lines = [str(os.getpid()), str(cluster.data), "1", "5432", str(cluster.sockets), "", "  1 1", "ready"]
    (cluster.data / "postmaster.pid").write_text("\n".join(lines))
    cluster.start()
    assert cluster.is_running()


def test_a_socket_path_that_is_too_long_gets_a_short_folder(folder: Path, said: list[str]) -> None:
    deep = PrivatePostgres(folder / ("x" * 120) / "pg", durable=False, say=said.append)
    assert len(os.fsencode(deep.sockets / private_postgres.SOCKET_NAME)) <= 107
    try:
        deep.start()
        assert deep.is_running()
    finally:
        deep.stop()


def test_a_failed_start_names_the_log_and_its_last_lines(cluster: PrivatePostgres) -> None:
    cluster.start()
    cluster.stop()
    (cluster.data / "postgresql.conf").write_text("no_such_setting_of_any_kind = 1\n")
    with pytest.raises(PostgresDidNotStart) as fault:
        cluster.start()
    assert str(cluster.logs) in str(fault.value)
    assert "no_such_setting_of_any_kind" in str(fault.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs its server under another account")
def test_root_leaves_folders_closed_that_the_account_cannot_enter(folder: Path, said: list[str]) -> None:
    closed = folder.parent.parent / "closed"
    closed.mkdir(mode=0o700)
    cluster = PrivatePostgres(closed / "var" / "pg", durable=False, say=said.append)
    try:
        cluster.start()
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert not cluster.folder.is_relative_to(closed)
        assert any(str(cluster.folder) in line for line in said)
    finally:
        cluster.stop()
        shutil.rmtree(cluster.folder.parent)
