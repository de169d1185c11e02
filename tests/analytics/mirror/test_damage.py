"""Torn writes are not read; what is damaged is found month by month, and mended from PostgreSQL."""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_checking import check, check_and_mend, repair
from suqing.analytics.actions.mirror_feeding import feed
from suqing.analytics.actions.mirror_folding import clean, fold
from suqing.analytics.mirror.comparing import month_of
from suqing.analytics.mirror_state import current_view, epoch_of, mirror_row
from suqing.ledger.models import Event
from tests.analytics.mirror.at_work import change_some
from tests.analytics.mirror.reading import is_equal
from tests.cast import Cast


def base_of(name: str, place: int = 0) -> Path:
    view = current_view()
    assert view is not None
    return Path(view.files[name].base[place])


def tear(path: Path) -> None:
    """Leave half of a file, as a machine without power does."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def spoil(path: Path) -> None:
    """Turn bytes in the middle round, as a failing disk does."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    for place in range(middle - 40, middle + 40):
        content[place] ^= 0xFF
    path.write_bytes(bytes(content))


def falsify(path: Path) -> None:
    """A whole file that says something else."""
    rows = pq.ParquetFile(path).read()
    goods = pa.array(["茅台酒"] * len(rows), pa.string())
    pq.write_table(rows.set_column(rows.schema.get_field_index("goods"), "goods", goods), path)


def lose_a_row(path: Path) -> None:
    rows = pq.ParquetFile(path).read()
    pq.write_table(rows.slice(1), path)


def double_a_row(path: Path) -> None:
    rows = pq.ParquetFile(path).read()
    pq.write_table(pa.concat_tables([rows, rows.slice(0, 1)]), path)


def invent_a_row(path: Path) -> None:
    rows = pq.ParquetFile(path).read()
    ghost = rows.slice(0, 1)
    key = pc.add(ghost["case_id"], 10**9)
    ghost = ghost.set_column(ghost.schema.get_field_index("case_id"), "case_id", key)
    pq.write_table(pa.concat_tables([rows, ghost]), path)


def test_halves_of_files_and_of_log_entries_are_not_read_and_are_removed_when_they_are_old(
    thirty_cases: Cast,
) -> None:
    build()
    change_some(Random(1), 5)
    feed()
    view, row = current_view(), mirror_row()
    assert view is not None and row is not None
    torn = []
    for part in ("base", "changes"):
        whole = Path(getattr(view.files["cases"], part)[0])
        half = whole.with_name("part-00000-torn-c000.zstd.parquet")
        half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        torn.append(half)
        log = epoch_of(row.epoch).folder / "cases" / part / "_delta_log"
        entry = sorted(log.glob("*.json"))[-1]
        for name in (f"{int(entry.stem) + 1:020d}.json#1", "_commit_torn.json.tmp"):
            (log / name).write_bytes(entry.read_bytes()[:100])
    assert is_equal()
    change_some(Random(2), 5)
    feed()
    fold()
    assert is_equal() and check().is_whole  # type: ignore[union-attr]
    clean()
    assert all(half.exists() for half in torn)  # somebody might be writing them
    for half in torn:
        os.utime(half, (time.time() - 2 * 3600,) * 2)
    clean()
    assert not any(half.exists() for half in torn)
    assert is_equal() and check().is_whole  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "damage", [tear, spoil, Path.unlink, falsify, lose_a_row, double_a_row, invent_a_row]
)
def test_a_damaged_month_is_found_and_mended(thirty_cases: Cast, damage: object) -> None:
    build()
    change_some(Random(3), 4)
    feed()
    path = base_of("cases", 1)
    damage(path)  # type: ignore[operator]
    found = check()
    assert found is not None and not found.is_whole and found.lost == ()
    assert ("cases", month_of(str(path))) in {(one.table, one.month) for one in found.differences}
    if damage is not spoil:
        assert len(found.differences) == 1
    if damage in (tear, Path.unlink):
        assert found.differences[0].here is None
    assert repair(found.differences) == sum(one.wanted.rows for one in found.differences)
    assert is_equal() and check().is_whole  # type: ignore[union-attr]
    event = Event.objects.get(verb="mirror.repaired")
    assert month_of(str(path)) in event.data["months"]["cases"] and set(event.data["months"]) == {"cases"}
    change_some(Random(4), 4)
    feed()
    fold()
    clean()
    assert is_equal() and check().is_whole  # type: ignore[union-attr]


def test_months_of_several_tables_are_mended_at_once(thirty_cases: Cast) -> None:
    build()
    for name in ("cases", "clocks", "contacts", "texts"):
        tear(base_of(name))
    base_of("contacts", 1).unlink()
    found = check_and_mend()
    assert found is not None and len(found.differences) == 5
    assert is_equal() and check().is_whole  # type: ignore[union-attr]


def test_a_month_that_cannot_be_read_is_mended_also_where_its_changes_moved_away(thirty_cases: Cast) -> None:
    build()
    change_some(Random(5), 20)
    feed()
    for place in range(len(current_view().files["cases"].base)):  # type: ignore[union-attr]
        tear(base_of("cases", place))
    check_and_mend()
    assert is_equal() and check().is_whole  # type: ignore[union-attr]


@pytest.mark.parametrize("damage", [tear, spoil, Path.unlink])
def test_damaged_changes_are_called_lost_and_only_building_anew_helps(
    thirty_cases: Cast, damage: object
) -> None:
    build()
    change_some(Random(6), 5)
    feed()
    view = current_view()
    assert view is not None
    damage(Path(view.files["cases"].changes[0]))  # type: ignore[operator]
    found = check()
    assert found is not None and not found.is_whole
    if damage is not spoil:
        assert found.lost == ("cases",)
    check_and_mend()
    feed()
    assert is_equal() and check().is_whole  # type: ignore[union-attr]
    if found.lost:
        assert current_view().epoch != view.epoch  # type: ignore[union-attr]
