"""Precision, estimated recall and agreement from a labelled sample."""

from __future__ import annotations

from random import Random

import pytest

from suqing.analytics.rule_accuracy import Share, Stratum, accuracy, agreement


def test_precision_is_the_share_of_what_was_read_and_narrows_with_reading() -> None:
    few = accuracy({Stratum.HIT: Share(1_000, 20, 18)}).precision
    many = accuracy({Stratum.HIT: Share(1_000, 200, 180)}).precision
    assert few and many and few.share == many.share == 0.9
    assert few.low < many.low < 0.9 < many.high < few.high
    # Jeffreys, 18 of 20, by drawing: .716 to .979 in an endless whole; of 1,000 the 20 read are known.
    assert few.low == pytest.approx(0.719, abs=0.01) and few.high == pytest.approx(0.976, abs=0.01)


def test_what_was_read_whole_is_known() -> None:
    found = accuracy(
        {Stratum.HIT: Share(10, 10, 9), Stratum.NEAR: Share(4, 4, 1), Stratum.FAR: Share(0, 0, 0)}
    )
    assert found.precision and (found.precision.low, found.precision.high) == (0.9, 0.9)
    assert found.recall and (found.recall.low, found.recall.share, found.recall.high) == (0.9, 0.9, 0.9)


def test_recall_is_not_told_before_something_was_read_everywhere() -> None:
    hit = Share(100, 20, 20)
    assert accuracy({Stratum.HIT: hit, Stratum.FAR: Share(900, 0, 0)}).recall is None
    assert accuracy({Stratum.HIT: Share(100, 0, 0)}).precision is None
    assert accuracy({}).precision is None


def test_many_cases_of_which_few_were_read_leave_the_recall_open() -> None:
    hit = Share(1_000, 30, 30)
    near = accuracy({Stratum.HIT: hit, Stratum.FAR: Share(100, 10, 0)}).recall
    far = accuracy({Stratum.HIT: hit, Stratum.FAR: Share(100_000, 10, 0)}).recall
    assert near and far and near.share == far.share == 1
    assert near.low > 0.95 and far.low < 0.1


@pytest.mark.parametrize("seed", [1, 2])
def test_the_intervals_hold_what_is_true_about_as_often_as_they_say(seed: int) -> None:
    """300 samples of a whole that is known; 95 % would be 285, and 270 leaves room for the draw."""
    chance = Random(seed)
    whole = {Stratum.HIT: (800, 0.85), Stratum.NEAR: (600, 0.2), Stratum.FAR: (3_000, 0.01)}
    sizes = {Stratum.HIT: 40, Stratum.NEAR: 40, Stratum.FAR: 60}
    cases = {one: [chance.random() < share for _ in range(total)] for one, (total, share) in whole.items()}
    true_precision = sum(cases[Stratum.HIT]) / 800
    true_recall = sum(cases[Stratum.HIT]) / sum(map(sum, cases.values()))
    held = [0, 0]
    for _ in range(300):
        found = accuracy(
            {
                one: Share(len(cases[one]), size, sum(chance.sample(cases[one], size)))
                for one, size in sizes.items()
            }
        )
        assert found.precision and found.recall
        held[0] += found.precision.low <= true_precision <= found.precision.high
        held[1] += found.recall.low <= true_recall <= found.recall.high
    assert min(held) >= 270, held


def test_agreement_beyond_chance() -> None:
    both = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    found = agreement(both)  # the example of Cohen's kappa in many textbooks: .4
    assert (found.both, found.alike) == (50, 35) and found.kappa == pytest.approx(0.4)
    assert agreement([(True, True)] * 5).kappa is None
    assert agreement([]).both == 0
