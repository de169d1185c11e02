"""A real browser for the pages: Debian's Chromium through Playwright, watched for what a page must never do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from suqing.accounts.models import Person
from suqing.config.frontend import BUILT

# Playwright keeps a loop running in this thread; the ORM would refuse to work beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# The static files come from their sources; WhiteNoise warns where the folder of collected ones is absent.
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)

CHROMIUM = os.environ.get("SUQING_CHROMIUM") or shutil.which("chromium") or ""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@dataclass
class Watched:
    """What the browser complained about, and where it went."""

    origin: str
    faults: list[str] = field(default_factory=list)

    def console(self, message: Any) -> None:
        # The browser itself reports every answer of 400 and above; tests of refusals provoke them.
        # So does htmx, for the parts it asked for.
        expected = ("Failed to load resource", "Response Status Error Code")
        if message.type == "error" and not any(words in message.text for words in expected):
            self.faults.append(message.text)

    def request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if (
            parts.scheme in ("http", "https", "ws", "wss")
            and f"{parts.scheme}://{parts.netloc}" != self.origin
        ):
            self.faults.append(f"left the origin: {request.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not CHROMIUM:
        pytest.skip("no Chromium here: browser tests are skipped (apt-get install chromium)")
    if not (BUILT / "suqing.js").exists():
        pytest.skip("the front end is not built: browser tests are skipped (make run builds it)")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Return ``open_page(person=None, **context options)``: a page, signed in, that fails the test if it breaks
    the content security policy, throws, or asks another origin for anything."""
    opened: list[Any] = []
    watched = Watched(live_server.url)

    def open_(person: Person | None = None, **options: Any) -> Any:
        settings_ = {
            "viewport": {"width": 1280, "height": 800},
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
        }
        context = browser.new_context(base_url=live_server.url, **(settings_ | options))
        opened.append(context)
        if person is not None:
            client = Client()
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
            )
        context.set_default_timeout(8000)
        page = context.new_page()
        page.on("console", watched.console)
        page.on("pageerror", lambda error: watched.faults.append(str(error)))
        page.on("request", watched.request)
        return page

    yield open_
    for context in opened:
        context.close()
    assert watched.faults == []
