"""Questions and whole-history work on a Spark cluster of two workers, beside DuckDB and processes over the same files.

python benchmarks/cluster.py [--record] [ROWS] [TEXTS]

Synthetic facts (10,000,000 rows of 2,970 districts, 1 of 100 rows again in the changes) are written by month and
removed afterwards: about 70 bytes a row.  The cluster is a real one, a master and two workers of one core and 1 GB each,
on this machine: it has no more cores than DuckDB here, so the figures tell what distribution costs, and that it works.
Every answer is compared with DuckDB's; a difference ends the run.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter, process_time
from typing import TypeVar

from ground import facts, texts
from ground.cluster import Cluster, standalone_cluster
from ground.telling import tell

from suqing.analytics.engine import spark_session

ROWS, TEXTS, DISTRICTS = 10_000_000, 1_000_000, 2_970
WORKERS, CORES, MEMORY = 2, 1, "1g"
REPEATS, MANY = 3, 20_000_000  # from so many rows on each question is asked once
Made = TypeVar("Made")
ALWAYS, DAYS = (date(2010, 1, 1), date(2030, 1, 1)), (date(2020, 1, 20), date(2020, 2, 3))
CUTS = (
    ("cases by kind", "cases_registered", ("kind",), ALWAYS),
    ("cases by month and issue", "cases_registered", ("month", "issue"), ALWAYS),
    ("recovered loss by unit", "recovered_loss", ("unit",), ALWAYS),
    ("cases by day and district, 15 days", "cases_registered", ("day", "district"), DAYS),
    ("mediation success by channel", "mediation_success_rate", ("channel",), ALWAYS),
    ("cases by topic (a list)", "cases_registered", ("topic",), ALWAYS),
    ("cases by district and object", "cases_registered", ("district", "object"), ALWAYS),
    ("persons by channel (distinct)", "persons_registered", ("channel",), ALWAYS),
)
OF_MANY = 4  # so many of them are asked of very many rows


def main() -> None:
    if reason := spark_session.missing():
        print(f"not measured: {reason}")
        return
    sizes = [int(float(word)) for word in sys.argv[1:] if word[0].isdigit()]
    rows, read = (sizes + [ROWS, TEXTS][len(sizes) :])[:2]
    folder = Path(tempfile.mkdtemp(prefix="suqing-bench-"))
    (folder / "static").mkdir()
    os.environ |= {
        "SUQING_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "suqing.config.settings",
        "DATABASE_URL": "postgresql:///none",  # nothing here asks a database
    }
    import django

    django.setup()
    try:
        with standalone_cluster(WORKERS, CORES, MEMORY) as cluster:
            found = [
                *shown(questions(cluster, folder / "cases", rows)),
                *shown(whole_history(cluster, folder / "texts", read) if read else ()),
            ]
        tell(
            "cluster",
            f"{rows:,} cases, {read:,} texts; {WORKERS} workers of {CORES} core and {MEMORY}",
            found,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shown(lines: Iterable[str]) -> Iterator[str]:
    """The lines, each said when it is there: the whole takes long."""
    for line in lines:
        print(line, flush=True)
        yield line


def questions(cluster: Cluster, folder: Path, rows: int) -> Iterator[str]:
    """The same questions to both, the best of some times each after one that does not count."""
    from suqing.analytics.engine.duck import Duck
    from suqing.analytics.engine.files import Files
    from suqing.analytics.engine.questions import Question
    from suqing.analytics.engine.spark import Spark
    from suqing.analytics.periods import Period
    from suqing.analytics.registry import get

    yield written(folder, rows)
    parts = (tuple(sorted(map(str, folder.glob(f"{part}/*/*.parquet")))) for part in ("base", "changes"))
    files = {"cases": Files(*parts)}
    duck = Duck(files)
    began = perf_counter()
    spark = Spark(files)
    yield f"session {perf_counter() - began:.1f} s"
    for name, measure, by, period in CUTS if rows < MANY else CUTS[:OF_MANY]:
        asked = Question(get(measure), Period(*period))
        here, lines = best(partial(duck.cut, asked, by), process_time, rows)
        there, others = best(partial(spark.cut, asked, by), cluster.processor_seconds, rows)
        if sorted(lines, key=lambda line: line.values) != sorted(others, key=lambda line: line.values):
            raise SystemExit(f"{name}: Spark and DuckDB do not agree")
        yield f"{name}, {len(lines):,} lines: Spark {there.told(rows)}, DuckDB {here.told(rows)}"


def written(folder: Path, rows: int) -> str:
    began = perf_counter()
    for _month in facts.write(folder, facts.World(rows, DISTRICTS), rows // 100):
        pass
    size = sum(path.stat().st_size for path in folder.glob("base/*/*.parquet"))
    return f"written {rate(rows, perf_counter() - began)}, {size / rows:.1f} bytes a row of the base"


def whole_history(cluster: Cluster, folder: Path, rows: int) -> Iterator[str]:
    """All topics of all texts, in processes here and on the cluster."""
    from pyspark.cloudpickle import register_pickle_by_value

    from suqing.analytics.engine import batches, spark_batches
    from suqing.analytics.engine.files import Files

    register_pickle_by_value(texts)  # workers have the package, not its benchmarks
    base, changes = texts.write(folder, rows, rows // 100)
    size = sum(Path(path).stat().st_size for path in base)
    table, job = Files(tuple(base), tuple(changes)), batches.Job(texts.work(), texts.READS, texts.GIVES)
    alone, made = timed(partial(batches.run_over, table, job, folder / "here"), of_children)
    spread, others = timed(
        partial(spark_batches.run_over, table, job, folder / "there"), cluster.processor_seconds
    )
    here, there = (results.table().sort_by("case_id") for results in (made, others))
    if not here.equals(there):
        raise SystemExit("topics of texts: Spark and the processes do not agree")
    length = sum(here["characters"].to_pylist()) / len(here)
    yield f"texts: {length:.0f} characters on average, {size / rows:.1f} bytes a row of the base"
    yield f"topics of all texts: Spark {spread.told(rows)}, processes {alone.told(rows)}"


@dataclass(frozen=True)
class Took:
    """How long something took in seconds: by the clock, and of the processors."""

    clock: float
    worked: float

    def told(self, rows: int) -> str:
        return f"{self.clock:.2f} s ({rate(rows, self.clock)}; {self.worked:.1f} s of processor)"


def timed(action: Callable[[], Made], worked: Callable[[], float]) -> tuple[Took, Made]:
    """How long the action took, and what it gave; ``worked`` tells how much who does it has worked."""
    before, began = worked(), perf_counter()
    found = action()
    return Took(perf_counter() - began, worked() - before), found


def best(action: Callable[[], Made], worked: Callable[[], float], rows: int) -> tuple[Took, Made]:
    """The shortest of some times; the first one does not count where there are several."""
    found = [timed(action, worked) for _repeat in range(1 + REPEATS if rows < MANY else 1)]
    return min(found[1:] or found, key=lambda one: one[0].clock)


def of_children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def rate(rows: int, seconds: float) -> str:
    return f"{rows / seconds:,.0f} rows/s"


if __name__ == "__main__":
    main()
