"""Setting up and using the second step in a real browser, by keyboard alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyotp
import pytest

from suqing.accounts.second_factor import confirmed
from tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SUQING_SHOTS", "")


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    from tests.cast import the_cast

    return the_cast()


def shoot(page: Any, name: str) -> None:
    """The page at a desk and on a phone, which it must fit."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_the_second_step_is_set_up_and_used_by_keyboard_on_a_phone_in_the_dark(
    open_page: Callable[..., Any], cast: Cast
) -> None:
    page = open_page(cast.handler, viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.goto("/security/")
    shoot(page, "security-off")
    page.get_by_role("link", name="开始设置").press("Enter")
    page.get_by_role("button", name="开始设置").press("Enter")
    page.wait_for_selector(".sq-qr svg")
    shoot(page, "set-up")
    # A square that is cut off at a side cannot be read by a camera.
    inside = """svg => { const all = svg.getBoundingClientRect(), dots = svg.querySelector(".qrline").getBoundingClientRect();
        return dots.left > all.left && dots.right < all.right && dots.bottom < all.bottom && all.right <= innerWidth }"""
    assert page.locator(".sq-qr svg").evaluate(inside)
    secret = page.inner_text(".sq-key").replace(" ", "")
    totp = pyotp.TOTP(secret)
    now = page.evaluate("Math.floor(Date.now() / 30000)")
    page.get_by_label("验证器当前显示的验证码").press_sequentially(totp.generate_otp(now))
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-once]")
    shoot(page, "recovery-codes")
    codes = page.locator("[data-once]").all_inner_texts()
    page.get_by_role("link", name="已保管好").press("Enter")
    page.wait_for_url("**/security/")
    shoot(page, "security-on")
    assert confirmed(cast.handler) is not None
    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.fill("[name=username]", "handler")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/second/")
    page.wait_for_selector("[name=code]:focus")  # ready to type
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".is-wrong")
    shoot(page, "second-step-wrong")
    page.get_by_label("验证码或恢复码").fill(codes[0])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)
