"""What a round costs follows from what changed, not from how much the mirror holds."""

from __future__ import annotations

from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_feeding import feed
from suqing.analytics.actions.mirror_folding import fold
from suqing.analytics.mirror_state import current_view, mirror_row
from suqing.cases.models import Case
from tests.analytics.mirror.at_work import make_cases
from tests.cast import Cast


def written(folder: Path, before: dict[Path, int]) -> list[Path]:
    """Files that came or changed."""
    return [path for path, changed in stamps(folder).items() if before.get(path) != changed]


def stamps(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def a_round(folder: Path, changed: int) -> tuple[int, int, int]:
    """Change so many cases and feed them; give the queries, the files and the rows that were written."""
    keys = list(Case.objects.order_by("pk").values_list("pk", flat=True)[:changed])
    for key in keys:
        Case.objects.filter(pk=key).update(goods="口罩")
    before = stamps(folder)
    with CaptureQueriesContext(connection) as queries:
        fed = feed()
    assert fed is not None
    return len(queries), len(written(folder, before)), fed.rows


def test_a_round_asks_and_writes_the_same_however_much_the_mirror_holds(
    thirty_cases: Cast, mirror_folder: Path
) -> None:
    build()
    feed()
    small = a_round(mirror_folder, 5)
    for _time in range(4):
        make_cases(thirty_cases)
    build()
    feed()
    fold()
    assert Case.objects.count() == 150
    large = a_round(mirror_folder, 5)
    assert large == small
    # One Parquet file and one entry of the log.
    assert large[1:] == (2, 5)
    # … and as many questions for twenty changed rows as for five.
    assert a_round(mirror_folder, 20)[:2] == large[:2]


def test_a_fold_writes_the_months_that_changed_and_no_other(thirty_cases: Cast, mirror_folder: Path) -> None:
    build()
    months = {month(path) for path in current_view().files["cases"].base}  # type: ignore[union-attr]
    assert len(months) == 2
    case = Case.objects.order_by("received_at").first()
    assert case is not None
    Case.objects.filter(pk=case.pk).update(goods="口罩")
    feed()
    before = stamps(mirror_folder)
    fold()
    parquet = [path for path in written(mirror_folder, before) if path.suffix == ".parquet"]
    assert {month(str(path)) for path in parquet} == {min(months)}


def test_finding_the_files_of_a_version_is_one_question_however_many_there_are(thirty_cases: Cast) -> None:
    build()
    for number in range(12):
        Case.objects.filter(pk=Case.objects.earliest("pk").pk).update(goods=f"口罩{number}")
        feed()
    with CaptureQueriesContext(connection) as queries:
        view = current_view()
    assert len(queries) == 1 and view is not None and len(view.files["cases"].changes) == 12
    row = mirror_row()
    assert row is not None and row.versions["cases"]["base"] >= 0


def month(path: str) -> str:
    return path.rpartition("month=")[2].partition("/")[0]
