"""A document from the case page by keyboard: filled, looked at, put right, issued, fetched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from suqing.cases.actions import complaints, dispatching
from suqing.cases.models import CaseDocument
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def centre(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def test_a_notice_of_mediation_is_issued_by_keyboard(centre: Cast, open_page: Callable[..., Any]) -> None:
    case = one_case(centre.call_taker)
    dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    complaints.accept(case=case, by=centre.handler, at=AT)
    page = open_page(centre.handler)
    page.goto(f"/cases/{case.number}/")
    page.locator("#documents").get_by_role("link", name="调解通知书").press("Enter")
    page.wait_for_url("**/documents/mediation_notice/")
    page.locator("#id_mediators").fill("顾办理")
    page.locator("#id_place").fill("一楼调解室")
    page.keyboard.press("Alt+p")
    page.locator(".dc-sheet td", has_text="一楼调解室").wait_for()
    page.keyboard.press("Control+Enter")
    wrong = page.locator("[data-error-summary]")
    wrong.wait_for()
    assert "调解时间" in wrong.inner_text()
    assert page.locator("#id_place").input_value() == "一楼调解室"
    page.locator("#id_dispute").fill("口罩价格")
    page.locator("#id_session_at").fill("2020-02-03T14:30")
    page.locator("#id_mode").select_option("on_site")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/cases/{case.number}/#documents")
    document = CaseDocument.objects.get()
    assert document.number in page.locator("#documents").inner_text()
    with page.expect_download() as got:
        page.locator("#documents").get_by_role("link", name="下载 .docx").press("Enter")
    assert got.value.suggested_filename.endswith(f"{document.number}.docx")


def test_the_paper_prints_on_one_sheet_alone(centre: Cast, open_page: Callable[..., Any]) -> None:
    case = one_case(centre.call_taker)
    dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    complaints.accept(case=case, by=centre.handler, at=AT)
    page = open_page(centre.handler)
    page.goto(f"/cases/{case.number}/documents/acceptance/")
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    assert not page.locator("#id_respondent").is_visible()
    assert page.locator(".dc-sheet").is_visible()
