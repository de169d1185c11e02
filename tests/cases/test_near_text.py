"""Near-duplicate texts: signatures, bands and exact likeness."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rensa import CMinHash

from suqing.cases import near_text
from suqing.cases.near_text import BANDS, ROWS, Compared, bands_of, likeness, score

MASKS = "昨天在观前街一家药店买口罩,一只要三十元,平时只要五元,价格太高了,要求退款"
# What version 1 answers.  If this fails after an update of rensa, the index in every centre is old: raise VERSION.
GOLDEN = {
    MASKS: [
        -6238930757995743368, -730319320279126577, -4402924430899860826, 4927713563115332611,
        -3436547304524425632, -6754303752877037754, -3566685344105509523, 8811940087945604174,
        2568764764266188389, 7433127646897003849, 833532707345704021, 3254939663107254147,
    ],
    "Charger XJ-2026 充电器用了三天就坏了": [
        6987685378747235341, -5491733706630647458, -7962185555041199873, 4079532784275655913,
        -3944018981964393554, -565121554220889010, -5801358878189689995, -2354407282397887607,
        -3166733780479705237, -3297883100823857560, -5305399629142648653, -3246774645735136767,
    ],
}  # fmt: skip


def test_the_bands_of_version_1_are_what_they_always_were() -> None:
    assert near_text.VERSION == 1 and CMinHash.ALGORITHM_VERSION == 2
    for text, keys in GOLDEN.items():
        assert bands_of(text) == keys


def test_another_process_with_another_hash_seed_answers_the_same() -> None:
    program = f"from suqing.cases.near_text import bands_of; print(bands_of({MASKS!r}))"
    for seed in ("1", "2"):
        said = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout.strip() == str(GOLDEN[MASKS])


def test_signs_spaces_small_letters_and_stars_make_no_difference() -> None:
    assert bands_of("充电器 XJ-2026，用了三天就坏了***") == bands_of("充电器xj2026用了三天就坏了!")


@pytest.mark.parametrize("text", ["", "***", "。。。!!!", "想问一下", "1234567"])
def test_a_text_too_short_to_compare_has_no_bands(text: str) -> None:
    assert bands_of(text) == []


@given(st.text(max_size=400))
def test_any_text_has_all_bands_or_none_and_they_fit_a_bigint(text: str) -> None:
    keys = bands_of(text)
    assert len(keys) in (0, BANDS)
    assert len(set(keys)) == len(keys)
    assert all(-(2**63) <= key < 2**63 for key in keys)


@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_is_the_same_both_ways_and_its_passages_lie_in_their_texts(one: str, other: str) -> None:
    found, back = likeness(one, other), likeness(other, one)
    assert 0.0 <= found.score <= 1.0
    assert found.score == back.score == score(one, other) == Compared(one).score(other)
    assert (found.one, found.other) == (back.other, back.one)
    for text, passages in ((one, found.one), (other, found.other)):
        ends = [0]
        for passage in passages:
            assert ends[-1] <= passage.start < passage.end <= len(text)
            ends.append(passage.end)


def test_texts_share_a_band_as_often_as_the_curve_promises() -> None:
    rng = random.Random(12315)
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 2000)]
    met = {0.3: [0, 0], 0.5: [0, 0], 0.7: [0, 0], 0.8: [0, 0]}
    for _ in range(4000):
        text = rng.choices(letters, k=60)
        changed = list(text)
        for place in rng.sample(range(60), rng.randrange(1, 14)):
            changed[place] = rng.choice(letters)
        one, other = "".join(text), "".join(changed)
        known = round(score(one, other), 1)
        if known in met:
            met[known][0] += 1
            met[known][1] += bool(set(bands_of(one)) & set(bands_of(other)))
    for known, (tried, found) in met.items():
        assert tried > 100
        assert found / tried == pytest.approx(1 - (1 - known**ROWS) ** BANDS, abs=0.09), known


def test_the_shared_passages_are_found_in_whatever_order_they_stand() -> None:
    one = "在平江大药房买口罩,三十元一只,平时五元一只。要求退还差价。"
    other = "要求退还差价!我家老人在平江大药房买口罩。"
    found = likeness(one, other)
    assert [one[p.start : p.end] for p in found.one] == ["在平江大药房买口罩", "要求退还差价"]
    assert [other[p.start : p.end] for p in found.other] == ["要求退还差价", "在平江大药房买口罩"]


def test_texts_without_anything_in_common_share_no_passage() -> None:
    found = likeness("预付卡不肯退费", "加油站的油有问题")
    assert (found.score, found.one, found.other) == (0.0, (), ())
