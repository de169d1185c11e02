"""Names of operators: what tells them apart, which are alike, and how well that works on names that we corrupted."""

from __future__ import annotations

from math import sqrt

import pytest

from suqing.cases.entity_names import (
    SUGGESTED,
    Known,
    Reason,
    likeness,
    name_key,
    sound_key,
    sound_starts,
)
from tests.cases.corrupted_names import NAMES, halves, pairs

CODE, OTHER_CODE = "91440300085948158H", "92320508MA1N0ABC0F"


@pytest.mark.parametrize(
    "name",
    [
        "平江大药房",
        "苏州市平江大药房有限公司",
        "江苏省苏州市姑苏区平江大药房有限责任公司",
        "平江大药房（苏州）有限公司",
        "平江大药房(个体工商户)",
        "蘇州平江大藥房",
        " 平 江 大 药 房 ",
        "苏州·平江大药房",
    ],
)
def test_place_form_brackets_and_ways_of_writing_do_not_tell_operators_apart(name: str) -> None:
    assert name_key(name) == "平江大药房"


@pytest.mark.parametrize(
    "name, key",
    [
        ("平江大药房有限公司观前店", "平江大药房观前店"),
        ("平江大药房（观前店）", "平江大药房观前店"),
        ("平江大药房观前店", "平江大药房观前店"),
        ("苏宁电器有限公司第一分公司", "苏宁电器第1分公司"),
        ("上海银行股份有限公司苏州分行", "上海银行苏州分行"),
        ("上海银行", "上海银行"),
        ("苏州路小吃店", "苏州路小吃店"),
        ("ＫＦＣ餐厅", "kfc餐厅"),
        ("吉祥馄饨店", "吉祥馄饨店"),
        ("北京", "北京"),
        ("有限公司", "有限"),
        ("(((", "((("),
    ],
)
def test_branches_trades_and_what_is_left_of_short_names_stay(name: str, key: str) -> None:
    assert name_key(name) == key


def test_a_key_is_its_own_key_and_no_longer_than_its_column() -> None:
    for name in ("苏州市平江大药房有限公司观前店", "甲" * 500, "苏" * 200 + "有限公司"):
        key = name_key(name)
        assert name_key(key) == key
        assert 0 < len(key) <= 200
        assert len(sound_key(name)) <= 400


def test_sounds_that_the_south_does_not_tell_apart_are_one() -> None:
    assert sound_key("萍江大药房") == sound_key("平江大药店") == "pin jian "
    assert sound_key("申鑫") == sound_key("生星") == "sen xin "
    assert sound_starts("苏州市平江小馆有限公司") == ("pin jian ", "xiao guan ")


@pytest.mark.parametrize(
    "one, other, reason",
    [
        ("平江大药房", "平江大药房", Reason.SAME_NAME),
        ("平江大药房", "苏州平江大药房有限公司", Reason.SAME_KEY),
        ("平江大药房", "萍江大药房", Reason.SAME_SOUND),
        ("永辉", "永辉超市", Reason.SHORTENED),
        ("平江大药房", "平江大药店", Reason.NEAR_NAME),
    ],
)
def test_names_that_may_be_one_are_suggested_with_their_reason(one: str, other: str, reason: Reason) -> None:
    found = likeness(Known(one), Known(other))
    assert found == likeness(Known(other), Known(one))
    assert found.is_suggested
    assert found.reasons[0] == reason


@pytest.mark.parametrize(
    "one, other",
    [
        ("平江大药房", "平江大药房观前店"),
        ("平江大药房观前店", "平江大药房石路店"),
        ("苏宁电器有限公司第一分公司", "苏宁电器有限公司第二分公司"),
        ("苏州国美电器", "南京国美电器"),
        ("吴中大药房", "平江大药房"),
        ("永辉超市", "苏果超市"),
    ],
)
def test_branches_other_cities_and_other_brands_are_not_suggested(one: str, other: str) -> None:
    assert not likeness(Known(one), Known(other)).is_suggested


def test_two_codes_are_never_one_operator_and_one_code_always_is() -> None:
    assert likeness(Known("甲乙", CODE), Known("丙丁", CODE)).score == 1
    found = likeness(Known("平江大药房", CODE), Known("平江大药房", OTHER_CODE))
    assert (found.is_never, found.is_suggested, found.reasons) == (True, False, (Reason.OTHER_CODE,))


def test_place_and_address_move_the_likeness_both_ways() -> None:
    plain = likeness(Known("平江大药房"), Known("平江大药店")).score
    scores = {}
    for place, address in (("320508", "观前街10号"), ("320506", "石湖东路99号")):
        found = likeness(
            Known("平江大药房", "", "320508", "观前街10号"), Known("平江大药店", "", place, address)
        )
        scores[place] = found.score
    assert scores["320508"] > plain > scores["320506"]


def test_other_names_count() -> None:
    known = Known("平江新药房", other_names=("老字号良利堂",))
    assert likeness(known, Known("良利堂老字号药店")).score < 1
    assert likeness(known, Known("老字号良利堂")).score == 1


def interval(part: int, whole: int) -> tuple[float, float]:
    """Wilson's interval of a share, 95 %."""
    z, share = 1.96, part / whole
    middle, half = share + z * z / 2 / whole, z * sqrt((share * (1 - share) + z * z / 4 / whole) / whole)
    scale = 1 + z * z / whole
    return (middle - half) / scale, (middle + half) / scale


@pytest.mark.skipif(not NAMES.exists(), reason="no ../shared/data/companies here: likeness is not measured")
def test_most_corrupted_names_find_their_operator_and_most_suggestions_are_right() -> None:
    """On the half that chose no threshold; with the corruptions of ``corrupted_names``, which are ours."""
    registered, told = pairs(halves()[1][:1200])
    right = wrong = reached = 0
    asked = 100
    for number in range(asked):
        one = Known(told[number])
        suggested = [
            index for index, name in enumerate(registered) if likeness(one, Known(name)).score >= SUGGESTED
        ]
        right += number in suggested
        wrong += len(suggested) - (number in suggested)
        mine, theirs = sound_starts(told[number]), sound_starts(registered[number])
        reached += mine[0] == theirs[0] or mine[1] == theirs[1]
    recall, precision = interval(right, asked), interval(right, right + wrong)
    print(f"recall {right / asked:.3f} {recall}, precision {right / (right + wrong):.3f} {precision}")
    assert recall[1] > 0.9
    assert precision[1] > 0.9
    assert interval(reached, asked)[1] > 0.93
