"""Proposed events on the pages: the list, one proposal, deciding and undoing, and the hot list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from suqing.cases.models import EventGroup, EventProposal, GroupMember
from suqing.cases.vocabulary import ProposalState
from suqing.ledger.actions import set_centre_clock
from tests.cases.parking import EVERYDAY, PARKING, case, parking, search, tell_what_is_common
from tests.cast import AT, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def centre(centre: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    set_centre_clock(mode="rehearsal", centre=AT + 13 * HOUR, speed=1.0, by="system:test")
    tell_what_is_common(monkeypatch)
    return centre


@pytest.fixture
def dispatcher(centre: Cast) -> Client:
    return seat(centre.dispatcher)


@pytest.fixture
def proposal(centre: Cast) -> EventProposal:
    parking(centre)
    search()
    return EventProposal.objects.get()


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_without_a_proposal_the_page_says_how_one_comes(dispatcher: Client) -> None:
    assert "目前没有事件建议" in text(dispatcher, "/events/proposed/")
    assert "目前没有热点" in text(dispatcher, "/events/hot/")


def test_the_list_shows_what_the_cases_have_in_common_and_how_many_they_are(
    dispatcher: Client, proposal: EventProposal
) -> None:
    page = text(dispatcher, "/events/proposed/")
    assert "车位" in page and f"/events/proposed/{proposal.pk}/" in page
    assert "待定 1" in text(dispatcher, "/events/")


def test_one_proposal_shows_its_cases_beside_the_first_with_what_they_share(
    dispatcher: Client, proposal: EventProposal
) -> None:
    page = text(dispatcher, f"/events/proposed/{proposal.pk}/")
    for row in proposal.cases.select_related("case"):
        assert row.case.number in page
    assert page.count("/beside/") == 2, "each but the first"
    assert "相似度" in page and "捆绑" in page


def test_a_proposal_becomes_an_event_and_that_is_undone(dispatcher: Client, proposal: EventProposal) -> None:
    at = f"/events/proposed/{proposal.pk}/"
    wrong = dispatcher.post(f"{at}take/", {"title": " "})
    assert wrong.status_code == 422 and "id_title_error" in wrong.content.decode()
    done = dispatcher.post(f"{at}take/", {"title": "滨河花园捆绑销售车位"}, follow=True)
    group = EventGroup.objects.get()
    assert done.redirect_chain[-1][0] == f"/events/{group.number}/"
    assert GroupMember.objects.filter(group=group, removed_at=None).count() == 3
    assert f"{at}give-back/" in done.content.decode(), "the message offers the way back"
    dispatcher.post(f"{at}give-back/")
    assert not GroupMember.objects.filter(removed_at=None).exists()
    assert EventProposal.objects.get().state == ProposalState.OPEN


def test_a_dismissal_asks_for_a_reason_keeps_what_was_typed_and_can_be_taken_back(
    dispatcher: Client, proposal: EventProposal
) -> None:
    at = f"/events/proposed/{proposal.pk}/"
    wrong = dispatcher.post(f"{at}dismiss/", {"reason": "长" * 301})
    assert wrong.status_code == 422 and "长" * 301 in wrong.content.decode()
    dispatcher.post(f"{at}dismiss/", {"reason": "各说各的"})
    assert "目前没有事件建议" in text(dispatcher, "/events/proposed/")
    assert "各说各的" in text(dispatcher, "/events/proposed/?state=dismissed")
    dispatcher.post(f"{at}reopen/")
    assert "车位" in text(dispatcher, "/events/proposed/")


def test_a_case_is_taken_out_and_put_back_also_when_too_few_are_left_to_list(
    dispatcher: Client, proposal: EventProposal
) -> None:
    at, first = f"/events/proposed/{proposal.pk}/", proposal.cases.earliest("pk").case
    dispatcher.post(f"{at}take-out/", {"case": first.number})
    assert first.number not in text(dispatcher, at).replace(f"case={first.number}", "").replace(
        f"{first.number} 已", ""
    )
    assert "目前没有事件建议" in text(dispatcher, "/events/proposed/")
    dispatcher.post(f"{at}put-back/?case={first.number}")
    assert first.number in text(dispatcher, at)


def test_an_event_of_people_is_told_which_cases_seem_to_belong_to_it(
    centre: Cast, dispatcher: Client, proposal: EventProposal
) -> None:
    dispatcher.post(f"/events/proposed/{proposal.pk}/take/", {"title": "捆绑销售"})
    late = case(centre, PARKING[3], number=5, hours=12)
    search(AT + 13 * HOUR)
    group = EventGroup.objects.get()
    page = text(dispatcher, f"/events/{group.number}/")
    assert "另有 1 件诉求件似乎反映同一事件" in page
    mine = EventProposal.objects.get(group=group, state=ProposalState.OPEN)
    dispatcher.post(f"/events/proposed/{mine.pk}/take/")
    assert GroupMember.objects.get(case=late, removed_at=None).group == group


def test_the_hot_list_holds_events_and_proposals_in_the_order_asked_for(
    centre: Cast, dispatcher: Client, proposal: EventProposal
) -> None:
    dispatcher.post(f"/events/proposed/{proposal.pk}/take/", {"title": "捆绑销售"})
    for number in range(4):
        case(centre, EVERYDAY[1], number=number, hours=number + 2)
    search(AT + 13 * HOUR)
    for order in ("", "?order=size", "?order=growth", "?order=severity", "?order=nonsense"):
        page = text(dispatcher, f"/events/hot/{order}")
        assert "捆绑销售" in page
    assert "捆绑销售" in text(seat(centre.call_taker), "/events/hot/")


def test_who_may_not_group_is_not_shown_proposals(centre: Cast, proposal: EventProposal) -> None:
    taker = seat(centre.call_taker)
    for address in ("/events/proposed/", f"/events/proposed/{proposal.pk}/"):
        assert taker.get(address).status_code == 403
    assert "待定" not in text(taker, "/events/")


def test_what_is_not_there_is_not_found(dispatcher: Client, proposal: EventProposal) -> None:
    assert dispatcher.get("/events/proposed/999999/").status_code == 404
    assert dispatcher.post(f"/events/proposed/{proposal.pk}/explode/").status_code == 404
    assert dispatcher.get("/events/proposed/?from=300000").status_code == 302
