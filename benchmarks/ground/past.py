"""A centre with ordinary years behind it: as many rehearsed cases as are wanted, written in bulk."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from ground.centre import SEED, database_in, throw_away_database

YEARS = 3
UNTIL = datetime.fromisoformat("2020-01-31T09:00+08:00")
KEPT = "SUQING_BENCH_KEPT"


def each_size(default: str) -> list[int]:
    """The size asked for with --sizes.  Several are run one after the other, in a process each: Django knows one database;
    nothing is left to do then."""
    words = list(sys.argv[1:])
    asked = default
    if "--sizes" in words:
        place = words.index("--sizes")
        asked = words[place + 1]
        del words[place : place + 2]
    sizes = [int(word) for word in asked.split(",")]
    if len(sizes) == 1:
        return sizes
    for size in sizes:
        subprocess.run([sys.executable, sys.argv[0], "--sizes", str(size), *words], check=True)
    return []


@contextmanager
def centre_with_past(size: int, *, durable: bool = True) -> Iterator[None]:
    """Run Django on a database with ``size`` cases.

    Where SUQING_BENCH_KEPT names a folder, the database of each size is kept there and filled only once.
    """
    kept = os.environ.get(KEPT)
    place = (
        database_in(Path(kept) / str(size), durable=durable) if kept else throw_away_database(durable=durable)
    )
    with place:
        _fill(size)
        yield


def _fill(size: int) -> None:
    from django.db import connection

    from suqing.cases.models import Case
    from suqing.rehearsal.actions.history import write_history
    from suqing.rehearsal.actions.replay import begin
    from suqing.rehearsal.models import Replay

    if not Replay.objects.exists():
        begin(city="suzhou", seed=SEED, with_baseline=False, clock=UNTIL, years=YEARS, size=size)
    write_history()
    assert Case.objects.count() >= size
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
