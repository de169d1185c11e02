"""Similar cases in a real browser: offered while typing, beside what was typed, side by side, joined and undone by key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from suqing.cases.models import EventGroup, GroupMember
from suqing.ledger.actions import set_centre_clock
from suqing.telephony.actions import open_typed_call
from tests.cases.examples import WANG, registered
from tests.cast import AT, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOLD = "昨天在观前街一家药店买口罩，一只要三十元，平时只要五元，价格太高了，要求退款"
TYPED = "今天在观前街一家药店买口罩，一只要三十五元，平时只要五元，价格太高了"


def inside() -> int:
    return GroupMember.objects.filter(removed_at=None).count()


def test_a_similar_case_is_offered_compared_joined_and_taken_out_again(
    open_page: Callable[..., Any], shoot: Callable[[Any, str], None], centre: Cast
) -> None:
    cast = centre
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(hours=2), speed=1.0, by="system:tests")
    old = registered(cast.call_taker, narrative=TOLD, party=WANG).cases.get()
    new = registered(cast.call_taker, narrative=TYPED).cases.get()
    call = open_typed_call(number="13800001234", by=cast.supervisor, at=AT + timedelta(hours=2))
    page = open_page(cast.supervisor)
    page.goto(f"/desk/calls/{call.ref}/")
    page.wait_for_selector("html[data-ready]")
    page.locator("#id_narrative").fill(TYPED)
    page.wait_for_selector(f".cd-similar >> text={old.number}", timeout=30_000)
    assert page.locator(".cd-similar").inner_text().count("电话号码相同") >= 1
    page.wait_for_selector(".cd-similar >> text=文字相似", timeout=30_000)
    assert page.evaluate("document.activeElement.id") == "id_narrative"
    shoot(page, "similar-call")
    page.keyboard.press("Alt+v")
    page.wait_for_selector("#call-beside[open] mark", timeout=30_000)
    shoot(page, "similar-call-beside")
    page.keyboard.press("Escape")
    assert page.locator("#id_narrative").input_value() == TYPED

    page.goto(f"/cases/{new.number}/")
    page.wait_for_selector(f".sq-similar-box >> text={old.number}", timeout=30_000)
    shoot(page, "similar-case")
    page.keyboard.press("l")
    page.wait_for_selector(".sq-beside mark", timeout=30_000)
    shoot(page, "similar-beside")
    page.keyboard.press("j")
    page.wait_for_selector("#toasts >> text=EV2020", timeout=30_000)
    assert inside() == 2
    event = EventGroup.objects.get()

    page.goto("/events/")
    page.wait_for_selector(f"text={event.number}")
    shoot(page, "similar-events")
    page.goto(f"/events/{event.number}/")
    page.wait_for_selector("html[data-ready]")
    shoot(page, "similar-event")
    page.get_by_role("button", name=old.number).click()
    page.wait_for_selector("#toasts >> text=撤销", timeout=30_000)
    assert inside() == 1
    page.locator("[data-undo-url]").click()
    page.wait_for_selector(f".sq-short >> text={old.number}", timeout=30_000)
    assert inside() == 2
