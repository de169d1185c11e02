"""The reader in a process of its own: the same rows, the same refusals, no secret, no orphan."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from suqing.cases.importing import unreadable as why
from suqing.cases.importing.beside import ReaderBeside, ReaderGone
from suqing.cases.importing.layouts import NATIONAL
from suqing.cases.importing.national import COLUMNS
from suqing.cases.importing.table_reader import Reading, Source, TableReader
from suqing.cases.importing.unreadable import Unreadable
from tests.cases.importing.tables import NOW, REFERENCES, row, write_csv, write_xlsx

ROWS = [
    row(登记编号=f"516403000020241115{serial:08d}", 具体问题=f"口罩有异味，第{serial}次来电 13812345678")
    for serial in range(7)
]


def table(folder: Path, kind: str) -> Source:
    rows = [COLUMNS, *ROWS, ROWS[3]]
    if kind == "csv":
        return Source(write_csv(folder / "t.csv", rows), "csv")
    return Source(write_xlsx(folder / "t.xlsx", rows), "xlsx")


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def one_more_child() -> Iterator[list[int]]:
    """The process begun inside, once left; others, a browser of another test, may be there before."""
    before = set(children_of(os.getpid()))
    begun: list[int] = []
    yield begun
    begun += set(children_of(os.getpid())) - before
    assert len(begun) == 1


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone_within(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while is_there(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_there(pid)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("position", [0, 4])
def test_the_rows_are_those_that_would_be_read_here(tmp_path: Path, kind: str, position: int) -> None:
    source = table(tmp_path, kind)
    how = Reading(NATIONAL, REFERENCES, prepares=True, position=position, at=NOW)
    with TableReader(source) as here:
        here.begin(how)
        expected = [here.read(3, NOW), here.read(100, NOW), here.read(100, NOW)]
    beside = ReaderBeside(source)
    try:
        assert beside.opened == here.opened
        beside.begin(how)
        found = []
        for count in (3, 100, 100):
            beside.ask(count, NOW)
            found.append(beside.rows())
    finally:
        beside.close()
    assert found == expected
    assert [one.number for slice_ in found for one in slice_] == list(range(max(position + 1, 2), 10))
    last = found[1][-1]
    assert last.parsed.case is None and last.parsed.problems[-1].values == {"first": 5}
    assert found[0][0].prepared is not None and "138" not in found[0][0].prepared.text.text


def test_a_table_that_cannot_be_read_is_refused_with_the_same_words(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", [[f"列{number}" for number in range(300)], ["1"] * 300])
    with pytest.raises(Unreadable) as caught:
        ReaderBeside(Source(path, "csv"))
    assert (caught.value.message, caught.value.values["columns"]) == (why.TOO_WIDE, 300)


def test_a_table_that_breaks_off_is_refused_when_its_rows_are_asked_for(tmp_path: Path) -> None:
    source = table(tmp_path, "csv")
    with source.path.open("ab") as file:
        file.write(b"\xff\xfe\xff\n" * 3)
    with pytest.raises(Unreadable), closing(ReaderBeside(source)) as beside:
        beside.begin(Reading(NATIONAL, REFERENCES, prepares=False, position=0, at=NOW))
        beside.ask(100, NOW)
        beside.rows()


def test_a_killed_reader_says_nothing_against_the_table(tmp_path: Path) -> None:
    source = table(tmp_path, "csv")
    with one_more_child() as begun:
        beside = ReaderBeside(source)
    (child,) = begun
    os.kill(child, signal.SIGKILL)
    with pytest.raises(ReaderGone):
        beside.begin(Reading(NATIONAL, REFERENCES, prepares=False, position=0, at=NOW))
    beside.close()


def test_the_reader_is_told_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUQING_MASTER_KEY", "not for readers")
    source = table(tmp_path, "csv")
    with one_more_child() as begun:
        beside = ReaderBeside(source)
    (child,) = begun
    told = Path(f"/proc/{child}/environ").read_bytes()
    beside.close()
    assert b"SUQING" not in told and b"DATABASE" not in told
    assert gone_within(child, 5)


def test_the_reader_ends_when_whoever_asked_was_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path;"
        "from suqing.cases.importing.beside import ReaderBeside, Source;"
        "beside = ReaderBeside(Source(Path(sys.argv[1]), 'csv')); print('open', flush=True); time.sleep(60)"
    )
    path = str(table(tmp_path, "csv").path)
    with subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE) as asking:
        assert asking.stdout is not None and asking.stdout.readline() == b"open\n"
        (child,) = children_of(asking.pid)
        asking.kill()
    assert gone_within(child, 5)
