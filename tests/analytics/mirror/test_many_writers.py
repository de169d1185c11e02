"""Several processes that feed, fold, compact and clean at once while cases change: nothing is lost, nothing doubled."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_checking import check
from suqing.analytics.actions.mirror_feeding import feed
from suqing.cases.models import Case
from tests.analytics.mirror.at_work import change_some, mirroring, nothing_waits
from tests.analytics.mirror.reading import is_equal, mirrored
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

ENOUGH = 4  # times that each does something
PATIENCE = 120.0  # seconds

# Works until a file is there; writes down how often it did something.
AT_WORK = """
import sys, time, django
from pathlib import Path
django.setup()
from importlib import import_module
from suqing.analytics.actions import mirror_feeding, mirror_folding
mirror_folding.MANY_FILES = 2
module, _, name = sys.argv[1].rpartition(".")
step, count, rounds = getattr(import_module(module), name), Path(sys.argv[2]), 0
while not (count.parent / "stop").exists():
    rounds += step() not in (None, {}, *([0] if name == "compact_changes" else []))
    count.with_suffix(".new").write_text(str(rounds))
    count.with_suffix(".new").rename(count)
    time.sleep(1 if name == "clean" else 0.02)
"""

# The same as if the lock had fallen with its connection: it is given to everybody.
WITHOUT_LOCKS = """
from contextlib import contextmanager
import django
django.setup()
from suqing.analytics.actions import mirror_feeding
@contextmanager
def lock(which, *, wait=False):
    yield True
mirror_feeding.lock = lock
"""

# A feeder that takes its view, and then stands still until a file is there.
LATE = """
import sys, time
from pathlib import Path
inner = mirror_feeding.next_writing
def told():
    print("here", flush=True)
    while not Path(sys.argv[1]).exists():
        time.sleep(0.02)
    return inner()
mirror_feeding.next_writing = told
mirror_feeding.feed()
print("finished", flush=True)
"""

FEED, FOLD = "suqing.analytics.actions.mirror_feeding.feed", "suqing.analytics.actions.mirror_folding.fold"
COMPACT, CLEAN = (f"suqing.analytics.actions.mirror_folding.{name}" for name in ("compact_changes", "clean"))


def all_work(steps: list[str], folder: Path, script: str = AT_WORK) -> None:
    """Change cases while processes work at these steps, until each of them did something some times."""
    counts = [folder / f"{number}.count" for number in range(len(steps))]
    processes = [mirroring(script, step, str(count)) for step, count in zip(steps, counts, strict=True)]
    rng, until = Random(20), time.monotonic() + PATIENCE
    try:
        while any(not count.exists() or int(count.read_text()) < ENOUGH for count in counts):
            change_some(rng, 3)
            assert time.monotonic() < until and all(process.poll() is None for process in processes)
    finally:
        (folder / "stop").touch()
        for process in processes:
            process.communicate(timeout=60)
    assert all(process.returncode == 0 for process in processes)


def test_many_who_feed_fold_compact_and_clean_at_once_lose_and_double_nothing(
    thirty_cases: Cast, tmp_path: Path
) -> None:
    build()
    all_work([FEED, FEED, FOLD, COMPACT, CLEAN], tmp_path)
    feed()
    assert nothing_waits()
    assert is_equal() and check().is_whole  # type: ignore[union-attr]


def test_feeders_that_append_at_the_same_time_lose_and_double_nothing(
    thirty_cases: Cast, tmp_path: Path
) -> None:
    build()
    all_work([FEED, FEED, FEED], tmp_path, WITHOUT_LOCKS + AT_WORK)
    feed()
    assert nothing_waits() and is_equal() and check().is_whole  # type: ignore[union-attr]


def test_a_feeder_that_lost_its_lock_and_comes_late_brings_nothing_old_back(
    thirty_cases: Cast, tmp_path: Path
) -> None:
    build()
    case = Case.objects.order_by("pk").first()
    assert case is not None
    Case.objects.filter(pk=case.pk).update(goods="旧的")
    late = mirroring(WITHOUT_LOCKS + LATE, str(tmp_path / "go"))
    assert late.stdout is not None and late.stdout.readline().strip() == "here"
    # It has read "旧的" … and somebody else brings what came after.
    Case.objects.filter(pk=case.pk).update(goods="新的")
    feed()
    assert goods_of(case.pk) == "新的"
    (tmp_path / "go").touch()
    assert late.communicate(timeout=60)[0].strip() == "finished"
    feed()
    assert goods_of(case.pk) == "新的" and is_equal()


def goods_of(key: int) -> object:
    return next(row["goods"] for row in mirrored("cases") if row["case_id"] == key)
