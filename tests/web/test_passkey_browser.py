"""Passkeys in a real browser with Chromium's own virtual device: added, the second step, and the only step."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from suqing.accounts.models import Passkey, PersonSession
from suqing.ledger.models import Event
from tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SUQING_SHOTS", "")
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    from tests.cast import the_cast

    return the_cast()


def shoot(page: Any, name: str) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def plug_in(page: Any, **changed: Any) -> tuple[Any, str]:
    """Give the browser a device; return the line to it and its number there."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    made = line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | changed})
    return line, made["authenticatorId"]


def add(page: Any, name: str = "蓝色安全密钥") -> None:
    page.goto("/security/passkeys/new/")
    page.get_by_label("通行密钥名称").fill(name)
    page.get_by_label("您的密码").fill(PASSWORD)
    page.keyboard.press("Enter")


def type_password(page: Any) -> None:
    page.goto("/sign-in/?next=/inbox/")
    page.fill("[name=username]", "handler")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")


def in_the_inbox(address: str) -> bool:
    return urlsplit(address).path == "/inbox/"


def leave(page: Any) -> None:
    page.context.clear_cookies()


def test_a_passkey_is_added_and_opens_as_second_step_and_alone(
    open_page: Callable[..., Any], cast: Cast
) -> None:
    page = open_page(cast.handler)
    line, device = plug_in(page)
    page.goto("/security/passkeys/new/")
    shoot(page, "passkey-new")
    add(page)
    page.wait_for_selector("[data-once]")
    assert page.locator("[data-once]").count() == 10
    held = line.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert [(one["rpId"], one["isResidentCredential"]) for one in held] == [("localhost", True)]
    page.goto("/security/")
    shoot(page, "security-passkey")
    leave(page)
    type_password(page)
    page.wait_for_url("**/sign-in/second/")
    shoot(page, "second-step-passkey")
    page.get_by_role("button", name="使用通行密钥").press("Enter")
    page.wait_for_url(in_the_inbox)
    leave(page)
    page.goto("/sign-in/?next=/inbox/")
    page.get_by_role("button", name="用通行密钥登录").press("Enter")
    page.wait_for_url(in_the_inbox)
    kept = Passkey.objects.get(person=cast.handler)
    assert kept.used_at is not None
    assert kept.sign_count > 0
    entered = Event.objects.filter(verb="person.signed_in").order_by("id").values_list("data", flat=True)
    assert list(entered) == [{"second": "passkey"}, {"way": "passkey"}]
    page.goto("/security/sessions/")
    shoot(page, "sessions")
    assert PersonSession.objects.filter(person=cast.handler, way="passkey").exists()
    page.goto(f"/security/passkeys/{kept.pk}/remove/")
    shoot(page, "passkey-remove")
    page.get_by_label("您的密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/security/")
    assert not Passkey.objects.exists()


def test_a_device_that_checks_nobody_does_not_open_alone(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_page(cast.handler)
    plug_in(page, hasUserVerification=False, isUserVerified=False)
    add(page)
    page.wait_for_selector("[data-once]")
    leave(page)
    page.goto("/sign-in/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_selector("[data-passkey-said]:not([hidden])")
    assert "_auth_user_id" not in str(page.context.cookies())
    type_password(page)
    page.get_by_role("button", name="使用通行密钥").click()
    page.wait_for_url(in_the_inbox)


def test_a_copied_device_is_refused_in_the_browser_too(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_page(cast.handler)
    plug_in(page)
    add(page)
    page.wait_for_selector("[data-once]")
    Passkey.objects.update(sign_count=9_000)  # another device with the same key was used more often
    leave(page)
    page.goto("/sign-in/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_selector("text=可能存在副本")
    shoot(page, "sign-in-copied")
    assert Event.objects.filter(verb="person.passkey_suspect").count() == 1


def test_what_goes_wrong_is_said_beside_the_button(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_page(cast.handler, viewport={"width": 390, "height": 844}, color_scheme="dark")
    line, device = plug_in(page)
    page.goto("/security/passkeys/new/")
    page.get_by_label("通行密钥名称").fill("手机")
    page.get_by_label("您的密码").fill("wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=密码不对")
    shoot(page, "passkey-new-wrong-phone")
    page.get_by_label("您的密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-once]")
    add(page, "手机二")
    page.wait_for_selector("text=此设备中已有您的通行密钥")
    page.goto("/security/")
    shoot(page, "security-passkey-phone")
    leave(page)
    line.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    page.goto("/sign-in/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_selector("text=设备没有应答", timeout=20_000)
    shoot(page, "sign-in-phone")


def test_a_page_that_is_not_secure_says_so(open_page: Callable[..., Any], cast: Cast) -> None:
    page = open_page(cast.handler)
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {get: () => false})")
    page.goto("/security/passkeys/new/")
    page.get_by_role("button", name="添加通行密钥").click()
    page.wait_for_selector("text=须通过 https 打开本页")
