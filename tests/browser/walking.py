"""How the walks of the law move over the case page: open a step, send it, read what the page says."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.conf import settings

from suqing.cases.actions import dispatching
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from suqing.taxonomy.models import ClassNode
from tests.cases.examples import one_case
from tests.cast import SHANGHAI, SYSTEM, Cast

BEFORE, AFTER = (
    datetime(2020, 2, 3, 10, 0, tzinfo=SHANGHAI),  # order 20 is in force
    datetime(2026, 5, 11, 10, 0, tzinfo=SHANGHAI),  # order 121 is in force
)

# Words of the interface that no Chinese page may show; names of people, forms and keys are none of them.
ENGLISH = re.compile(r"[A-Za-z]{4,}(?: [A-Za-z]+)+")


def let_it_be(moment: datetime) -> None:
    """Set the clock of the centre."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=moment, speed=1.0, by=SYSTEM)


def with_gusu(centre: Cast, at: datetime, kind: Kind = Kind.COMPLAINT, **changes: object) -> Case:
    """A new case in the hands of the bureau of Gusu."""
    case = one_case(centre.call_taker, kind, at=at, **changes)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)


def food() -> int:
    """The key of a class of food."""
    return ClassNode.objects.get(tree__code="object-sz-ch20", code="101").pk


def see(page: Any, case: Case) -> Any:
    """Go to the page of a case."""
    page.goto(f"/cases/{case.number}/")
    page.wait_for_selector("html[data-ready]")
    return page


def take(page: Any, step: str) -> None:
    """Open the form of a step that the case page offers: by its letter if it has one, else by its button."""
    button = page.locator(f'#decide a[href*="/steps/{step}/"]').first
    key = button.get_attribute("data-key") or ""
    if key:
        page.keyboard.press(key)
    else:
        button.press("Enter")
    page.wait_for_selector(f'#decide form[action*="/steps/{step}/"]')


def send(page: Any) -> None:
    """Send the open form by keyboard and wait for the case as it is then."""
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    page.wait_for_selector("html[data-ready]")


def _answers_a_step(answer: Any) -> bool:
    """Whether this answers a sent step; a page posts its own presence too, at any moment."""
    return answer.request.method == "POST" and "/steps/" in answer.url


def send_in_vain(page: Any) -> str:
    """Send the open form, which is refused in its place; return what the panel says then."""
    with page.expect_response(_answers_a_step) as answered:
        page.keyboard.press("Control+Enter")
    assert answered.value.status in (409, 422), answered.value.status
    page.wait_for_selector("#decide [data-error-summary]")
    return str(page.locator("#decide").inner_text())


def choose(page: Any, field: str, value: str) -> None:
    page.check(f'#decide [name="{field}"][value="{value}"]')


def write(page: Any, **texts: str) -> None:
    """Fill fields and stay in the last one."""
    for field, text in texts.items():
        page.fill(f"#id_{field}", text)
        page.focus(f"#id_{field}")


def stands(case: Case) -> tuple[str, str, str]:
    """State, outcome and ground of a case as the database has them."""
    case.refresh_from_db()
    return case.state, case.outcome, case.ground


def english(page: Any) -> list[str]:
    """English words of the interface that the page shows."""
    return ENGLISH.findall(page.locator("body").inner_text())
