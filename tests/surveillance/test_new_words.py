"""Words heard more than usual: what is told, what is not, and the arithmetic behind it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import exp, isclose, lgamma, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.surveillance.new_words import FEWEST_BEFORE, Look, Said, log_tail, look

EVERYDAY = (
    "电动车充电桩收费太高", "健身卡退费一直拖延", "快递包裹丢失不肯赔偿", "餐馆卫生状况很差", "手机维修以后仍有故障",
    "培训机构停课不退学费", "洗衣店把大衣洗坏了", "超市牛奶已经过期", "家具送货延迟一个月", "旅行社临时更改行程",
)  # fmt: skip
NOVEL = "双黄连口服液卖到断货还涨价"


def day(*more: tuple[str, str], seed: int = 0, people: int = 40) -> list[Said]:
    """A day of everyday matters, and more by (who, text)."""
    chance = random.Random(seed)
    said = [Said(number, f"p{seed}-{number}", chance.choice(EVERYDAY)) for number in range(people)]
    return said + [Said(1000 + number, who, text) for number, (who, text) in enumerate(more)]


def weeks(days: int = 28) -> list[list[Said]]:
    return [day(seed=seed) for seed in range(1, days + 1)]


def told(found: Look) -> list[str]:
    return [one.word for one in found.words]


def test_a_matter_that_nobody_spoke_of_before_is_told_once_with_its_cases_and_as_new() -> None:
    found = look(day(*((f"n{one}", NOVEL) for one in range(4))), weeks())
    assert len(found.words) == 1, "what the same people said is one row"
    (word,) = found.words
    assert word.word in NOVEL and word.is_new and word.voices == 4
    assert word.cases == (1000, 1001, 1002, 1003)
    assert all(beside in NOVEL for beside in word.beside) and word.beside
    assert word.curve == (*[0] * 28, 4) and word.expected < 0.1


def test_one_person_who_calls_ten_times_is_one_voice() -> None:
    assert told(look(day(*[("same", NOVEL)] * 10), weeks())) == []
    assert told(look(day(("a", NOVEL), ("b", NOVEL)), weeks())) == [], "two people are not enough either"


def test_what_is_said_every_day_is_not_told_and_a_known_word_said_five_times_as_often_is() -> None:
    usual = look(day(seed=99), weeks())
    assert told(usual) == [] and usual.looked_at > 10
    surge = look(day(*((f"m{one}", "超市牛奶已经过期") for one in range(30))), weeks())
    assert any("牛奶" in one.word or "过期" in one.word for one in surge.words)
    assert not any(one.is_new for one in surge.words)


def test_a_word_that_comes_and_goes_needs_more_than_a_steady_one() -> None:
    """Four times in seven days the same sum of voices: steady, or all on two days."""
    steady = [day(*((f"s{one}", NOVEL) for one in range(2)), seed=seed) for seed in range(1, 29)]
    fitful = [day(*((f"s{one}", NOVEL) for one in range(28 if seed in (5, 19) else 0)), seed=seed) for seed in range(1, 29)]  # fmt: skip
    now = day(*((f"n{one}", NOVEL) for one in range(12)), seed=77)
    assert any("双黄连" in word for word in told(look(now, steady)))
    assert not any("双黄连" in word for word in told(look(now, fitful)))


def test_a_word_is_found_before_however_the_dictionary_cut_it_then() -> None:
    """Inside another word or in capital letters it is the same characters, as topics see it."""
    before = [day(*((f"x{one}", "kn95口罩买不到") for one in range(3)), seed=seed) for seed in range(1, 29)]
    now = day(*((f"n{one}", "KN95 的口罩") for one in range(30)))
    (row,) = (
        one for one in look(now, before).words if "口罩" in (one.word, *one.beside) or "kn95" in one.word
    )
    assert row.curve == (*[3] * 28, 30) and not row.is_new


def test_ignored_words_and_numbers_are_not_told() -> None:
    now = day(*((f"n{one}", "双黄连 8899") for one in range(5)))
    assert {"双黄连"} <= set(told(look(now, weeks()))) | {
        w for o in look(now, weeks()).words for w in o.beside
    }
    left = look(now, weeks(), ignored=["双黄连"])
    assert not any(one.word == "双黄连" or "8899" in one.word for one in left.words)


def test_without_history_nothing_is_told_and_it_says_so() -> None:
    few = look(day(*((f"n{one}", NOVEL) for one in range(9))), weeks(2))
    assert few.words == () and not few.knows_enough and sum(few.voices[:-1]) < FEWEST_BEFORE
    nothing = look([], [])
    assert nothing.words == () and nothing.voices == (0,)


def test_the_order_of_cases_and_of_windows_of_one_length_changes_nothing_that_is_told() -> None:
    now, before = day(*((f"n{one}", NOVEL) for one in range(6))), weeks()
    chance = random.Random(3)
    mixed = [chance.sample(one, len(one)) for one in before]
    assert look(chance.sample(now, len(now)), mixed).words == look(now, before).words


def tail(count: int, mean: float, size: float) -> float:
    """P(X >= count), summed from the law itself."""
    share = size / (size + mean)
    terms: Sequence[float] = [
        exp(lgamma(k + size) - lgamma(size) - lgamma(k + 1) + size * log(share) + k * log(1 - share))
        for k in range(count, count + 20_000)
    ]
    return sum(terms)


@given(count=st.integers(1, 40), mean=st.floats(0.01, 60), size=st.floats(0.3, 80))
def test_the_tail_is_that_of_the_negative_binomial_law(count: int, mean: float, size: float) -> None:
    assert isclose(exp(log_tail(count, mean, size)), tail(count, mean, size), rel_tol=1e-6, abs_tol=1e-12)


def test_the_tail_of_what_is_all_but_impossible_stays_a_number() -> None:
    assert -1e5 < log_tail(5000, 0.01, 0.5) < -10_000


@pytest.mark.parametrize("fraction", [2.5, 3.7])
def test_counts_between_whole_numbers_lie_between_their_tails(fraction: float) -> None:
    low, high = log_tail(int(fraction) + 1, 1.0, 2.0), log_tail(int(fraction), 1.0, 2.0)
    assert low < log_tail(fraction, 1.0, 2.0) < high
