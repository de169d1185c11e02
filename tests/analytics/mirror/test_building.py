"""Building anew: writers go on meanwhile, and a mirror that speaks of other names or of another past is replaced."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from suqing.accounts.models import Unit
from suqing.analytics import mirror_state
from suqing.analytics.actions import mirror_building
from suqing.analytics.actions.mirror_building import BeingBuilt, build, remove_old_folders
from suqing.analytics.actions.mirror_checking import check
from suqing.analytics.actions.mirror_feeding import Lock, feed, lock
from suqing.analytics.actions.mirror_folding import fold
from suqing.analytics.mirror.epoch import Epoch
from suqing.analytics.mirror_state import is_build_due, mirror_row
from suqing.analytics.models import Mirror
from suqing.cases.models import Case, TopicMembership
from suqing.ledger.models import JobProgress
from suqing.taxonomy.models import ClassNode, Topic
from tests.analytics.days import MONDAY, mask_report, moment, take
from tests.analytics.mirror.at_work import change_some, folders, nothing_waits
from tests.analytics.mirror.reading import is_equal, mirrored
from tests.cast import Cast


def elsewhere(work: Any) -> None:
    """Do something in a thread with a connection of its own, and wait for it."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_what_is_written_and_fed_during_a_rebuild_is_in_the_new_mirror_after_the_next_round(
    thirty_cases: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    seen, inner = [], Epoch.append

    def append(self: Epoch, name: str, part: str, rows: Any) -> int:
        if part == "base" and name == "cases" and not seen:
            seen.append(name)

            def others() -> None:
                take(thirty_cases, moment(MONDAY, "20:00"), mask_report())
                change_some(Random(3), 4)
                feed()
                fold()
                change_some(Random(4), 4)
                feed()
                change_some(Random(5), 2)  # these wait when the new mirror takes over
                assert mirrored("cases") != []

            elsewhere(others)
        return inner(self, name, part, rows)

    monkeypatch.setattr(Epoch, "append", append)
    built = build()
    assert seen and built.rows["cases"] == 30 < Case.objects.count() == 31
    assert not is_equal() and not nothing_waits()
    feed()
    assert is_equal() and nothing_waits() and check().is_whole  # type: ignore[union-attr]
    fold()
    assert is_equal()


@pytest.mark.django_db(transaction=True)
def test_only_one_builds_at_a_time(thirty_cases: Cast) -> None:
    refused = []

    def second() -> None:
        try:
            build()
        except BeingBuilt:
            refused.append(True)

    with lock(Lock.BUILD) as held:
        assert held
        elsewhere(second)
    assert refused and mirror_row() is None
    build()
    assert is_equal()


def test_a_build_that_fails_says_so_and_leaves_nothing(
    thirty_cases: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    used = mirror_row()

    def breaks(*_given: object) -> None:
        raise OSError("no room left")

    with monkeypatch.context() as broken:
        broken.setattr(mirror_building, "_switch", breaks)
        with pytest.raises(OSError, match="no room"):
            build()
    row = mirror_row()
    assert row is not None and used is not None
    assert (row.epoch, row.building) == (used.epoch, "") and folders() == {used.epoch}
    assert JobProgress.objects.filter(name=mirror_building.PROGRESS).latest("pk").failed_reason
    assert is_equal()


def test_folders_of_before_are_kept_for_whoever_still_reads_them(thirty_cases: Cast) -> None:
    build()
    old = mirror_row().epoch  # type: ignore[union-attr]
    build()
    assert remove_old_folders(grace=600) == []
    Mirror.objects.update(built_at=timezone.now() - timedelta(seconds=601))
    assert remove_old_folders(grace=600) == []  # it was written a moment ago
    assert remove_old_folders(grace=0) == [old]
    assert folders() == {mirror_row().epoch} and is_equal()  # type: ignore[union-attr]


def _a_class() -> None:
    node = ClassNode.objects.get(
        pk=Case.objects.exclude(issue_class=None).values_list("issue_class", flat=True)[0]
    )
    ClassNode.objects.filter(pk__in=(node.pk, node.parent_id)).update(name="另一个名字")


def _a_topic() -> None:
    assert TopicMembership.objects.filter(version__topic__code="price_surge").exists()
    Topic.objects.filter(code="price_surge").update(parent=Topic.objects.get(code="mask_quality"))


def _a_unit() -> None:
    assert Unit.objects.filter(pk__in=Case.objects.values("responsible_unit")).update(code="sz-old-town")


@pytest.mark.parametrize("rename", [_a_class, _a_topic, _a_unit])
def test_a_mirror_that_speaks_of_other_names_is_due_to_be_built(thirty_cases: Cast, rename: Any) -> None:
    build()
    assert not is_build_due()
    rename()
    feed()
    assert is_build_due() and not is_equal()
    build()
    assert not is_build_due() and is_equal()


def test_the_mirror_of_a_database_that_was_restored_is_due_to_be_built(
    thirty_cases: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    assert not is_build_due()
    monkeypatch.setattr(mirror_state, "_database", lambda: [1, 2, 3])
    assert is_build_due()


@pytest.mark.parametrize("part", ["base", "changes"])
def test_a_mirror_whose_folder_was_lost_is_due_to_be_built(thirty_cases: Cast, part: str) -> None:
    build()
    feed()
    epoch = mirror_state.epoch_of(mirror_row().epoch)  # type: ignore[union-attr]
    for entry in (epoch.folder / "cases" / part / "_delta_log").iterdir():
        entry.unlink()
    assert is_build_due()
    build()
    feed()
    assert is_equal()
