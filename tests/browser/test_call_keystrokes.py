"""What a usual complaint costs in keys beyond its texts, and that no key of the desk means two things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqing.cases.models import Case
from tests.cases.examples import registered
from tests.cast import Cast

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_KEYS = 25
WORDS = (
    "您好，我昨天在姑苏区观前街平江大药房买N95口罩，一只要三十元，平时只卖五元，找店员退款店员不肯，"
    "要求退还差价。"
)


class Hands:
    """A keyboard that counts.  Texts are free; every other key counts, a chord once for each key it holds down."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.pressed: list[str] = []

    def press(self, *chords: str) -> None:
        for chord in chords:
            self.page.keyboard.press(chord)
            self.pressed += chord.split("+")

    def text(self, words: str) -> None:
        self.page.keyboard.insert_text(words)

    def offer(self, field: str) -> None:
        """Accept what the words offer for a field, by the key that stands on it."""
        chip = self.page.locator(f"[data-fill*='{field}']").first
        chip.wait_for()
        self.press(str(chip.get_attribute("data-key")).replace("alt", "Alt"))
        chip.wait_for(state="detached")


def test_a_usual_complaint_takes_at_most_25_keys_beyond_its_texts(
    open_page: Callable[..., Any], centre: Cast
) -> None:
    registered(centre.call_taker)  # the desk is not empty: the operator and the caller are known
    page = open_page(centre.call_taker)
    page.goto("/desk/")
    page.wait_for_selector("html[data-ready]")
    hands = Hands(page)
    hands.text("13911112222")
    hands.press("Enter")
    page.wait_for_selector("html[data-ready] #id_narrative")
    hands.text(WORDS)
    hands.press("Tab")
    hands.text("王小明")
    hands.press("Alt+k", "2")
    for field in ("m0-place", "m0-issue_class", "m0-object_class"):
        hands.offer(field)
    hands.press("Alt+b")
    hands.text("平江大药房")
    page.wait_for_selector(".ts-dropdown .option.active:visible")
    hands.press("Enter", "Alt+m")
    hands.text("25")
    hands.press("Control+Enter")
    page.wait_for_url("**/done/")
    assert len(hands.pressed) <= MOST_KEYS, hands.pressed
    case = Case.objects.order_by("-id")[0]
    assert (case.kind, case.entity_name) == ("complaint", "平江大药房")
    assert str(case.place_id).startswith("320508")
    assert (str(case.amount), case.issue_class is None, case.object_class is None) == ("25.00", False, False)


def test_no_key_of_the_desk_means_two_things(open_page: Callable[..., Any], centre: Cast) -> None:
    registered(centre.other_call_taker)
    page = open_page(centre.call_taker)
    page.goto("/desk/")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.insert_text("13800001234")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-ready] #id_narrative")
    page.keyboard.insert_text(WORDS)
    page.wait_for_selector("[data-key='alt+v']")  # the most similar case has been found
    page.wait_for_selector("[data-fill]:visible")
    keys = page.evaluate(
        "[...document.querySelectorAll('[data-key^=alt],[data-key^=ctrl]')].map((one) => one.dataset.key)"
    )
    assert sorted(keys) == sorted(set(keys))
