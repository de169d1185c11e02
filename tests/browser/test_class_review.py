"""Classes to review in a real browser, by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqing.cases.models import ClassReview
from tests.cases.examples import one_case
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MASKS = "药店买口罩，平时五元，现在三十元，哄抬价格"


def test_classes_are_decided_by_keys(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    one_case(centre.call_taker, narrative=MASKS)
    one_case(centre.call_taker, narrative=MASKS)
    page = open_page(centre.supervisor)
    page.goto("/classes/review/")
    page.wait_for_selector("html[data-ready]")
    assert page.locator("mark").count() >= 1
    assert "4" in page.locator("a[href='/classes/review/']").first.inner_text().split()
    shoot(page, "class-review")
    for left, key in ((3, "1"), (2, "k"), (1, "s"), (0, "1")):
        with page.expect_navigation():
            page.keyboard.press(key)
        page.wait_for_selector("html[data-ready]")
        assert ClassReview.objects.filter(state="open").count() == left
    assert page.locator(".sq-empty").count() == 1
    shoot(page, "class-review-done")
    states = sorted(ClassReview.objects.values_list("state", flat=True))
    assert states == ["chosen", "chosen", "kept", "skipped"]


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_the_page_fits_every_screen(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None], size: tuple[int, int]
) -> None:
    one_case(centre.call_taker, narrative=MASKS)
    page = open_page(centre.supervisor, viewport={"width": size[0], "height": size[1]})
    page.goto("/classes/review/")
    page.wait_for_selector("main h1")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    shoot(page, f"class-review-{size[0]}")
