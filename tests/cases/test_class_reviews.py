"""The review queue for classes without a model: a missing class waits, a person decides, and it can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from suqing.accounts.queries import NotPermitted
from suqing.cases.actions.class_reviews import decide, look_at_some, skip, take_back
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.past_batch import PastBatch
from suqing.cases.models import Case, ClassReview
from suqing.cases.queries.class_reviews import (
    agreement,
    count_open,
    counts_by_reason,
    next_review,
    open_reviews,
)
from suqing.cases.vocabulary import Kind
from suqing.ledger.models import Event
from suqing.ledger.writing import gathered
from suqing.taxonomy.models import ClassNode
from tests.cases.examples import matter, one_case, registered
from tests.cases.test_past_cases import past
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db
MASKS = "药店买口罩，平时五元，现在三十元，哄抬价格"


def node(kind: str, code: str) -> ClassNode:
    return ClassNode.objects.get(tree__kind=kind, tree__is_active=True, code=code)


def some(kind: str) -> ClassNode:
    return ClassNode.objects.filter(tree__kind=kind, tree__is_active=True).order_by("order")[0]


def classed(cast: Cast, *, issue: bool = True) -> Case:
    """A complaint with an object class, and with an issue class or without."""
    return one_case(
        cast.call_taker,
        object_class=some("object").pk,
        issue_class=some("issue").pk if issue else None,
        narrative=MASKS,
    )


def rows(case: Case) -> list[tuple[str, str, str]]:
    return sorted(ClassReview.objects.filter(case=case).values_list("kind", "state", "reason"))


def test_a_missing_class_waits_and_without_a_model_nothing_else(cast: Cast) -> None:
    assert rows(classed(cast)) == []
    case = classed(cast, issue=False)
    assert rows(case) == [("issue", "open", "missing")]
    report = one_case(cast.call_taker, Kind.REPORT, narrative=MASKS)
    assert [kind for kind, _state, _reason in rows(report)] == ["object", "report_issue"]
    assert look_at_some(at=AT) == 0
    assert counts_by_reason(cast.supervisor) == {"missing": 3, "unsure": 0, "differs": 0}
    assert count_open(cast.supervisor) == 3


def test_a_replay_writes_the_same(cast: Cast) -> None:
    with gathered():
        registered(cast.call_taker, matter(narrative=MASKS))
    assert rows(Case.objects.get()) == [("issue", "open", "missing"), ("object", "open", "missing")]


def test_it_is_seen_where_its_case_is(cast: Cast) -> None:
    report = one_case(cast.call_taker, Kind.REPORT, narrative=MASKS)
    assert open_reviews(cast.supervisor).count() == 2
    assert open_reviews(cast.leader).count() == 0  # who has no right to reports
    assert open_reviews(cast.handler).count() == 0  # who has not got the case
    review = report.class_reviews.order_by("pk")[0]
    with pytest.raises(NotPermitted):
        decide(review=review, code=None, by=cast.handler, at=AT)


def test_a_class_is_chosen_and_taken_back(cast: Cast) -> None:
    case = classed(cast, issue=False)
    review = next_review(cast.analyst)
    assert review is not None and review.case == case
    with pytest.raises(Refused):
        decide(review=review, code="no such", by=cast.analyst, at=AT)
    wanted = some("issue")
    done = decide(review=review, code=wanted.code, by=cast.analyst, at=AT)
    case.refresh_from_db()
    assert (done.state, done.was, done.became, case.issue_class) == ("chosen", None, wanted, wanted)
    event = Event.objects.get(verb="case.class_chosen")
    assert (event.data["before"], event.data["after"]) == ({"class": None}, {"class": wanted.code})
    assert count_open(cast.analyst) == 0
    with pytest.raises(Refused):
        decide(review=review, code=wanted.code, by=cast.supervisor, at=AT)
    take_back(review=review, by=cast.analyst, at=AT)
    case.refresh_from_db()
    assert case.issue_class is None and count_open(cast.analyst) == 1
    take_back(review=review, by=cast.analyst, at=AT)  # nothing more
    assert Event.objects.filter(verb="case.class_taken_back").count() == 1


def test_what_was_changed_again_is_not_taken_back(cast: Cast) -> None:
    case = classed(cast, issue=False)
    review = case.class_reviews.get()
    decide(review=review, code=some("issue").code, by=cast.analyst, at=AT)
    other = ClassNode.objects.filter(tree=some("issue").tree).order_by("-order")[0]
    Case.objects.update(issue_class=other)
    with pytest.raises(Refused):
        take_back(review=review, by=cast.analyst, at=AT)


def test_kept_and_skipped_leave_the_case_alone(cast: Cast) -> None:
    case = classed(cast, issue=False)
    review = case.class_reviews.get()
    revision = Case.objects.get(pk=case.pk).revision
    assert skip(review=review, by=cast.analyst, at=AT).state == "skipped"
    assert count_open(cast.analyst) == 0
    take_back(review=review, by=cast.supervisor, at=AT)
    assert decide(review=review, code=None, by=cast.analyst, at=AT).state == "kept"
    assert Case.objects.get(pk=case.pk).revision == revision
    assert list(Event.objects.filter(verb__startswith="case.class_").order_by("pk").values_list("verb", flat=True)) == [
        "case.class_skipped", "case.class_taken_back", "case.class_kept",
    ]  # fmt: skip


def test_a_class_given_elsewhere_and_an_archived_case_wait_no_more(cast: Cast) -> None:
    one, other = classed(cast, issue=False), classed(cast, issue=False)
    Case.objects.filter(pk=one.pk).update(issue_class=some("issue"))
    Case.objects.filter(pk=other.pk).update(archived_at=AT)
    assert count_open(cast.supervisor) == 0
    with pytest.raises(Refused):
        decide(review=other.class_reviews.get(), code=None, by=cast.supervisor, at=AT)


def test_how_often_the_first_offer_was_right(cast: Cast) -> None:
    assert agreement(cast.analyst).share is None
    reviews = [classed(cast, issue=False).class_reviews.get() for _ in range(4)]
    first = decide(review=reviews[0], code=some("issue").code, by=cast.analyst, at=AT).offered
    assert first  # word lists know these words
    take_back(review=reviews[0], by=cast.analyst, at=AT)
    for number, review in enumerate(reviews):
        decide(review=review, code=first if number else some("issue").code, by=cast.analyst, at=AT)
    found = agreement(cast.analyst)
    assert (found.first, found.decided) == (3 + (first == some("issue").code), 4)
    low, high = found.bounds
    assert 0 < low < (found.share or 0) <= high <= 1


def test_an_import_queues_what_came_lately(cast: Cast) -> None:
    lately = past(received_at=AT - timedelta(days=1))
    long_ago = past(received_at=AT - timedelta(days=90))
    PastBatch([lately, long_ago], by=cast.dispatcher, at=AT).write()
    case = Case.objects.get(submission__ref=lately.ref)
    assert rows(case) == [("issue", "open", "missing"), ("object", "open", "missing")]
    assert ClassReview.objects.count() == 2


def test_the_table_refuses_half_a_decision(cast: Cast) -> None:
    classed(cast, issue=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClassReview.objects.update(state="kept")
