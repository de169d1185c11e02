"""The supervisor: web, worker and sealer as children of one process that only keeps them alive."""

from __future__ import annotations

import errno
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from suqing.config.places import PACKAGE
from suqing.config.private_postgres import PrivatePostgres
from suqing.config.process import SUPERVISED

STOP_SECONDS = 10.0
READY_SECONDS = 90.0
LOOK_SECONDS = 0.2
DATABASE_LOOK_SECONDS = 5.0
LONGEST_BACKOFF = 30.0
STEADY_SECONDS = 60.0  # a child that lived this long failed anew, not again


class CannotServe(Exception):
    """Serving cannot begin; the message names the way out."""


def say(text: str) -> None:
    """Tell whoever started us."""
    print(f"· {text}", file=sys.stderr, flush=True)


# -- one server to a folder, one to a port ---------------------------------------------------------


class Claim:
    """The lock that says this folder is being served, by which process and where."""

    def __init__(self, var: Path) -> None:
        self.path = var / "serve.lock"
        self._file = -1

    def take(self, host: str, port: int) -> None:
        """Take the lock for as long as the process lives.  Raise ``CannotServe`` where another holds it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            holder = self._read()
            raise CannotServe(
                f"Suqing already runs from this folder, as process {holder.get('process', '?')},"
                f" at {holder.get('address', 'an unknown address')}. Stop it with `make stop`."
            ) from None
        os.truncate(self._file, 0)
        os.pwrite(
            self._file, json.dumps({"process": os.getpid(), "address": address(host, port)}).encode(), 0
        )

    def holder(self) -> int | None:
        """Return the process that serves, or None."""
        if not self.path.exists():
            return None
        with self.path.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(self._read().get("process", 0)) or None
        return None

    def _read(self) -> dict[str, str]:
        try:
            said = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}
        return {str(key): str(value) for key, value in said.items()}


def address(host: str, port: int) -> str:
    """Return what to type into a browser."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"


def check_port(host: str, port: int) -> None:
    """Raise ``CannotServe`` when the port is not to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotServe(_port_fault(host, port, error)) from error


def _port_fault(host: str, port: int, error: OSError) -> str:
    other = port + 1 if port < 65535 else 8000
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken by another program. Choose another one: make run PORT={other}"
    if error.errno == errno.EACCES:
        return f"Port {port} is only for root. Choose one above 1023: make run PORT=8000"
    return f"{host}:{port} cannot be listened on ({error.strerror}). Check HOST: make run HOST=127.0.0.1"


# -- children --------------------------------------------------------------------------------------


@dataclass
class Child:
    """One child process, started again with growing pauses when it dies."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    failures: int = 0

    def tend(self, now: float) -> None:
        """Start it when it is due; when it died, say so and set the time of its next start."""
        if self.process is None:
            if now >= self.start_at:
                self._start(now)
        elif (code := self.process.poll()) is not None:
            self.process = None
            self.failures = 1 if now - self.started > STEADY_SECONDS else self.failures + 1
            pause = min(2.0 ** (self.failures - 1), LONGEST_BACKOFF)
            self.start_at = now + pause
            say(f"the {self.name} process ended ({_ending(code)}); starting it again in {pause:.0f} s")

    def _start(self, now: float) -> None:
        # In a group of its own, so that Ctrl-C in the terminal reaches the supervisor alone.
        environment = {**os.environ, SUPERVISED: str(os.getpid())}
        self.process = subprocess.Popen(
            self.command, env=environment, stdin=subprocess.DEVNULL, process_group=0, cwd=PACKAGE.parent
        )
        self.started = now

    def ask_to_end(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def wait(self, seconds: float) -> bool:
        """Wait for its end; return whether it came."""
        if self.process is None:
            return True
        try:
            self.process.wait(max(seconds, 0.0))
        except subprocess.TimeoutExpired:
            return False
        return True


def _ending(code: int) -> str:
    return f"code {code}" if code >= 0 else signal.Signals(-code).name


def children(host: str, port: int) -> list[Child]:
    """Return the processes of a serving centre."""
    command = [sys.executable, "-m", "suqing.config.command"]
    return [
        Child("web", [sys.executable, "-m", "suqing.config.web_server", host, str(port)]),
        Child(
            "worker",
            [
                *command,
                "procrastinate",
                "--skip-checks",
                "worker",
                "--concurrency",
                "2",
                "--shutdown-graceful-timeout",
                "8",
            ],
        ),
        Child("sealer", [*command, "seal-events", "--skip-checks"]),
        Child("mirror", [*command, "mirror", "--skip-checks", "run"]),
    ]


# -- the supervisor --------------------------------------------------------------------------------


@dataclass
class Supervisor:
    """Keeps the children, and the private database, alive until a signal or the end of the parent."""

    host: str
    port: int
    postgres: PrivatePostgres | None
    on_ready: Callable[[], None]
    children: list[Child] = field(default_factory=list)
    stopping: str = ""

    def run(self) -> None:
        """Serve until told to stop, then end every child."""
        self.children = children(self.host, self.port)
        before = {number: signal.signal(number, self._told) for number in (signal.SIGINT, signal.SIGTERM)}
        parent = os.getppid() if os.environ.get("SUQING_STOP_WITH_PARENT") else None
        try:
            self._keep(parent)
        finally:
            self._end_children()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _told(self, number: int, _frame: FrameType | None) -> None:
        self.stopping = signal.Signals(number).name

    def _keep(self, parent: int | None) -> None:
        ready = False
        began = looked = time.monotonic()
        while not self.stopping:
            now = time.monotonic()
            for child in self.children:
                child.tend(now)
            if not ready and (ready := self._is_ready()):
                self.on_ready()
            if not ready and now - began > READY_SECONDS:
                raise CannotServe(f"the pages did not answer within {READY_SECONDS:.0f} s; see above")
            if now - looked > DATABASE_LOOK_SECONDS:
                self._look_after_database()
                looked = now
            if parent is not None and os.getppid() != parent:
                self.stopping = "the process that started it is gone"
            time.sleep(LOOK_SECONDS)
        say(f"stopping ({self.stopping})")

    def _is_ready(self) -> bool:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        connection = http.client.HTTPConnection(host, self.port, timeout=2)
        try:
            connection.request("GET", "/live/health")
            return connection.getresponse().status == 200
        except (http.client.HTTPException, OSError):
            return False
        finally:
            connection.close()

    def _look_after_database(self) -> None:
        if self.postgres is not None and not self.postgres.is_running():
            say("PostgreSQL ended; starting it again")
            self.postgres.revive()

    def _end_children(self) -> None:
        """Ask all to end, wait for all, then force what is left."""
        for child in self.children:
            child.ask_to_end(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if not child.wait(deadline - time.monotonic()):
                say(f"the {child.name} process does not end; killing it")
                child.ask_to_end(signal.SIGKILL)
                child.wait(STOP_SECONDS)


def stop(var: Path) -> bool:
    """Stop the supervisor that serves this folder; return whether there was one."""
    claim = Claim(var)
    holder = claim.holder()
    if holder is None:
        return False
    os.kill(holder, signal.SIGTERM)
    deadline = time.monotonic() + 3 * STOP_SECONDS
    while claim.holder() == holder:
        if time.monotonic() > deadline:
            raise CannotServe(f"process {holder} does not end; end it with: kill -9 {holder}")
        time.sleep(LOOK_SECONDS)
    return True
