"""The field of the top bar (Ctrl+K) by keyboard alone: to a case, to a page, to an action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cases.examples import one_case
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIELD = "form.sq-jump input[name=q]"
CHOSEN = "#offers [role=option][aria-selected=true]"


def ask(page: Any, typed: str, expected: str) -> None:
    """Press Ctrl+K, type, and wait until the offers hold what is expected."""
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("Control+k")
    page.wait_for_selector(f"{FIELD}[aria-expanded=true]")
    page.keyboard.type(typed)
    page.wait_for_selector(f"#offers:not([aria-busy]) [role=option]:has-text('{expected}')")


def walk_to(page: Any, expected: str) -> None:
    """Press the arrow until the offer is chosen; the field names it to screen readers."""
    for _step in range(40):
        page.keyboard.press("ArrowDown")
        row = page.locator(CHOSEN)
        assert page.locator(FIELD).get_attribute("aria-activedescendant") == row.get_attribute("id")
        if expected in row.inner_text():
            return
    raise AssertionError(expected)


def test_the_keyboard_finds_a_case_a_page_and_an_action(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    case = one_case(centre.call_taker)
    page = open_page(centre.dispatcher)
    page.goto("/")
    ask(page, case.number[:-1], case.number)
    shoot(page, "palette-case")
    walk_to(page, case.number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{case.number}/")

    ask(page, "jingyingzhe", "经营者")
    walk_to(page, "经营者")
    page.keyboard.press("Enter")
    page.wait_for_url("**/entities/")

    ask(page, "", case.number)  # what was opened last comes first
    shoot(page, "palette-empty")
    page.keyboard.press("ArrowDown")
    assert page.locator(CHOSEN).inner_text() == case.number
    page.keyboard.press("Escape")
    assert page.locator("#offers").is_hidden()

    page.keyboard.type("shense")
    page.wait_for_selector("#offers:not([aria-busy]) [role=option]:has-text('深色界面')")
    walk_to(page, "深色界面")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-bs-theme=dark]")
    ask(page, "口罩", "口罩")
    shoot(page, "palette-dark")


def test_the_export_of_the_work_list_opens_its_menu(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    one_case(centre.call_taker)
    page = open_page(centre.supervisor)
    page.goto("/")
    ask(page, "export", "导出工单列表")
    walk_to(page, "导出工单列表")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/?view=all#export")
    page.wait_for_selector("#export[open] summary:focus")
    shoot(page, "palette-export")
