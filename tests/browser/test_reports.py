"""A food report by keyboard from check to penalty: filed, investigated, closed with its facts, the reporter told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings

from suqing.cases.actions import dispatching
from suqing.cases.models import Case, Notice
from suqing.cases.vocabulary import Kind, Outcome, State
from suqing.ledger.actions import set_centre_clock
from suqing.taxonomy.models import ClassNode
from tests.cases.examples import one_case
from tests.cast import SHANGHAI, SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MAY = datetime(2026, 5, 11, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def centre(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=MAY, speed=1.0, by=SYSTEM)
    return centre


def food_report(centre: Cast) -> Case:
    food = ClassNode.objects.get(tree__code="object-sz-ch20", code="101").pk
    case = one_case(centre.call_taker, Kind.REPORT, at=MAY, object_class=food)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=MAY)


def open_step(page: Any, key: str, field: str) -> None:
    """Open a step by its key and wait for its form."""
    page.keyboard.press(key)
    page.locator(f"#id_{field}").first.wait_for()


def send(page: Any) -> None:
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def test_a_report_is_carried_through_by_keyboard(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    case = food_report(centre)
    page = open_page(centre.handler)
    page.goto(f"/cases/{case.number}/")
    open_step(page, "e", "note")
    send(page)
    open_step(page, "f", "note")
    page.locator("#id_note").fill("抽检不合格，线索属实")
    page.locator("#id_filing_number").fill("苏姑市监案〔2026〕7号")
    send(page)
    for act, note in (("evidence_registered", "登记保存两箱"), ("evidence_disposed", "没收")):
        page.locator('[href*="/steps/investigate/"]').first.press("Enter")
        page.locator("#id_event").select_option(act)
        page.locator("#id_note").fill(note)
        shoot(page, f"report-{act}")
        send(page)
    assert "先行登记保存证据" in page.locator("main").inner_text()
    open_step(page, "t", "way")
    page.locator("#id_way").select_option("phone")
    shoot(page, "report-notice")
    send(page)
    open_step(page, "c", "note")
    page.get_by_label("作出行政处罚").or_(page.locator('input[value="penalty"]')).first.check(force=True)
    page.locator("#id_penalty_amount").fill("5000")
    assert page.locator("#id_filing_number").input_value() == "苏姑市监案〔2026〕7号"
    page.locator("#id_finding").select_option("true_filed")
    shoot(page, "report-close")
    send(page)
    shoot(page, "report-closed")
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.PENALTY)
    assert Notice.objects.get(case=case).way == "phone"
    assert "属实（立案）" in page.locator("main").inner_text()
