"""The mirror: how fresh while twenty cases a second come in, how long to build and to fold, and what it writes to disk.

python benchmarks/mirror.py [--sizes 100000,1000000] [--seconds 60] [--record]

The feeder runs as in a centre, as a process of its own (``suqing mirror run``), on a database that waits for the disk.
Freshness is the time from the commit of a registration until a reader of the mirror's files sees the case.  What is
written a day is reckoned from measured rounds, compactions and folds.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from ground.centre import a_contact
from ground.past import SEED, UNTIL, YEARS, centre_with_past, each_size
from ground.telling import spread, tell

SIZES = "100000,1000000"
A_SECOND = 20
A_DAY = 2_000  # cases
CHANGES_OF_A_CASE = 6  # rounds in which a case changes from its registration until it is closed and told
ROUNDS = 60
MANY = 20_000
BATCHES, BATCH = 4, 2_000


def main() -> None:
    for size in each_size(SIZES):
        with centre_with_past(size):
            lines = [
                *_built(size),
                *_slowed(),
                *_fresh(float(_option("--seconds", "60"))),
                *_a_day(),
                *_folded(size),
            ]
            tell("mirror", f"{size:,} cases; a database that waits for the disk", lines)


def _option(name: str, default: str) -> str:
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def _built(size: int) -> Iterator[str]:
    from suqing.analytics.actions.mirror_building import build
    from suqing.analytics.actions.mirror_checking import check

    built = build()
    rows = sum(built.rows.values())
    yield f"built in {built.seconds:.0f} s: {size / built.seconds:,.0f} cases/s, {rows / built.seconds:,.0f} rows/s"
    each = ", ".join(
        f"{name} {_bytes(_table(name)) / 1e6:,.1f}" for name, count in built.rows.items() if count
    )
    yield f"on disk, MB: {each}"
    began = perf_counter()
    found = check()
    assert found is not None and found.is_whole
    yield f"checked against PostgreSQL in {perf_counter() - began:.0f} s"


def _table(name: str) -> Path:
    from suqing.analytics.mirror_state import epoch_of, mirror_row

    row = mirror_row()
    assert row is not None
    return epoch_of(row.epoch).folder / name


def _bytes(folder: Path) -> int:
    """Nothing is removed from the folder while we measure, so that it grows by what is written."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# What noting changes costs those who write


def _slowed() -> Iterator[str]:
    """Batches of history written and rolled back, in turns with and without the triggers."""
    from django.db import connection, transaction

    from suqing.cases.actions.past_cases import write_past
    from suqing.rehearsal.actions.history import batches
    from suqing.rehearsal.models import History
    from suqing.rehearsal.script.cities import SUZHOU
    from suqing.rehearsal.script.history import Quiet, quiet_days

    first, last = quiet_days(SUZHOU, YEARS)
    made = batches(Quiet("suzhou", SEED + 1, first, last, 50_000, UNTIL), (first, 0), BATCH)
    took: dict[bool, list[float]] = {True: [], False: []}
    for number, batch in zip(range(2 * BATCHES), made, strict=False):
        with_triggers = number % 2 == 0
        with transaction.atomic():
            if not with_triggers:
                _switch_triggers_off(connection)
            began = perf_counter()
            write_past(batch.cases, by=_taker(), at=UNTIL, verb="rehearsal.history",
                       subject=History.objects.get(), data={})  # fmt: skip
            took[with_triggers].append((perf_counter() - began) / len(batch.cases))
            transaction.set_rollback(True)
    on, off = (min(took[which]) for which in (True, False))
    yield f"bulk writing with the triggers against without: {on / off:.2f} times ({1 / on:,.0f} and {1 / off:,.0f} cases/s)"


def _switch_triggers_off(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'analytics_touch%'"
        )
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


def _taker() -> Any:
    from suqing.rehearsal.actions.staff import present_staff
    from suqing.rehearsal.script.cities import SUZHOU

    return present_staff(SUZHOU).takers[0]


def _register(rng: random.Random) -> int:
    from suqing.cases.actions.registration import register

    now = datetime.now(UTC)
    return int(register(submission=a_contact(rng, now), by=_taker(), at=now).cases.get().pk)


# Freshness


def _fresh(seconds: float) -> Iterator[str]:
    rng, written, before = random.Random(time.time_ns()), dict[int, float](), _bytes(_table("."))
    with _feeder(), _watch() as seen:
        began = perf_counter()
        for number in range(int(A_SECOND * seconds)):
            written[_register(rng)] = perf_counter()
            time.sleep(max(0.0, began + (number + 1) / A_SECOND - perf_counter()))
        registering = perf_counter() - began
        until = perf_counter() + 60
        while written.keys() - seen.keys() and perf_counter() < until:
            time.sleep(0.1)
    assert not written.keys() - seen.keys(), "cases are missing in the mirror"
    ages = [(seen[key] - at) * 1000 for key, at in written.items()]
    yield (
        f"{len(ages):,} cases registered, {len(ages) / registering:.1f} a second: seen after {spread(ages)}, longest {max(ages):.0f} ms"
    )
    yield f"written to the mirror meanwhile: {(_bytes(_table('.')) - before) / len(ages) / 1000:,.1f} kB a case"


@contextmanager
def _feeder() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "django", "mirror", "--skip-checks", "run"])
    time.sleep(5)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def _watch() -> Iterator[dict[int, float]]:
    """When each case was seen first by somebody who reads the mirror's changes again and again."""
    seen, ended = dict[int, float](), threading.Event()

    def look() -> None:
        from django.db import connection

        from suqing.analytics.engine.duck import Duck
        from suqing.analytics.mirror_state import current_view

        last: object = None
        while not ended.wait(0.05):
            view = current_view()
            assert view is not None
            files = view.files["cases"].changes
            if files and files != last:
                last, listed = files, ", ".join(f"'{path}'" for path in files)
                rows = Duck(view.facts).run(f"SELECT DISTINCT case_id FROM read_parquet([{listed}])", [])
                now = perf_counter()
                for row in rows:
                    seen.setdefault(row["case_id"], now)
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


# What is written


def _a_day() -> Iterator[str]:
    """Rounds of one case each, as on an ordinary day; then what a day writes is reckoned."""
    from suqing.analytics.actions.mirror_feeding import feed
    from suqing.analytics.actions.mirror_folding import MANY_FILES, compact_changes, fold

    rng, rounds, compacted = random.Random(time.time_ns()), list[float](), list[float]()
    before = _bytes(_table("."))
    for _number in range(ROUNDS):
        _register(rng)
        began = perf_counter()
        feed()
        rounds.append((perf_counter() - began) * 1000)
    of_rounds = (_bytes(_table(".")) - before) / ROUNDS
    before = _bytes(_table("."))
    began = perf_counter()
    compact_changes()
    compacted.append(perf_counter() - began)
    of_compaction = _bytes(_table(".")) - before
    before = _bytes(_table("."))
    began = perf_counter()
    fold()
    took, of_fold = perf_counter() - began, _bytes(_table(".")) - before
    yield f"a round of one registered case: {spread(rounds)}, {of_rounds / 1000:,.1f} kB"
    yield (
        f"compaction of {ROUNDS} rounds: {compacted[0]:.2f} s, {of_compaction / 1000:,.0f} kB; fold of a recent month: {took:.2f} s, {of_fold / 1e6:,.2f} MB"
    )
    count = A_DAY * CHANGES_OF_A_CASE
    day = count * of_rounds + count / MANY_FILES * of_compaction + of_fold
    yield (
        f"a day of {A_DAY:,} cases, each changed {CHANGES_OF_A_CASE} times in a round of its own (reckoned): {day / 1e6:,.0f} MB written"
    )


def _folded(size: int) -> Iterator[str]:
    """Changes all over the months, fed and folded."""
    from django.db import connection

    from suqing.analytics.actions.mirror_feeding import feed
    from suqing.analytics.actions.mirror_folding import fold

    for count in sorted({MANY, min(size, 10 * MANY)}):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE cases_case SET urgency = urgency WHERE id %% %s = 0", [max(1, size // count)]
            )
            changed = cursor.rowcount
        began = perf_counter()
        while (fed := feed()) is not None and fed.is_more:
            pass
        feeding, before, began = perf_counter() - began, _bytes(_table(".")), perf_counter()
        fold()
        folding = perf_counter() - began
        yield (
            f"{changed:,} changed cases of all months: fed in {feeding:.1f} s ({changed / feeding:,.0f} rows/s), folded in {folding:.1f} s,"
            f" {(_bytes(_table('.')) - before) / 1e6:,.0f} MB written"
        )


if __name__ == "__main__":
    main()
