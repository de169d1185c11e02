"""What the benchmarks count is what the mirror keeps."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from benchmarks.ground.facts import SCHEMA, World, changed_cases, month_of_cases
from suqing.analytics.mirror.tables import SPECS


def test_the_columns_are_those_of_the_mirror() -> None:
    kept = SPECS["cases"].schema
    assert kept.remove(kept.get_field_index("month")).equals(SCHEMA)


@pytest.mark.parametrize("month", [0, 49])
def test_a_month_has_its_rows_and_the_same_ones_each_time(month: int) -> None:
    world = World(6000)
    made = month_of_cases(world, month)
    assert made.equals(month_of_cases(world, month))
    assert made["case_id"].to_pylist() == list(range(world.first_key(month), world.first_key(month + 1)))
    local = pc.strftime(
        pc.local_timestamp(made["received_at"].cast(pa.timestamp("us", "Asia/Shanghai"))), "%Y-%m"
    )
    assert pc.unique(local).to_pylist() == [world.months[month]]
    assert sum(world.rows) == 6000


def test_changes_are_later_and_some_are_new_or_gone() -> None:
    world = World(6000)
    changes, cases = changed_cases(world, 59, 200), month_of_cases(world, 59)
    assert pc.min(changes["position"]).as_py() > pc.max(cases["position"]).as_py()
    known = set(cases["case_id"].to_pylist())
    assert sum(key not in known for key in changes["case_id"].to_pylist()) == 20
    assert 0 < pc.sum(changes["gone"]).as_py() < 30
