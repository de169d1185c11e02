"""The bench of topics in a real browser: typed by keyboard, tried while typing, saved, and fitting every screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqing.analytics.jobs import backfill_topics
from suqing.cases.models import TopicMembership
from tests.analytics.days import make_week
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 800), "phone": (390, 844)}


@pytest.fixture
def week(centre: Cast) -> Cast:
    make_week(centre)
    return centre


def test_a_topic_is_worded_by_keyboard_alone(
    open_page: Callable[..., Any], week: Cast, shoot: Callable[[Any, str], None]
) -> None:
    page = open_page(week.analyst)
    page.goto("/topics/")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("Alt+n")
    page.wait_for_url("**/topics/trial/")
    page.wait_for_selector("html[data-ready]")
    page.locator("#id_rule").focus()
    page.keyboard.insert_text("@口罩 NEAR/30 (涨 OR")
    page.wait_for_selector(".tp-fault")
    shoot(page, "topic-fault")
    page.keyboard.insert_text(" 贵)")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("口罩 = 口罩，N95")
    page.wait_for_selector(".tp-lines mark")
    shoot(page, "topic-found")
    for text in ("masks", "口罩诉求"):
        page.keyboard.press("Tab")
        page.keyboard.insert_text(text)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/topics/")
    assert "口罩诉求" in page.inner_text("#topics")
    page.wait_for_selector("#topics progress")
    page.wait_for_selector("html[data-ready]")
    shoot(page, "topics-running")
    assert backfill_topics() == 1
    page.wait_for_selector("#topics progress", state="detached")
    assert TopicMembership.objects.filter(version__topic__code="masks").count() > 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_the_pages_fit_every_screen(
    open_page: Callable[..., Any], week: Cast, shoot: Callable[[Any, str], None], size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    page = open_page(week.analyst, viewport={"width": width, "height": height}, color_scheme=scheme)
    for name, address in (("topics", "/topics/"), ("bench", "/topics/trial/?code=mask_price")):
        page.goto(address)
        page.reload()
        page.wait_for_selector("main h1")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.set_viewport_size({"width": width, "height": 1500})
        shoot(page, f"topic-{name}-{size}-{scheme}")
        page.set_viewport_size({"width": width, "height": height})


def test_a_sample_is_read_by_keyboard_alone(
    open_page: Callable[..., Any], week: Cast, shoot: Callable[[Any, str], None]
) -> None:
    """From an empty bench to a sample that two people have read."""
    page = open_page(week.analyst)
    page.goto("/topics/trial/")
    page.wait_for_selector("html[data-ready]")
    page.locator("#id_rule").focus()
    page.keyboard.insert_text("酒店 OR (商家 异物)")
    page.wait_for_selector(".tp-lines mark")
    page.fill("#id_code", "hotels")
    page.fill("#id_name", "酒店退订")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/topics/")
    assert backfill_topics() == 1
    for person in (week.analyst, week.supervisor):
        page = open_page(person)
        page.goto("/topics/hotels/sample/")
        page.wait_for_selector("html[data-ready]")
        if person == week.analyst:
            shoot(page, "topic-sample-empty")
            page.keyboard.press("Alt+n")
            page.wait_for_selector(".tp-read")
            page.wait_for_selector("html[data-ready]")
        total = int(page.locator("progress").get_attribute("max"))
        for done in range(total):
            page.wait_for_selector(f"progress[value='{done}']")
            page.keyboard.press("j" if "酒店" in page.inner_text(".tp-read") else "k")
            if done == 2:
                shoot(page, "topic-sample-reading")
        page.wait_for_selector(f"progress[value='{total}']")
    assert "100%（" in page.inner_text(".tp-said") and f"{total} / {total}" in page.inner_text(".tp-said")
    shoot(page, "topic-sample-read")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
