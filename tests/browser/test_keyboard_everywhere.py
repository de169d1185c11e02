"""Every page of the crawl by Tab alone: all that can be used is reached, in sight, with a ring, and nothing traps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast
from tests.web.crawled import pages, people_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

# What Tab must reach: all that is visible and can be used, but of radio buttons of a group one, and what another key
# moves in (a list of offers, rows of a menu) is left to that key.
USABLE = """() => {
    const seen = one => one.checkVisibility({visibilityProperty: true, opacityProperty: true})
        && one.getClientRects().length && !one.closest("[inert]");
    const groups = new Set();
    let number = 0;
    for (const one of document.querySelectorAll(
        "a[href], button, input, select, textarea, summary, [tabindex='0'], [contenteditable=true]")) {
        if (one.disabled || one.tabIndex < 0 || !seen(one)) continue;
        if (one.type === "radio") {
            const group = `${one.form?.action} ${one.name}`;
            if (groups.has(group)) continue;
            groups.add(group);
            one.dataset.walkGroup = one.name;
        }
        one.dataset.walk = ++number;
    }
    return number;
}"""
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const style = getComputedStyle(one), around = getComputedStyle(one.closest("label, .ts-control") ?? one);
    const box = one.getBoundingClientRect();
    const ringed = [style, around].some(drawn => drawn.outlineStyle !== "none" && parseFloat(drawn.outlineWidth) > 0
        || drawn.boxShadow !== "none");
    const group = one.type === "radio" ? document.querySelector(`[data-walk-group="${one.name}"]`) : null;
    return {walk: (group ?? one).dataset.walk ?? "", ringed, inSight: box.bottom > 0 && box.top < innerHeight,
            told: one.outerHTML.slice(0, 100)};
}"""
LEFT = """walked => [...document.querySelectorAll("[data-walk]")].filter(one => !walked.includes(one.dataset.walk))
    .map(one => one.outerHTML.slice(0, 100))"""
NAMED = (
    """walks => walks.map(walk => document.querySelector(`[data-walk="${walk}"]`).outerHTML.slice(0, 100))"""
)
CLICKED_ONLY = """() => [...document.querySelectorAll("[onclick], [data-href]")].filter(one =>
    !one.matches("a, button") && !one.querySelector("a[href], button")).map(one => one.outerHTML.slice(0, 100))"""


def test_tab_reaches_everything_on_every_page(open_page: Callable[..., Any], staged: Cast) -> None:
    people, seats = people_of(staged), {}
    faults: list[str] = []
    for page in pages(people):
        if page.who not in seats:
            seats[page.who] = open_page(people.get(page.who), reduced_motion="reduce")
        drawn = seats[page.who]
        drawn.goto(page.address)
        drawn.wait_for_selector("html[data-ready]")
        faults += [f"{page.name} {page.address}: {fault}" for fault in walk(drawn)]
    assert not faults, "\n".join(faults)


def walk(page: Any) -> list[str]:
    """Press Tab through the whole page once and tell what was not reached, not seen or not marked.

    Wherever the page puts the focus at first, Tab leads past its end and begins again at the top.
    """
    count = page.evaluate(USABLE)
    faults = [f"only for the mouse: {one}" for one in page.evaluate(CLICKED_ONLY)]
    ringed: dict[str, bool] = {}
    unseen: dict[str, str] = {}
    for _step in range(5 * count + 20):  # a field for a date has a stop for each of its parts
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is None or not at["walk"]:
            continue
        ringed[at["walk"]] = ringed.get(at["walk"], False) or at["ringed"]
        if not at["inSight"]:
            unseen[at["walk"]] = at["told"]
        if len(ringed) == count:
            break
    faults += [f"out of sight: {told}" for told in unseen.values()]
    faults += [f"not reached: {one}" for one in page.evaluate(LEFT, list(ringed))]
    return faults + [
        f"no ring: {one}" for one in page.evaluate(NAMED, [walk for walk, ring in ringed.items() if not ring])
    ]
