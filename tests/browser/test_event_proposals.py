"""Proposed events in a real browser: from three calls to an event of people and back, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from suqing.cases.models import EventGroup, EventProposal
from suqing.ledger.actions import set_centre_clock
from tests.cases.parking import parking, search, tell_what_is_common
from tests.cast import AT, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"desk": (1280, 800), "phone": (390, 844)}


@pytest.fixture
def proposal(centre: Cast, monkeypatch: pytest.MonkeyPatch) -> EventProposal:
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(hours=13), speed=1.0, by="system:test")
    tell_what_is_common(monkeypatch)
    parking(centre)
    search()
    return EventProposal.objects.get()


def test_a_proposal_is_read_compared_taken_over_and_given_back(
    open_page: Callable[..., Any], centre: Cast, proposal: EventProposal, shoot: Callable[[Any, str], None]
) -> None:
    page = open_page(centre.supervisor)
    page.goto("/events/")
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("link", name="待定 1").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/events/proposed/")
    shoot(page, "event-proposals")
    page.locator("td.is-first a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/events/proposed/{proposal.pk}/")
    shoot(page, "event-proposal")
    page.get_by_role("link", name="并排比对").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/beside/**")
    page.go_back()
    page.wait_for_selector("html[data-ready]")
    title = page.get_by_label("事件名称")
    assert "车位" in title.input_value()
    title.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/events/EV*/")
    group = EventGroup.objects.get()
    assert group.members.filter(removed_at=None).count() == 3
    page.goto("/events/hot/")
    assert group.title in page.inner_text("main")
    shoot(page, "events-hot")
    page.goto(f"/events/proposed/{proposal.pk}/")
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="撤销：恢复为建议").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_reason")
    assert not group.members.filter(removed_at=None).exists()


@pytest.mark.parametrize("size", list(SIZES))
def test_the_pages_fit_every_screen(
    open_page: Callable[..., Any],
    centre: Cast,
    proposal: EventProposal,
    shoot: Callable[[Any, str], None],
    size: str,
) -> None:
    width, height = SIZES[size]
    page = open_page(centre.supervisor, viewport={"width": width, "height": height})
    for name, address in (
        ("list", "/events/proposed/"),
        ("one", f"/events/proposed/{proposal.pk}/"),
        ("hot", "/events/hot/"),
    ):
        page.goto(address)
        page.wait_for_selector("main h1")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        shoot(page, f"event-proposals-{name}-{size}")
