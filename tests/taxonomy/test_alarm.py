"""The threshold of an alarm: as low as its bounds allow; the chance of a text, and the words that decided."""

from __future__ import annotations

import numpy as np
import pytest

from suqing.taxonomy.text.classify.alarm import (
    Bounds,
    chance,
    chances,
    learn_alarm,
    threshold_for,
    unseen_chances,
)
from suqing.taxonomy.text.classify.training import CannotLearn

FOUND = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], np.float32)
TRUTH = np.array([1, 1, 0, 1, 0, 0], np.bool_)
NOBODY = np.zeros(6, np.bool_)
SAID = [
    "车间{}冒烟呛人",
    "锅炉{}冒烟咳嗽",
    "烟囱{}冒烟头晕",
    "水管{}漏水要修",
    "屋顶{}漏水不管",
    "阀门{}漏水很久",
]
TEXTS = [said.format(tail) for said in SAID for tail in "甲乙丙丁戊己庚辛壬癸"]
IS_YES = ["冒烟" in text for text in TEXTS]


@pytest.mark.parametrize(
    ("precision", "threshold"), [(1.0, 0.8), (0.75, 0.6), (0.6, 0.5), (0.5, 0.4), (0.0, 0.4)]
)
def test_it_is_the_lowest_at_which_enough_alarms_are_right(precision: float, threshold: float) -> None:
    assert threshold_for(FOUND, TRUTH, NOBODY, Bounds(precision)) == pytest.approx(threshold)


def test_alarms_on_ordinary_texts_are_bounded_too() -> None:
    assert threshold_for(FOUND, TRUTH, ~TRUTH, Bounds(0.0, ordinary=0.0)) == pytest.approx(0.8)
    assert threshold_for(FOUND, TRUTH, ~TRUTH, Bounds(0.0, ordinary=0.4)) == pytest.approx(0.6)


def test_there_is_none_where_the_first_alarm_is_wrong() -> None:
    assert threshold_for(FOUND, ~TRUTH & (FOUND < 0.5), NOBODY, Bounds(0.9)) is None
    assert threshold_for(FOUND, NOBODY, NOBODY, Bounds(0.0)) is None


def test_texts_of_one_chance_ring_together() -> None:
    alike = np.full(6, 0.5, np.float32)
    assert threshold_for(alike, TRUTH, NOBODY, Bounds(0.6)) is None
    assert threshold_for(alike, TRUTH, NOBODY, Bounds(0.5)) == 0.5


def test_it_learns_and_says_which_words_decided() -> None:
    model = learn_alarm(TEXTS, IS_YES)
    sure, words = chance(model, "仓库冒烟了")
    assert sure > 0.5 and "冒烟" in words
    assert chance(model, "水缸漏水了")[0] < 0.5 and chance(model, "xyz") == (0.0, ())
    assert chances(model, ["仓库冒烟了"])[0] == pytest.approx(sure, abs=1e-5) and len(chances(model, [])) == 0
    assert chances(model, ["xyz"])[0] == 0


def test_what_is_thought_of_a_text_comes_from_the_others() -> None:
    found = unseen_chances(TEXTS, IS_YES)
    assert ((found > 0.5) == np.array(IS_YES)).all()


def test_one_side_alone_teaches_nothing() -> None:
    with pytest.raises(CannotLearn):
        learn_alarm(TEXTS[:30], IS_YES[:30])
