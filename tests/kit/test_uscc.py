"""Unified social credit codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.kit import uscc

GOOD = "91440300085948158H"


def test_the_published_example_is_right() -> None:
    uscc.check(GOOD)
    assert uscc.check_digit(GOOD[:-1]) == "H"


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_the_standard_never_uses_are_refused_by_name(letter: str) -> None:
    with pytest.raises(uscc.BadUscc) as bad:
        uscc.check(GOOD[:9] + letter + GOOD[10:])
    assert (bad.value.reason, bad.value.detail) == ("letter", letter)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (GOOD[:-1], "length"),
        (GOOD + "0", "length"),
        ("91440300085948158J", "check_digit"),
        ("9144030008594815*H", "character"),
        ("91A40300085948158H", "division"),
        ("", "length"),
    ],
)
def test_a_bad_code_says_what_is_wrong(code: str, reason: str) -> None:
    with pytest.raises(uscc.BadUscc) as bad:
        uscc.check(code)
    assert bad.value.reason == reason


def test_normalising_undoes_the_ways_people_type_a_code() -> None:
    assert uscc.normalise(" 9144 0300-０85948158ｈ ") == GOOD


@given(
    st.from_regex(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}", fullmatch=True),
    st.integers(0, 16),
    st.sampled_from(uscc.ALPHABET),
)
def test_a_computed_code_passes_and_any_one_wrong_character_fails(first: str, place: int, other: str) -> None:
    code = first + uscc.check_digit(first)
    uscc.check(code)
    if code[place] != other:
        with pytest.raises(uscc.BadUscc):
            uscc.check(code[:place] + other + code[place + 1 :])
