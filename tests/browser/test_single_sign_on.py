"""Single sign-on clicked through: the door, the provider's own page, where one wanted to go, and out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings

from suqing.ledger.models import Event
from tests.cast import Cast
from tests.web.crooked_provider import SECRET, Crooked, crooked_provider

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAME = "苏州市统一身份认证"


@pytest.fixture
def provider(settings: Any) -> Iterator[Crooked]:
    with crooked_provider() as running:
        settings.SUQING_SINGLE = {
            "issuer": running.address,
            "client_id": "suqing",
            "client_secret": SECRET,
            "name": NAME,
            "claim": "preferred_username",
            "scopes": "openid profile",
            "unknown": "refuse",
        }
        django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        running.know("s-1", preferred_username="handler", name="王处理")
        running.know("s-2", preferred_username="nobody.here", name="无名")
        yield running


@pytest.fixture
def outside(browser: Any, live_server: Any, provider: Crooked) -> Iterator[Callable[..., Any]]:
    """Pages that may go to the provider and nowhere else, and must not complain."""
    opened: list[Any] = []
    faults: list[str] = []
    allowed = (live_server.url, provider.address, "data:")

    def open_(**options: Any) -> Any:
        asked = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN"} | options
        context = browser.new_context(base_url=live_server.url, **asked)
        if asked["locale"].startswith("en"):
            context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
        opened.append(context)
        # The provider's page takes a style from elsewhere; nothing here needs it.
        context.route(lambda url: not url.startswith(allowed), lambda route: route.abort())
        context.set_default_timeout(8000)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
        )
        return page

    yield open_
    for context in opened:
        context.close()
    assert faults == []


def to_provider(page: Any, provider: Crooked, shoot: Callable[[Any, str], None], name: str) -> None:
    page.wait_for_selector("html[data-ready]")
    shoot(page, f"single-door-{name}")
    page.get_by_role("link", name=NAME).click()
    page.wait_for_url(f"{provider.address}/**")


def test_a_person_signs_in_at_the_provider_and_out_here(
    centre: Cast, provider: Crooked, outside: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    page = outside()
    page.goto("/inbox/")
    to_provider(page, provider, shoot, "wide")
    page.fill("[name=sub]", "s-1")
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url("**/inbox/")
    page.wait_for_selector("html[data-ready]")
    assert centre.handler.display_name in page.content()
    assert Event.objects.get(verb="person.signed_in").data == {"way": "single sign-on"}
    page.evaluate("document.querySelector('form[action=\"/sign-out/\"]').requestSubmit()")
    page.wait_for_selector(f"[role=status] >> text={NAME}可能仍处于登录状态")
    shoot(page, "single-left")
    page.goto("/inbox/")
    assert "/sign-in/" in page.url


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("phone", {"viewport": {"width": 390, "height": 844}}),
        ("dark", {"color_scheme": "dark"}),
        ("english", {"locale": "en-GB"}),
    ],
)
def test_who_is_unknown_here_reads_what_to_do_and_gets_back_to_the_door(
    centre: Cast,
    provider: Crooked,
    outside: Callable[..., Any],
    shoot: Callable[[Any, str], None],
    name: str,
    options: dict[str, Any],
) -> None:
    page = outside(**options)
    page.goto("/sign-in/")
    to_provider(page, provider, shoot, name)
    page.fill("[name=sub]", "s-2")
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url("**/sign-in/single/return/**")
    assert NAME in page.locator("[role=alert]").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, f"single-refused-{name}")
    page.locator(".sq-message a.btn-primary").click()
    page.wait_for_selector("#id_username")
    assert not Event.objects.filter(verb="person.signed_in").exists()


def test_who_declines_at_the_provider_comes_back_signed_out(
    centre: Cast, provider: Crooked, outside: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    page = outside()
    page.goto("/sign-in/")
    to_provider(page, provider, shoot, "deny")
    page.get_by_role("button", name="Deny").click()
    page.wait_for_selector("[role=alert]")
    assert NAME in page.locator("[role=alert]").inner_text()
    page.goto("/")
    assert "/sign-in/" in page.url


def test_roles_that_need_a_second_step_are_boxes_to_tick(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    page = open_page(centre.administrator)
    page.goto("/administration/policy/accounts.second_factor_roles/")
    page.wait_for_selector("html[data-ready]")
    page.check("[name=value][value=administrator]")
    page.check("[name=value][value=supervisor]")
    page.fill("#id_reason", "市局要求管理岗位两步登录")
    shoot(page, "roles-wide")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, "roles-phone")
    page.emulate_media(color_scheme="dark")
    shoot(page, "roles-dark")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".sq-toast")
    assert page.is_checked("[name=value][value=supervisor]")
    assert not page.is_checked("[name=value][value=handler]")
