"""The whole work list as a file: rows a second and growth of memory, csv and xlsx, our layout and the national one.

python benchmarks/exports.py [--record] [--size 100000] [--real 20000] [--pandas]

``--real`` cases are written with their people, operators, classes, topics and results; the rest are copies of them
under numbers of their own.  Each file is written in a process of its own, as the worker writes it: progress, the event
and the storage included.  ``--pandas`` reads the same columns of the case table beside it, by ``read_sql`` +
``to_excel`` (openpyxl) and ``to_csv``: without names, words, topics, masking, heading or neutralised formulas.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from time import perf_counter, sleep

from ground.centre import NOW, SYSTEM, throw_away_database
from ground.telling import tell

MEGABYTE = 1024 * 1024
FORMS = (("suqing", "csv", "utf-8"), ("suqing", "xlsx", ""), ("national", "csv", "utf-8"))


def main() -> None:
    if os.environ.get("SUQING_BENCHMARK_FORM"):
        _in_a_process(os.environ["SUQING_BENCHMARK_FORM"])
        return
    given = _given()
    forms = [*FORMS, *((("pandas", "csv", ""), ("pandas", "xlsx", "")) if given.pandas else ())]
    figures = []
    with throw_away_database():
        _fill(given.real, given.size)
        for form in forms:
            figures.append(_told(form, _run("-".join(form))))
            print(figures[-1], file=sys.stderr, flush=True)  # the next one may take minutes
        tell("exports", f"{given.size:,} cases, masked, as a supervisor", figures)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--real", type=int, default=20_000)
    parser.add_argument("--pandas", action="store_true")
    found, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    return found


def _told(form: tuple[str, str, str], found: dict[str, float]) -> str:
    return f"{form[0]} {form[1]}: {_told_bare(found)}"


def _told_bare(found: dict[str, float]) -> str:
    return (
        f"{found['rows'] / found['seconds']:,.0f} rows/s ({found['seconds']:.0f} s), {found['size']:,.0f} MB, "
        f"memory +{found['growth']:.0f} MB"
    )


# The ground


def _fill(real: int, size: int) -> None:
    from suqing.ledger.actions import set_centre_clock
    from suqing.rehearsal.actions.history import write_history
    from suqing.rehearsal.actions.replay import begin

    clock = datetime.fromisoformat("2020-01-31T09:00+08:00")
    begin(city="suzhou", seed=12315, with_baseline=False, clock=clock, years=3, size=real)
    write_history(report=lambda _done, _total: None)
    _multiply(size)
    set_centre_clock(mode="rehearsal", centre=NOW, speed=1.0, by=SYSTEM)


def _multiply(size: int) -> None:
    """Copy cases with their topics and results until there are ``size``; people and operators are shared."""
    from django.db import connection

    from suqing.cases.models import Case, CaseResult, TopicMembership

    here = Case.objects.count()
    names = [field.column for field in Case._meta.concrete_fields if field.name not in ("id", "number")]
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for round_ in range(1, -(-size // here)):
            left = min(here, size - here * round_)
            cursor.execute(
                f"CREATE TEMP TABLE made AS SELECT id AS old, nextval('cases_case_id_seq') AS new FROM"
                f" (SELECT id FROM cases_case ORDER BY id LIMIT {here}) AS first LIMIT {left}"
            )
            cursor.execute(
                f"INSERT INTO cases_case (id, number, {columns}) SELECT made.new, 'KB' || made.new, {columns}"
                " FROM cases_case JOIN made ON made.old = cases_case.id"
            )
            for model in (TopicMembership, CaseResult):
                more = [f.column for f in model._meta.concrete_fields if f.name not in ("id", "case")]
                rest = "".join(f', "{name}"' for name in more)
                table = model._meta.db_table
                cursor.execute(
                    f"INSERT INTO {table} (case_id{rest}) SELECT made.new{rest} FROM {table}"
                    f" JOIN made ON made.old = {table}.case_id"
                )
            cursor.execute("DROP TABLE made")
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")


# One file, in a process of its own


def _run(form: str) -> dict[str, float]:
    environment = {**os.environ, "SUQING_BENCHMARK_FORM": form}
    said = subprocess.run(
        [sys.executable, __file__], env=environment, check=True, capture_output=True, text=True
    ).stdout
    return {name: float(value) for name, value in (pair.split("=") for pair in said.split()[-4:])}


def _in_a_process(form: str) -> None:
    import django

    django.setup()
    layout, format, encoding = form.split("-", 2)
    work = _pandas if layout == "pandas" else _ours
    with _Memory() as memory:
        began = perf_counter()
        rows, size = work(layout, format, encoding)
        seconds = perf_counter() - began
    print(f"rows={rows} seconds={seconds} size={size / MEGABYTE} growth={memory.growth / MEGABYTE}")


def _ours(layout: str, format: str, encoding: str) -> tuple[int, int]:
    from suqing.accounts.models import Person
    from suqing.analytics.actions.exports import Asked, ask_export, write_kept

    person = Person.objects.get(username="supervisor")
    asked = Asked("cases", {}, ["全部"], layout, format, encoding)
    export = ask_export(asked=asked, by=person, at=NOW)
    assert write_kept(export.ref)
    export.refresh_from_db()
    assert export.state == "done" and export.done == export.total, export.failure
    return export.done, export.size or 0


def _pandas(_layout: str, format: str, _encoding: str) -> tuple[int, int]:
    import pandas
    from django.conf import settings
    from sqlalchemy import create_engine

    from suqing.cases.models import Case

    names = [
        "number",
        "kind",
        "state",
        "received_at",
        "channel",
        "registered_at",
        "next_due_at",
        "urgency",
        "is_sensitive",
        "entity_name",
        "seller_role",
        "platform",
        "address",
        "incident_on",
        "amount",
        "request_note",
        "goods",
        "price_asked",
        "price_earlier",
        "is_real_name",
        "match_text",
        "dispatched_at",
        "decided_at",
        "filed_at",
        "closed_at",
        "outcome",
        "ground",
        "result_note",
        "recovered_amount",
        "penalty_amount",
        "return_count",
        "remind_count",
        "supervise_count",
        "visit_grade",
        "archived_at",
        "is_synthetic",
    ]
    url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
    query = f"SELECT {', '.join(names)} FROM {Case._meta.db_table} ORDER BY received_at DESC, id DESC"
    frame = pandas.read_sql(query, create_engine(url))
    for name in frame.select_dtypes("datetimetz"):
        frame[name] = frame[name].dt.tz_localize(None)
    path = Path(settings.VAR_DIR) / f"pandas.{format}"
    frame.to_csv(path, index=False) if format == "csv" else frame.to_excel(
        path, index=False, engine="openpyxl"
    )
    return len(frame), path.stat().st_size


class _Memory:
    """The growth of this process beyond what it needed before the work, seen ten times a second."""

    def __enter__(self) -> _Memory:
        self.before = self.most = _resident()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def _look(self) -> None:
        while not self._ended.is_set():
            self.most = max(self.most, _resident())
            sleep(0.1)

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def growth(self) -> int:
        return self.most - self.before


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
