"""A fold of many rows goes by portions of months; each leaves the mirror right, also where the fold ends after it."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_checking import check
from suqing.analytics.actions.mirror_feeding import feed
from suqing.analytics.actions.mirror_folding import clean, fold
from suqing.analytics.mirror.epoch import Epoch
from suqing.analytics.mirror_state import current_view, epoch_of, mirror_row
from suqing.cases.models import Case
from tests.analytics.mirror.at_work import change_some
from tests.analytics.mirror.reading import is_equal
from tests.cast import Cast

EPOCH = "suqing.analytics.mirror.epoch"


class Ended(Exception):
    """The fold was ended by the test."""


def base_version() -> int:
    row = mirror_row()
    assert row is not None
    return epoch_of(row.epoch).version("cases", "base")


def move_all(days: int) -> None:
    """Move every case to another time, so that months lose and get rows."""
    for case in Case.objects.all():
        Case.objects.filter(pk=case.pk).update(received_at=case.received_at + timedelta(days=days))
    feed()


def test_a_fold_by_portions_is_one_of_all_months(thirty_cases: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{EPOCH}.PORTION_ROWS", 1)
    build()
    for days in (33, -70, 20):
        move_all(days)
        before = base_version()
        assert fold()["cases"] == 30
        assert base_version() - before >= 3  # months that lost rows and months that got them
        assert is_equal() and current_view().files["cases"].changes == ()  # type: ignore[union-attr]
    clean()
    assert is_equal() and check().is_whole  # type: ignore[union-attr]


@pytest.mark.parametrize("days", [33, -33])
@pytest.mark.parametrize("portions", [1, 2, 3])
def test_a_fold_that_ends_between_portions_hides_and_doubles_nothing(
    thirty_cases: Cast, monkeypatch: pytest.MonkeyPatch, days: int, portions: int
) -> None:
    monkeypatch.setattr(f"{EPOCH}.PORTION_ROWS", 1)
    build()
    move_all(days)
    inner, written = Epoch.replace_months, list[object]()

    def ends(self: Epoch, name: str, months: Any, rows: Any) -> int:
        version = inner(self, name, months, rows)
        written.append(months)
        if len(written) == portions:
            raise Ended
        return version

    with monkeypatch.context() as broken:
        broken.setattr(Epoch, "replace_months", ends)
        with pytest.raises(Ended):
            fold()
    assert is_equal()
    # What was written but not written down is taken up by whoever cleans, and by the next fold.
    clean()
    assert is_equal()
    change_some(Random(portions), 6)
    feed()
    assert is_equal()
    assert fold()["cases"] > 30
    assert is_equal() and check().is_whole  # type: ignore[union-attr]
