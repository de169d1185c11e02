"""Pinyin keys."""

from suqing.kit import pinyin


def test_names_sort_as_a_chinese_reader_expects() -> None:
    names = ["吴中区", "姑苏区", "昆山市", "常熟市", "重庆市"]
    assert sorted(names, key=pinyin.sort_key) == ["常熟市", "重庆市", "姑苏区", "昆山市", "吴中区"]


def test_a_short_first_syllable_sorts_before_a_longer_one() -> None:
    assert pinyin.sort_key("西安") < pinyin.sort_key("先锋")


def test_keys_are_plain_small_letters_also_for_mixed_text() -> None:
    assert pinyin.sort_key("苏州Ａ区 3") == "su zhou a qu 3"
    assert pinyin.initials("苏州市") == "szs"
    assert pinyin.sort_key("") == pinyin.initials("") == ""
