"""A work list that others change while somebody reads it: a line tells, and no row moves before the reader says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from suqing.cases.actions import dispatching
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cases.test_bulk_changes import DAY, in_gusu
from tests.cast import SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HINT = "document.body.dispatchEvent(new CustomEvent('live:change'))"


def rows(page: Any) -> list[str]:
    return page.locator("tr[data-number]").evaluate_all("rows => rows.map((row) => row.dataset.number)")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("desk", {}),
        ("dark", {"color_scheme": "dark"}),
        ("phone", {"viewport": {"width": 390, "height": 844}}),
    ],
)
def test_what_changed_is_told_and_shown_when_asked_for(
    centre: Cast,
    open_page: Callable[..., Any],
    shoot: Callable[[Any, str], None],
    name: str,
    options: dict[str, Any],
) -> None:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=DAY, speed=1.0, by=SYSTEM)
    in_gusu(centre, 4)
    page = open_page(centre.head, **options)
    page.goto("/cases/?view=my_unit")
    page.wait_for_selector("html[data-ready]")
    before = rows(page)
    boxes = page.locator("input[name=case]")
    boxes.nth(1).check()
    page.locator("tr[data-number] a").nth(2).focus()
    page.evaluate(HINT)
    page.wait_for_timeout(2000)
    line = page.locator("[data-moved]")
    assert line.inner_text() == ""  # nothing has happened to these cases

    come = one_case(centre.call_taker, at=DAY)
    dispatching.dispatch(case=come, to_unit=centre.gusu, by=centre.dispatcher, at=DAY)
    page.evaluate(HINT)
    line.get_by_text("本清单有 1 件工单发生变化").wait_for(timeout=15_000)
    assert rows(page) == before
    shoot(page, f"list-moved-{name}")
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]

    with page.expect_navigation():
        page.keyboard.press("u")
    page.wait_for_selector("html[data-ready]")
    assert sorted(rows(page)) == sorted([*before, come.number])
    assert boxes.locator(f"xpath=self::*[@value='{before[1]}']").is_checked()
    assert page.locator("input[name=case]:checked").count() == 1
    assert page.evaluate("document.activeElement.closest('tr').dataset.number") == before[2]


def test_a_list_is_printed_as_a_table_with_its_name(centre: Cast, open_page: Callable[..., Any]) -> None:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=DAY, speed=1.0, by=SYSTEM)
    in_gusu(centre, 2)
    page = open_page(centre.head, viewport={"width": 688, "height": 900})  # the width of a page of A4
    page.goto("/cases/?view=my_unit")
    page.wait_for_selector("html[data-ready]")
    page.emulate_media(media="print")
    row = page.locator("tr[data-number]").first
    assert row.evaluate("row => getComputedStyle(row).display") == "table-row"
    assert page.locator(".sq-tick").first.is_hidden()
    assert page.locator(".sq-print-only", has_text="本单位的").is_visible()
    assert page.locator(".sq-list-card").evaluate("card => getComputedStyle(card).breakInside") == "auto"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
