"""The menu of a list by keyboard alone: a file at once, personal data with a reason, a long list that waits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from suqing.analytics.actions import exports as actions
from suqing.analytics.jobs import write_exports
from suqing.cases.actions import dispatching
from tests.cases.examples import one_case
from tests.cast import AT, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.SUQING_FILES = tmp_path


def ready(page: Any) -> Any:
    page.wait_for_selector("html[data-ready]")
    return page


def test_a_list_is_exported_by_keyboard(
    centre: Cast,
    open_page: Callable[..., Any],
    shoot: Callable[[Any, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _each in range(3):
        case = one_case(centre.call_taker)
        dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    page = open_page(centre.handler, viewport={"width": 1280, "height": 800})
    page.goto("/cases/?view=all")
    ready(page).keyboard.press("Alt+e")
    page.wait_for_selector(".sq-export")
    shoot(page, "export-menu")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("逐一电话回访")
    page.keyboard.press("Tab")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "模拟数据_工单_20200127-1000.xlsx"
    monkeypatch.setattr(actions, "AT_ONCE", 0)
    page.reload()
    ready(page).keyboard.press("Alt+e")
    page.locator(".sq-export button[value='csv']").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#exports progress")
    shoot(page, "exports-waiting")
    assert write_exports() == 1
    page.wait_for_selector("#exports a[download]")  # the page finds out by itself
    shoot(page, "exports")
    page.set_viewport_size({"width": 390, "height": 844})
    shoot(page, "exports-phone")
    with page.expect_download() as download:
        page.locator("#exports a[download]").press("Enter")
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert case.number in text
    assert "王小明" not in text
