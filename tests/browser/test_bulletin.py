"""A bulletin from the draft to its withdrawal, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from suqing.bulletins.actions import draft_daily
from suqing.bulletins.models import Bulletin, State
from suqing.ledger.actions import set_centre_clock
from tests.analytics.days import MONDAY, make_week, moment
from tests.bulletins.steps import approved
from tests.cast import SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 800), "wide": (1920, 1080), "phone": (390, 844)}
MORNING = moment(MONDAY + timedelta(days=1), "08:30")


@pytest.fixture
def week(centre: Cast) -> Cast:
    make_week(centre)
    set_centre_clock(mode="rehearsal", centre=MORNING, speed=1.0, by=SYSTEM)
    return centre


def test_the_bulletin_of_yesterday_is_drafted_read_issued_and_withdrawn(
    open_page: Callable[..., Any], week: Cast, shoot: Callable[[Any, str], None]
) -> None:
    page = open_page(week.editor)
    page.goto("/bulletins/")
    page.wait_for_selector("html[data-ready]")
    assert page.input_value("#id_day") == MONDAY.isoformat()
    page.get_by_role("button", name="起草每日快报").click()
    page.wait_for_selector(".bl-sheet [data-chart] canvas")
    assert page.locator(".bl-mark").inner_text() == "草稿　未签发"
    page.locator(".bl-lead .bl-number").first.click()
    page.wait_for_selector("table[data-rows]")
    assert page.locator("table[data-rows] tbody tr").count() == int(
        page.locator(".fg-behind-number b").inner_text()
    )
    page.go_back()
    row = Bulletin.objects.get()
    approved(row, week, MORNING)
    page.reload()
    page.get_by_role("button", name="签发", exact=True).click()
    shoot(page, "bulletin-issue-dialog")
    page.locator("#issue").get_by_role("button", name="签发", exact=True).click()
    page.wait_for_selector(".bl-issue:has-text('第1期')")
    page.get_by_role("button", name="撤回", exact=True).click()
    page.keyboard.type("地区数有误")
    page.locator("#withdraw").get_by_role("button", name="撤回", exact=True).click()
    page.wait_for_selector(".bl-sheet.is-withdrawn")
    row = Bulletin.objects.get()
    assert (row.state, row.withdrawn_reason) == (State.WITHDRAWN, "地区数有误")
    page.goto("/bulletins/")
    shoot(page, "bulletins")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_the_bulletin_fits_every_screen_in_both_themes(
    open_page: Callable[..., Any], week: Cast, shoot: Callable[[Any, str], None], size: str, scheme: str
) -> None:
    made = draft_daily(day=MONDAY, by=week.editor, at=MORNING)
    width, height = SIZES[size]
    page = open_page(week.editor, viewport={"width": width, "height": height}, color_scheme=scheme)
    for address, name in (("/bulletins/", "register"), (f"/bulletins/{made.pk}/", "sheet"),
                          (f"/bulletins/{made.pk}/figures/issue.1/", "figure")):  # fmt: skip
        page.goto(address)
        page.reload()  # the server knows the computer's scheme from the second page on
        page.wait_for_selector("html[data-ready]")
        if name == "sheet":
            page.wait_for_selector("[data-chart] canvas")
            page.set_viewport_size({"width": width, "height": 4200})
        shoot(page, f"bulletin-{name}-{size}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.set_viewport_size({"width": width, "height": height})


def test_paper_shows_the_sheet_alone(
    open_page: Callable[..., Any], week: Cast, shoot: Callable[[Any, str], None]
) -> None:
    made = draft_daily(day=MONDAY, by=week.editor, at=MORNING)
    page = open_page(week.editor)
    page.goto(f"/bulletins/{made.pk}/")
    page.wait_for_selector("[data-chart] canvas")
    page.emulate_media(media="print")
    assert page.locator(".bl-masthead").is_visible()
    assert not page.locator(".bl-side").is_visible()
    assert not page.locator(".sq-rail").is_visible()
    shoot(page, "bulletin-print")
