"""The server as it really runs: forms reach Django through the dispatcher."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.cookiejar import CookieJar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
from django.conf import settings
from django.db import connection

from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address(cast: Cast) -> Iterator[str]:
    """The address of a running server on the database of this test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "suqing.config.web_server", "127.0.0.1", str(port)],
        env={
            "PATH": "",
            "DATABASE_URL": url,
            "SUQING_VAR": str(settings.VAR_DIR),
            "SUQING_SECRET_KEY": "x" * 50,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/live/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _wait(url: str) -> None:
    for _attempt in range(150):
        try:
            build_opener().open(url, timeout=2).close()
        except (HTTPError, URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"{url} never answered")


def test_a_form_of_any_size_reaches_its_page(address: str) -> None:
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    token = _token(browser, f"{address}/sign-in/")
    for filler in (0, 300_000):
        wrong = urlencode(
            {"csrfmiddlewaretoken": token, "username": "call_taker", "password": "no", "filler": "x" * filler}
        )
        with pytest.raises(HTTPError) as refused:
            browser.open(f"{address}/sign-in/", wrong.encode(), timeout=20)
        assert refused.value.code == 422
        refused.value.close()
    right = urlencode({"csrfmiddlewaretoken": token, "username": "call_taker", "password": PASSWORD})
    with browser.open(f"{address}/sign-in/", right.encode(), timeout=20) as answer:
        assert answer.status == 200
        assert "/sign-in/" not in answer.url


def _token(browser: OpenerDirector, url: str) -> str:
    with browser.open(url, timeout=20) as page:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert found
    return found[1]
