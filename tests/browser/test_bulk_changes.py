"""Cases ticked on the work list by keyboard and mouse, changed at once, and given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from suqing.cases.models import BulkChange, Case
from suqing.ledger.actions import set_centre_clock
from tests.browser.walking import english
from tests.cases.test_bulk_changes import DAY, in_gusu
from tests.cast import SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def opened(page: Any, address: str) -> Any:
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    return page


@pytest.mark.timeout(240)
def test_cases_are_ticked_changed_at_once_and_given_back(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=DAY, speed=1.0, by=SYSTEM)
    in_gusu(centre, 5)
    page = opened(open_page(centre.head), "/cases/")
    bar, boxes = page.locator(".sq-bulk"), page.locator("input[name=case]")
    assert not bar.is_visible()

    page.keyboard.press("j")
    page.keyboard.press("x")
    assert bar.is_visible()
    assert "已选 1 件" in bar.inner_text()
    page.keyboard.press("Escape")
    assert not bar.is_visible()

    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    assert [boxes.nth(index).is_checked() for index in range(5)] == [False, True, True, True, False]
    page.check("[data-select-page]")
    assert "已选 5 件" in bar.inner_text()
    shoot(page, "bulk-bar")
    page.check("[data-select-all-list]")
    page.wait_for_selector("[data-list-count='5']")
    page.uncheck("[data-select-all-list]")
    page.uncheck("[data-select-page]")
    boxes.nth(0).check()
    boxes.nth(1).check()

    bar.locator("button[value=assign]").press("Enter")
    page.wait_for_url("**/bulk-changes/*-*/")
    assert page.input_value("#id_unit") == centre.gusu.code
    page.select_option("#id_handler", label=centre.handler.display_name)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#preview")
    assert not Case.objects.filter(handler=centre.handler).exists()
    shoot(page, "bulk-preview")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".sq-toast >> text=已变更 2 件工单")
    assert Case.objects.filter(handler=centre.handler).count() == 2
    shoot(page, "bulk-made")
    assert english(page) == []

    with page.expect_navigation():
        page.click(".sq-toast [data-undo-url]")
    page.wait_for_selector("html[data-ready]")
    assert not Case.objects.filter(handler=centre.handler).exists()
    assert BulkChange.objects.get().undone_by == centre.head
    shoot(opened(page, "/bulk-changes/"), "bulk-register")
    case = Case.objects.filter(bulk_items__fate="changed").first()
    assert case is not None
    opened(page, f"/cases/{case.number}/").get_by_text("撤销了批量交办").scroll_into_view_if_needed()
    shoot(page, "bulk-story")


@pytest.mark.parametrize("options", [{"viewport": {"width": 390, "height": 844}}, {"color_scheme": "dark"}])
def test_the_bar_fits_narrow_and_dark_screens(
    centre: Cast,
    open_page: Callable[..., Any],
    shoot: Callable[[Any, str], None],
    options: dict[str, Any],
) -> None:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=DAY, speed=1.0, by=SYSTEM)
    in_gusu(centre, 3)
    page = opened(open_page(centre.supervisor, **options), "/cases/")
    page.locator("input[name=case]").first.check()
    assert page.locator(".sq-bulk").is_visible()
    shoot(page, f"bulk-bar-{'dark' if 'color_scheme' in options else 'phone'}")
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]
