"""Data quality in a real browser: from the report of yesterday to the cases of one number, and a standard's validity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from suqing.cases.actions.corrections import correct_facts
from suqing.cases.actions.standards import issue_standard
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 800), "phone": (390, 844)}
LEVELS = {"narrative": "must", "entity": "must", "name": "must", "phone": "must", "amount": "should"}


@pytest.fixture
def yesterday(centre: Cast) -> Cast:
    """Three cases of yesterday, one of the day before that was corrected late, and a standard from yesterday on."""
    issue_standard(kind=Kind.COMPLAINT, levels=LEVELS, effective_on=AT.date(), by=centre.supervisor, at=AT)
    one_case(centre.call_taker, narrative="买手机付款3000元，要求退款", amount=Decimal(300))
    one_case(centre.other_call_taker, place="")
    one_case(centre.call_taker, Kind.REPORT)
    older = one_case(centre.call_taker, at=AT - timedelta(days=2))
    correct_facts(case=older, amount=Decimal(8), incident_on=None, by=centre.supervisor, at=AT)
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(days=1), speed=1.0, by=SYSTEM)
    return centre


def test_from_the_report_of_yesterday_to_a_case(
    open_page: Callable[..., Any], yesterday: Cast, shoot: Callable[[Any, str], None]
) -> None:
    page = open_page(yesterday.supervisor)
    page.goto("/quality/")
    page.wait_for_selector("html[data-ready]")
    assert page.locator("#people-title").count() == 1
    shoot(page, "quality")
    page.locator("section[aria-labelledby=rules-title] tr", has_text="金额疑似多写或少写了零").locator(
        "a"
    ).click()
    page.wait_for_selector("tr[data-href]")
    assert page.locator("tr[data-href]").count() == 1
    shoot(page, "quality-cases")
    page.keyboard.press("Alt+b")
    page.wait_for_selector("#people-title")
    page.locator("section[aria-labelledby=people-title] tr", has_text="陆话务").locator("td a").last.click()
    page.wait_for_selector("tr[data-href]")
    assert "更正过晚" in page.inner_text("tr[data-href]")
    page.goto("/quality/?from=2020-01-01&to=2020-01-02")
    assert page.locator(".sq-empty").count() == 1


@pytest.mark.parametrize("size", list(SIZES))
def test_the_pages_fit_every_screen(
    open_page: Callable[..., Any], yesterday: Cast, shoot: Callable[[Any, str], None], size: str
) -> None:
    width, height = SIZES[size]
    page = open_page(yesterday.supervisor, viewport={"width": width, "height": height})
    for name, address in (
        ("report", "/quality/"),
        ("cases", "/quality/cases/?sort=wanted"),
        ("standard", "/entry-standards/?kind=complaint"),
    ):
        page.goto(address)
        page.wait_for_selector("main h1")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        shoot(page, f"quality-{name}-{size}")
