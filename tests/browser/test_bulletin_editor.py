"""A bulletin from the draft to its issue by two people, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from suqing.bulletins.actions import draft_daily, save_section
from suqing.bulletins.models import Bulletin, State
from suqing.ledger.actions import set_centre_clock
from tests.analytics.days import MONDAY, make_week, moment
from tests.cast import SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MORNING = moment(MONDAY + timedelta(days=1), "08:30")


@pytest.fixture
def week(centre: Cast) -> Cast:
    make_week(centre)
    set_centre_clock(mode="rehearsal", centre=MORNING, speed=1.0, by=SYSTEM)
    return centre


def ready(page: Any) -> Any:
    page.wait_for_selector("html[data-ready]")
    return page


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def go(page: Any, key: str, address: str) -> None:
    """Press a shortcut that leads to another page."""
    press(ready(page), key)
    page.wait_for_url(address)
    ready(page)


def test_a_bulletin_is_written_approved_and_issued_by_keyboard_alone(
    open_page: Callable[..., Any], week: Cast, shoot: Callable[[Any, str], None]
) -> None:
    made = draft_daily(day=MONDAY, by=SYSTEM, at=MORNING)
    page = open_page(week.editor)
    page.goto(f"/bulletins/{made.pk}/")
    go(page, "Alt+e", f"**/bulletins/{made.pk}/edit/")
    shoot(page, "bulletin-edit")
    page.focus("#id_text_1")
    press(page, "Control+End", "Enter")
    page.keyboard.type("全日登记")
    page.focus("[data-chip]")
    press(page, "Enter")
    page.keyboard.type("人次。")
    page.wait_for_selector("#section-1 [data-autosave-status][data-state=saved]")
    page.wait_for_selector("#section-1 .bl-sheet:has-text('全日登记17人次。')")
    page.focus("#section-2 .be-order button")
    press(page, "Enter")
    page.wait_for_url("**/edit/?at=up-2")
    assert ready(page).evaluate("document.activeElement.value") == "up"
    go(page, "Alt+c", f"**/bulletins/{made.pk}/cases/")
    shoot(page, "bulletin-cases")
    page.focus("table a.sq-number:not(:has(+ .sq-tag))")
    press(page, "Enter")
    page.wait_for_selector("#id_read")
    shoot(ready(page), "bulletin-case")
    page.focus("#id_read")
    press(page, "Space", "Control+Enter")
    page.wait_for_url("**/edit/#section-*")
    go(page, "Alt+v", f"**/bulletins/{made.pk}/")
    press(page, "Alt+s", "Enter")
    page.wait_for_selector(".sq-head .sq-tag:has-text('审核中')")
    assert page.locator("#approve").count() == 0, "who wrote does not approve"
    second = open_page(week.leader)
    second.goto(f"/bulletins/{made.pk}/")
    press(ready(second), "Alt+m")
    second.keyboard.type("已核对。")
    press(second, "Tab", "Enter")
    second.wait_for_selector(".be-remark:has-text('已核对')")
    press(ready(second), "Alt+a", "Enter")
    second.wait_for_selector("#issue", state="attached")
    press(ready(second), "Alt+i", "Tab", "Enter")
    second.wait_for_selector(".bl-issue:has-text('第1期')")
    row = Bulletin.objects.get()
    assert (row.state, row.issue_no, row.approved_by, row.authors) == (
        State.ISSUED,
        1,
        week.leader,
        [week.editor.pk],
    )
    go(second, "Alt+p", f"**/bulletins/{made.pk}/pages/")
    second.wait_for_selector(".bp-page:nth-child(2)", state="attached")
    shoot(second, "bulletin-pages")


def test_two_texts_of_one_section_stand_side_by_side(
    open_page: Callable[..., Any], week: Cast, shoot: Callable[[Any, str], None]
) -> None:
    made = draft_daily(day=MONDAY, by=SYSTEM, at=MORNING)
    page = open_page(week.editor)
    page.goto(f"/bulletins/{made.pk}/edit/")
    ready(page)
    save_section(
        bulletin=made, number=1, title="总体", text="分析员写的。", version=1, by=week.analyst, at=MORNING
    )
    page.fill("#id_text_1", "编辑写的。")
    page.wait_for_selector("#section-1 [data-autosave-status][data-state=unsaved]:has-text('范分析')")
    page.focus("#section-1 .be-foot button")
    press(page, "Enter")
    page.wait_for_selector(".be-both")
    assert page.locator(".be-both textarea").input_value() == "分析员写的。"
    assert page.locator("#id_text_1").input_value() == "编辑写的。"
    shoot(page, "bulletin-both")
    assert Bulletin.objects.get().text["blocks"][3]["runs"] == [{"text": "分析员写的。"}]
