"""The radar in a real browser: a case comes in, the supervisor sees it with its words and decides with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqing.cases.models import SensitiveFlag
from suqing.cases.vocabulary import FlagState
from tests.cases.examples import one_case
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SICK = "我们一家在这家饭店聚餐以后上吐下泻，两人食物中毒送医院抢救，要求赔偿"
SIZES = {"desk": (1280, 800), "phone": (390, 844)}


def test_a_flag_is_confirmed_with_a_reason(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    page = open_page(centre.supervisor)
    page.goto("/radar/")
    page.wait_for_selector("html[data-ready]")
    assert page.locator(".sq-empty").count() == 1
    flag = one_case(centre.call_taker, narrative=SICK).flags.get()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.locator("mark", has_text="食物中毒").count() == 1
    assert "1" in page.locator("a[href='/radar/']").first.inner_text().split()
    shoot(page, "radar")
    page.get_by_label("理由").focus()
    page.keyboard.insert_text("已电话核实")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sq-empty")
    flag.refresh_from_db()
    assert (flag.state, flag.reason) == (FlagState.CONFIRMED, "已电话核实")
    page.goto("/radar/?state=confirmed")
    assert "已电话核实" in page.inner_text("main")
    page.goto(f"/cases/{flag.case.number}/")
    page.wait_for_selector("#radar-title")
    shoot(page, "radar-case")


@pytest.mark.parametrize("size", list(SIZES))
def test_the_pages_fit_every_screen(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None], size: str
) -> None:
    one_case(centre.call_taker, narrative=SICK)
    assert SensitiveFlag.objects.exists()
    width, height = SIZES[size]
    page = open_page(centre.supervisor, viewport={"width": width, "height": height})
    for name, address in (
        ("list", "/radar/"),
        ("rules", "/radar/rules/"),
        ("rule", "/radar/rules/edit/?code=injury"),
    ):
        page.goto(address)
        page.wait_for_selector("main h1")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        shoot(page, f"radar-{name}-{size}")
