"""Classes offered by the words of a call: what decided is seen, one key takes them, a correction stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqing.cases.models import Case
from tests.cast import Cast

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "您好，我昨天在姑苏区观前街平江大药房买N95口罩，一只要三十元，平时只卖五元，要求退还差价。"


def test_the_words_that_decided_are_marked_and_a_correction_stands(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    page = open_page(centre.call_taker)
    page.goto("/desk/")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.insert_text("13800001234")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-ready] #id_narrative")
    page.keyboard.insert_text(WORDS)
    page.keyboard.press("Alt+k")
    page.keyboard.press("2")
    chip = page.locator("[data-fill*='m0-object_class']").first
    chip.wait_for()
    assert {"N95", "口罩"} & set(chip.locator("mark").all_inner_texts())
    marks = page.locator(".cd-card [data-marks] mark")
    expect(marks.first).to_be_attached()
    assert {"N95", "口罩"} <= set(marks.all_text_contents())
    assert page.locator(".cd-card [data-marks]").text_content().rstrip("\n") == WORDS
    page.keyboard.press("Alt+s")
    same = "[...document.querySelectorAll('.cd-card [data-marked] > *')].map((one) => [one.clientWidth, one.clientHeight].join())"
    assert len(set(page.evaluate(same))) == 1  # the layer and the field break their lines alike
    shoot(page, "call-marks")
    page.keyboard.press(str(chip.get_attribute("data-key")).replace("alt", "Alt"))
    expect(page.locator("[name=m0-object_class]")).not_to_have_value("")
    taken = page.input_value("[name=m0-object_class]")
    page.keyboard.press("Alt+c")
    page.keyboard.type("食品")
    page.wait_for_selector(".ts-dropdown .option.active:has-text('食品')")
    page.keyboard.press("Enter")
    corrected = page.input_value("[name=m0-object_class]")
    assert corrected not in ("", taken)
    with page.expect_response("**/offers/**"):
        page.keyboard.press("Alt+s")
        page.keyboard.press("Control+End")
        page.keyboard.insert_text("口罩没有合格证。")
    page.keyboard.press("Alt+b")
    page.keyboard.insert_text("平江大药房")
    page.wait_for_selector(".ts-dropdown .create:visible")
    page.keyboard.press("Enter")
    page.fill("#id_party-name", "王小明")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/done/")
    assert str(Case.objects.get().object_class_id) == corrected
