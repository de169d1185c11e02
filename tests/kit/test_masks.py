"""Masks of names, identity numbers and addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.kit import masks


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三丰", "张**"),
        ("李四", "李*"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("张", "张"),
        ("", ""),
        ("Ann", "A**"),
    ],
)
def test_a_masked_name_keeps_the_surname(name: str, shown: str) -> None:
    assert masks.mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("320502199001011234", "320*************34"),
        ("320502900101123", "320**********23"),
        ("G12345678", "*********"),
        ("", ""),
    ],
)
def test_a_masked_identity_number_keeps_its_ends(number: str, shown: str) -> None:
    assert masks.mask_id_number(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("江苏省苏州市姑苏区平江街道观前街88号3幢201室", "江苏省苏州市姑苏区平江街道****"),
        ("苏州市吴中区木渎镇金山路1号", "苏州市吴中区木渎镇****"),
        ("苏州市昆山市玉山镇前进路9号", "苏州市昆山市玉山镇****"),
        ("苏州工业园区星海街1号", "苏州工业园区****"),
        ("阳光小区5幢", "****"),
        ("观前街88号", "****"),
        ("苏州市姑苏区", "苏州市姑苏区"),
        ("", ""),
    ],
)
def test_a_masked_address_ends_at_the_street_office(address: str, shown: str) -> None:
    assert masks.mask_address(address) == shown


PLACE = st.lists(st.sampled_from([*"省市区县镇乡街道小超苏州观前路号0123456789* "]), max_size=25).map("".join)


@given(st.one_of(st.text(max_size=30), PLACE))
def test_masking_twice_changes_nothing(text: str) -> None:
    for mask in (masks.mask_name, masks.mask_id_number, masks.mask_address):
        once = mask(text)
        assert mask(once) == once, mask.__name__
