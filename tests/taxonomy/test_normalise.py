"""One way of writing, with the way back."""

from hypothesis import given
from hypothesis import strategies as st

from suqing.taxonomy.text.normalise import fold_case, normalise, normalise_word

MIXED = st.text(
    alphabet=st.one_of(st.sampled_from("口罩價格\u200b\ufeffＮ９５①㎏½ﬁ，　é\u0301國"), st.characters()),
    max_size=60,
)


def test_full_width_traditional_and_invisible_characters_are_levelled() -> None:
    assert normalise("口\u200b罩價格２，０００元，Ｎ９５\ufeff").text == "口罩价格2,000元,N95"


def test_numerals_stay_as_they_were_said() -> None:
    assert normalise("三千元、叁仟圆、2.5萬").text == "三千元、叁仟圆、2.5万"


def test_a_highlight_covers_the_invisible_character_inside_the_word() -> None:
    plain = normalise("買口\u200b罩")
    start = plain.text.index("口罩")
    assert plain.original(start, start + 2) == (1, 4)


def test_a_character_that_becomes_two_maps_both_back_to_itself() -> None:
    plain = normalise("5㎏米")
    assert plain.text == "5kg米"
    assert plain.original(1, 3) == (1, 2)


@given(MIXED)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@given(MIXED)
def test_every_character_comes_from_the_place_its_offset_names(text: str) -> None:
    plain = normalise(text)
    assert len(plain.offsets) == len(plain.text)
    assert list(plain.offsets) == sorted(plain.offsets)
    for place, character in enumerate(plain.text):
        assert character in normalise(text[plain.offsets[place]]).text


@given(MIXED, MIXED)
def test_what_stands_around_a_word_does_not_change_it(first: str, second: str) -> None:
    assert normalise(first + second).text == normalise(first).text + normalise(second).text


@given(MIXED)
def test_folding_case_moves_nothing(text: str) -> None:
    assert len(fold_case(text)) == len(text)
    assert fold_case("Ｎ95 Vx" + text).startswith("Ｎ95 vx")


def test_a_word_of_a_list_is_brought_to_the_form_of_the_text() -> None:
    assert normalise_word(" Ｎ９５口罩 ") == "n95口罩"
