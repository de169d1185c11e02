"""Run the tests on a real PostgreSQL: the one of DATABASE_URL, else a throw-away private cluster.

Loaded with ``-p`` because Django's settings read DATABASE_URL before any conftest is imported.
``SUQING_PG_BIN`` chooses other binaries than the wheel's, as CI does for Debian's PostgreSQL 15.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from suqing.config.private_postgres import PrivatePostgres

PREFIX = "suqing-test-pg-"


def _quiet(_text: str) -> None:
    """Keep the progress of a start out of the report of the tests."""


def _remove(folder: Path) -> None:
    """Stop the cluster of a test run, unless another process still uses it, and remove its folder."""
    cluster = PrivatePostgres(folder, durable=False, say=_quiet)
    if cluster.release():
        shutil.rmtree(folder, ignore_errors=True)


def _start() -> None:
    for left_behind in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if os.access(left_behind, os.W_OK):
            _remove(left_behind)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    cluster = PrivatePostgres(folder, durable=False, say=_quiet)
    cluster.start()
    os.environ["DATABASE_URL"] = cluster.url()

    def stop() -> None:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)


def _var() -> None:
    folder = tempfile.mkdtemp(prefix="suqing-test-var-")
    os.environ["SUQING_VAR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


# Workers of a parallel run inherit the address from the process that started them.
if "DATABASE_URL" not in os.environ:
    _start()
if "SUQING_VAR" not in os.environ:
    _var()
