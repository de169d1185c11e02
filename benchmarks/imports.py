"""Importing a national table: rows a second from the file to cases with people, clocks, topics and text bands, checked
and imported, and the memory it takes.  Beside it, with the same file in the same run, what general tools do with it.

python benchmarks/imports.py [--rows 100000] [--kinds csv,xlsx] [--once] [--record]

``--once`` leaves out the same table a second time.
"""

from __future__ import annotations

import csv
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from zoneinfo import ZoneInfo

import xlsxwriter
from ground.centre import SEED, make_people, throw_away_database
from ground.telling import tell

ROWS = 100_000
DISTINCT = 20_000  # rows of the rehearsal that are told again in slightly other words
AT = datetime(2026, 6, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MEGABYTE = 1024


def main() -> None:
    rows = int(_option("--rows", str(ROWS)))
    kinds = _option("--kinds", "csv,xlsx").split(",")
    with throw_away_database(durable=True), TemporaryDirectory() as folder:
        lines = [line for kind in kinds for line in _measured(kind, rows, Path(folder))]
        tell("imports", f"{rows:,} national rows; a database that waits for the disk", lines)


def _option(name: str, default: str) -> str:
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def _measured(kind: str, rows: int, folder: Path) -> Iterator[str]:
    path = _written(kind, rows, folder)
    yield f"{kind}, {path.stat().st_size / 1024**2:.0f} MB"
    yield from _imported(path, rows)
    yield from _generally(kind, path, rows)


def _written(kind: str, rows: int, folder: Path) -> Path:
    """The rehearsal's rows, again and again under other numbers and in slightly other words: none is known already."""
    from suqing.rehearsal.script.cities import CITIES
    from suqing.rehearsal.script.files import HEADER, table_rows

    path = folder / f"模拟数据.{kind}"
    told = list(table_rows(CITIES["suzhou"], SEED + len(kind), min(rows, DISTINCT)))
    first = 50_000_000 if kind == "xlsx" else 0  # other numbers for each kind
    number, narrative = HEADER.index("登记编号"), HEADER.index("具体问题")

    def made() -> Iterator[list[str]]:
        for serial in range(rows):
            cells = list(told[serial % len(told)])
            cells[number] = f"{cells[number][:18]}{first + serial:08d}"
            cells[narrative] += f"（{serial // len(told)}）" if serial >= len(told) else ""
            yield cells

    if kind == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(chain([HEADER], made()))
    else:
        with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False}) as book:
            sheet = book.add_worksheet()
            for place, cells in enumerate(chain([HEADER], made())):
                sheet.write_row(place, 0, cells)
    return path


def _imported(path: Path, rows: int) -> Iterator[str]:
    from suqing.accounts.models import Person
    from suqing.cases.actions.imports import confirm, start_import
    from suqing.cases.models import Case, ImportRun
    from suqing.files.actions import keep

    by = Person.objects.filter(username="supervisor").first() or make_people().supervisor
    before = Case.objects.count()
    run = start_import(
        upload=keep(path, purpose="import", name=path.name, by=by, at=AT), file_name=path.name, by=by, at=AT
    )
    with _memory() as memory:
        checking = _worked_off()
        confirm(run, by=by, at=AT)
        importing = _worked_off()
    run = ImportRun.objects.get(pk=run.pk)
    assert (run.state, run.added) == ("done", rows) and Case.objects.count() == before + rows, run.refusal
    yield (
        f"Suqing: checked {rows / checking:,.0f} rows/s, imported {rows / importing:,.0f} rows/s, both together"
        f" {rows / (checking + importing):,.0f} rows/s ({checking + importing:.0f} s);"
        f" memory + {memory.growth:.0f} MB, the reader beside it {memory.children:.0f} MB"
    )
    if "--once" in sys.argv:
        return
    again = start_import(upload=run.file, file_name=path.name, by=by, at=AT)
    seconds = _worked_off()
    confirm(again, by=by, at=AT)
    seconds += _worked_off()
    again.refresh_from_db()
    assert again.unchanged == rows
    yield f"Suqing, the same table again, nothing changed: {rows / seconds:,.0f} rows/s"


def _worked_off() -> float:
    """Seconds until nothing waits, in slices as the worker takes them."""
    from suqing.cases.actions.importing_slices import work_off_imports

    began = perf_counter()
    while work_off_imports(now=lambda: AT)[1]:
        pass
    return perf_counter() - began


def _generally(kind: str, path: Path, rows: int) -> Iterator[str]:
    """What is usual: the whole table in memory, then one table of texts in the database."""
    import pandas as pd
    from sqlalchemy import create_engine

    from suqing.config.settings import DATABASES

    at = DATABASES["default"]
    engine = create_engine(
        "postgresql+psycopg://",
        connect_args={
            "dbname": at["NAME"], "host": at["HOST"], "port": at["PORT"] or None, "user": at["USER"], "password": at["PASSWORD"]
        },
    )  # fmt: skip

    def through_pandas() -> None:
        table = (
            pd.read_csv(path, dtype=str)
            if kind == "csv"
            else pd.read_excel(path, dtype=str, engine="openpyxl")
        )
        table.to_sql(f"rows_{kind}", engine, if_exists="replace", index=False, chunksize=10_000)

    seconds, memory = _timed(through_pandas)
    yield (
        f"pandas and to_sql: {rows / seconds:,.0f} rows/s ({seconds:.0f} s), memory + {memory:.0f} MB;"
        " texts in one table: nothing checked, found twice, masked, counted or told, and a kill leaves half a table"
    )
    engine.dispose()
    if kind == "xlsx":
        seconds, memory = _timed(lambda: _read_by_openpyxl(path))
        yield f"openpyxl, read only and kept nowhere: {rows / seconds:,.0f} rows/s ({seconds:.0f} s), memory + {memory:.0f} MB"


def _read_by_openpyxl(path: Path) -> None:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    for _cells in book.worksheets[0].iter_rows(values_only=True):
        pass
    book.close()


def _timed(action: Callable[[], None]) -> tuple[float, float]:
    with _memory() as memory:
        began = perf_counter()
        action()
        seconds = perf_counter() - began
    return seconds, memory.growth


@dataclass
class Memory:
    """Megabytes: how much this process grew at most, and the largest sum of the processes it had beside it."""

    growth: float = 0.0
    children: float = 0.0


@contextmanager
def _memory() -> Iterator[Memory]:
    """Look at the memory twenty times a second."""
    found, ended, before = Memory(), threading.Event(), _resident("self")

    def watch() -> None:
        while not ended.wait(0.05):
            found.growth = max(found.growth, _resident("self") - before)
            found.children = max(found.children, sum(_resident(child) for child in _readers()))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield found
    finally:
        time.sleep(0.1)
        ended.set()
        watching.join()


def _readers() -> list[str]:
    """The processes that this one has started to read workbooks; not those of the database."""
    listed = Path("/proc/self/task")
    pids = [pid for task in listed.iterdir() for pid in (task / "children").read_text().split()]
    return [pid for pid in pids if "python" in _command(pid)]


def _command(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0]
    except OSError:
        return ""


def _resident(pid: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / MEGABYTE for line in lines if line.startswith("VmRSS")), 0.0)


if __name__ == "__main__":
    main()
