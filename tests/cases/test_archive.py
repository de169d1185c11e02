"""The archive: what may go into it, what keeps a case out, and that the default list leaves it out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from suqing.accounts.queries import NotPermitted
from suqing.cases import queries
from suqing.cases.actions import handling
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.actions.orders import close_order, issue_order
from suqing.cases.actions.visits import archive, reopen, visit
from suqing.cases.models import Case
from suqing.cases.queries import Filters
from suqing.cases.vocabulary import State
from suqing.cases.workflow import NotAllowed
from suqing.ledger.models import Event
from suqing.ledger.policy import declared
from tests.cases.endings import LATER, answered, refused, sent, unfiled
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DAY2 = LATER + timedelta(days=1)


def numbers(centre: Cast, **narrowing: object) -> list[str]:
    page = queries.work_list(centre.supervisor, Filters(**narrowing), DAY2)  # type: ignore[arg-type]
    return [case.number for case in page.cases]


@pytest.mark.parametrize("ended", [refused, unfiled])
def test_an_ended_case_is_archived_by_its_unit(centre: Cast, ended) -> None:  # type: ignore[no-untyped-def]
    case = archive(case=ended(centre), by=centre.handler, at=DAY2)
    case.refresh_from_db()
    assert case.archived_at == DAY2
    event = Event.objects.get(verb="case.archived")
    assert event.data["article"] == "PROC:78"
    assert (case.closed_at, event.data["before"]["state"]) == (LATER, event.data["after"]["state"])


def test_a_consultation_is_archived_by_the_supervisor(centre: Cast) -> None:
    assert archive(case=answered(centre), by=centre.supervisor, at=DAY2).archived_at == DAY2


def test_what_has_not_ended_is_not_archived(centre: Cast) -> None:
    with pytest.raises(NotAllowed):
        archive(case=sent(centre), by=centre.handler, at=DAY2)


def test_a_case_whose_parties_have_not_been_told_stays_out(centre: Cast) -> None:
    """PROC art. 78 asks for the file of a finished case; the notice to the reporter is still owed."""
    case = unfiled(centre, is_told=False)
    with pytest.raises(Refused) as refusal:
        archive(case=case, by=centre.handler, at=DAY2)
    assert refusal.value.article == "PROC:78"
    handling.record_notice(case=case, by=centre.handler, at=DAY2)
    assert archive(case=case, by=centre.handler, at=DAY2).archived_at == DAY2


def test_a_case_under_an_open_order_stays_out(centre: Cast) -> None:
    case = refused(centre)
    order = issue_order(
        title="督办",
        text="请报告",
        trigger="other",
        due_on=DAY2.date(),
        lead=centre.gusu,
        cases=[case],
        by=centre.supervisor,
        at=DAY2,
    )
    with pytest.raises(Refused) as refusal:
        archive(case=case, by=centre.handler, at=DAY2)
    assert refusal.value.values["number"] == order.number
    close_order(order=order, note="已口头报告", by=centre.supervisor, at=DAY2)
    assert archive(case=case, by=centre.handler, at=DAY2).archived_at == DAY2


def test_in_the_archive_only_reopening_is_left(centre: Cast) -> None:
    case = archive(case=refused(centre), by=centre.handler, at=DAY2)
    assert [row.step for row in queries.steps_for(centre.supervisor, case)] == ["reopen"]
    with pytest.raises(NotAllowed):
        visit(case=case, grade="fair", by=centre.call_taker, at=DAY2)
    with pytest.raises(NotAllowed):
        archive(case=case, by=centre.handler, at=DAY2)
    case = reopen(case=case, note="复查", by=centre.supervisor, at=DAY2)
    case.refresh_from_db()
    assert (case.archived_at, case.state) == (None, State.DISPATCHED)
    undone = Event.objects.get(verb="case.reopened").data["undone"]
    assert datetime.fromisoformat(undone["archived_at"]) == DAY2


def test_the_default_list_leaves_the_archive_out_and_its_filter_and_a_search_find_it(centre: Cast) -> None:
    lying, standing = refused(centre), refused(centre)
    archive(case=lying, by=centre.handler, at=DAY2)
    assert numbers(centre) == [standing.number]
    assert numbers(centre, archived=True) == [lying.number]
    assert numbers(centre, words="口罩") == [standing.number, lying.number]
    assert numbers(centre, words=lying.number) == [lying.number]


def test_two_people_archive_once(centre: Cast) -> None:
    case = refused(centre)
    seen = case.revision
    archive(case=case, by=centre.handler, at=DAY2, revision=seen)
    with pytest.raises(Stale):
        archive(case=case, by=centre.head, at=DAY2, revision=seen)


@pytest.mark.parametrize("name", ["call_taker", "dispatcher", "analyst", "editor", "leader", "inspector"])
def test_the_archive_needs_its_permission(centre: Cast, name: str) -> None:
    with pytest.raises(NotPermitted):
        archive(case=refused(centre), by=getattr(centre, name), at=DAY2)


def test_another_unit_cannot_archive_the_case(centre: Cast) -> None:
    with pytest.raises(NotYours):
        archive(case=refused(centre), by=centre.other_handler, at=DAY2)
    assert not Case.objects.filter(archived_at__isnull=False).exists()


def test_no_years_are_invented_for_keeping_files() -> None:
    assert declared("archive.retention_years").default == 0
