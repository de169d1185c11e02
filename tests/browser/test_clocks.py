"""Limits in a real browser: testing begun and ended by keyboard, an extension granted, the count, the moved limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from suqing.cases.actions.extensions import ask_extension
from suqing.cases.actions.recount import recount_clocks
from suqing.cases.vocabulary import ClockState
from suqing.lawclock.actions import change_day
from suqing.ledger.actions import set_centre_clock
from tests.cases.handled import checked, clock, due, mediated, on
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_testing_pauses_a_limit_and_the_page_counts_it_anew(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    set_centre_clock(mode="rehearsal", centre=on("2020-02-12"), speed=1.0, by=SYSTEM)
    case = mediated(centre)
    page = open_page(centre.handler)
    page.goto(f"/cases/{case.number}/")
    page.locator("a[href*=begin_period]").first.click()
    page.locator('input[name="kind"][value="testing"]').check()
    page.locator('input[name="first_on"]').fill("2020-02-10")
    page.locator('input[name="subject"]').fill("口罩过滤效率")
    page.locator('input[name="body"]').fill("苏州市产品质量监督检验院")
    page.locator('input[name="chosen_by"][value="joint"]').check()
    page.locator('input[name="cost_by"][value="agreement"]').check()
    shoot(page, "clocks-begin")
    page.keyboard.press("Control+Enter")
    page.get_by_text("期限已中止计时").first.wait_for()
    assert clock(case, "D2a").state == ClockState.PAUSED
    page.get_by_text("期限的中止与延长").wait_for()
    page.locator(".sq-reckon summary").first.click()
    page.get_by_text("最后一日尚不能确定").wait_for()
    shoot(page, "clocks-paused")
    page.locator('a[href*="end_period"]').first.click()
    page.locator('input[name="last_on"]').fill("2020-02-11")
    page.keyboard.press("Control+Enter")
    page.get_by_text("期限已恢复计算").first.wait_for()
    assert clock(case, "D2a").state == ClockState.RUNNING


def test_the_head_extends_a_check_and_the_moved_limits_are_listed(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    set_centre_clock(mode="rehearsal", centre=on("2020-02-12"), speed=1.0, by=SYSTEM)
    case = ask_extension(
        case=checked(centre), reason="需向厂家核实批次", by=centre.handler, at=on("2020-02-11")
    )
    before = due(case, "D5")
    page = open_page(centre.head)
    page.goto(f"/cases/{case.number}/")
    page.locator('a[href*="decide_extension"]').first.click()
    page.locator('input[name="is_granted"][value="yes"]').check()
    shoot(page, "clocks-decide")
    page.keyboard.press("Control+Enter")
    page.get_by_text("已对延期申请作出决定").first.wait_for()
    assert due(case, "D5") > before
    change_day(by=SYSTEM, at=on("2020-02-12"), day=date(2020, 2, 14), is_off=True, name="", notice="苏州通知")
    recount_clocks("moved", at=on("2020-02-12"), cause="calendar 2020-02-14")
    page.goto("/clock-changes/")
    page.get_by_text(case.number).wait_for()
    shoot(page, "clocks-moved")
    page.goto(f"/cases/{case.number}/clocks/{clock(case, 'D5').pk}/")
    page.get_by_text("批准延长15个工作日").wait_for()
    shoot(page, "clocks-explained")
