"""Help beside every page, the tour of the first day and the sheet of keys, by keyboard in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cases.examples import one_case
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Shoot = Callable[[Any, str], None]

# What the sheet says and what every press of it did, told by the element itself.
PRESSED = """() => {
  window.sqPressed = [];
  for (const element of document.querySelectorAll("[data-key]")) {
    const tell = (event) => {
      window.sqPressed.push(element.dataset.key);
      if (event.type === "click") { event.preventDefault(); event.stopImmediatePropagation(); }
    };
    element.addEventListener("click", tell, { capture: true });
    element.addEventListener("focus", tell, { capture: true });
    element.tomselect?.on("focus", () => window.sqPressed.push(element.dataset.key));
  }
}"""
SHEET = """() => [...document.querySelectorAll("#keyboard-sheet dt")].map(
  (row) => [...row.querySelectorAll("kbd")].map((key) => key.textContent.toLowerCase()).join("+"))"""
SEEN = """() => [...document.querySelectorAll("[data-key]")]
  .filter((one) => one.getClientRects().length > 0 || one.tomselect).map((one) => one.dataset.key)"""
# Keys of lists without a button of their own; tests/browser/test_work_list.py walks with them.
OF_LISTS = {"j+k", "enter", "o", "x"}
PRESS = {"ctrl": "Control", "alt": "Alt", "shift": "Shift", "escape": "Escape", "enter": "Enter", "f1": "F1",
         "pageup": "PageUp", "pagedown": "PageDown"}  # fmt: skip


def spelled(key: str) -> str:
    """A key of the sheet as Playwright spells it."""
    return "+".join(PRESS.get(part, part) for part in key.split("+"))


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("call_taker", "/"), ("call_taker", "/desk/"), ("handler", "/cases/"), ("handler", "case"), ("supervisor", "/today/"),
        ("supervisor", "/imports/"), ("analyst", "/figures/"), ("editor", "/bulletins/"), ("administrator", "/administration/people/"),
    ],
)  # fmt: skip
def test_every_key_of_the_sheet_does_something_and_every_key_is_on_the_sheet(
    centre: Cast, open_page: Callable[..., Any], who: str, address: str
) -> None:
    case = one_case(centre.call_taker)
    page = open_page(getattr(centre, who))
    if address == "case":
        address = f"/cases/{case.number}/"
        page = open_page(centre.supervisor)
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    page.evaluate("document.activeElement?.blur?.()")  # a field that has the focus would take the letter
    page.keyboard.press("?")
    page.wait_for_selector("#keyboard-sheet[open]")
    told = page.evaluate(SHEET)
    page.keyboard.press("Escape")
    bound = set(page.evaluate(SEEN))
    assert len(told) == len(set(told)) and bound <= set(told) and set(told) - bound <= OF_LISTS
    assert {"f1", "ctrl+k"} <= bound
    page.evaluate(PRESSED)
    for key in told:
        if key in OF_LISTS:
            continue
        page.evaluate("() => { window.sqPressed = []; document.activeElement?.blur?.() }")
        page.keyboard.press(spelled(key))
        page.wait_for_function("key => window.sqPressed.includes(key)", arg=key, timeout=5000)


def test_help_opens_beside_the_page_and_gives_the_focus_back(
    centre: Cast, open_page: Callable[..., Any], shoot: Shoot
) -> None:
    one_case(centre.call_taker)
    page = open_page(centre.supervisor, viewport={"width": 1280, "height": 800})
    page.goto("/cases/")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("F1")
    page.wait_for_selector("#help-title:focus")
    assert page.inner_text("#help-title") == "工单"
    assert page.locator(".sq-said", has_text="待办清单").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, "help-panel")
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-help-place]", state="hidden")
    assert page.evaluate("document.activeElement.hasAttribute('data-help-link')")
    page.goto("/help/")
    shoot(page, "help-index")
    page.keyboard.press("/")
    page.keyboard.type("回访")
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/?q=*")
    assert page.locator("main a", has_text="回访").count() >= 1


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_the_tour_shows_each_page_and_never_covers_what_it_means(
    centre: Cast, open_page: Callable[..., Any], shoot: Shoot, size: tuple[int, int]
) -> None:
    one_case(centre.call_taker)
    page = open_page(centre.supervisor, viewport={"width": size[0], "height": size[1]})
    page.goto("/")
    shoot(page, f"tour-offer-{size[0]}")
    page.get_by_role("button", name="开始导览").press("Enter")
    stops = []
    while True:
        page.wait_for_selector("#tour h2:focus")
        stops.append(page.inner_text("#tour h2"))
        shoot(page, f"tour-{size[0]}-{len(stops)}")
        covered = page.evaluate(
            """() => {
              const meant = document.querySelector(".is-toured");
              if (!meant || meant.getClientRects().length === 0) return false;
              const card = document.getElementById("tour").getBoundingClientRect(), it = meant.getBoundingClientRect();
              const small = it.height < innerHeight / 2; // a whole list cannot but lie below the card
              return small && card.left < it.right && it.left < card.right && card.top < it.bottom && it.top < card.bottom;
            }"""
        )
        assert not covered, stops[-1]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), stops[-1]
        last = page.locator("#tour button", has_text="导览结束")
        if last.count():
            last.press("Enter")
            break
        before = page.url
        page.locator("#tour button", has_text="下一步").press("Enter")
        page.wait_for_function(
            "title => document.querySelector('#tour h2')?.textContent !== title", arg=stops[-1]
        )
        assert page.url != before or len(stops) < 3
    page.wait_for_selector("#tour", state="detached")
    assert len(stops) == len(set(stops)) >= 6
