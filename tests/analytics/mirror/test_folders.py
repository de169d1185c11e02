"""The mirror's folder: any name that people give folders will do; what was taken out of it is noticed."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest
from deltalake.exceptions import DeltaError

from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_checking import check, check_and_mend
from suqing.analytics.actions.mirror_feeding import feed
from suqing.analytics.actions.mirror_folding import clean, compact_changes, fold
from suqing.analytics.mirror_state import current_view, epoch_of, is_build_due, is_torn, mirror_row
from suqing.analytics.models import Touched
from tests.analytics.mirror.at_work import change_some
from tests.analytics.mirror.reading import is_equal
from tests.cast import Cast


@pytest.mark.parametrize("name", ["市场监管 热线", "it's 100% ours"])
def test_a_folder_may_have_any_name(
    thirty_cases: Cast, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("suqing.analytics.actions.mirror_folding.MANY_FILES", 2)
    settings.SUQING_MIRROR = tmp_path / name / "mirror"
    build()
    for seed in range(3):
        change_some(Random(seed), 3)
        feed()
    assert is_equal() and not is_build_due() and not is_torn()
    compact_changes()
    fold()
    clean()
    assert is_equal() and check().is_whole  # type: ignore[union-attr]
    assert (tmp_path / name / "mirror" / mirror_row().epoch / "cases" / "base").is_dir()  # type: ignore[union-attr]
    assert [one.name for one in tmp_path.iterdir() if one.is_dir()] == [name]


@pytest.mark.parametrize("part", ["base", "changes"])
def test_a_table_that_was_taken_away_is_not_begun_anew_with_less(thirty_cases: Cast, part: str) -> None:
    build()
    feed()
    row = mirror_row()
    assert row is not None and not is_build_due()
    taken = epoch_of(row.epoch).folder / "cases" / part
    shutil.rmtree(taken)
    change_some(Random(1), 3)
    if part == "changes":
        with pytest.raises(DeltaError):
            feed()
        assert Touched.objects.exists()
    assert not (taken / "_delta_log").exists() and is_build_due()
    build()
    feed()
    assert is_equal() and not Touched.objects.exists() and not is_build_due()


@pytest.mark.parametrize("part", ["base", "changes"])
def test_a_file_that_is_missing_or_cut_off_is_noticed_without_reading_any(
    thirty_cases: Cast, part: str
) -> None:
    build()
    change_some(Random(2), 5)
    feed()
    assert not is_torn()
    view = current_view()
    assert view is not None
    path = Path(getattr(view.files["cases"], part)[0])
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert is_torn()
    path.write_bytes(whole)
    assert not is_torn()
    path.unlink()
    assert is_torn()
    check_and_mend()
    feed()
    assert not is_torn() and is_equal() and check().is_whole  # type: ignore[union-attr]
