"""Telephone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.kit import phones


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("13812345678", "13812345678"),
        ("+86 138 1234 5678", "13812345678"),
        ("+86-13812345678", "13812345678"),
        ("(+86)13812345678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("013812345678", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("138—1234—5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("tel:13812345678", "13812345678"),
        ("sip:13812345678@switch.local", "13812345678"),
        ("0512-12345678", "051212345678"),
        ("(0512) 12345678", "051212345678"),
        ("+86 512 1234 5678", "051212345678"),
        ("+86 (0)512 12345678", "051212345678"),
        ("+86 10 8888 8888", "01088888888"),
        ("010-88888888", "01088888888"),
        ("0512-12345678转801", "051212345678;ext=801"),
        ("0512-12345678 转 801", "051212345678;ext=801"),
        ("0512-12345678-801", "051212345678;ext=801"),
        ("0512-12345678分机801", "051212345678;ext=801"),
        ("0512-12345678 ext. 801", "051212345678;ext=801"),
        ("400-820-8820转1", "4008208820;ext=1"),
        ("+86 400 820 8820", "4008208820"),
        ("12345678", "12345678"),
        ("12315", "12315"),
        ("+1 (202) 555-0123", "+12025550123"),
        ("0012025550123", "+12025550123"),
        ("", ""),
        ("anonymous", ""),
        ("Unknown", ""),
        ("匿名", ""),
        ("号码隐藏", ""),
        ("9" * 21, ""),
        ("1" * 5000, ""),
        ("转801", "801"),
    ],
)
def test_each_way_of_writing_a_number_comes_to_one_stored_form(raw: str, stored: str) -> None:
    assert phones.normalise(raw) == stored


@given(st.text(alphabet="0123456789+-() 转;ext=x#０１８６@:.", max_size=24))
def test_normalising_twice_changes_nothing(raw: str) -> None:
    once = phones.normalise(raw)
    assert phones.normalise(once) == once


def test_only_mainland_mobile_numbers_are_mobile() -> None:
    assert phones.is_mobile("13812345678")
    assert not phones.is_mobile("12812345678")
    assert not phones.is_mobile("051212345678")
    assert not phones.is_mobile("138123456789")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138****5678"),
        ("051212345678", "0512****5678"),
        ("051212345678;ext=801", "0512****5678;ext=***"),
        ("12345678", "****5678"),
        ("6512345", "***2345"),
        ("12315", "12315"),
        ("", ""),
    ],
)
def test_a_mask_hides_the_middle_and_leaves_public_numbers(number: str, shown: str) -> None:
    assert phones.mask(number) == shown


@given(st.text(max_size=30))
def test_masking_twice_changes_nothing_and_keeps_the_length(number: str) -> None:
    once = phones.mask(number)
    assert phones.mask(once) == once


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_masked_mobile_number_never_shows_its_middle(number: str) -> None:
    assert phones.mask(phones.normalise("+86" + number)) == number[:3] + "****" + number[-4:]
