"""A complaint brought to each kind of ending at the case page, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from suqing.cases.actions import complaints, dispatching, mediation, mediation_sessions
from suqing.cases.models import Case, Mediation, MediationSession, Recusal
from suqing.cases.vocabulary import Kind, Outcome, State
from tests.browser.test_case_desk import ready
from tests.cases.examples import one_case
from tests.cast import AT, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def accepted(centre: Cast) -> Case:
    case = one_case(centre.call_taker)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    return complaints.accept(case=case, by=centre.handler, at=AT)


def opened(page: Any, case: Case, step: str) -> None:
    """Open the form of a step from the case page."""
    page.goto(f"/cases/{case.number}/")
    ready(page).locator(f'a[href*="/steps/{step}/"]').first.click()
    page.wait_for_selector("#decide form")


def sent(page: Any, told: str) -> None:
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f".sq-toast >> text={told}")


def test_a_mediation_with_its_meeting_and_recusal_ends_by_agreement(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = accepted(centre)
    page = open_page(centre.handler)
    opened(page, case, "consent")
    page.keyboard.press("Space")  # the first box has the focus
    sent(page, "已记录同意调解")
    ready(page).keyboard.press("m")
    page.wait_for_selector("#decide form")
    page.keyboard.press("Space")
    page.select_option("#id_mode", "on_site")
    sent(page, "调解已开始")
    opened(page, case, "schedule")
    shoot(page, "mediation-schedule")
    page.fill("#id_begins_at", (AT + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"))
    page.focus("#id_begins_at")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#id_place_error")
    page.fill("#id_place", "平江所调解室")
    page.focus("#id_place")
    sent(page, "已安排调解")
    assert MediationSession.objects.get(case=case).place == "平江所调解室"
    opened(page, case, "ask_recusal")
    page.keyboard.press("Space")
    page.check('[name="ground"][value="interest"]')
    sent(page, "调解中止")
    page.wait_for_selector("text=中止调解")
    shoot(page, "mediation-suspended")
    head = open_page(centre.head)
    opened(head, case, "decide_recusal")
    head.keyboard.press("Space")
    head.fill("#id_new_mediators", "何调解")
    head.fill("#id_note", "确有利害关系")
    head.focus("#id_note")
    sent(head, "调解恢复")
    assert Recusal.objects.get(case=case).is_granted is True
    page.goto(f"/cases/{case.number}/")
    ready(page).keyboard.press("c")
    page.wait_for_selector("#decide form")
    page.keyboard.type("商家退还差价")
    page.check('[name="paper"][value="record"]')
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#id_paper_error")
    shoot(page, "mediation-agreement-refused")
    page.check('[name="paper"][value="statement"]')
    sent(page, "已办结")
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.MEDIATED)
    assert Mediation.objects.get(case=case).paper == "statement"
    shoot(page, "mediation-ended")


@pytest.mark.parametrize(
    ("ground", "outcome"),
    [
        ("withdrawn", Outcome.WITHDRAWN),
        ("settled", Outcome.SETTLED),
        ("no_agreement", Outcome.NO_SETTLEMENT),
        ("found_later", Outcome.MEDIATION_ENDED),
    ],
)
def test_a_mediation_is_terminated_on_a_ground(
    open_page: Callable[..., Any],
    centre: Cast,
    shoot: Callable[[Any, str], None],
    ground: str,
    outcome: Outcome,
) -> None:
    case = mediation.mediate(case=accepted(centre), both_consent=True, by=centre.handler, at=AT)
    page = open_page(centre.handler)
    opened(page, case, "terminate")
    page.check(f'[name="ground"][value="{ground}"]')
    page.fill("#id_note", "终止调解")
    if ground == "found_later":
        page.focus("#id_note")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#id_found_error")
        shoot(page, "mediation-terminate")
        page.select_option("#id_found", "no_consumer_dispute")
    page.focus("#id_note")
    sent(page, "已终止调解")
    case.refresh_from_db()
    assert (case.state, case.outcome, case.ground) == (State.CLOSED, outcome, ground)


def test_leads_are_recorded_and_unseen_by_the_inspector(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = mediation.mediate(case=accepted(centre), both_consent=True, by=centre.handler, at=AT)
    mediation_sessions.schedule(
        case=case, mode="phone", begins_at=AT, mediators="林调解", by=centre.handler, at=AT
    )
    page = open_page(centre.handler)
    opened(page, case, "find_leads")
    page.keyboard.type("该店另售过期消毒液")
    sent(page, "线索已另立举报核查")
    report = Case.objects.get(kind=Kind.REPORT)
    page.wait_for_selector(f"text={report.number}")
    shoot(page, "mediation-leads")
    inspector = open_page(centre.inspector)
    inspector.goto(f"/cases/{case.number}/")
    assert report.number not in ready(inspector).content()
    assert "过期消毒液" not in inspector.content()
