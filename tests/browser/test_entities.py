"""An operator that was written down twice: found, compared, merged and taken apart again, by keyboard only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqing.cases.intake import EntityInput
from suqing.cases.models import Case
from tests.browser.walking import ENGLISH, let_it_be
from tests.cases.examples import one_case
from tests.cast import AT, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def ready(page: Any) -> Any:
    page.wait_for_selector("html[data-ready]")
    return page


def test_two_files_become_one_and_two_again_by_keyboard(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    let_it_be(AT)
    for number in range(4):
        one_case(centre.call_taker, entity=EntityInput("平江大药房"), narrative=f"口罩太贵，第{number}件")
    for number in range(2):
        name = EntityInput("苏州平江大药房有限公司", "91440300085948158H")
        one_case(centre.call_taker, entity=name, narrative=f"酒精太贵，第{number}件")
    page = open_page(centre.supervisor)
    page.goto("/entities/")
    ready(page)
    shoot(page, "entities-list")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1 >> text=平江大药房")
    ready(page)
    page.wait_for_selector("[data-chart] svg, [data-chart] canvas")
    shoot(page, "entities-file")
    assert not ENGLISH.findall(page.locator("main").inner_text())

    page.keyboard.press("m")
    page.wait_for_selector("#id_q:focus")
    page.keyboard.type("szpj")
    page.keyboard.press("Enter")
    page.wait_for_selector("ul[aria-label=搜索结果] a")
    ready(page)
    page.locator("ul[aria-label=搜索结果] a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("h1 >> text=两家经营者对照")
    ready(page)
    shoot(page, "entities-compare")
    page.keyboard.press("Alt+m")
    page.wait_for_selector(".sq-toast >> text=已并入本档案")
    ready(page)
    assert Case.objects.values("entity").distinct().count() == 1
    shoot(page, "entities-merged")

    with page.expect_navigation():
        page.locator(".sq-toast [data-undo-url]").press("Enter")
    ready(page)
    assert Case.objects.values("entity").distinct().count() == 2
    shoot(page, "entities-undone")

    phone = open_page(centre.supervisor, viewport={"width": 390, "height": 844})
    phone.goto(page.url)
    ready(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shoot(phone, "entities-phone")
