"""Run the tests on a real PostgreSQL: the one of DATABASE_URL, else a throw-away private cluster.

Loaded with ``-p`` because Django's settings read DATABASE_URL before any conftest is imported.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from suqing.config.private_postgres import PrivatePostgres

os.environ.setdefault("SUQING_VAR", tempfile.mkdtemp(prefix="suqing-test-var-"))


def _start() -> None:
    folder = Path(tempfile.mkdtemp(prefix="suqing-test-pg-"))
    folder.chmod(0o755)
    cluster = PrivatePostgres(folder, durable=False)
    cluster.start()
    os.environ["DATABASE_URL"] = cluster.url()

    def stop() -> None:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)


# Workers of a parallel run inherit the address from the process that started them.
if "DATABASE_URL" not in os.environ:
    _start()
