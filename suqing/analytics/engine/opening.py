"""Opening DuckDB: in memory, with a bound, and a place of its own for what does not fit."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from tempfile import gettempdir

import duckdb

MEMORY = "1GB"  # of one database


def opened() -> duckdb.DuckDBPyConnection:
    """An empty database that tells moments in UTC."""
    # The folder is made only when something does not fit, and goes with the database.  DuckDB's own choice would lie in
    # the working directory, which may be read-only, and be shared by processes that disturb each other there.
    beside = Path(gettempdir()) / f"suqing-duckdb-{os.getpid()}-{secrets.token_hex(4)}"
    database = duckdb.connect(":memory:", config={"memory_limit": MEMORY, "temp_directory": str(beside)})
    database.execute("SET TimeZone = 'UTC'")
    return database
