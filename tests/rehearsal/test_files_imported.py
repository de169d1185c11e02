"""What the rehearsal writes for practising, the import of the centre takes: all whole rows, and the mistakes are told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from suqing.cases.actions.imports import check_some, confirm, run_some, start_import
from suqing.cases.models import Case, ImportRun
from suqing.files.actions import keep
from suqing.rehearsal.script.cities import NANJING, SUZHOU
from suqing.rehearsal.script.cities.city import City
from suqing.rehearsal.script.files import HEADER, Written, table_rows, write_rows
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db
ROWS = 90
REJECTED = ("missing number", "bad date", "unknown kind", "negative amount", "number twice")
COLUMN = {name: place for place, name in enumerate(HEADER)}


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.SUQING_FILES = tmp_path / "files"


def imported(cast: Cast, written: Written) -> ImportRun:
    file = keep(written.path, purpose="import", name=written.path.name, by=cast.supervisor, at=AT)
    run = start_import(upload=file, file_name=written.path.name, by=cast.supervisor, at=AT)
    while check_some(run, at=AT):
        pass
    confirm(run, by=cast.supervisor, at=AT)
    while run_some(run, at=AT):
        pass
    run.refresh_from_db()
    return run


@pytest.mark.parametrize(
    ("name", "encoding", "city"),
    [("a.csv", "utf-8", SUZHOU), ("b.csv", "gb18030", NANJING), ("c.xlsx", "utf-8", SUZHOU)],
    ids=["utf-8", "gb18030", "xlsx"],
)
def test_every_row_becomes_the_case_that_it_tells_of(
    centre: Cast, tmp_path: Path, name: str, encoding: str, city: City
) -> None:
    run = imported(centre, write_rows(tmp_path / name, city=city, seed=4, rows=ROWS, encoding=encoding))
    assert (run.state, run.layout, run.total, run.added, run.rejected) == ("done", "national", ROWS, ROWS, 0)
    rows = list(table_rows(city, 4, ROWS))
    kinds = Counter(Case.objects.values_list("kind", flat=True))
    assert kinds == Counter({"投诉": "complaint", "举报": "report"}[cells[COLUMN["类型"]]] for cells in rows)
    ended = sum(cells[COLUMN["办理情况状态"]] == "已办结" for cells in rows)
    assert Case.objects.exclude(closed_at=None).count() == ended > ROWS / 2
    stored = dict(Case.objects.values_list("imported__number", "narrative"))
    assert stored == {cells[0]: cells[COLUMN["具体问题"]] for cells in rows}
    assert not Case.objects.filter(issue_class=None).exists()
    assert not Case.objects.filter(place=None).exists()


def test_the_same_file_again_changes_nothing(centre: Cast, tmp_path: Path) -> None:
    made = write_rows(tmp_path / "a.csv", city=SUZHOU, seed=4, rows=20)
    imported(centre, made)
    again = imported(centre, made)
    assert (again.added, again.unchanged, Case.objects.count()) == (0, 20, 20)


def test_rows_with_a_mistake_are_rejected_and_the_others_come_in(centre: Cast, tmp_path: Path) -> None:
    made = write_rows(tmp_path / "a.csv", city=SUZHOU, seed=4, rows=ROWS, faulty=0.3)
    run = imported(centre, made)
    wrong = sum(made.faults[name] for name in REJECTED)
    assert made.faults["unknown status"] > 0 < wrong
    assert (run.total, run.rejected, run.added) == (ROWS, wrong, ROWS - wrong)
