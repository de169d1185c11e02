"""The checklist of the call desk while somebody speaks of a topic of which the entry standard asks more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqing.cases.actions.standards import issue_standard
from suqing.cases.entry_standard import FIRST, Level
from suqing.cases.vocabulary import Kind
from suqing.ledger.queries import centre_now
from tests.cast import Cast

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MASKS = "药店的口罩涨价太多，一只要三十元。"


def test_the_facts_of_a_topic_are_asked_for_once_the_words_name_it(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    now = centre_now()
    issue_standard(
        kind=Kind.COMPLAINT,
        levels={fact.code: str(Level.MUST if fact.must else Level.SHOULD) for fact in FIRST[Kind.COMPLAINT]},
        topics={"mask_price": {"price_asked": "must", "amount": "must"}},
        effective_on=now.date(),
        by=centre.supervisor,
        at=now,
    )
    page = open_page(centre.call_taker)
    page.goto("/desk/")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.insert_text("13800001234")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-ready] #id_narrative")
    page.keyboard.press("Alt+k")
    page.keyboard.press("2")
    asked = page.locator("[data-checks-of='0'] li:visible")
    expect(asked.filter(has_text="争议金额")).to_have_count(1)
    count = asked.count()
    page.keyboard.press("Alt+s")
    page.keyboard.insert_text(MASKS)
    price = asked.filter(has_text="现价")
    expect(price).to_have_count(1)
    expect(price).to_have_class("is-must")
    expect(asked.filter(has_text="争议金额")).to_have_class("is-must")
    expect(asked).to_have_count(count + 1)
    shoot(page, "call-topic-facts")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("健身卡退费一直拖延不给办理。")
    expect(asked).to_have_count(count)
