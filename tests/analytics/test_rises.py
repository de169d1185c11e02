"""The simple first rule for rises."""

from math import comb

import pytest

from suqing.analytics.rises import FEWEST, chance, is_rise


@pytest.mark.parametrize(
    ("count", "before", "days"), [(5, 0, 7), (9, 13, 7), (31, 30, 7), (8, 20, 3), (0, 4, 7)]
)
def test_the_chance_is_the_exact_binomial_tail(count: int, before: int, days: int) -> None:
    whole = count + before
    exact = sum(comb(whole, k) * days ** (whole - k) for k in range(count, whole + 1)) / (days + 1) ** whole
    assert chance(count, before, days) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(
    ("count", "before", "rises"),
    [
        (9, 13, True),
        (88, 90, True),
        (FEWEST - 1, 0, False),
        (5, 0, True),
        (10, 63, False),
        (13, 70, False),
        (10, 70, False),
    ],
)
def test_only_what_chance_does_not_explain_is_a_rise(count: int, before: int, rises: bool) -> None:
    assert is_rise(count, before) is rises


def test_constant_counts_never_rise() -> None:
    assert not any(is_rise(level, 7 * level) for level in range(200))


def test_without_history_nothing_rises() -> None:
    assert not is_rise(100, 0, days=0)
