"""The work list by keyboard alone, and its counts as they move by push from the server as it really runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from suqing.cases.models import Case
from suqing.inbox.actions import save_view
from suqing.inbox.models import SavedView
from suqing.ledger.actions import seal_events, set_centre_clock
from tests.browser.walking import english
from tests.cases.examples import one_case
from tests.cases.test_bulk_changes import DAY, in_gusu
from tests.cast import PASSWORD, SYSTEM, Cast
from tests.config.test_web_server import address

__all__ = ["address"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=DAY, speed=1.0, by=SYSTEM)
    in_gusu(centre, 5)
    Case.objects.filter(pk=Case.objects.order_by("pk")[0].pk).update(
        handler=centre.head, next_due_at=DAY + timedelta(hours=10)
    )
    return centre


def ready(page: Any, address: str = "") -> Any:
    if address:
        page.goto(address)
    page.wait_for_selector("html[data-ready]")
    return page


def keys(page: Any, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def follow(page: Any, *pressed: str) -> None:
    """Press keys, the last of which leads to another page."""
    keys(page, *pressed[:-1])
    with page.expect_navigation():
        page.keyboard.press(pressed[-1])
    ready(page)


def count(page: Any, view: str) -> str:
    return str(page.locator(f'[data-count="view:{view}"]').inner_text())


@pytest.mark.timeout(240)
def test_a_list_is_sorted_kept_ticked_and_worked_off_by_keyboard_alone(
    busy: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    page = ready(open_page(busy.head), "/cases/")
    assert (count(page, "open"), count(page, "mine"), count(page, "due_12")) == ("5", "1", "1")

    keys(page, "j", "o")
    page.wait_for_selector("#preview-dialog[open] #preview")
    shoot(page, "list-preview")
    keys(page, "Escape")
    assert page.evaluate("document.activeElement.className") == "sq-number", "the cursor is where it was"

    keys(page, "s", "ArrowDown")
    shoot(page, "list-sort")
    follow(page, "ArrowDown", "ArrowDown", "Enter")
    assert "sort=due" in page.url
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("期限")

    keys(page, "v", "Tab")
    page.keyboard.type("先到期")
    shoot(page, "list-views")
    follow(page, "Enter")
    assert SavedView.objects.get().query["sort"] == "due"
    page.goto("/cases/?view=open")
    ready(page)
    follow(page, "v", "ArrowDown", "Enter")
    assert "sort=due" in page.url

    keys(page, "c")
    box = page.locator(".sq-columns-choice input[value=handler]")
    box.focus()
    keys(page, "Space", "Tab")
    for _turn in range(9):
        keys(page, "Enter")
    page.locator("input[name=density][value=compact]").press("Space")
    shoot(page, "list-columns")
    follow(page, "Enter")
    page.goto("/cases/?view=open")
    ready(page)
    assert page.locator("table.is-compact").count() == 1
    heads = page.locator("thead th").all_inner_texts()
    assert heads.index("承办人") < heads.index("地点")

    keys(page, "?")
    sheet = page.locator("#keyboard-sheet").inner_text()
    for said in ("保存的视图", "列表排序", "列与行距", "打开光标所在的工单", "预览光标所在的工单"):
        assert said in sheet
    shoot(page, "list-sheet")
    keys(page, "Escape", "j", "x", "j", "x")
    assert "已选 2 件" in page.locator(".sq-bulk").inner_text()
    follow(page, "a")
    assert "/bulk-changes/" in page.url
    ready(page, "/cases/?view=mine")
    follow(page, "j", "Enter")
    assert "/cases/TS" in page.url
    assert english(page) == []


@pytest.mark.timeout(240)
def test_counts_move_by_push_and_say_when_the_line_is_down(
    busy: Cast, browser: Any, address: str, shoot: Callable[[Any, str], None]
) -> None:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = context.new_page()
    try:
        ready(page, "/sign-in/")
        page.fill("[name=username]", busy.dispatcher.username)
        page.fill("[name=password]", PASSWORD)
        follow(page, "Enter")
        with page.expect_response("**/live/events"):
            page.goto("/cases/?view=open")
        ready(page)
        assert (count(page, "to_dispatch"), page.locator('[data-count-of="cases"] .sq-count').count()) == (
            "0",
            0,
        )
        status = page.locator(".sq-top [data-live-status]")
        assert status.get_attribute("data-state") == "live"
        page.wait_for_timeout(1500)  # the LISTEN stands
        one_case(busy.call_taker, at=DAY)
        seal_events()
        page.wait_for_selector('[data-count="view:to_dispatch"]:text-is("1")', timeout=15_000)
        assert page.locator('[data-count-of="cases"] .sq-count').inner_text().startswith("1")
        shoot(page, "list-live")
        context.set_offline(True)
        page.evaluate("window.dispatchEvent(new Event('pagehide'))")
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        page.wait_for_selector(".sq-top [data-live-status][data-state=stale]", timeout=15_000)
        assert "中断" in status.inner_text()
        shoot(page, "list-stale")
        context.set_offline(False)
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        page.wait_for_selector(".sq-top [data-live-status][data-state=live]", timeout=15_000)
    finally:
        context.close()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("options", [{"viewport": {"width": 390, "height": 844}}, {"color_scheme": "dark"}])
def test_lists_and_saved_views_fit_narrow_and_dark_screens(
    busy: Cast,
    open_page: Callable[..., Any],
    shoot: Callable[[Any, str], None],
    options: dict[str, Any],
) -> None:
    save_view(name="先到期", list_code="cases", query={"view": "open", "sort": "due"}, by=busy.head, at=DAY)
    page, name = open_page(busy.head, **options), "dark" if "color_scheme" in options else "phone"
    for key, place in (
        ("v", "/cases/?view=open"),
        ("c", "/cases/?view=overdue"),
        ("", "/views/?view=open"),
    ):
        ready(page, place)
        if key:
            keys(page, key)
            edge = page.locator("details[open] > .sq-list-pop").bounding_box()
            assert edge["x"] >= 0
            assert edge["x"] + edge["width"] <= page.viewport_size["width"]
        shoot(page, f"list-{key or 'saved'}-{name}")
        width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], place
        assert english(page) == []
