"""Prices in a real browser: a line is written down, the focus list shows what stands above it, a number opens its cases."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from suqing.cases.intake import EntityInput
from suqing.cases.price_lines import price_lines
from tests.cases.test_price_focus import LINE, priced
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 800), "phone": (390, 844)}


def some_prices(centre: Cast) -> None:
    for place, asked in (("320508", 30), ("320508", 12), ("320506", 20)):
        priced(centre, place=place, price_asked=Decimal(asked))
    priced(centre, goods="酒精", price_unit="瓶", entity=EntityInput("李四"), price_earlier=None)


def test_from_an_empty_day_to_the_cases_above_a_line(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    reader = open_page(centre.analyst)
    reader.goto("/prices/")
    reader.wait_for_selector("html[data-ready]")
    assert reader.locator(".sq-empty").count() == 1
    some_prices(centre)
    keeper = open_page(centre.administrator)
    keeper.goto("/administration/price-lines/")
    keeper.wait_for_selector("html[data-ready]")
    keeper.select_option("#id_province", LINE["province"])
    for name in ("baseline", "valid_from", "source"):
        keeper.fill(f"#id_{name}", str(LINE[name]))
    keeper.fill("#id_percent", "50")
    keeper.fill("#id_reason", "测试")
    shoot(keeper, "price-lines")
    keeper.keyboard.press("Control+Enter")
    keeper.wait_for_selector("tr[data-href]")
    assert [line.percent for line in price_lines()] == ["50"]
    reader.goto("/prices/")
    reader.wait_for_selector("html[data-ready]")
    text = reader.inner_text("main")
    assert "口罩" in text and "自然人" in text and "李四" not in text and "+200 %" in text
    shoot(reader, "prices")
    goods = reader.locator("#goods tbody tr", has_text="口罩")
    assert goods.locator("a.fg-number").first.inner_text() == "3"
    goods.locator("a[href*='reached=1']").first.click()
    reader.wait_for_selector("tr[data-href]")
    assert reader.locator("tr[data-href]").count() == 2
    shoot(reader, "price-cases")
    reader.keyboard.press("Alt+b")
    reader.wait_for_selector("#goods")


@pytest.mark.parametrize("size", list(SIZES))
def test_the_pages_fit_every_screen(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None], size: str
) -> None:
    some_prices(centre)
    width, height = SIZES[size]
    pages = (
        ("list", "/prices/", centre.analyst),
        ("cases", "/prices/cases/", centre.analyst),
        ("lines", "/administration/price-lines/", centre.administrator),
    )
    for name, address, who in pages:
        page = open_page(who, viewport={"width": width, "height": height})
        page.goto(address)
        page.wait_for_selector("main h1")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        shoot(page, f"prices-{name}-{size}")
