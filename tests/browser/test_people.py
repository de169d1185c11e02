"""The people of a complaint by keyboard, and how the page, the call desk's folded part and the standards look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from suqing.cases.actions import complaints, dispatching, people
from suqing.cases.actions.standards import issue_standard
from suqing.cases.entry_standard import FIRST
from suqing.cases.intake import PartyInput
from suqing.cases.models import Case, Representation
from suqing.cases.vocabulary import Kind, State
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cast import SHANGHAI, SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
IN_121 = datetime(2026, 5, 6, 10, 0, tzinfo=SHANGHAI)


def dispatched(centre: Cast) -> Case:
    set_centre_clock(mode="rehearsal", centre=IN_121, speed=1.0, by=SYSTEM)
    case = one_case(centre.call_taker, at=IN_121)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=IN_121)


def test_an_agent_is_recorded_and_unmasked_by_keyboard(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    case = dispatched(centre)
    page = open_page(centre.handler)
    page.goto(f"/cases/{case.number}/")
    button = page.locator(f'a[href^="/cases/{case.number}/steps/agent/"]')
    page.keyboard.press(button.get_attribute("data-key"))
    page.wait_for_selector("#id_name")
    page.keyboard.type("赵代理")
    page.fill("#id_phone", "13900002222")
    page.fill("#id_matters", "代为投诉口罩价格")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#id_has_original_error")
    assert "第十一条" in page.inner_text("#id_has_original_error")
    shoot(page, "agent-refused")
    page.check("#id_has_original")
    page.check("#id_has_agent_identity")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#people-title")
    assert Representation.objects.get().agent.name_masked == "赵**"
    assert "赵代理" not in page.content()
    card = page.locator(f"#person-{case.pk}-{Representation.objects.get().agent_id}")
    card.locator("summary").press("Enter")
    card.locator("input[name=reason]").fill("联系代理人补充材料")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=13900002222")
    shoot(page, "agent-shown")


def test_a_joint_complaint_and_a_refusal_with_its_routes(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    case = dispatched(centre)
    for name, phone in (("李小红", "13700003333"), ("周小强", "13600004444")):
        people.join(
            case=case,
            party=PartyInput(name, phone),
            consented_on=IN_121.date(),
            by=centre.handler,
            at=IN_121,
        )
    complaints.ask_identity(
        case=case, deadline_on=IN_121.date(), wanted="身份证正反面", by=centre.handler, at=IN_121
    )
    page = open_page(centre.handler)
    page.goto(f"/cases/{case.number}/")
    assert "李小红" not in page.content()
    shoot(page, "joint")
    page.goto(f"/cases/{case.number}/steps/representatives/")
    shoot(page, "representatives")
    page.goto(f"/cases/{case.number}/steps/refuse/")
    assert page.locator('input[name="routes"]:checked').count() == 5
    page.check('input[name="ground"][value="impersonation"]', force=True)
    page.fill("#id_note", "拒不配合核验身份")
    shoot(page, "refuse")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/cases/{case.number}/")
    case.refresh_from_db()
    assert case.state == State.REFUSED
    shoot(page, "refused")


def test_the_folded_part_of_the_call_desk_and_the_standards(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    levels = {fact.code: "must" if fact.must else "should" for fact in FIRST[Kind.COMPLAINT]}
    set_centre_clock(mode="rehearsal", centre=IN_121, speed=1.0, by=SYSTEM)
    issue_standard(
        kind=Kind.COMPLAINT,
        levels=levels | {"amount": "must", "publicity_consent": "should"},
        effective_on=IN_121.date(),
        by=centre.supervisor,
        at=IN_121,
        notice="关于规范初始数据录入的通知",
    )
    page = open_page(centre.supervisor)
    page.goto("/entry-standards/")
    assert "关于规范初始数据录入的通知" in page.content()
    shoot(page, "standards")
    page.keyboard.press("Alt+n")
    page.wait_for_selector("#id_effective_on")
    shoot(page, "standard-new")
    page.goto("/desk/")
    page.keyboard.type("13800001234")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_narrative")
    page.check('input[name="m0-kind"][value="complaint"]', force=True)
    more = page.locator("#m0 details[data-more]")
    assert more.is_visible()
    assert not more.locator("#id_m0-platform").is_visible()
    more.locator("summary").press("Enter")
    assert more.locator("#id_m0-platform").is_visible()
    line = page.locator('[data-checks-of="0"] li[data-needs="m0-publicity_consent"]')
    assert "is-done" not in (line.get_attribute("class") or "")
    page.check('input[name="m0-publicity_consent"][value="yes"]', force=True)
    assert "is-done" in (line.get_attribute("class") or "")
    more.scroll_into_view_if_needed()
    shoot(page, "call-more")
