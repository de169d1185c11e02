"""The real program in a folder of its own: made, served, killed and served again by the tests."""

from __future__ import annotations

import http.client
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from suqing.config.places import ROOT
from suqing.config.private_postgres import PrivatePostgres

HOST = "127.0.0.1"
READY_SECONDS = 60.0
COMMAND = [sys.executable, "-m", "suqing.config.command"]


class Program:
    """An installation with its private database, and what serves it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.log = folder / "log.txt"
        self.postgres = PrivatePostgres(folder / "pg", say=lambda _text: None)
        self._served: subprocess.Popen[bytes] | None = None
        self._look: psycopg.Connection[tuple[Any, ...]] | None = None
        self._web_deaths = 0
        self.is_whole = True  # supervised, or the web process alone

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return kept | {"SUQING_VAR": str(self.folder), "SUQING_STATIC_COLLECTED": "0"}

    def run(self, *words: str) -> str:
        """Run one verb to its end and return what it printed."""
        done = subprocess.run(
            [*COMMAND, *words], env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"suqing {words[0]} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    # -- serving -----------------------------------------------------------------------------------

    def serve(self, *, whole: bool, verb: str = "serve", seconds: float = READY_SECONDS) -> None:
        """Start ``suqing serve`` (or ``run``), or the web process alone as the units of deploy/ do, and wait for its pages."""
        until(lambda: not _listens(self.port), "the port to be free again")
        self.is_whole, self._web_deaths = whole, 0
        address = ["--host", HOST, "--port", str(self.port)]
        command = [*COMMAND, verb, *address]
        environment = self.environment
        if not whole:
            command = [sys.executable, "-m", "suqing.config.web_server", HOST, str(self.port)]
            environment["DATABASE_URL"] = self.url
        with self.log.open("ab") as log:
            self._served = subprocess.Popen(
                command, env=environment, cwd=ROOT, stdout=log, stderr=log, process_group=0
            )
        self.wait_until_ready(seconds)

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        until(lambda: self.answers() or self._has_given_up(), "the pages to answer", seconds)
        assert not self._has_given_up(), self.tell()

    def answers(self) -> bool:
        """Whether the process lives and the database answers it."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/live/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self, victim: str) -> None:
        """``kill -9``, with no time to tidy up."""
        assert self._served is not None
        if victim == "postmaster":
            os.kill(int((self.postgres.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        elif self.is_whole and victim == "web":
            self._web_deaths += 1
            os.kill(self._child("suqing.config.web_server"), signal.SIGKILL)
        elif self.is_whole:
            os.kill(self._served.pid, signal.SIGKILL)
            self._served.wait()
        else:
            os.killpg(self._served.pid, signal.SIGKILL)
            self._served.wait()

    def go_on(self, victim: str) -> None:
        """Bring the program back: a supervisor does it by itself, everything else is started again."""
        if self.is_whole and victim == "web" and self._web_deaths > 1:
            # The supervisor waits longer after every death of a child; a person would start it anew.
            self.kill("supervisor")
            victim = "supervisor"
        if self.is_whole and victim in ("web", "postmaster"):
            until(lambda: self._is_back(victim), f"the {victim} to be brought back by the supervisor")
            self.wait_until_ready()
        else:
            self.serve(whole=self.is_whole)

    def _has_given_up(self) -> bool:
        return self._served is not None and self._served.poll() is not None

    def _is_back(self, victim: str) -> bool:
        if victim == "web":
            return self.answers()
        return self.postgres.is_running() and self.answers()

    def stop(self) -> None:
        """End what serves, as SIGTERM asks it to."""
        if self._served is not None and self._served.poll() is None:
            self._served.send_signal(signal.SIGTERM)
            self._served.wait(timeout=40)
        until(lambda: not _listens(self.port), "the port to be free again")
        self._served = None

    def _child(self, words: str) -> int:
        assert self._served is not None
        listed = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self._served.pid)], capture_output=True, text=True
        ).stdout
        return next(int(line.split()[0]) for line in listed.splitlines() if words in line)

    # -- looking -----------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return self.postgres.url("suqing")

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds, seen past the program."""
        for _attempt in range(2):
            if self._look is None:
                self._look = psycopg.connect(self.url, connect_timeout=10, autocommit=True)
            try:
                return self._look.execute(query, values).fetchall()
            except psycopg.OperationalError:  # the database was killed meanwhile
                self._look.close()
                self._look = None
        raise TimeoutError("the database does not answer")

    def tell(self) -> str:
        """The last lines of the log, for the report of a failed test."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:]) if self.log.exists() else ""


@contextmanager
def installed() -> Iterator[Program]:
    """An installation in a folder that the database's account can reach; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="suqing-killed-"))
    folder.chmod(0o755)
    program = Program(folder)
    try:
        yield program
    finally:
        if program._served is not None:
            with_group = program._served
            for end in (lambda: os.killpg(with_group.pid, signal.SIGTERM), with_group.kill):
                try:
                    end()
                    with_group.wait(timeout=20)
                except (OSError, subprocess.TimeoutExpired):
                    continue
        if program._look is not None:
            program._look.close()
        program.postgres.stop()
        program.postgres.release()
        shutil.rmtree(folder, ignore_errors=True)


def until(is_so: Callable[[], bool], what: str, seconds: float = READY_SECONDS) -> None:
    """Wait until it is so.  Raise TimeoutError, saying what was waited for."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.05)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _free_port() -> int:
    """A port of 8500 to 8599 that nobody listens on; not the system's choice, which could be given away again."""
    ports = list(range(8500, 8600))
    random.Random(os.getpid()).shuffle(ports)
    return next(port for port in ports if not _listens(port))
