"""Events that several cases are about: join, leave, merge, undo; who sees what of them; two people at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import groups
from suqing.cases.actions.moving import Refused
from suqing.cases.intake import PartyInput
from suqing.cases.models import Case, EventGroup, GroupMember, NotTheSame
from suqing.cases.queries.groups import (
    cases_of,
    group_for,
    group_of,
    group_page,
    group_row,
    merges_of,
    visible_groups,
)
from suqing.cases.queries.similar import similar_cases
from suqing.cases.vocabulary import Kind
from suqing.ledger.models import Event
from tests.cases.examples import one_case, registered
from tests.cast import AT, Cast
from tests.ledger.threads import threads

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=2)


def group(cast: Cast, *cases: Case, title: str = "平江大药房口罩涨价") -> EventGroup:
    return groups.make_group(cases=cases, title=title, by=cast.dispatcher, at=AT)


def inside(event: EventGroup) -> set[int]:
    return set(event.members.filter(removed_at=None).values_list("case_id", flat=True))


def two(cast: Cast) -> tuple[Case, Case]:
    return one_case(cast.call_taker), one_case(cast.call_taker)


def test_an_event_holds_its_cases_and_says_so_in_each_of_their_stories(cast: Cast) -> None:
    one, other = two(cast)
    event = group(cast, one, other)
    assert event.number.startswith("EV2020")
    assert inside(event) == {one.pk, other.pk}
    assert group_of(one) == event
    for case in (one, other):
        told = Event.objects.get(subject_type="case", subject_id=str(case.pk), verb="case.event_joined")
        assert told.data == {"event": event.number}


def test_a_pair_makes_an_event_and_a_third_case_joins_it_from_either_side(cast: Cast) -> None:
    one, other = two(cast)
    third, fourth = two(cast)
    event = groups.join_cases(case=one, other=other, by=cast.dispatcher, at=AT)
    assert event.title == "平江大药房"
    assert groups.join_cases(case=one, other=third, by=cast.dispatcher, at=AT) == event
    assert groups.join_cases(case=fourth, other=third, by=cast.dispatcher, at=AT) == event
    assert groups.join_cases(case=fourth, other=one, by=cast.dispatcher, at=AT) == event
    assert inside(event) == {one.pk, other.pk, third.pk, fourth.pk}


def test_a_pair_in_two_events_is_not_joined_but_its_events_can_be_merged(cast: Cast) -> None:
    one, other = two(cast)
    first, second = group(cast, one), group(cast, other, title="另一件")
    with pytest.raises(Refused, match="Merge the events"):
        groups.join_cases(case=one, other=other, by=cast.dispatcher, at=AT)
    groups.merge_groups(survivor=first, absorbed=second, by=cast.dispatcher, at=LATER)
    assert inside(first) == {one.pk, other.pk}


def test_joining_twice_is_joining_once(cast: Cast) -> None:
    one, other = two(cast)
    event = group(cast, one)
    for _ in range(2):
        groups.join_group(group=event, case=other, by=cast.dispatcher, at=AT)
    assert GroupMember.objects.filter(case=other).count() == 1
    assert Event.objects.filter(verb="event_group.joined").count() == 1


def test_a_case_is_in_one_event_at_a_time_and_may_change_it(cast: Cast) -> None:
    one, other = two(cast)
    first, second = group(cast, one), group(cast, other, title="另一件")
    with pytest.raises(Refused, match=first.number):
        groups.join_group(group=second, case=one, by=cast.dispatcher, at=AT)
    groups.leave_group(group=first, case=one, by=cast.dispatcher, at=AT)
    groups.join_group(group=second, case=one, by=cast.dispatcher, at=LATER)
    assert inside(second) == {one.pk, other.pk}
    assert inside(first) == set()
    with pytest.raises(Refused, match="not in the event any more"):
        groups.leave_group(group=first, case=one, by=cast.dispatcher, at=LATER)


def test_a_merge_is_undone_and_every_case_that_stayed_goes_back(cast: Cast) -> None:
    one, other = two(cast)
    third, fourth = two(cast)
    first, second = group(cast, one), group(cast, other, third, title="另一件")
    merge = groups.merge_groups(survivor=first, absorbed=second, by=cast.dispatcher, at=AT)
    assert merges_of(cast.dispatcher, first) == [merge]
    groups.leave_group(group=first, case=third, by=cast.dispatcher, at=AT)
    groups.join_group(group=first, case=fourth, by=cast.dispatcher, at=AT)
    for _ in range(2):
        back = groups.undo_merge(merge=merge, by=cast.dispatcher, at=LATER)
    assert (inside(first), inside(back)) == ({one.pk, fourth.pk}, {other.pk})
    assert back == second and back.merged_into is None
    assert merges_of(cast.dispatcher, first) == []
    assert Event.objects.filter(verb="event_group.merge_undone").count() == 1


def test_merges_in_a_row_are_undone_from_the_last_one_on(cast: Cast) -> None:
    cases = [one_case(cast.call_taker) for _ in range(3)]
    a, b, c = (group(cast, case, title=f"事件{number}") for number, case in enumerate(cases))
    first = groups.merge_groups(survivor=b, absorbed=a, by=cast.dispatcher, at=AT)
    second = groups.merge_groups(survivor=c, absorbed=b, by=cast.dispatcher, at=AT)
    assert inside(c) == {case.pk for case in cases}
    with pytest.raises(Refused, match="later merge first"):
        groups.undo_merge(merge=first, by=cast.dispatcher, at=LATER)
    groups.undo_merge(merge=second, by=cast.dispatcher, at=LATER)
    groups.undo_merge(merge=first, by=cast.dispatcher, at=LATER)
    assert [inside(event) for event in (a, b, c)] == [{case.pk} for case in cases]


def test_a_closed_event_takes_nothing_in_until_it_is_opened_again(cast: Cast) -> None:
    one, other = two(cast)
    event, second = group(cast, one), group(cast, other, title="另一件")
    groups.close_group(group=event, by=cast.dispatcher, at=AT)
    for act in (
        lambda: groups.join_group(group=event, case=other, by=cast.dispatcher, at=AT),
        lambda: groups.merge_groups(survivor=event, absorbed=second, by=cast.dispatcher, at=AT),
        lambda: groups.merge_groups(survivor=second, absorbed=event, by=cast.dispatcher, at=AT),
    ):
        with pytest.raises(Refused, match="closed"):
            act()
    groups.reopen_group(group=event, by=cast.dispatcher, at=AT)
    groups.merge_groups(survivor=event, absorbed=second, by=cast.dispatcher, at=AT)
    with pytest.raises(Refused, match="into itself"):
        groups.merge_groups(survivor=event, absorbed=event, by=cast.dispatcher, at=AT)
    with pytest.raises(Refused, match="merged into another"):
        groups.merge_groups(survivor=event, absorbed=second, by=cast.dispatcher, at=AT)


@pytest.mark.parametrize(
    ("title", "note", "field"), [("  ", "", "title"), ("长" * 121, "", "title"), ("好", "长" * 1001, "note")]
)
def test_an_event_needs_a_title_that_fits(cast: Cast, title: str, note: str, field: str) -> None:
    case = one_case(cast.call_taker)
    with pytest.raises(Refused) as refused:
        groups.make_group(cases=[case], title=title, note=note, by=cast.dispatcher, at=AT)
    assert refused.value.field == field


def test_a_phone_number_in_a_title_is_hidden(cast: Cast) -> None:
    event = group(cast, one_case(cast.call_taker), title="联系人13800001234的健身卡")
    groups.rename_group(group=event, title="健身卡", note="电话13800001234", by=cast.dispatcher, at=AT)
    event.refresh_from_db()
    assert (event.title, event.note) == ("健身卡", "电话***")
    assert "13800001234" not in str(list(Event.objects.values_list("data", flat=True)))


# Who may, and who sees what


def test_who_may_not_group_changes_nothing(cast: Cast) -> None:
    one, other = two(cast)
    event = group(cast, one)
    for act in (
        lambda: groups.make_group(cases=[other], title="事件", by=cast.editor, at=AT),
        lambda: groups.join_group(group=event, case=other, by=cast.editor, at=AT),
        lambda: groups.join_cases(case=one, other=other, by=cast.editor, at=AT),
        lambda: groups.leave_group(group=event, case=one, by=cast.editor, at=AT),
        lambda: groups.merge_groups(survivor=event, absorbed=event, by=cast.editor, at=AT),
        lambda: groups.rename_group(group=event, title="别的", by=cast.editor, at=AT),
        lambda: groups.close_group(group=event, by=cast.editor, at=AT),
        lambda: groups.reopen_group(group=event, by=cast.editor, at=AT),
        lambda: groups.say_not_the_same(case=one, other=other, by=cast.editor, at=AT),
        lambda: groups.take_back_not_the_same(case=one, other=other, by=cast.editor, at=AT),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert inside(event) == {one.pk}
    assert not NotTheSame.objects.exists()


def test_a_handler_groups_only_cases_and_events_in_sight(cast: Cast) -> None:
    one, other = two(cast)  # both at the centre
    event = group(cast, one)
    with pytest.raises(Refused, match="case is not in your sight"):
        groups.make_group(cases=[one], title="事件", by=cast.handler, at=AT)
    Case.objects.filter(pk=other.pk).update(responsible_unit=cast.gusu)
    with pytest.raises(Refused, match="event is not in your sight"):
        groups.join_group(group=event, case=other, by=cast.handler, at=AT)
    with pytest.raises(EventGroup.DoesNotExist):
        group_for(cast.handler, event.number)


def test_a_reader_of_one_unit_counts_only_the_cases_of_that_unit(cast: Cast) -> None:
    one, other = two(cast)
    Case.objects.filter(pk=other.pk).update(responsible_unit=cast.gusu)
    event = group(cast, one, other)
    assert [case.pk for case in cases_of(cast.handler, event)] == [other.pk]
    assert group_row(cast.handler, event, LATER).cases == 1
    assert group_page(cast.handler, LATER).total.cases == 1
    assert group_row(cast.dispatcher, event, LATER).cases == 2
    assert not visible_groups(cast.other_handler).exists()


def test_an_event_of_reports_does_not_exist_for_who_may_not_see_reports(cast: Cast) -> None:
    complaint = one_case(cast.call_taker)
    report = one_case(cast.call_taker, Kind.REPORT)
    mixed, hidden = group(cast, complaint), group(cast, report, title="只有举报")
    assert list(visible_groups(cast.inspector)) == [mixed]
    groups.merge_groups(survivor=mixed, absorbed=hidden, by=cast.dispatcher, at=AT)
    row = group_row(cast.inspector, mixed, LATER)
    assert (row.cases, row.persons) == (1, 1)
    assert [case.kind for case in cases_of(cast.inspector, mixed)] == [Kind.COMPLAINT]


def test_cases_persons_and_events_are_three_counts(cast: Cast) -> None:
    mine = [one_case(cast.call_taker) for _ in range(2)]
    theirs = one_case_of(cast, PartyInput("李四", "13900005678"))
    nobody = one_case(cast.call_taker, Kind.REPORT, is_real_name=False)
    event = group(cast, *mine, theirs, nobody)
    group(cast, one_case_of(cast, PartyInput("李四", "13900005678")), title="另一件")
    row = group_row(cast.dispatcher, event, LATER)
    assert (row.cases, row.persons, row.open_cases, row.last_day, row.last_week) == (4, 2, 4, 4, 4)
    total = group_page(cast.dispatcher, LATER).total
    assert (total.cases, total.persons, total.events) == (5, 2, 2)


def one_case_of(cast: Cast, party: PartyInput) -> Case:
    return registered(cast.call_taker, party=party).cases.get()


def test_growth_is_what_was_received_in_the_last_day_and_the_last_week(cast: Cast) -> None:
    cases = [one_case(cast.call_taker, at=AT - timedelta(days=days)) for days in (0, 2, 9)]
    row = group_row(cast.dispatcher, group(cast, *cases), LATER)
    assert (row.last_day, row.last_week, row.cases) == (1, 2, 3)


def test_pages_of_events_go_on_where_the_last_one_ended(cast: Cast) -> None:
    made = [group(cast, one_case(cast.call_taker), title=f"事件{number}") for number in range(3)]
    first = group_page(cast.dispatcher, LATER, size=2)
    second = group_page(cast.dispatcher, LATER, size=2, after=first.after)
    assert [row.group for page in (first, second) for row in page.rows] == made[::-1]
    assert second.after == 0


# Two matters


def test_two_cases_told_apart_are_not_suggested_until_it_is_taken_back(cast: Cast) -> None:
    one, other = two(cast)
    assert [found.case for found in similar_cases(cast.dispatcher, one)] == [other]
    groups.say_not_the_same(case=other, other=one, by=cast.dispatcher, at=AT)
    assert similar_cases(cast.dispatcher, one) == similar_cases(cast.dispatcher, other) == []
    groups.take_back_not_the_same(case=one, other=other, by=cast.dispatcher, at=AT)
    assert [found.case for found in similar_cases(cast.dispatcher, other)] == [one]


def test_cases_of_one_event_cannot_be_told_apart(cast: Cast) -> None:
    one, other = two(cast)
    group(cast, one, other)
    with pytest.raises(Refused, match="in one event"):
        groups.say_not_the_same(case=one, other=other, by=cast.dispatcher, at=AT)


# Two people at once


def at_once(*works: Callable[[], object]) -> list[str]:
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> str:
        gate.wait(timeout=60)
        try:
            work()
        except Refused:
            return "refused"
        return "done"

    with threads() as running:
        futures = [running.start(run, work) for work in works]
        return sorted(future.result(timeout=120) for future in futures)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_put_a_case_into_two_events_one_succeeds(centre: Cast) -> None:
    one, other = two(centre)
    wanted = one_case(centre.call_taker)
    first, second = group(centre, one), group(centre, other, title="另一件")
    said = at_once(
        lambda: groups.join_group(group=first, case=wanted, by=centre.dispatcher, at=AT),
        lambda: groups.join_group(group=second, case=wanted, by=centre.supervisor, at=AT),
    )
    assert said == ["done", "refused"]
    assert GroupMember.objects.filter(case=wanted, removed_at=None).count() == 1
    assert Event.objects.filter(verb="case.event_joined", subject_id=str(wanted.pk)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_across_one_stands_and_no_case_is_lost(centre: Cast) -> None:
    one, other = two(centre)
    first, second = group(centre, one), group(centre, other, title="另一件")
    said = at_once(
        lambda: groups.merge_groups(survivor=first, absorbed=second, by=centre.dispatcher, at=AT),
        lambda: groups.merge_groups(survivor=second, absorbed=first, by=centre.supervisor, at=AT),
    )
    assert said == ["done", "refused"]
    assert sorted(map(len, (inside(first), inside(second)))) == [0, 2]
    assert EventGroup.objects.exclude(merged_into=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_joins_while_the_event_is_merged_away_is_not_lost(centre: Cast) -> None:
    one, other = two(centre)
    late = one_case(centre.call_taker)
    first, second = group(centre, one), group(centre, other, title="另一件")
    at_once(
        lambda: groups.merge_groups(survivor=first, absorbed=second, by=centre.dispatcher, at=AT),
        lambda: groups.join_group(group=second, case=late, by=centre.supervisor, at=AT),
    )
    assert inside(second) == set()  # either it moved with the others or it was refused
    assert inside(first) - {late.pk} == {one.pk, other.pk}


@pytest.mark.django_db(transaction=True)
def test_two_people_who_join_the_same_pair_make_one_event(centre: Cast) -> None:
    one, other = two(centre)
    said = at_once(
        lambda: groups.join_cases(case=one, other=other, by=centre.dispatcher, at=AT),
        lambda: groups.join_cases(case=other, other=one, by=centre.supervisor, at=AT),
    )
    assert said in (["done", "refused"], ["done", "done"])
    assert EventGroup.objects.count() == 1
    assert GroupMember.objects.filter(removed_at=None).count() == 2


def test_a_call_taker_puts_the_own_new_case_into_an_event_and_takes_it_back(cast: Cast) -> None:
    old, new = one_case(cast.call_taker), one_case(cast.call_taker)
    event = group(cast, old)
    groups.join_own(group=event, case=new, by=cast.call_taker, at=AT)
    assert group_of(new) == event
    groups.leave_own(group=event, case=new, by=cast.call_taker, at=AT)
    assert group_of(new) is None


@pytest.mark.parametrize("wrong", ["somebody else's", "yesterday's", "closed", "without the right"])
def test_a_call_taker_groups_nothing_but_that(cast: Cast, wrong: str) -> None:
    old, new = one_case(cast.call_taker), one_case(cast.call_taker)
    event = group(cast, old)
    by, at = cast.call_taker, AT
    if wrong == "somebody else's":
        new = one_case(cast.supervisor)
    elif wrong == "yesterday's":
        at = AT + timedelta(days=1)
    elif wrong == "closed":
        groups.close_group(group=event, by=cast.dispatcher, at=AT)
    else:
        by = cast.dispatcher
    with pytest.raises((Refused, NotPermitted)):
        groups.join_own(group=event, case=new, by=by, at=at)
    assert group_of(new) is None


def test_what_a_dispatcher_joined_a_call_taker_does_not_take_out(cast: Cast) -> None:
    old, new = one_case(cast.call_taker), one_case(cast.call_taker)
    event = group(cast, old, new)
    with pytest.raises(Refused):
        groups.leave_own(group=event, case=new, by=cast.call_taker, at=AT)
    assert group_of(new) == event
