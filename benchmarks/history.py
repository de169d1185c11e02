"""Cases a second of rehearsed history: generated alone, and written with topics, clocks, people and text bands.

python benchmarks/history.py [--record] [--size 100000]
"""

from __future__ import annotations

import argparse
import resource
import sys
from datetime import datetime
from time import perf_counter, process_time

from ground.centre import throw_away_database
from ground.telling import tell

SEED, YEARS = 12315, 3
UNTIL = "2020-01-31T09:00+08:00"
GENERATED = 20_000
GROWTH_AT_MOST = 50  # MB between the first tenth and the end


def main() -> None:
    size = _size()
    with throw_away_database():
        from django.db import connection

        from suqing.rehearsal.actions.history import write_history
        from suqing.rehearsal.actions.replay import begin

        generated = _generated(size)
        clock = datetime.fromisoformat(UNTIL)
        before = _bytes(connection)
        begin(city="suzhou", seed=SEED, with_baseline=False, clock=clock, years=YEARS, size=size)
        memory: list[tuple[int, float]] = []
        began, worked = perf_counter(), process_time()
        written = write_history(report=lambda done, _total: memory.append((done, _megabytes())))
        seconds, busy = perf_counter() - began, process_time() - worked
        tenth = next(used for done, used in memory if done >= size / 10)
        tell(
            "history",
            f"{written:,} cases in {YEARS} years, sealing included",
            [
                f"generated: {generated:,.0f} cases/s",
                f"written: {written / seconds:,.0f} cases/s ({busy / written * 1000:.2f} ms of processor a case)",
                f"{(_bytes(connection) - before) / written:,.0f} bytes a case",
                f"memory: {tenth:,.0f} MB at a tenth, {memory[-1][1]:,.0f} MB at the end",
            ],
        )


def _size() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=100_000)
    found, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    return found.size


def _generated(size: int) -> float:
    from suqing.rehearsal.script.cities import SUZHOU
    from suqing.rehearsal.script.history import Quiet, batches, quiet_days

    first, last = quiet_days(SUZHOU, YEARS)
    quiet = Quiet("suzhou", SEED, first, last, size, datetime.fromisoformat(UNTIL))
    count, began = 0, perf_counter()
    for batch in batches(quiet, (first, 0), 2_000):
        count += len(batch.cases)
        if count >= GENERATED:
            break
    return count / (perf_counter() - began)


def _bytes(connection: object) -> int:
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("select pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _megabytes() -> float:
    """Memory of this process at its highest so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
