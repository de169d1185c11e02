"""The page of figures in a real browser, in both themes and every size; a number opens its cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqing.ledger.actions import set_centre_clock
from tests.analytics.days import MONDAY, make_week, moment
from tests.cast import SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 800), "wide": (1920, 1080), "phone": (390, 844)}


@pytest.fixture
def week(centre: Cast) -> Cast:
    make_week(centre)
    set_centre_clock(mode="rehearsal", centre=moment(MONDAY, "23:59"), speed=1.0, by=SYSTEM)
    return centre


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_the_figures_fit_every_screen_in_both_themes(
    open_page: Callable[..., Any], week: Cast, shoot: Callable[[Any, str], None], size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    page = open_page(week.analyst, viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto("/figures/")
    page.reload()  # the server knows the computer's scheme from the second page on
    page.wait_for_selector("[data-chart] canvas")
    page.set_viewport_size({"width": width, "height": 1900})
    shoot(page, f"figures-{size}-{scheme}")
    page.set_viewport_size({"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".fg-figure a").nth(1).click()
    page.wait_for_selector("table[data-rows]")
    shoot(page, f"figure-cases-{size}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_definition_opens_by_keyboard(open_page: Callable[..., Any], week: Cast) -> None:
    page = open_page(week.analyst)
    page.goto("/figures/")
    page.locator(".fg-definition summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".fg-definition[open] p").first.is_visible()
