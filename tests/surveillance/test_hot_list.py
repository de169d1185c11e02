"""The hot list: what size, growth and severity are, and that each order puts its own first."""

from __future__ import annotations

import pytest

from suqing.surveillance.hot_list import Counts, Order, heat_of, hottest

BIG = Counts(day=5, before=35, week=38, sensitive=0, cases=200)
GROWING = Counts(day=9, before=0, week=9, sensitive=0, cases=9)
GRAVE = Counts(day=1, before=7, week=8, sensitive=8, cases=8)
OVER = Counts(day=0, before=14, week=12, sensitive=0, cases=14)


def test_growth_compares_a_day_with_a_day_of_the_week_before_and_is_cautious() -> None:
    assert heat_of(BIG).growth == pytest.approx(1.0), "five cases after five a day"
    assert heat_of(GROWING).growth == pytest.approx(10.0), "nine after none is not endless"
    assert heat_of(OVER).growth == pytest.approx(1 / 3)


def test_severity_is_the_share_of_marked_cases_and_one_case_alone_is_half_believed() -> None:
    assert heat_of(GRAVE).severity == pytest.approx(8 / 9)
    assert heat_of(Counts(1, 0, 1, 1, 1)).severity == pytest.approx(0.5)


def test_shrinking_makes_nothing_hotter() -> None:
    quiet = Counts(day=0, before=0, week=12, sensitive=0, cases=14)
    assert heat_of(OVER).heat == heat_of(quiet).heat


@pytest.mark.parametrize(
    ("order", "first"),
    [(Order.SIZE, 1), (Order.GROWTH, 2), (Order.SEVERITY, 3), (Order.HEAT, 2)],
)
def test_each_order_puts_its_own_first(order: Order, first: int) -> None:
    ranked = hottest([(1, BIG), (2, GROWING), (3, GRAVE), (4, OVER)], order)
    assert ranked[0][0] == first
    assert sorted(key for key, _heat in ranked) == [1, 2, 3, 4]


def test_where_all_is_equal_the_order_is_still_one() -> None:
    assert [key for key, _heat in hottest([(7, GRAVE), (3, GRAVE)], Order.SIZE)] == [3, 7]
