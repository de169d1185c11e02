"""Feeding: what changed is in the mirror after a round, what did not change is not touched."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_checking import check
from suqing.analytics.actions.mirror_feeding import feed
from suqing.analytics.actions.mirror_folding import clean, compact_changes, fold
from suqing.analytics.mirror_state import current_view, is_behind, mirror_row
from suqing.analytics.models import Touched
from suqing.analytics.periods import Period
from suqing.cases.models import Case, Clock, Submission, TopicMembership
from suqing.ledger.queries import sealed_position
from tests.analytics.days import MONDAY, close_complaint, hotel_complaint, mask_report, moment, take
from tests.analytics.mirror.reading import counted_by_both, is_equal, mirrored
from tests.cast import Cast

WEEK = Period(MONDAY - timedelta(days=7), MONDAY)


def test_without_a_mirror_nothing_is_fed(week: Cast) -> None:
    assert feed() is None and current_view() is None and is_behind()


def test_a_mirror_that_was_built_holds_what_postgresql_holds(week: Cast, mirror_folder: Path) -> None:
    built = build()
    assert is_equal() and not is_behind()
    assert (
        built.rows["cases"] == Case.objects.count() and built.rows["contacts"] == Submission.objects.count()
    )
    row = mirror_row()
    assert row is not None and row.position == built.position == sealed_position()
    assert len(mirrored("cases")) == Case.objects.count() > 20
    assert check().is_whole  # type: ignore[union-attr]


def test_every_kind_of_change_is_there_after_one_round(week: Cast) -> None:
    build()
    cast = week
    submission = take(cast, moment(MONDAY, "11:00"), hotel_complaint(), mask_report())
    case = submission.cases.get(kind="complaint")
    close_complaint(
        cast, case, accepted=moment(MONDAY, "12:00"), closed=moment(MONDAY, "13:00"), recovered="12.50"
    )
    TopicMembership.objects.filter(case__kind="report").delete()
    Clock.objects.filter(case__kind="report").first().delete()  # type: ignore[union-attr]
    old = Case.objects.order_by("pk").first()
    assert old is not None
    Case.objects.filter(pk=old.pk).update(goods="酒精", received_at=old.received_at - timedelta(days=40))
    fed = feed()
    assert fed is not None and fed.rows > 0 and not is_behind()
    assert is_equal()
    assert {row["case_id"] for row in mirrored("cases")} >= {case.pk, old.pk}
    for code in ("cases_registered", "cases_closed", "recovered_loss", "overdue_cases", "contacts"):
        counted = counted_by_both(code, WEEK)
        assert counted[0] == counted[1], code


def test_a_round_with_nothing_to_do_touches_no_file(week: Cast, mirror_folder: Path) -> None:
    build()
    feed()
    before = {path: path.stat().st_mtime_ns for path in mirror_folder.rglob("*")}
    fed = feed()
    assert fed is not None and fed.rows == 0
    assert {path: path.stat().st_mtime_ns for path in mirror_folder.rglob("*")} == before


def test_rounds_are_bounded_and_go_on_where_they_stopped(week: Cast) -> None:
    build()
    for case in Case.objects.all():
        Case.objects.filter(pk=case.pk).update(goods="口罩")
    fed = feed(limit=5)
    assert fed is not None and (fed.rows, fed.is_more) == (5, True)
    assert not is_equal()
    while fed is not None and fed.is_more:
        fed = feed(limit=5)
    assert is_equal() and not Touched.objects.exists()


def test_folding_compacting_and_cleaning_change_nothing_that_is_read(week: Cast, mirror_folder: Path) -> None:
    build()
    cases = list(Case.objects.order_by("pk"))
    for number in range(40):
        case = cases[number % len(cases)]
        Case.objects.filter(pk=case.pk).update(
            goods=f"口罩{number}", received_at=case.received_at - timedelta(days=number)
        )
        feed()
    reader = current_view()
    assert reader is not None and len(reader.files["cases"].changes) == 40
    assert compact_changes() >= 1
    assert is_equal()
    assert len(current_view().files["cases"].changes) == 1  # type: ignore[union-attr]
    assert fold()["cases"] == 40
    assert is_equal()
    assert current_view().files["cases"].changes == ()  # type: ignore[union-attr]
    clean()
    # Whoever took the list before still finds every file of it.
    assert all(
        Path(path).exists() for files in reader.files.values() for path in (*files.base, *files.changes)
    )
    assert is_equal() and check().is_whole  # type: ignore[union-attr]
