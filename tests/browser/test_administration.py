"""The administration by keyboard alone: make a person, hand over the password, appoint; change a day of the calendar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqing.accounts.models import Appointment, Person
from suqing.lawclock.models import CalendarDay
from suqing.ledger.actions import set_centre_clock
from tests.cast import AT, SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def ready(page: Any) -> Any:
    page.wait_for_selector("html[data-ready]")
    return page


def enter(page: Any, place: str) -> None:
    """Go to a link by keyboard and follow it."""
    page.locator(place).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    ready(page)


def test_a_new_colleague_is_made_and_appointed_by_keyboard(
    centre: Cast, open_page: Callable[..., Any]
) -> None:
    page = open_page(centre.administrator)
    page.goto("/")
    enter(ready(page), "nav a[href='/administration/']")
    enter(page, "main a[href='/administration/people/']")
    page.keyboard.press("Alt+n")
    page.wait_for_selector("#id_username:focus")
    for text in ("zhou.li", "周丽", "0417"):
        page.keyboard.insert_text(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    password = ready(page).locator("[data-once]").inner_text()
    assert Person.objects.get(username="zhou.li").check_password(password)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#id_unit")
    ready(page).select_option("#id_unit", str(centre.gusu.pk))
    page.select_option("#id_role", "handler")
    page.focus("#id_role")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".sq-toast >> text=周丽 已任命")
    assert Appointment.objects.get(person__username="zhou.li").unit == centre.gusu


def test_a_day_is_previewed_and_changed_by_keyboard(centre: Cast, open_page: Callable[..., Any]) -> None:
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    page = open_page(centre.administrator, viewport={"width": 390, "height": 844})
    page.goto("/administration/calendars/2020/")
    enter(ready(page), ".sq-month a[href*='day=2020-02-10']")
    page.check("[name=is_off][value='1']")
    page.focus("#id_notice")
    page.keyboard.insert_text("省政府关于延迟企业复工的通知")
    page.keyboard.press("Alt+p")
    page.wait_for_selector("#day .sq-notice")
    assert not CalendarDay.objects.local().exists()
    assert ready(page).input_value("#id_notice") == "省政府关于延迟企业复工的通知"
    page.focus("#id_notice")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".sq-toast >> text=已更改")
    assert CalendarDay.objects.local().get().is_off
