"""The frame in a real browser: keyboard, autosave, look-ups, dialogs, charts, both themes, no foreign request."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from suqing.ledger.actions import set_centre_clock
from tests.cast import AT, PASSWORD, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 800), "wide": (1920, 1080), "phone": (390, 844)}
SHOTS = os.environ.get("SUQING_SHOTS", "")


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    from tests.cast import the_cast

    return the_cast()


def rehearse(at: datetime = AT) -> None:
    set_centre_clock(mode="rehearsal", centre=at, speed=60.0, by="system:tests")


def open_guide(open_page: Callable[..., Any], cast: Cast, **options: Any) -> Any:
    page = open_page(cast.administrator, **options)
    page.goto("/styleguide/")
    page.wait_for_selector("html[data-ready]")
    return page


def shoot(page: Any, name: str, *, full: bool = True) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=full)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_the_guide_fits_every_screen_in_both_themes(
    open_page: Callable[..., Any], cast: Cast, size: str, scheme: str
) -> None:
    rehearse()
    width, height = SIZES[size]
    page = open_guide(open_page, cast, viewport={"width": width, "height": height}, color_scheme=scheme)
    page.reload()  # the server knows the computer's scheme from the second page on
    page.wait_for_selector("[data-chart] canvas")
    shoot(page, f"guide-{size}-{scheme}")
    assert page.get_attribute("html", "data-bs-theme") == scheme
    assert page.get_by_text("模拟数据").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_signing_in_leads_to_the_desk(
    open_page: Callable[..., Any], cast: Cast, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    page = open_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto("/styleguide/")
    page.wait_for_selector("html[data-ready]")
    page.fill("[name=username]", cast.administrator.username)
    page.fill("[name=password]", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-error-summary]")
    shoot(page, f"sign-in-{size}-{scheme}", full=False)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/styleguide/")


def test_ctrl_k_reaches_the_search_and_a_question_mark_the_sheet(
    open_page: Callable[..., Any], cast: Cast
) -> None:
    page = open_guide(open_page, cast)
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("?")
    assert not page.locator("#keyboard-sheet").is_visible(), "keys typed into a field belong to the field"
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    assert page.locator("#keyboard-sheet").is_visible()
    assert "Ctrl" in page.locator("#keyboard-sheet dl").inner_text()
    shoot(page, "sheet", full=False)
    page.keyboard.press("Escape")
    assert not page.locator("#keyboard-sheet").is_visible()


def test_alt_shortcuts_work_while_typing(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_guide(open_page, cast)
    page.focus("[name=q]")
    page.keyboard.press("Alt+n")
    assert page.evaluate("document.activeElement.id") == "id_narrative"


def test_what_is_typed_is_saved_and_says_when(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_guide(open_page, cast)
    page.fill("#id_narrative", "口罩涨价")
    page.wait_for_selector("[data-autosave-status][data-state=saved]")
    assert "已保存" in page.inner_text("[data-autosave-status]")
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_without_the_server_a_copy_waits_on_this_computer(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_guide(open_page, cast)
    page.route("**/autosave/", lambda route: route.abort())
    page.fill("#id_narrative", "断网时说的话")
    page.wait_for_selector("[data-autosave-status][data-state=unsaved]")
    page.unroute("**/autosave/")
    page.reload()
    page.wait_for_selector("[data-autosave-status][data-state=saved]")
    assert page.input_value("#id_narrative") == "断网时说的话"


def test_an_ended_session_keeps_the_page_and_goes_on_after_signing_in_again(
    open_page: Callable[..., Any], cast: Cast
) -> None:
    page = open_guide(open_page, cast)
    page.context.clear_cookies(name="sessionid")
    page.fill("#id_narrative", "会话结束时说的话")
    page.wait_for_selector("#session-ended[open]")
    shoot(page, "session-ended", full=False)
    with page.context.expect_page() as other:
        page.click("#session-ended a")
    door = other.value
    door.fill("[name=username]", cast.administrator.username)
    door.fill("[name=password]", PASSWORD)
    door.keyboard.press("Enter")
    door.wait_for_url("**/styleguide/")
    page.wait_for_selector("[data-autosave-status][data-state=saved]")
    assert page.input_value("#id_narrative") == "会话结束时说的话"


def test_a_look_up_asks_the_server_and_keeps_the_code(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_guide(open_page, cast)
    page.keyboard.press("Alt+p")
    page.keyboard.type("观前")
    page.wait_for_selector(".ts-dropdown .option >> text=观前街道")
    shoot(page, "lookup", full=False)
    page.keyboard.press("Enter")
    assert page.input_value("#id_division") == "320508001"


def test_the_checklist_follows_the_form(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_guide(open_page, cast)
    count = page.locator("[data-checklist] [data-count]")
    page.check("#sample-form [name=kind][value=consultation]", force=True)
    assert count.inner_text() == "1/2", "a consultation needs only the narrative and the kind"
    page.check("#sample-form [name=kind][value=complaint]", force=True)
    page.fill("#id_narrative", "口罩涨价")
    page.fill("#id_address", "观前街100号")
    assert count.inner_text() == "3/5"


def test_the_list_moves_by_j_and_k(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_guide(open_page, cast)
    page.keyboard.press("j")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    assert first != page.evaluate("document.activeElement.textContent")


def test_the_chosen_theme_holds_from_the_first_byte(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_guide(open_page, cast, color_scheme="light")
    page.click(".sq-menu-button")
    shoot(page, "person-menu", full=False)
    page.click("[name=theme][value=dark]")
    page.wait_for_selector("html[data-theme=dark]")
    assert 'data-bs-theme="dark"' in page.request.get("/styleguide/").text()


def test_a_clock_explains_itself_without_a_mouse(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_guide(open_page, cast)
    page.locator("#case .sq-clock-chip > summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#case .sq-explain").first.is_visible()
    shoot(page, "clock", full=False)
    page.keyboard.press("Escape")
    assert not page.locator("#case .sq-explain").first.is_visible()


def test_a_toast_offers_undo(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_page(cast.administrator)
    page.goto("/styleguide/?toast=1")
    page.wait_for_selector("html[data-ready]")
    assert page.locator(".sq-toast [data-undo-url]").is_visible()
    shoot(page, "toast", full=False)
    with page.expect_request(lambda request: request.method == "POST"):
        page.click(".sq-toast [data-undo-url]")
