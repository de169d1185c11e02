"""One call at two seats by keyboard: the first is told, both texts are kept; another person on the number is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqing.cases.queries import drafts_of
from tests.cast import Cast

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HERE = "我在观前街平江大药房买口罩"
THERE = "一只三十元，要求退款"


def take_call(page: Any) -> None:
    page.goto("/desk/")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.insert_text("13800001234")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-ready] #id_narrative")


def saved(page: Any) -> None:
    page.wait_for_selector("[data-autosave-status][data-state=saved]", timeout=10000)


def test_the_seat_that_was_left_is_told_and_both_texts_are_kept(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    first = open_page(centre.call_taker)
    take_call(first)
    first.keyboard.insert_text(HERE)
    saved(first)
    second = open_page(centre.call_taker)
    second.goto("/desk/")
    second.wait_for_selector("html[data-ready]")
    assert HERE in second.inner_text("[aria-labelledby=drafts-title]")
    assert "138****1234" in second.inner_text("[aria-labelledby=drafts-title]")
    second.evaluate("document.activeElement.blur()")
    second.keyboard.press("d")
    second.wait_for_selector("html[data-ready] #id_narrative")
    second.locator("#id_narrative").fill(THERE)
    saved(second)
    first.keyboard.insert_text("，要发票")
    first.wait_for_selector("[data-draft-conflict]:not([hidden])", timeout=10000)
    assert first.inner_text("[data-theirs]") == THERE
    assert first.inner_text("[data-mine]") == f"{HERE}，要发票"
    shoot(first, "call-conflict")
    first.keyboard.press("Enter")  # the first button has the focus: go on with both texts
    saved(first)
    expect(first.locator("#id_narrative")).to_have_value(f"{HERE}，要发票\n\n{THERE}")
    kept = drafts_of(centre.call_taker)[0].content["fields"]["narrative"][0]
    assert (HERE in kept, THERE in kept) == (True, True)


def test_another_person_with_the_same_number_open_is_a_quiet_line(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    mine = open_page(centre.call_taker)
    take_call(mine)
    assert mine.locator("[data-beside]").is_hidden()
    other = open_page(centre.other_call_taker)
    take_call(other)
    other.keyboard.insert_text(THERE)
    saved(other)
    mine.keyboard.insert_text(HERE)
    saved(mine)
    expect(mine.locator("[data-beside]")).to_contain_text(centre.other_call_taker.display_name)
    shoot(mine, "call-presence")
