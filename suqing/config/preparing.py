"""What stands between a fresh clone and a centre that can be served: steps that run once or on change.

Each step has a fingerprint of what it depends on.  Stamps of what is in the database are kept there, so that
another, older or emptied database is seen for what it is; the stamp of built files lies beside them.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import django
import psycopg
from django.core.management import call_command

from suqing.config import catalogue, frontend
from suqing.config.places import PACKAGE, ROOT

STAMPS = "create table if not exists suqing_start_stamp (step text primary key, fingerprint text not null)"
ONE_AT_A_TIME = "select pg_advisory_lock(1400200001)"  # until the connection closes
BEGUN = "begun"


class CannotPrepare(Exception):
    """A step failed; the message says which and what to do."""


@dataclass(frozen=True)
class Step:
    """One thing to have done, told in a sentence."""

    key: str
    sentence: str
    fingerprint: Callable[[], str]
    run: Callable[[], object]


class Preparation:
    """Prepares one database and one folder of built files."""

    def __init__(self, var: Path, url: str) -> None:
        self.var = var
        self.url = url
        self.sign_ins = var / "sign-ins.txt"

    def everything(self, *, rehearsal: bool) -> None:
        """Do what is missing; with ``rehearsal`` an empty centre gets people, cases and a clock to try it."""
        self._build_front_end()
        for package in catalogue.packages():
            catalogue.compile(package)
        with self._database() as connection:
            connection.execute(ONE_AT_A_TIME)
            connection.execute(STAMPS)
            for step in self._steps():
                self._do(step, connection)
            # A rehearsal that was interrupted goes on; a centre with people of its own is left alone.
            if _stamp(connection, "people") == BEGUN or not self._has_people(connection):
                self._fill(connection, rehearsal=rehearsal)
        self._collect_static()

    def _steps(self) -> list[Step]:
        return [
            Step("migrations", "bringing the database up to date", _migrations, _migrate),
            Step(
                "reference data",
                "loading codes, calendars and units",
                lambda: _hash(PACKAGE.glob("*/data/**/*")),
                lambda: _call("load_centre"),
            ),
        ]

    # -- the database ------------------------------------------------------------------------------

    def _database(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url, autocommit=True)

    def _do(self, step: Step, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        fingerprint = step.fingerprint()
        if _stamp(connection, step.key) == fingerprint:
            return
        with timed(step.sentence):
            step.run()
        _put_stamp(connection, step.key, fingerprint)

    def _has_people(self, connection: psycopg.Connection[tuple[object, ...]]) -> bool:
        row = connection.execute("select exists (select from accounts_person)").fetchone()
        return bool(row and row[0])

    def _fill(self, connection: psycopg.Connection[tuple[object, ...]], *, rehearsal: bool) -> None:
        _put_stamp(connection, "people", BEGUN)
        if rehearsal:
            with timed("playing the rehearsal: people, calls and cases of a simulated centre"):
                said = _call("rehearse", *shlex.split(os.environ.get("SUQING_REHEARSE", "")))
        else:
            with timed("making the first administrator"):
                said = _call("load_centre", "--administrator")
        self._keep_sign_ins(said)
        _put_stamp(connection, "people", "rehearsal" if rehearsal else "empty centre")

    def _keep_sign_ins(self, said: str) -> None:
        """Store what was generated where only the owner reads it; a continued rehearsal says nothing new."""
        if not said.strip():
            return
        with os.fdopen(os.open(self.sign_ins, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(said)
        print(said, flush=True)

    # -- built files -------------------------------------------------------------------------------

    def _build_front_end(self) -> None:
        if not frontend.is_current():
            with timed("building the front end"):
                frontend.build()

    def _collect_static(self) -> None:
        folder = self.var / "static"
        stamp = folder / ".stamp"
        fingerprint = _hash(PACKAGE.glob("*/static/**/*")) + version("django") + version("django-htmx")
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        with timed("collecting styles and scripts"):
            # In a process of its own: the storage that collects is chosen when the settings are read.
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "django",
                    "collectstatic",
                    "--no-input",
                    "--clear",
                    "--verbosity",
                    "0",
                ],
                env={
                    **os.environ,
                    "SUQING_STATIC_COLLECTED": "1",
                    "DJANGO_SETTINGS_MODULE": "suqing.config.settings",
                    "PYTHONPATH": str(ROOT),
                },
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode != 0:
            raise CannotPrepare(f"the static files could not be collected:\n{done.stderr[-2000:]}")
        stamp.write_text(fingerprint)


def _stamp(connection: psycopg.Connection[tuple[object, ...]], step: str) -> str | None:
    row = connection.execute("select fingerprint from suqing_start_stamp where step = %s", [step]).fetchone()
    return None if row is None else str(row[0])


def _put_stamp(connection: psycopg.Connection[tuple[object, ...]], step: str, fingerprint: str) -> None:
    connection.execute(
        "insert into suqing_start_stamp (step, fingerprint) values (%s, %s)"
        " on conflict (step) do update set fingerprint = excluded.fingerprint",
        [step, fingerprint],
    )


def _hash(paths: Iterator[Path]) -> str:
    return frontend.content_hash(path for path in paths if path.is_file())


def _migrations() -> str:
    """Everything ``migrate`` could have to do with: our migrations and the releases that bring others."""
    ours = _hash(PACKAGE.glob("*/migrations/*.py"))
    return " ".join([ours, *(version(name) for name in ("django", "django-axes", "procrastinate"))])


def _migrate() -> None:
    _call("migrate", "--no-input", "--verbosity", "0")


def _call(*words: str) -> str:
    """Run a management command in this process and return what it said."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqing.config.settings")
    django.setup()
    said = StringIO()
    call_command(*words, stdout=said)
    return said.getvalue()


@contextmanager
def timed(sentence: str) -> Iterator[None]:
    """Say what is going on, and how long it took."""
    began = time.monotonic()
    print(f"· {sentence} … ", end="", file=sys.stderr, flush=True)
    try:
        yield
    except BaseException:
        print("failed", file=sys.stderr, flush=True)
        raise
    print(f"{time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
