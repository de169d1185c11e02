"""Ten questions over 100,000, 1,000,000 and 10,000,000 cases: the mirror, DuckDB on one bare Parquet file, PostgreSQL.

python benchmarks/questions.py [--sizes 100000,1000000,10000000] [--record]

The bare file holds what the mirror's base holds, sorted the same, and is asked by statements written by hand: no mirror
can be quicker.  PostgreSQL is asked by the product's own executor over the living tables.  Each question is asked again
with 200,000 rows of changes beside the base.  Ten million are flat facts that no case ever had (``ground/facts.py``);
no PostgreSQL holds them here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
from ground.past import centre_with_past, each_size
from ground.questions import Asked, ten
from ground.telling import tell, times

if TYPE_CHECKING:
    from suqing.analytics.engine.files import Files

SIZES = "100000,1000000,10000000"
CHANGED = 200_000
REPEATS, REPEATS_SLOW = 15, 3
MADE_UP = 5_000_000  # from here on no database is filled


def main() -> None:
    for size in each_size(SIZES):
        with TemporaryDirectory() as folder:
            lines = _made_up(size, Path(folder)) if size >= MADE_UP else _of_a_centre(size, Path(folder))
            tell("questions", f"{size:,} cases, p50 of {REPEATS}", list(lines))


def _of_a_centre(size: int, folder: Path) -> Iterator[str]:
    with centre_with_past(size):
        from suqing.analytics.actions.mirror_building import build
        from suqing.analytics.engine.postgres import Postgres
        from suqing.analytics.mirror_state import current_view, is_build_due

        if is_build_due():
            build()
        view = current_view()
        assert view is not None
        asked = ten(date(2017, 1, 1), date(2020, 1, 31))
        measured = Measured(asked)
        measured.mirror(view.facts, "mirror")
        measured.bare(_bare(view.facts, folder))
        measured.by("PostgreSQL", Postgres(), REPEATS_SLOW)
        many = _change_many(size)
        changed = current_view()
        assert changed is not None
        measured.mirror(changed.facts, f"mirror with {many:,} rows of changes")
        yield from measured.lines()


def _change_many(size: int) -> int:
    """Change 200,000 rows, where there are fewer all of them as often as it takes, and feed them."""
    from django.db import connection

    from suqing.analytics.actions.mirror_feeding import feed
    from suqing.analytics.actions.mirror_folding import compact_changes

    done = 0
    while done < CHANGED:
        with connection.cursor() as cursor:
            every = max(1, size // CHANGED)
            cursor.execute("UPDATE cases_case SET urgency = urgency WHERE id %% %s = 0", [every])
            done += cursor.rowcount
        while (fed := feed()) is not None and fed.is_more:
            pass
    compact_changes()
    return done


def _made_up(size: int, folder: Path) -> Iterator[str]:
    from ground.centre import throw_away_database
    from ground.facts import FIRST_YEAR, YEARS, World, write

    for _month, _rows in write(folder, World(size), CHANGED):
        pass
    with throw_away_database():  # the executors know their words from it
        from suqing.analytics.engine.files import Files

        cases = Files(_paths(folder / "base"), _paths(folder / "changes"))
        clocks = Files(_clocks(folder, cases.base), ())
        asked = ten(date(FIRST_YEAR, 1, 1), date(FIRST_YEAR + YEARS - 1, 12, 31))
        measured = Measured(asked)
        still = {"cases": Files(cases.base, ()), "clocks": clocks}
        measured.mirror(still, "mirror")
        measured.bare(_bare(still, folder))
        measured.mirror({"cases": cases, "clocks": clocks}, f"mirror with {CHANGED:,} rows of changes")
        yield from measured.lines()


def _paths(folder: Path) -> tuple[str, ...]:
    return tuple(str(path) for path in sorted(folder.rglob("*.parquet")))


def _clocks(folder: Path, cases: tuple[str, ...]) -> tuple[str, ...]:
    """One limit a case, seven days after it came in, by months."""
    database, made = duckdb.connect(), []
    for path in cases:
        place = folder / "clocks" / Path(path).parent.name / "part-0.parquet"
        place.parent.mkdir(parents=True)
        database.execute(
            f"""COPY (SELECT case_id AS clock_id, case_id, 'D1' AS limit_code,
                CASE WHEN decided_at IS NULL THEN 'running' WHEN decided_at > received_at + INTERVAL 7 DAY
                THEN 'breached' ELSE 'met' END AS clock_state, TRUE AS is_binding, received_at AS started_at,
                received_at + INTERVAL 7 DAY AS due_at, decided_at AS ended_at, position, FALSE AS gone
                FROM read_parquet('{path}')) TO '{place}' (FORMAT parquet, COMPRESSION zstd)"""
        )
        made.append(str(place))
    return tuple(made)


def _bare(files: Mapping[str, Files], folder: Path) -> Mapping[str, str]:
    """One Parquet file of each source with what the base holds."""
    database, made = duckdb.connect(), {}
    for name in ("cases", "clocks"):
        target = folder / f"bare-{name}.parquet"
        listed = ", ".join(f"'{path}'" for path in files[name].base)
        rows = f"SELECT * FROM read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
        database.execute(f"COPY ({rows}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        made[name] = str(target)
    return made


@dataclass
class Measured:
    """What each of the ten took, in milliseconds, where it was asked."""

    asked: list[Asked]
    found: dict[str, list[float]] = field(default_factory=dict)
    answers: dict[str, list[Any]] = field(default_factory=dict)

    def mirror(self, files: Mapping[str, Files], name: str) -> None:
        from suqing.analytics.engine.duck import Duck

        self.by(name, Duck(files), REPEATS)

    def by(self, name: str, engine: Any, repeats: int) -> None:
        self._keep(name, [lambda one=one: one.ask(engine) for one in self.asked], repeats)

    def bare(self, paths: Mapping[str, str]) -> None:
        database = duckdb.connect(config={"memory_limit": "1GB"})
        database.execute("SET TimeZone = 'UTC'")
        asked = [one.by_hand(paths) for one in self.asked]
        self._keep(
            "one bare file", [lambda text=text: database.execute(text).fetchall() for text in asked], REPEATS
        )

    def _keep(self, name: str, asks: list[Callable[[], Any]], repeats: int) -> None:
        self.answers[name] = [ask() for ask in asks]
        self.found[name] = [median(times(ask, repeats)) for ask in asks]
        for one, took in zip(self.asked, self.found[name], strict=True):
            print(f"  {name}: {one.name} {took:.1f} ms", file=sys.stderr, flush=True)

    def lines(self) -> Iterator[str]:
        for place, one in enumerate(self.asked):
            took = "; ".join(f"{name} {found[place]:.0f} ms" for name, found in self.found.items())
            yield f"{one.name}: {took}"


if __name__ == "__main__":
    main()
