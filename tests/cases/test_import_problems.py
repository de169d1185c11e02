"""Problems of an import's rows: remarks repeat only so often, are counted always, and cost every batch the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.cases.actions import import_problems
from suqing.cases.actions.imports import check_some
from suqing.cases.models import ImportRun
from tests.cases.imported import begun, checked, national
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SUQING_FILES = tmp_path / "files"
    return tmp_path


def rows(count: int) -> list[tuple[str, ...]]:
    """Each with an amount that nobody can read, all with the same strange unit."""
    return [national(index, 消费金额=f"不详{index}", 处理机构="某某分局") for index in range(count)]


def remarks(run: ImportRun) -> dict[str, int]:
    found: dict[str, int] = {}
    for column in run.problems.filter(rejects=False).values_list("column", flat=True):
        found[column] = found.get(column, 0) + 1
    return found


def test_a_remark_is_listed_so_often_and_counted_always(
    centre: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_problems, "MOST_ALIKE", 5)
    run = checked(begun(centre.supervisor, folder, rows(20)))
    found = remarks(run)
    assert found["消费金额(单位:元)"] == 5  # of twenty cells that differ
    assert found["处理机构"] == 1  # the same word: once
    given = sum(found.values()) + run.unlisted
    monkeypatch.setattr(import_problems, "MOST_REMARKS", 3)
    short = checked(begun(centre.supervisor, folder, rows(20), name="again.csv"))
    assert sum(remarks(short).values()) == 3
    assert sum(remarks(short).values()) + short.unlisted == given


def test_after_a_death_the_count_goes_on_where_the_database_stands(
    centre: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_problems, "MOST_ALIKE", 5)
    run = begun(centre.supervisor, folder, rows(20))
    check_some(run, at=AT, size=3)
    import_problems._counted.clear()
    run = checked(run)
    assert remarks(run)["消费金额(单位:元)"] == 5 and remarks(run)["处理机构"] == 1


def test_no_batch_reads_what_the_batches_before_it_wrote(centre: Cast, folder: Path) -> None:
    run = begun(centre.supervisor, folder, rows(60))
    asked = []
    while True:
        with CaptureQueriesContext(connection) as queries:
            if not check_some(run, at=AT, size=10):
                break
        asked.append([one["sql"] for one in queries if 'FROM "cases_importproblem"' in one["sql"]])
    assert len(asked) == 6 and len(asked[0]) == 1
    assert not any(asked[1:])
