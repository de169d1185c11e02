"""A real Spark cluster on the loopback: one master, some workers, processes of their own, gone at the end.

Ports are given by the system; nothing is written outside a folder, which is removed.  Inside the ``with``, this process's
Spark sessions are of the cluster.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from suqing.analytics.engine import spark_session

HERE = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
_MASTER = re.compile(r"Starting Spark master at (spark://\S+)")
_LOADING, _KILLING = 60, 10  # seconds
# The JVM of a master or a worker only keeps books; the work is done in the executors.
_DAEMON = "256m"


class ClusterDidNotStart(RuntimeError):
    """A master or a worker ended or said nothing; the end of its log is in the message."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster: its address for SUQING_SPARK_MASTER, and the process ids of master and workers."""

    address: str
    processes: tuple[int, ...]

    def lives(self, leader: int) -> bool:
        """Whether the master or the worker, or anything that it started, still runs."""
        return bool(_members(leader))

    def processor_seconds(self) -> float:
        """What its processes have used of the processors until now, executors and their Pythons included; Linux only."""
        ticks = sum(sum(map(int, _stat(pid)[11:15])) for one in self.processes for pid in _members(one))
        return ticks / os.sysconf("SC_CLK_TCK")


def _members(leader: int) -> list[int]:
    """The processes of a session; a worker's executors and what they start stay in its session."""
    return [
        int(place.name)
        for place in Path("/proc").glob("[0-9]*")
        if (stat := _stat(int(place.name))) and int(stat[3]) == leader and stat[0] != "Z"
    ]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; nothing for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


@contextmanager
def standalone_cluster(workers: int = 2, cores: int = 1, memory: str = "1g") -> Iterator[Cluster]:
    """Run a master and its workers, each worker with so many cores and so much memory for its executor."""
    folder = Path(tempfile.mkdtemp(prefix="suqing-spark-"))
    started: list[subprocess.Popen[bytes]] = []
    before = dict(os.environ)
    try:
        os.environ.update(_settings(folder, max(1, workers * cores), memory))
        started.append(_start(folder, "master", ["org.apache.spark.deploy.master.Master"]))
        address = _said(folder / "master.log", started[0], _MASTER).group(1)
        for number in range(workers):
            name = f"worker-{number}"
            sizes = ["--cores", str(cores), "--memory", memory, "--work-dir", str(folder / name)]
            kind = "org.apache.spark.deploy.worker.Worker"
            started.append(_start(folder, name, [kind, *sizes, address]))
        for number, worker in enumerate(started[1:]):
            _said(folder / f"worker-{number}.log", worker, re.compile("Successfully registered with master"))
        os.environ["SUQING_SPARK_MASTER"] = address
        yield Cluster(address, tuple(one.pid for one in started))
    finally:
        _end_session()
        # Workers first: a worker that loses its master waits for it to come back.
        for process in reversed(started):
            _end(process)
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


def _settings(folder: Path, cores: int, memory: str) -> dict[str, str]:
    """What the processes of the cluster and the session of this one are told."""
    for name in ("conf", "local"):
        (folder / name).mkdir()
    (folder / "conf" / "spark-defaults.conf").write_text(
        f"spark.driver.host {HERE}\nspark.driver.bindAddress {HERE}\nspark.driver.memory 1g\n"
        f"spark.executor.memory {memory}\nspark.ui.enabled false\n"
        f"spark.sql.shuffle.partitions {2 * cores}\nspark.default.parallelism {cores}\n"
    )
    return {
        "SPARK_HOME": str(_home()),
        "SPARK_CONF_DIR": str(folder / "conf"),
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_LOCAL_IP": HERE,
        "SPARK_DAEMON_MEMORY": _DAEMON,
        "PYSPARK_PYTHON": sys.executable,
    }


def _home() -> Path:
    """Where the wheel keeps Spark."""
    found = importlib.util.find_spec("pyspark")
    if found is None or found.origin is None:
        raise ClusterDidNotStart("pyspark is not installed")
    return Path(found.origin).parent


def _end_session() -> None:
    """End this process's session and its JVM, which would keep the settings of this cluster for the next one."""
    spark_session.close()
    context = getattr(sys.modules.get("pyspark"), "SparkContext", None)
    gateway = getattr(context, "_gateway", None)
    if context is None or gateway is None:
        return
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(_KILLING)
    context._gateway = context._jvm = None


def _start(folder: Path, name: str, words: list[str]) -> subprocess.Popen[bytes]:
    kind, *rest = words
    command = [
        str(_home() / "bin" / "spark-class"),
        kind,
        "--host",
        HERE,
        "--port",
        "0",
        "--webui-port",
        "0",
        *rest,
    ]
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=_end_with_parent(),
        )  # fmt: skip


def _end_with_parent():  # type: ignore[no-untyped-def]
    """On Linux the processes end with who started them, even if that is killed; from the main thread only, for the
    signal comes when the thread that forked ends."""
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    library = ctypes.CDLL(None)
    return lambda: library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _said(log: Path, process: subprocess.Popen[bytes], pattern: re.Pattern[str]) -> re.Match[str]:
    until = time.monotonic() + _LOADING
    while time.monotonic() < until:
        text = log.read_text(encoding="utf-8", errors="replace")
        if found := pattern.search(text):
            return found
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise ClusterDidNotStart(log.read_text(encoding="utf-8", errors="replace")[-2000:])


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a master or worker, its executors and what these started."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        for pid in _members(process.pid) or [process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, ending)
        until = time.monotonic() + _KILLING
        while (process.poll() is None or _members(process.pid)) and time.monotonic() < until:
            time.sleep(0.05)
        if process.poll() is not None and not _members(process.pid):
            return
