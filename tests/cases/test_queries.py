"""Who sees which cases, and the lists and look-ups of the desks."""

from datetime import date, timedelta

import pytest

from suqing.cases.actions import (
    dispatching,
    drafts,
    parties,
)
from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.models import Case
from suqing.cases.queries import (
    Filters,
    caller,
    case_for,
    draft_of,
    drafts_of,
    personal_data,
    search_entities,
    siblings,
    steps_for,
    timeline,
    visible_cases,
    waiting_counts,
    work_list,
)
from suqing.cases.vocabulary import Kind, Step
from suqing.ledger.actions import seal_events
from suqing.ledger.queries import verify_chain
from tests.cases.examples import WANG, contact, matter, one_case, registered
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db


def sent_to_gusu(centre: Cast, kind: Kind = Kind.COMPLAINT) -> Case:
    case = one_case(centre.call_taker, kind)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)


def test_a_handler_opens_the_cases_of_the_own_unit_only(centre: Cast) -> None:
    case = sent_to_gusu(centre)
    assert case_for(centre.handler, case.number) == case
    with pytest.raises(Case.DoesNotExist):
        case_for(centre.other_handler, case.number)
    with pytest.raises(Case.DoesNotExist):
        case_for(centre.stranger, case.number)


def test_reports_are_hidden_from_who_lacks_the_right(centre: Cast) -> None:
    report = sent_to_gusu(centre, Kind.REPORT)
    assert not visible_cases(centre.leader).filter(pk=report.pk).exists()
    assert visible_cases(centre.handler).filter(pk=report.pk).exists()


def test_nothing_of_a_report_shows_through_the_complaint(centre: Cast) -> None:
    submission = registered(
        centre.call_taker,
        matter(Kind.COMPLAINT, narrative="要求退还差价"),
        matter(Kind.REPORT, narrative="举报哄抬价格"),
    )
    complaint = submission.cases.get(kind=Kind.COMPLAINT)
    assert siblings(centre.leader, complaint) == []
    assert [c.kind for c in siblings(centre.call_taker, complaint)] == [Kind.REPORT]
    assert all("举报" not in (entry.text or "") for entry in timeline(complaint, with_texts=True))


def test_pages_of_a_list_join_without_gap_or_repeat(centre: Cast) -> None:
    for minute in range(7):
        one_case(centre.call_taker, at=AT + timedelta(minutes=minute // 2))  # pairs share a moment
    first = work_list(centre.call_taker, Filters(), AT, size=3)
    second = work_list(centre.call_taker, Filters(), AT, size=3, after=first.after or "")
    third = work_list(centre.call_taker, Filters(), AT, size=3, after=second.after or "")
    seen = [c.pk for page in (first, second, third) for c in page.cases]
    assert seen == list(Case.objects.newest_first().values_list("pk", flat=True))
    assert (first.before, third.after) == (None, None)
    back = work_list(centre.call_taker, Filters(), AT, size=3, before=third.before or "")
    assert back.cases == second.cases


def test_a_broken_key_starts_at_the_first_page(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    assert work_list(centre.call_taker, Filters(), AT, after="§§").cases == [case]


def test_a_list_costs_the_same_number_of_queries_whatever_its_length(
    centre: Cast, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for _ in range(5):
        one_case(centre.call_taker)
    person = centre.call_taker
    visible_cases(person)
    with django_assert_num_queries(1):
        page = work_list(person, Filters(), AT)
        for case in page.cases:
            assert case.responsible_unit.name and case.entity and case.party and case.place


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(kind="complaint"), True),
        (Filters(kind="report"), False),
        (Filters(state="registered"), True),
        (Filters(place="320508"), True),
        (Filters(place="320506"), False),
        (Filters(topic="mask_price"), True),
        (Filters(topic="refund_wedding"), False),
        (Filters(received_from=date(2020, 1, 27), received_to=date(2020, 1, 27)), True),
        (Filters(received_to=date(2020, 1, 26)), False),
        (Filters(words="口罩 观前街"), True),
        (Filters(words="平江大药房"), True),
        (Filters(words="婚宴"), False),
        (Filters(words="13800001234"), True),
        (Filters(words="13800001235"), False),
        (Filters(due="overdue"), False),
        (Filters(open_only=True), True),
        (Filters(unit=987654), False),
    ],
)
def test_filters_narrow_the_list(centre: Cast, filters: Filters, found: bool) -> None:
    case = one_case(centre.call_taker)
    assert (work_list(centre.call_taker, filters, AT).cases == [case]) is found


def test_overdue_and_due_soon_follow_the_nearest_clock(centre: Cast) -> None:
    one_case(centre.call_taker)
    late = AT + timedelta(days=60)
    assert work_list(centre.call_taker, Filters(due="overdue"), late).cases
    assert waiting_counts(centre.call_taker, late)["overdue"] == 1
    assert waiting_counts(centre.call_taker, AT)["overdue"] == 0
    assert waiting_counts(centre.call_taker, AT)["to_dispatch"] == 1


def test_steps_are_those_the_person_may_take(centre: Cast) -> None:
    case = sent_to_gusu(centre)
    assert {row.step for row in steps_for(centre.handler, case)} == {
        Step.RETURN,
        Step.ACCEPT,
        Step.REFUSE,
        Step.DISPUTE,
        Step.TRANSFER,
        Step.WITHDRAW,
    }
    assert steps_for(centre.other_handler, case) == []
    assert steps_for(centre.call_taker, case) == []


def test_the_number_pops_the_people_and_their_cases(centre: Cast) -> None:
    one_case(centre.call_taker)
    registered(centre.call_taker, party=PartyInput("李四", WANG.phone))
    known = caller(centre.call_taker, "+86 138-0000-1234")
    assert {party.name_masked for party in known.parties} == {"王**", "李*"}
    assert (known.total, known.open_count) == (2, 2)
    assert caller(centre.call_taker, "").total == 0


def test_operators_are_found_by_name_code_and_pinyin(centre: Cast) -> None:
    one_case(centre.call_taker, entity=EntityInput("平江大药房", "91440300085948158H"))
    for words in ("平江", "大药房", "91440300085948158h", "pingjiang"):
        assert [e.name for e in search_entities(words)] == ["平江大药房"], words
    assert search_entities("平") == []


def test_a_draft_belongs_to_who_typed_it(centre: Cast) -> None:
    given = contact()
    drafts.save_draft(ref=given.ref, content={"narrative": "口罩" * 50_000}, by=centre.call_taker, at=AT)
    drafts.save_draft(ref=given.ref, content={"narrative": "口罩太贵"}, by=centre.call_taker, at=AT)
    found = draft_of(centre.call_taker, str(given.ref))
    assert found is not None and found.content == {"narrative": "口罩太贵"}
    assert found.draft.revision == 2
    assert drafts_of(centre.other_call_taker) == []


def test_erasing_a_person_leaves_cases_and_chain_whole(centre: Cast) -> None:
    case = sent_to_gusu(centre)
    assert case.party is not None
    seal_events()
    parties.erase(party=case.party, reason="本人申请", by=centre.supervisor, at=AT)
    seal_events()
    case.refresh_from_db()
    assert "王小明" not in case.narrative and "口罩" in case.narrative
    assert personal_data(case.party).name is None
    assert case.party.name_masked == ""
    assert verify_chain().is_whole
    assert caller(centre.call_taker, WANG.phone).total == 0
