"""A whole day of a centre in the browser: a call with two matters, their handling, and the bulletin of the day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import gettext, override
from docx import Document

from suqing.accounts.models import Person
from suqing.bulletins.actions import approve
from suqing.bulletins.models import Bulletin, State
from suqing.cases.models import Case
from suqing.cases.vocabulary import Outcome, Step
from suqing.ledger.actions import seal_events, set_centre_clock
from suqing.ledger.queries import centre_now, verify_chain
from suqing.web.desks.steps.registry import STEPS
from tests.cast import AT, PASSWORD, SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COMPLAINT = (
    "昨天在姑苏区观前街平江大药房买N95口罩，一只要三十元，平时只卖五元，找店员退款店员不肯，要求退还差价。"
)
REPORT = "另外这家店卖的酒精没有生产日期，我要举报。"
CHOOSE = " "  # the first of some choices, by the space bar
NUMBER = re.compile(r"\d[\d,.]*")


def test_a_day_from_the_first_call_to_the_issued_bulletin(
    open_page: Callable[..., Any], centre: Cast, tmp_path: Path
) -> None:
    complaint, report = _register_two_matters(_signed_in(open_page, centre.call_taker.username))
    dispatcher = _signed_in(open_page, centre.dispatcher.username)
    for case in (complaint, report):
        _dispatch(dispatcher, case)
    handler = _signed_in(open_page, centre.handler.username)
    _handle(handler, complaint)
    _file(handler, report)
    complaint.refresh_from_db()
    assert (complaint.outcome, str(complaint.recovered_amount)) == (Outcome.MEDIATED, "25.00")
    assert not complaint.clocks.filter(state="running").exists()
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(days=1), speed=1.0, by=SYSTEM)
    _issue(_signed_in(open_page, centre.editor.username), tmp_path)
    seal_events()
    assert verify_chain().is_whole


def _ready(page: Any) -> Any:
    page.wait_for_selector("html[data-ready]")
    return page


def _press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def _signed_in(open_page: Callable[..., Any], name: str) -> Any:
    """Somebody comes to work: the sign-in page, by keyboard."""
    page = open_page()
    page.goto("/sign-in/")
    _ready(page).focus("[name=username]")
    page.keyboard.type(name)
    _press(page, "Tab")
    page.keyboard.insert_text(PASSWORD)
    _press(page, "Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)
    return _ready(page)


# The call


def _register_two_matters(page: Any) -> tuple[Case, Case]:
    """One call, told in one go, split into a complaint and a report; hands on the keyboard."""
    page.goto("/desk/")
    _ready(page).keyboard.type("13800001234")
    _press(page, "Enter")
    page.wait_for_selector("html[data-ready] #id_narrative")
    page.keyboard.insert_text(COMPLAINT + REPORT)
    _press(page, "Tab")
    page.keyboard.insert_text("王小明")
    _press(page, "Alt+k", "2")
    _tell_where(page, "#m0")
    _press(page, "Alt+s")
    _select(page, REPORT)
    _press(page, "Alt+n")
    page.wait_for_selector("#m1:visible")
    _press(page, "Alt+k", "3")
    _tell_where(page, "#m1")
    _press(page, "Control+Enter")
    page.wait_for_url("**/done/")
    cases = {case.kind: case for case in Case.objects.select_related("submission")}
    assert set(cases) == {"complaint", "report"} and len(cases) == Case.objects.count()
    assert cases["report"].narrative == REPORT and cases["complaint"].narrative == COMPLAINT
    shown = _ready(page).inner_text("main")
    assert all(case.number in shown and case.clocks.exists() for case in cases.values())
    return cases["complaint"], cases["report"]


def _tell_where(page: Any, matter: str) -> None:
    """District and operator of the matter that is open."""
    _press(page, "Alt+l")
    page.keyboard.type("gsq")
    page.wait_for_selector(f"{matter} .ts-dropdown .option.active:has-text('姑苏区')")
    _press(page, "Enter", "Alt+b")
    page.keyboard.insert_text("平江大药房")
    page.wait_for_selector(f"{matter} .ts-dropdown .create:visible")
    _press(page, "Enter")


def _select(page: Any, words: str) -> None:
    """Mark words in the field that has the focus, as Shift and the arrows do."""
    page.evaluate(
        "(words) => { const t = document.activeElement; const at = t.value.indexOf(words);"
        " t.setSelectionRange(at, at + words.length); }",
        words,
    )


# The case


def _open(page: Any, case: Case) -> None:
    """Type the number into the search of the frame."""
    _press(page, "Control+k")
    page.keyboard.type(case.number)
    _press(page, "Enter")
    page.wait_for_url(f"**/cases/{case.number}/")
    _ready(page)


def _step(page: Any, step: Step, *words: str) -> None:
    """Take a step by its key, writing into its fields one after the other; the page says that it is done."""
    desk = STEPS[step]
    _press(page, desk.key)
    page.wait_for_selector("#decide form")
    for place, text in enumerate(words):
        if place:
            _press(page, "Tab")
        _press(page, "Space") if text == CHOOSE else page.keyboard.insert_text(text)
    _press(page, "Control+Enter")
    with override("zh-hans"):
        page.wait_for_selector(f".sq-toast >> text={gettext(desk.done)}")
    _ready(page)


def _dispatch(page: Any, case: Case) -> None:
    _open(page, case)
    _step(page, Step.DISPATCH)
    case.refresh_from_db()
    assert case.responsible_unit.code == "sz-gusu", "the unit of the place was proposed"


def _handle(page: Any, case: Case) -> None:
    _open(page, case)
    _step(page, Step.ACCEPT, "来电核实，予以受理。")
    _step(page, Step.MEDIATE, CHOOSE)
    _step(page, Step.CLOSE, "双方和解，商家退还差价25元。", "25")


def _file(page: Any, case: Case) -> None:
    _open(page, case)
    _step(page, Step.CHECK)
    _step(page, Step.FILE, "现场检查属实，予以立案。")
    case.refresh_from_db()
    assert case.filed_at is not None and case.clocks.filter(state="running").exists()


# The bulletin


def _issue(page: Any, folder: Path) -> None:
    """Draft yesterday's bulletin, have it approved, issue it, download it; the file says what the page says."""
    page.goto("/bulletins/")
    assert _ready(page).input_value("#id_day") == AT.date().isoformat()
    page.get_by_role("button", name="起草每日快报").click()
    page.wait_for_selector(".bl-sheet [data-chart] canvas")
    _press(_ready(page), "Alt+s")
    page.locator("#submit").get_by_role("button", name="送审", exact=True).click()
    page.wait_for_selector(".sq-head .sq-tag:has-text('审核中')")
    row = Bulletin.objects.get()
    approve(bulletin=row, revision=row.revision, by=Person.objects.get(username="leader"), at=centre_now())
    page.reload()
    _press(_ready(page), "Alt+i")
    page.locator("#issue").get_by_role("button", name="签发", exact=True).click()
    page.wait_for_selector(".bl-issue:has-text('第1期')")
    with page.expect_download() as coming:
        _press(_ready(page), "Alt+d")
    path = folder / "bulletin.docx"
    coming.value.save_as(path)
    row = Bulletin.objects.get()
    assert row.state == State.ISSUED and bytes(row.document) == path.read_bytes()
    assert "12315" in coming.value.suggested_filename and coming.value.suggested_filename.endswith(".docx")
    _compare(page, path.read_bytes())


def _compare(page: Any, data: bytes) -> None:
    """Every number that stands on the page in a sentence or a table stands in the file in the same order."""
    document = Document(BytesIO(data))
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    printed = "\n".join(paragraphs)
    for shown in page.locator(".bl-sheet .bl-lead, .bl-sheet > p:not(.bl-note)").all_inner_texts():
        assert _close(shown) in _close(printed), shown
    tables = ["".join(cell.text for row in table.rows for cell in row.cells) for table in document.tables]
    for shown in page.locator(".bl-sheet > .fg-scroll > .bl-table").all():
        cells = "".join(shown.locator("thead th, tbody th, tbody td").all_inner_texts())
        assert _close(cells) in [_close(table) for table in tables], cells
    lead = page.locator(".bl-lead").inner_text()
    assert "登记咨询、投诉、举报2件" in _close(lead)
    assert NUMBER.findall(lead), "the lead tells numbers"
    assert (
        "第1期" in _close(printed)
        and "模拟数据"
        in "".join(paragraph.text for section in document.sections for paragraph in section.header.paragraphs)
        + printed
    )


def _close(text: str) -> str:
    return re.sub(r"\s", "", text)
