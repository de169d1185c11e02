"""Events the centre proposes: what is found, what people decide and undo, what a restart and a kill leave, who sees what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import event_proposals as proposals
from suqing.cases.actions import event_search, groups
from suqing.cases.actions.event_search import forget_memory, search_some
from suqing.cases.actions.moving import Refused
from suqing.cases.intake import EntityInput
from suqing.cases.models import EventGroup, EventProposal, EventSearch, GroupMember, ProposedCase
from suqing.cases.queries.event_proposals import (
    cases_in_sight,
    proposal_of_group,
    proposal_page,
    visible_proposals,
    waiting,
)
from suqing.cases.same_event import WINDOW
from suqing.cases.vocabulary import Kind, ProposalState
from suqing.ledger.models import Event
from tests.cases.parking import EVERYDAY, PARKING, case, parking, tell_what_is_common
from tests.cases.parking import search as look_through
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def common_words(monkeypatch: pytest.MonkeyPatch) -> None:
    tell_what_is_common(monkeypatch)


def search(hours: int = 12) -> None:
    look_through(AT + timedelta(hours=hours))


def proposed(proposal: EventProposal) -> set[int]:
    return set(proposal.cases.filter(left_at=None, joined_at=None).values_list("case", flat=True))


def when(cast: Cast, hours: int = 13) -> dict[str, object]:
    return {"by": cast.dispatcher, "at": AT + timedelta(hours=hours)}


def test_cases_that_tell_of_one_thing_are_proposed_as_an_event_and_in_no_event_yet(cast: Cast) -> None:
    mine = parking(cast)
    other = case(cast, EVERYDAY[2], number=4, entity=EntityInput("胥口电器行"))
    search()
    row = EventProposal.objects.get()
    assert proposed(row) == {one.pk for one in mine}
    assert row.size == 3 and "车位" in row.words
    assert not EventGroup.objects.exists() and not ProposedCase.objects.filter(case=other).exists()
    found = Event.objects.get(verb="event_proposal.found")
    assert found.actor == event_search.FINDER


def test_a_later_case_joins_also_in_another_process(cast: Cast) -> None:
    mine = parking(cast, 2)
    search()
    forget_memory()
    mine.append(case(cast, PARKING[2], number=2, hours=14))
    search(15)
    assert proposed(EventProposal.objects.get()) == {one.pk for one in mine}


def test_a_run_with_nothing_new_writes_nothing_and_asks_little(cast: Cast) -> None:
    parking(cast)
    search()
    before = Event.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert not search_some(at=AT + timedelta(hours=12))
    assert len(asked) <= 16
    assert Event.objects.count() == before


def test_a_question_that_names_nobody_and_what_is_older_than_the_window_are_left_out(cast: Cast) -> None:
    asked = case(cast, PARKING[0], kind=Kind.CONSULTATION, entity=EntityInput(""))
    search()
    assert EventSearch.objects.get().last_case == asked.pk
    parking(cast)
    search(int(WINDOW.total_seconds() // 3600) + 24)
    assert not EventProposal.objects.exists()


def test_a_batch_that_fails_is_written_and_remembered_not_at_all(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = parking(cast)
    plain = event_search._grown

    def fails(*_given: object) -> None:
        raise OSError("the power is gone")

    monkeypatch.setattr(event_search, "_grown", fails)
    with pytest.raises(OSError, match="power"):
        search()
    assert not EventProposal.objects.exists()
    monkeypatch.setattr(event_search, "_grown", plain)
    search()
    assert proposed(EventProposal.objects.get()) == {one.pk for one in mine}


def test_a_contact_that_is_written_late_is_found_all_the_same(cast: Cast) -> None:
    mine = parking(cast)
    EventSearch.objects.create(version=event_search.VERSION, last_case=mine[-1].pk)
    search()
    assert proposed(EventProposal.objects.get()) == {one.pk for one in mine}


def test_what_is_taken_over_is_an_event_of_people_and_can_be_undone(cast: Cast) -> None:
    mine = parking(cast)
    search()
    row = EventProposal.objects.get()
    group = proposals.take_over(proposal=row, title="滨河花园捆绑销售车位", **when(cast))  # type: ignore[arg-type]
    assert set(group.members.filter(removed_at=None).values_list("case", flat=True)) == {
        one.pk for one in mine
    }
    row.refresh_from_db()
    assert (row.state, row.group, row.size) == (ProposalState.TAKEN, group, 0)
    with pytest.raises(Refused, match="already"):
        proposals.take_over(proposal=row, title="再来", **when(cast))  # type: ignore[arg-type]
    proposals.undo_take_over(proposal=row, **when(cast, 14))  # type: ignore[arg-type]
    row.refresh_from_db()
    group.refresh_from_db()
    assert (row.state, row.group, row.size) == (ProposalState.OPEN, None, 3)
    assert group.closed_at is not None and not group.members.filter(removed_at=None).exists()
    assert [one.verb for one in Event.objects.filter(subject_type="event_proposal").order_by("pk")] == [
        "event_proposal.found", "event_proposal.taken", "event_proposal.restored",
    ]  # fmt: skip


def test_a_new_case_is_proposed_for_the_event_that_people_made(cast: Cast) -> None:
    mine = parking(cast)
    group = groups.make_group(cases=mine, title="捆绑销售车位", **when(cast))  # type: ignore[arg-type]
    search()
    assert not EventProposal.objects.exists()
    late = case(cast, PARKING[3], number=5, hours=14)
    search(15)
    row = proposal_of_group(cast.dispatcher, group.pk)
    assert row is not None and proposed(row) == {late.pk}
    assert not GroupMember.objects.filter(case=late).exists(), "proposed, not put in"
    proposals.take_over(proposal=row, **when(cast, 16))  # type: ignore[arg-type]
    assert GroupMember.objects.get(case=late, removed_at=None).group == group
    proposals.undo_take_over(proposal=row, **when(cast, 17))  # type: ignore[arg-type]
    assert not GroupMember.objects.filter(case=late, removed_at=None).exists()
    group.refresh_from_db()
    assert group.closed_at is None, "the event of people goes on"


def test_a_case_that_went_into_another_event_meanwhile_stays_there(cast: Cast) -> None:
    mine = parking(cast)
    search()
    elsewhere = groups.make_group(cases=mine[:1], title="别的事", **when(cast))  # type: ignore[arg-type]
    row = EventProposal.objects.get()
    group = proposals.take_over(proposal=row, title="捆绑销售", **when(cast))  # type: ignore[arg-type]
    assert GroupMember.objects.get(case=mine[0], removed_at=None).group == elsewhere
    assert group.members.count() == 2


def test_what_is_dismissed_comes_again_only_when_it_has_grown_well_beyond_that(cast: Cast) -> None:
    parking(cast)
    search()
    row = EventProposal.objects.get()
    with pytest.raises(Refused, match="why"):
        proposals.dismiss(proposal=row, reason=" ", **when(cast))  # type: ignore[arg-type]
    proposals.dismiss(proposal=row, reason="各说各的", **when(cast))  # type: ignore[arg-type]
    for number in range(3, 7):
        row.refresh_from_db()
        assert row.state == (ProposalState.DISMISSED if row.size < 6 else ProposalState.OPEN)
        case(cast, PARKING[number % 4], number=number, hours=12 + number)
        search(20 + number)
    row.refresh_from_db()
    assert (row.state, row.size, row.reason) == (ProposalState.OPEN, 7, "")
    assert Event.objects.filter(verb="event_proposal.grown").count() == 1


def test_a_case_that_does_not_belong_is_taken_out_does_not_come_back_and_can_be_put_back(cast: Cast) -> None:
    mine = parking(cast)
    search()
    row = EventProposal.objects.get()
    proposals.take_out(proposal=row, case=mine[0], **when(cast))  # type: ignore[arg-type]
    forget_memory()
    case(cast, PARKING[3], number=5, hours=14)
    search(15)
    assert mine[0].pk not in proposed(row) and len(proposed(row)) == 3
    proposals.put_back(proposal=row, case=mine[0], **when(cast, 16))  # type: ignore[arg-type]
    row.refresh_from_db()
    assert mine[0].pk in proposed(row) and row.size == 4
    with pytest.raises(Refused, match="any more"):
        proposals.take_out(proposal=row, case=case(cast, EVERYDAY[0]), **when(cast))  # type: ignore[arg-type]


def test_cases_told_apart_are_not_proposed_as_one(cast: Cast) -> None:
    one, other = parking(cast, 2)
    groups.say_not_the_same(case=one, other=other, **when(cast))  # type: ignore[arg-type]
    search()
    assert not EventProposal.objects.exists()


def test_two_cases_are_kept_but_shown_from_three_on(cast: Cast) -> None:
    parking(cast, 2)
    search()
    assert EventProposal.objects.count() == 1 and waiting(cast.dispatcher) == 0
    case(cast, PARKING[2], number=2, hours=14)
    search(15)
    rows, total = proposal_page(cast.dispatcher, AT + timedelta(hours=16))
    assert total == 1 and waiting(cast.dispatcher) == 1
    assert (rows[0].cases, rows[0].persons, rows[0].last_day) == (3, 3, 3)


def test_pairs_that_nobody_was_shown_go_with_the_window(cast: Cast) -> None:
    parking(cast, 2)
    search()
    assert EventProposal.objects.count() == 1
    forget_memory()
    search(int(WINDOW.total_seconds() // 3600) - 24)
    assert EventProposal.objects.count() == 1, "a third case may come yet"
    forget_memory()
    search(int(WINDOW.total_seconds() // 3600) + 48)
    assert not EventProposal.objects.exists() and not ProposedCase.objects.exists()


def test_reports_without_a_name_are_proposed_to_those_who_see_all_cases_only(cast: Cast) -> None:
    for number in range(3):
        case(cast, PARKING[number], number=number, hours=number, kind=Kind.REPORT, is_real_name=False)
    search()
    row = EventProposal.objects.get()
    assert cases_in_sight(cast.dispatcher, row).count() == 3
    assert not visible_proposals(cast.handler).exists()


def test_who_may_not_group_decides_nothing(cast: Cast) -> None:
    parking(cast)
    search()
    row = EventProposal.objects.get()
    for act in (
        lambda **given: proposals.take_over(proposal=row, title="事", **given),
        lambda **given: proposals.undo_take_over(proposal=row, **given),
        lambda **given: proposals.dismiss(proposal=row, reason="不", **given),
        lambda **given: proposals.reopen(proposal=row, **given),
    ):
        with pytest.raises(NotPermitted):
            act(by=cast.call_taker, at=AT)
