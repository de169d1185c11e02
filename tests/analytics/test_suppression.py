"""Small numbers withheld: nobody can work one out from what is shown."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqing.analytics.suppression import (
    MOST_CELLS,
    Cell,
    WithheldTable,
    withheld_of_list,
    withheld_of_table,
)

LEAST = 3
lists = st.lists(st.integers(0, 6), min_size=1, max_size=5)


def possible(counts: list[int], hidden: frozenset[int], *, is_total_shown: bool) -> list[set[int]]:
    """Every value that each place may have for somebody who knows what is shown and that nothing withheld is zero."""
    most = sum(counts) + 2
    found: list[set[int]] = [set() for _count in counts]
    places = sorted(hidden)
    for guess in product(range(1, most + 1), repeat=len(places)):
        made = list(counts)
        for place, value in zip(places, guess, strict=True):
            made[place] = value
        if not is_total_shown or sum(made) == sum(counts):
            for place, value in enumerate(made):
                found[place].add(value)
    return found


@settings(max_examples=150, deadline=None)
@given(lists)
def test_no_small_number_of_a_list_can_be_worked_out(counts: list[int]) -> None:
    withheld = withheld_of_list(counts, LEAST)
    values = possible(counts, withheld.places, is_total_shown=not withheld.total)
    for place, count in enumerate(counts):
        if 0 < count < LEAST:
            assert len(values[place]) > 1
        if count == 0:
            assert place not in withheld.places


def table_values(counts: dict[Cell, int], withheld: WithheldTable) -> dict[Cell, set[int]]:
    """Every value of each withheld cell that fits the cells and margins shown; no withheld cell or margin is zero."""
    lines, columns = sorted({line for line, _c in counts}), sorted({column for _l, column in counts})
    hidden, found = sorted(withheld.cells), {cell: set[int]() for cell in withheld.cells}
    for guess in product(range(1, 7), repeat=len(hidden)):
        made = counts | dict(zip(hidden, guess, strict=True))
        same_lines = all(
            sum(made[line, c] for c in columns) == sum(counts[line, c] for c in columns)
            for line in lines if line not in withheld.lines
        )  # fmt: skip
        same_columns = all(
            sum(made[one, column] for one in lines) == sum(counts[one, column] for one in lines)
            for column in columns if column not in withheld.columns
        )  # fmt: skip
        if same_lines and same_columns and (withheld.total or sum(made.values()) == sum(counts.values())):
            for cell, value in zip(hidden, guess, strict=True):
                found[cell].add(value)
    return found


@settings(max_examples=120, deadline=None)
@given(st.integers(1, 2), st.integers(1, 3), st.data())
def test_no_small_number_of_a_table_can_be_worked_out(lines: int, columns: int, data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(0, 5), min_size=lines * columns, max_size=lines * columns))
    cells = [(f"l{line}", f"c{column}") for line in range(lines) for column in range(columns)]
    counts = dict(zip(cells, numbers, strict=True))
    withheld = withheld_of_table(counts, LEAST)
    found = table_values(counts, withheld)
    for cell, count in counts.items():
        if 0 < count < LEAST:
            assert len(found[cell]) > 1, (counts, withheld)
        if count == 0:
            assert cell not in withheld.cells


def test_one_small_number_takes_the_next_smallest_with_it() -> None:
    assert withheld_of_list([40, 2, 9, 0, 30], LEAST).places == {1, 2}
    assert not withheld_of_list([40, 2, 9, 0, 30], LEAST).total


def test_two_small_numbers_hide_each_other_but_not_two_ones() -> None:
    assert withheld_of_list([40, 2, 1], LEAST).places == {1, 2}
    assert withheld_of_list([40, 1, 1], LEAST).places == {0, 1, 2}
    alone = withheld_of_list([0, 1, 1], LEAST)
    assert (alone.places, alone.total) == ({1, 2}, True)


def test_parts_that_do_not_add_up_hide_only_what_is_small() -> None:
    assert withheld_of_list([40, 2, 9], LEAST, adds_up=False).places == {1}
    assert withheld_of_table({("a", "x"): 2, ("b", "x"): 9}, LEAST, adds_up=False).cells == {("a", "x")}


def test_nothing_is_withheld_where_nothing_is_small_or_policy_withholds_nothing() -> None:
    assert withheld_of_list([3, 0, 4], LEAST) == withheld_of_list([1, 2], 0) == withheld_of_list([], LEAST)
    assert withheld_of_table({("a", "x"): 1}, 0) == withheld_of_table({}, LEAST) == WithheldTable()


def test_a_small_number_of_a_table_takes_three_cells_and_no_margin() -> None:
    counts = {(line, column): 10 for line in "abc" for column in "xyz"} | {
        ("b", "y"): 1,
        ("b", "z"): 4,
        ("c", "z"): 5,
    }
    withheld = withheld_of_table(counts, LEAST)
    assert withheld.cells == {("b", "y"), ("b", "z"), ("c", "y"), ("c", "z")}
    assert not withheld.lines | withheld.columns
    assert not withheld.total


def test_a_lone_small_number_takes_its_margins_with_it() -> None:
    withheld = withheld_of_table({("a", "x"): 2, ("b", "y"): 50}, LEAST)
    assert ("a", "x") in withheld.cells
    assert (withheld.lines, withheld.columns) >= ({"a"}, {"x"})


def test_a_very_large_table_is_answered_at_once() -> None:
    counts = {
        (str(line), str(column)): 1 + (line + column) % 9 for line in range(100) for column in range(60)
    }
    assert len(counts) > MOST_CELLS
    withheld = withheld_of_table(counts, LEAST)
    assert withheld.total
    assert len(withheld.lines) == 100
    assert all(counts[cell] < LEAST for cell in withheld.cells)


@pytest.mark.parametrize("least", [0, 1])
def test_a_threshold_of_nothing_withholds_nothing(least: int) -> None:
    assert withheld_of_list([1, 1, 1], least).places == frozenset()
