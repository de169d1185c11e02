"""axe-core finds nothing serious or critical on any page: light and dark, Chinese and English.

One crawl for each language; people sign in once.  axe-core is injected by the browser's own protocol, which the policy
of the pages does not bind; it is a package of the tests and is never served.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings

from suqing.config.frontend import SOURCES
from tests.cast import Cast
from tests.web.crawled import Page, pages, people_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

AXE = SOURCES / "node_modules" / "axe-core" / "axe.min.js"
FOUND = """async rules => {
    const options = {resultTypes: ["violations"], elementRef: false};
    if (rules) options.runOnly = {type: "rule", values: rules};
    const found = await axe.run(document, options);
    return found.violations.filter(one => ["serious", "critical"].includes(one.impact)).map(one =>
        [one.id, one.impact, one.nodes.length, one.nodes[0].target.join(" "), one.nodes[0].failureSummary]);
}"""
DRAWN_DARK = 'document.documentElement.dataset.bsTheme = "dark"'


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_has_a_serious_finding(open_page: Callable[..., Any], staged: Cast, language: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in frontend/ brings it")
    people, seats, script = people_of(staged), {}, AXE.read_text(encoding="utf-8")
    faults: list[str] = []
    for page in pages(people):
        if page.who not in seats:
            seats[page.who] = seated(open_page, people.get(page.who), language)
        drawn = seats[page.who]
        drawn.goto(page.address)
        drawn.wait_for_selector("html[data-ready]")
        drawn.evaluate(script)
        faults += told(page, "light", drawn.evaluate(FOUND, None))
        drawn.evaluate(DRAWN_DARK)
        faults += told(page, "dark", drawn.evaluate(FOUND, ["color-contrast"]))
    assert not faults, "\n".join(faults)


def seated(open_page: Callable[..., Any], person: Any, language: str) -> Any:
    """A page of this person without moving parts, in this language."""
    page = open_page(person, reduced_motion="reduce")
    cookie = {"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "path": "/"}
    page.goto("/sign-in/")
    page.context.add_cookies([{**cookie, "domain": page.evaluate("location.hostname")}])
    return page


def told(page: Page, theme: str, found: list[Any]) -> list[str]:
    return [f"{page.name} {page.address} {theme}: {rule} ({impact}, {count}×) {where}\n    {why}"
            for rule, impact, count, where, why in found]  # fmt: skip
