"""Every page in a real browser: nothing leaves the origin, nothing is complained about, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.cast import Cast
from tests.web.crawled import pages, people_of
from tests.web.staged import stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

# What stands out of the page at its right; what scrolls inside a box of its own may.
WIDER = """() => {
    const page = document.documentElement, most = page.clientWidth;
    if (page.scrollWidth <= most) return [];
    const boxed = one => { for (let up = one.parentElement; up && up !== document.body; up = up.parentElement)
        if (getComputedStyle(up).overflowX !== "visible") return true; };
    const out = [...document.body.querySelectorAll("*")].filter(one =>
        one.getBoundingClientRect().right > most + 0.5 && !boxed(one));
    return [`${page.scrollWidth} px`, ...out.slice(0, 3).map(one => one.outerHTML.slice(0, 120))];
}"""


@pytest.fixture
def staged(transactional_db: None, settings: Any, tmp_path: Path) -> Cast:
    from tests.cast import the_cast

    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.SUQING_FILES = tmp_path / "files"
    cast = the_cast()
    stage(cast)
    return cast


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desk", "phone"])
def test_no_page_leaves_the_origin_complains_or_scrolls_sideways(
    open_page: Callable[..., Any], staged: Cast, size: tuple[int, int]
) -> None:
    """What the browser complains of and where it goes is watched by ``open_page`` itself."""
    people, seats = people_of(staged), {}
    wide: list[str] = []
    for page in pages(people):
        if page.who not in seats:
            seats[page.who] = open_page(people.get(page.who), viewport={"width": size[0], "height": size[1]})
        drawn = seats[page.who]
        answer = drawn.goto(page.address)
        assert answer.status == 200, page
        drawn.wait_for_selector("html[data-ready]")
        found = drawn.evaluate(WIDER)
        wide += [f"{page.name} {page.address}: {' '.join(found)}"] if found else []
    assert not wide, "\n".join(wide)
