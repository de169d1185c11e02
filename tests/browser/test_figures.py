"""The page of figures in a real browser, in both themes and every size; a number opens its cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from suqing.ledger.actions import set_centre_clock
from suqing.telephony.models import Call
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


PAGES = {
    "pivot": "/figures/table/?from=2020-01-20&period=week&rows=district&columns=kind",
    "lines": "/figures/table/?rows=issue&against=previous,last_year,lunar_year&measure=epidemic_share",
    "month": "/figures/?from=2020-01-27&period=month&against=previous,last_year,lunar_year",
    "measures": "/figures/measures/",
    "calls": "/figures/cases/?measure=calls_received&from=2020-01-27&to=2020-01-27",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_tables_of_measures_and_their_book_fit_every_screen(
    open_page: Callable[..., Any], week: Cast, shoot: Callable[[Any, str], None], size: str, scheme: str
) -> None:
    Call.objects.create(
        ref=uuid4(), source="switch", number_masked="138****5678", agent=week.call_taker,
        started_at=moment(MONDAY, "09:00"), answered_at=moment(MONDAY, "09:01"), ended_at=moment(MONDAY, "09:05"),
    )  # fmt: skip
    width, height = SIZES[size]
    page = open_page(week.analyst, viewport={"width": width, "height": height}, color_scheme=scheme)
    for name, address in PAGES.items():
        page.goto(address)
        page.reload()
        page.wait_for_selector("main h1")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.set_viewport_size({"width": width, "height": 1500})
        shoot(page, f"figure-{name}-{size}-{scheme}")
        page.set_viewport_size({"width": width, "height": height})


def test_the_table_is_chosen_and_read_by_keyboard_alone(open_page: Callable[..., Any], week: Cast) -> None:
    page = open_page(week.analyst)
    page.goto("/figures/table/")
    page.keyboard.press("Alt+m")
    assert page.evaluate("document.activeElement.id") == "fg-measure"
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.value") != "district":
        page.keyboard.press("ArrowDown")  # Chinese words cannot be typed into a list without an input method
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**rows=district**")
    page.keyboard.press("Alt+d")
    page.wait_for_url("**/figures/measures/**")
    page.keyboard.press("Alt+b")
    page.wait_for_url("**/figures/")
    page.keyboard.press("Alt+p")
    page.wait_for_url("**/figures/table/**")
    page.keyboard.press("Alt+PageUp")
    page.wait_for_url("**from=2020-01-26**")


def test_a_definition_opens_by_keyboard(open_page: Callable[..., Any], week: Cast) -> None:
    page = open_page(week.analyst)
    page.goto("/figures/")
    page.locator(".fg-definition summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".fg-definition[open] p").first.is_visible()
