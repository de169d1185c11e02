"""Which names propose a natural person, and how a name is hidden in words."""

from __future__ import annotations

import pytest

from suqing.cases.natural_persons import hide, looks_like_person


@pytest.mark.parametrize("name", ["张三", "张三丰", "欧阳修文", "李女士", "王老板", " 陈小明 "])
def test_names_of_people_are_proposed(name: str) -> None:
    assert looks_like_person(name)


@pytest.mark.parametrize(
    "name",
    ["", "张记店", "平江大药房", "王府井百货有限公司", "金石商行", "微信卖家", "Li Lei", "高林超市", "许楼"],
)
def test_names_of_shops_and_what_nobody_can_tell_are_not(name: str) -> None:
    assert not looks_like_person(name)


def test_who_has_a_code_is_registered() -> None:
    assert not looks_like_person("张三丰", "91440300085948158H")


def test_a_name_is_hidden_wherever_it_stands_and_the_longer_one_first() -> None:
    assert hide("张三丰说张三收了钱", ["张三", "张三丰"]) == "张**说张*收了钱"
    assert hide("张家港", ["张"]) == "张家港"
