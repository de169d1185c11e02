"""Whoever writes the mirror may be killed at any moment: readers see a whole version, and the next run heals."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from suqing.analytics.actions.mirror_building import build, remove_old_folders
from suqing.analytics.actions.mirror_checking import check
from suqing.analytics.actions.mirror_feeding import feed
from suqing.analytics.actions.mirror_folding import clean, fold
from suqing.analytics.mirror_state import mirror_row
from suqing.analytics.models import Touched
from tests.analytics.mirror.at_work import (
    ACTIONS,
    EPOCH,
    change_some,
    folders,
    killed_after,
    killed_within,
    nothing_waits,
    once_free,
)
from tests.analytics.mirror.reading import is_equal, mirrored
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

FOLD, FEED, BUILD = (
    f"{ACTIONS}.mirror_folding.fold",
    f"{ACTIONS}.mirror_feeding.feed",
    f"{ACTIONS}.mirror_building.build",
)


def changed_mirror(rng: Random) -> None:
    build()
    change_some(rng, 12)
    feed()
    assert is_equal()


def test_a_folder_killed_between_its_steps_hides_nothing_and_the_next_one_folds(thirty_cases: Cast) -> None:
    rng = Random(6)
    changed_mirror(rng)
    for place in (f"{EPOCH}.fold", f"{ACTIONS}.mirror_folding._write_down", f"{EPOCH}.drop_changes"):
        killed_after(place, FOLD)
        assert is_equal(), place
        change_some(rng, 6)
        once_free(feed)
        assert is_equal(), place
    assert once_free(lambda: fold() or None)["cases"] > 0
    assert is_equal() and nothing_waits() and check().is_whole  # type: ignore[union-attr]


def test_a_folder_killed_while_it_writes_parquet_leaves_the_version_before(thirty_cases: Cast) -> None:
    rng, died = Random(7), 0
    changed_mirror(rng)
    for milliseconds in (0, 4, 8, 16, 30):
        died += killed_within(f"{EPOCH}.replace_months", FOLD, seconds=milliseconds / 1000)
        assert is_equal()
        change_some(rng, 3)
        once_free(feed)
        assert is_equal()
    assert died >= 3
    once_free(lambda: fold() or None)
    clean()
    assert is_equal() and check().is_whole  # type: ignore[union-attr]


def test_a_feeder_killed_between_appending_and_writing_down_feeds_the_same_rows_again(
    thirty_cases: Cast,
) -> None:
    build()
    before = mirrored("cases")
    change_some(Random(8), 5)
    waiting = Touched.objects.count()
    killed_after(f"{EPOCH}.append", FEED)
    assert mirrored("cases") == before and Touched.objects.count() == waiting
    fed = once_free(feed)
    assert fed.rows == waiting and nothing_waits()
    assert is_equal() and check().is_whole  # type: ignore[union-attr]
    fold()
    assert is_equal()


def test_a_feeder_killed_while_it_writes_parquet_leaves_the_version_before(thirty_cases: Cast) -> None:
    build()
    rng, died = Random(9), 0
    for milliseconds in (0, 3, 8, 20):
        before = mirrored("cases")
        change_some(rng, 5)
        survived = not killed_within(f"{EPOCH}.append", FEED, seconds=milliseconds / 1000)
        died += not survived
        assert mirrored("cases") == before or nothing_waits()
        once_free(feed)
        assert is_equal() and nothing_waits()
    assert died >= 2


@pytest.mark.parametrize(
    ("place", "times"), [(f"{EPOCH}.append", 1), (f"{EPOCH}.compact", 2), (f"{ACTIONS}.mirror_building._begin", 1)]
)  # fmt: skip
def test_a_builder_killed_anywhere_leaves_the_mirror_in_use_which_is_fed_on(
    thirty_cases: Cast, mirror_folder: Path, place: str, times: int
) -> None:
    build()
    used = mirror_row()
    assert used is not None
    killed_after(place, BUILD, times=times)
    row = mirror_row()
    assert row is not None and row.epoch == used.epoch and row.building not in ("", used.epoch)
    change_some(Random(10), 5)
    once_free(feed)
    assert is_equal() and Touched.objects.filter(is_held=True).exists()
    # Nobody builds any more: what was kept for that mirror is let go, its folder taken away.
    left = folders() - {used.epoch}
    once_free(lambda: set(remove_old_folders(grace=0)) >= left or None)
    assert nothing_waits() and folders() == {used.epoch}
    change_some(Random(11), 5)
    built = once_free(build)
    assert built.rows["cases"] == 30 and mirror_row().epoch != used.epoch  # type: ignore[union-attr]
    once_free(feed)
    assert is_equal() and nothing_waits() and check().is_whole  # type: ignore[union-attr]


def test_a_first_builder_that_is_killed_leaves_no_mirror_and_the_next_one_builds_it(
    thirty_cases: Cast,
) -> None:
    killed_after(f"{EPOCH}.compact", BUILD, times=1)
    assert mirror_row() is None and feed() is None
    change_some(Random(12), 3)
    assert once_free(build).rows["cases"] == 30
    once_free(feed)
    assert is_equal() and nothing_waits()
