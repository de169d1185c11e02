"""The way to a Spark cluster: one session of this process, made when it is first asked for.  No Django: workers of the
cluster import this too.

``SUQING_SPARK_MASTER`` names the cluster (``spark://host:7077``; by default this machine's own cores, ``local[*]``).
Memory, cores, ports and object storage are Spark's own settings, in ``spark-defaults.conf`` of ``SPARK_CONF_DIR``.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LOCAL = "local[*]"
PATIENCE = 120  # seconds until the first worker of a cluster must be there
_OURS = {
    # Moments are compared as in the files, whatever zone a machine of the cluster keeps.
    "spark.sql.session.timeZone": "UTC",
    # Too large a sum is an error, never nothing.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # Up to so many files are looked up here; asking the cluster to do it takes a second.
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "1000",
}


class SparkMissing(RuntimeError):
    """Spark cannot run here; the message says what is missing."""


def missing() -> str:
    """What Spark needs and is not here, as a sentence; "" if nothing."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed: pip install 'suqing[cluster]'"
    if not _java():
        return "there is no java on PATH or in JAVA_HOME: Spark needs Java 17"
    return ""


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return (home is not None and (Path(home) / "bin" / "java").exists()) or shutil.which("java") is not None


_opening = Lock()
_sessions: list[SparkSession] = []


def session() -> SparkSession:
    """The session of this process.  Raise SparkMissing."""
    with _opening:
        if not _sessions:
            _sessions.append(_opened())
        return _sessions[0]


def close() -> None:
    """End the session, so that the cluster gives its memory back; the next question begins another."""
    with _opening:
        while _sessions:
            _sessions.pop().stop()


def _opened() -> SparkSession:
    if reason := missing():
        raise SparkMissing(reason)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    # Executors start the Python that they are told; on machines that keep it elsewhere the operator names it.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    master = os.environ.get("SUQING_SPARK_MASTER") or LOCAL
    builder = SparkSession.builder.appName("suqing").master(master)
    for name, value in _OURS.items():
        builder = builder.config(name, value)
    try:
        made = builder.getOrCreate()
    except (Py4JError, PySparkException) as fault:  # after a minute, if nobody is there
        raise SparkMissing(f"the cluster {master} does not answer") from fault
    if not master.startswith("local") and not _has_workers(made):
        made.stop()
        raise SparkMissing(
            f"the cluster {master} gave no worker within {PATIENCE} seconds: none is there, or none has what is asked for"
        )
    return made


def _has_workers(made: SparkSession) -> bool:
    """Whether an executor came in time; Spark itself would wait for ever."""
    tracker, until = made.sparkContext._jsc.sc().statusTracker(), monotonic() + PATIENCE
    while len(tracker.getExecutorInfos()) < 2:  # the first is this process
        if monotonic() > until:
            return False
        sleep(0.1)
    return True


def read_files(columns: dict[str, str], paths: Sequence[str]) -> DataFrame:
    """Parquet files with these columns and, for files of a month, the column ``month`` that only their path tells."""
    schema = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    by_root: dict[str, list[str]] = {}
    for path in paths:
        root, month, _rest = path.partition("/month=")
        by_root.setdefault(root if month else "", []).append(address(path))
    frames = []
    for root, some in by_root.items():
        reader = session().read.schema(f"{schema}, month STRING")
        if root:
            reader = reader.option("basePath", address(root))
        frames.append(reader.parquet(*some))
    return reduce(lambda one, other: one.unionByName(other), frames)


def address(path: str) -> str:
    """A path as Hadoop's file systems call it."""
    if path.startswith("s3://"):
        return "s3a" + path.removeprefix("s3")
    return path if "://" in path else f"file://{path}"
