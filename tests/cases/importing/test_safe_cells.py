"""Formulas in texts: harmless in files we write, and themselves again when read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.cases.importing.safe_cells import neutral, restored

TRICKY = st.text(alphabet="=+-@\t\r\n＝＋－＠' a1口", max_size=8) | st.text()


@given(TRICKY)
def test_what_was_made_harmless_is_given_back_exactly(text: str) -> None:
    assert restored(neutral(text)) == text


@given(TRICKY)
def test_nothing_we_write_begins_like_a_formula(text: str) -> None:
    assert neutral(text).lstrip(" ")[:1] not in tuple("=+-@\t\r\n＝＋－＠")


@given(TRICKY)
def test_a_text_read_and_written_again_is_the_same_cell(text: str) -> None:
    cell = neutral(text)
    assert neutral(restored(cell)) == cell


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x")', "+86 138", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "'=1", " =1"]
)
def test_each_way_to_begin_a_formula_gets_an_apostrophe(text: str) -> None:
    assert neutral(text) == f"'{text}"


def test_ordinary_text_stays_as_it_is() -> None:
    for text in ("口罩", "3M口罩", "1=1", "'80年代", "", "a@b.cn"):
        assert neutral(text) == restored(text) == text
