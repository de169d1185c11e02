"""Desks from the first key to the last, no mouse: figures, today, inbox, local policy, imports, dispatch catalogue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from suqing.cases.actions.importing_slices import work_off_imports
from suqing.cases.models import DispatchRule, ImportRun
from suqing.inbox.models import Message
from suqing.ledger.queries import centre_now, setting
from tests.cases.imported import national
from tests.cases.importing.tables import write_csv
from tests.cast import Cast
from tests.web.staged import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

OpenPage = Callable[..., Any]


def ready(page: Any) -> Any:
    page.wait_for_selector("html[data-ready]")
    return page


def keys(page: Any, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def follow(page: Any, *pressed: str) -> None:
    """Press keys, the last of which leads to another page."""
    keys(page, *pressed[:-1])
    with page.expect_navigation():
        page.keyboard.press(pressed[-1])
    ready(page)


def tab_to(page: Any, place: str, *, back: bool = False, most: int = 150) -> None:
    """Press Tab until what the place names has the focus; nothing else is used."""
    for _step in range(most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("place => document.activeElement.matches(place)", place):
            return
    raise AssertionError(f"Tab does not come to {place}")


def arrow_to(page: Any, text: str) -> None:
    """Press the arrow in a choice until it shows this."""
    chosen = "document.activeElement.selectedOptions[0].textContent"
    for _step in range(200):
        if text in page.evaluate(chosen):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(text)


def test_figures_from_the_headline_to_a_case(open_page: OpenPage, staged: Cast) -> None:
    page = open_page(staged.analyst)
    page.goto("/")
    follow(ready(page), "Alt+5")
    tab_to(page, ".fg-presets a")
    follow(page, "Tab", "Enter")  # yesterday
    assert "from=2020-01-27&to=2020-01-27" in page.url
    keys(page, "Alt+m")
    arrow_to(page, "投诉")
    tab_to(page, ".fg-measure button")
    follow(page, "Enter")
    assert "measure=" in page.url
    tab_to(page, ".fg-definition summary")
    keys(page, "Enter")
    assert page.locator(".fg-definition[open]").count() == 1
    keys(page, "Enter")
    tab_to(page, ".fg-figure a")
    follow(page, "Enter")
    assert "/figures/cases/" in page.url
    follow(page, "j", "Enter")
    assert "/cases/" in page.url or "/submissions/" in page.url


def test_today_leads_to_what_waits_and_to_those_on_duty(open_page: OpenPage, staged: Cast) -> None:
    page = open_page(staged.supervisor)
    page.goto("/")
    follow(ready(page), "Alt+t")
    keys(page, "j", "j")
    number = page.evaluate("document.activeElement.textContent")
    follow(page, "Enter")
    assert number in page.title() or number in page.inner_text("main")
    follow(page, "Alt+t")
    tab_to(page, ".sq-waiting a")
    follow(page, "Tab", "Enter")
    assert "/figures/cases/" in page.url
    follow(page, "Alt+7")
    assert page.url.endswith("/duty/")


def test_a_message_is_read_and_opened(open_page: OpenPage, staged: Cast) -> None:
    message = Message.objects.filter(read_at=None).exclude(link_name="").latest("pk")
    Message.objects.filter(pk=message.pk).update(deliver_after=NOW)  # else it waits for the next duty hours
    person = message.recipient
    page = open_page(person)
    page.goto("/")
    follow(ready(page), "Alt+0")
    tab_to(page, "main td form button")
    follow(page, "Enter")
    assert Message.objects.filter(recipient=person).exclude(read_at=None).exists()
    if Message.objects.filter(recipient=person, read_at=None).exists():
        follow(page, "Alt+r")
    assert not Message.objects.filter(recipient=person, read_at=None).exists()
    page.goto("/inbox/?view=all")
    follow(ready(page), "j", "Enter")
    assert "/inbox/" not in page.url


def test_a_setting_is_found_refused_and_changed(open_page: OpenPage, staged: Cast) -> None:
    page = open_page(staged.administrator)
    page.goto("/")
    tab_to(ready(page), ".sq-rail a[href='/administration/']")
    follow(page, "Enter")
    tab_to(page, "main a[href='/administration/policy/']")
    follow(page, "Enter")
    tab_to(page, "a[href='/administration/policy/visits.attempts/']", most=300)
    follow(page, "Enter")
    tab_to(page, "main input:not([type=hidden])")
    keys(page, "Control+a")
    page.keyboard.type("-1")
    follow(page, "Control+Enter")
    assert page.locator(".sq-errors").count() == 1
    assert page.locator("main [aria-invalid=true]").count() >= 1
    assert page.locator("main form input:not([type=hidden])").first.input_value() == "-1"
    tab_to(page, "main input:not([type=hidden])")
    keys(page, "Control+a")
    page.keyboard.type("5")
    keys(page, "Tab")
    page.keyboard.type("回访任务较少，增加次数")
    follow(page, "Control+Enter")
    assert setting("visits.attempts") == 5


def test_a_strange_table_is_assigned_and_imported(open_page: OpenPage, staged: Cast, tmp_path: Path) -> None:
    rows = [tuple(national(7))]
    header = tuple(f"列{number}" for number in range(len(rows[0])))
    path = write_csv(tmp_path / "别处.csv", [header, *rows])
    page = open_page(staged.supervisor)
    page.goto("/imports/")
    tab_to(ready(page), "main a[href='/imports/new/']")
    follow(page, "Enter")
    tab_to(page, "#uploads-file")
    with page.expect_file_chooser() as chosen:  # the chooser itself is the system's
        page.keyboard.press("Space")
    chosen.value.set_files(str(path))
    page.wait_for_selector("[data-upload-list] li")
    follow(page, "Control+Enter")
    work_off_imports(now=centre_now)
    page.wait_for_selector("#map-number")
    tab_to(page, "#map-number")
    arrow_to(page, "列0")
    chosen_column = page.input_value("#map-number")
    run = ImportRun.objects.latest("pk")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Control+Enter")
    ready(page)
    assert page.locator("[data-error-summary]").count() == 1, "what is missing stands in a summary"
    assert page.input_value("#map-number") == chosen_column
    assert ImportRun.objects.get(pk=run.pk).state == run.state


def test_a_row_of_the_catalogue_is_added(open_page: OpenPage, staged: Cast) -> None:
    page = open_page(staged.supervisor)
    page.goto("/")
    follow(ready(page), "Alt+8")
    tab_to(page, "main a[href='/dispatch-catalogue/new/']")
    follow(page, "Enter")
    tab_to(page, "#id_rank")
    keys(page, "Control+a")
    page.keyboard.type("-1")
    follow(page, "Control+Enter")
    assert page.locator(".sq-errors").count() == 1
    before = DispatchRule.objects.count()
    tab_to(page, "#id_rank")
    keys(page, "Control+a")
    page.keyboard.type("3")
    tab_to(page, "#id_unit")
    arrow_to(page, "姑苏")
    follow(page, "Control+Enter")
    assert DispatchRule.objects.count() == before + 1
