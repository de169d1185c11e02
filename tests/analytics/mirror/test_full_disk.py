"""A disk without room: nothing is lost, readers go on with what they have, and with room again the next round heals."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from deltalake.exceptions import DeltaError

from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_checking import check
from suqing.analytics.actions.mirror_feeding import feed, note_fault
from suqing.analytics.actions.mirror_folding import compact_changes, fold
from suqing.analytics.mirror_state import mirror_row
from suqing.analytics.models import Touched
from tests.analytics.mirror.at_work import change_some, folders, mirroring
from tests.analytics.mirror.reading import is_equal, mirrored
from tests.cast import Cast

FULL = (OSError, DeltaError)

# A process that may not write a file longer than some bytes, which is what a full disk looks like to it.
WITHOUT_ROOM = """
import resource, sys, django
django.setup()
from deltalake.exceptions import DeltaError
from suqing.analytics.actions.mirror_feeding import feed
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
try:
    feed()
except (OSError, DeltaError) as fault:
    print("no room", flush=True)
"""


@pytest.fixture
def small_disk(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A disk of a few megabytes on which the mirror lies."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = os.geteuid() == 0 and not subprocess.call(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], stderr=subprocess.DEVNULL
    )
    if not mounted:
        pytest.skip("a small disk can be mounted only by root, outside most containers")
    settings.SUQING_MIRROR = place / "mirror"
    yield place
    subprocess.check_call(["umount", "-l", str(place)])


def fill_up(disk: Path) -> Path:
    """Take all the room there is."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return filler


def test_what_finds_no_room_is_fed_once_there_is_some(thirty_cases: Cast, small_disk: Path) -> None:
    build()
    change_some(Random(1), 3)
    feed()
    before, versions = mirrored("cases"), mirror_row().versions  # type: ignore[union-attr]
    change_some(Random(2), 10)
    waiting = Touched.objects.count()
    filler = fill_up(small_disk)
    for _attempt in range(3):
        with pytest.raises(FULL) as fault:
            feed()
        note_fault(fault.value)
        assert Touched.objects.count() == waiting
        assert mirrored("cases") == before and mirror_row().versions == versions  # type: ignore[union-attr]
    assert mirror_row().fault  # type: ignore[union-attr]
    filler.unlink()
    fed = feed()
    assert fed is not None and fed.rows == waiting and mirror_row().fault == ""  # type: ignore[union-attr]
    assert is_equal() and check().is_whole  # type: ignore[union-attr]


def test_rounds_that_find_no_room_leave_little_behind(thirty_cases: Cast, small_disk: Path) -> None:
    build()
    change_some(Random(3), 10)
    filler = fill_up(small_disk)
    filler.write_bytes(b"\0" * (filler.stat().st_size - 8192))  # room for the beginning of a file
    for _attempt in range(20):
        with pytest.raises(FULL):
            feed()
            fill_up(small_disk)
            feed()
    filler.unlink()
    feed()
    assert is_equal()


def test_folding_and_compacting_without_room_change_nothing(
    thirty_cases: Cast, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suqing.analytics.actions.mirror_folding.MANY_FILES", 2)
    build()
    for seed in range(3):
        change_some(Random(seed), 4)
        feed()
    filler = fill_up(small_disk)
    for step in (fold, compact_changes):
        with pytest.raises(FULL):
            step()
        assert is_equal()
    filler.unlink()
    assert fold()["cases"] > 0
    assert is_equal() and check().is_whole  # type: ignore[union-attr]


def test_a_mirror_that_finds_no_room_to_be_built_leaves_the_one_in_use(
    thirty_cases: Cast, small_disk: Path
) -> None:
    build()
    used = mirror_row()
    assert used is not None
    filler = fill_up(small_disk)
    with pytest.raises(FULL):
        build()
    row = mirror_row()
    assert row is not None and (row.epoch, row.versions, row.building) == (used.epoch, used.versions, "")
    assert folders() == {used.epoch} and is_equal()
    filler.unlink()
    change_some(Random(4), 4)
    build()
    feed()
    assert is_equal() and mirror_row().epoch != used.epoch  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("room", [0, 500, 4000])
def test_a_feeder_that_may_write_no_more_takes_nothing_off_the_list(thirty_cases: Cast, room: int) -> None:
    build()
    before = mirrored("cases")
    change_some(Random(5), 6)
    waiting = Touched.objects.count()
    said, _errors = mirroring(WITHOUT_ROOM, str(room)).communicate(timeout=60)
    assert said.strip() == "no room"
    assert Touched.objects.count() == waiting and mirrored("cases") == before
    feed()
    assert is_equal() and check().is_whole  # type: ignore[union-attr]
