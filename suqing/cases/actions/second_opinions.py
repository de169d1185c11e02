"""A second opinion of a machine on a class under review, or its summary of a case: every request is on record before it
leaves."""

from __future__ import annotations

from datetime import datetime

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions.moving import Refused
from suqing.cases.intake import local_day
from suqing.cases.models import Case, ClassReview
from suqing.cases.queries.class_reviews import open_reviews
from suqing.cases.queries.sight import visible_cases
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.queries import class_nodes
from suqing.taxonomy.second_opinion import (
    NoOpinion,
    Opinion,
    Summary,
    opinion_on,
    readied,
    server,
    summary_of,
)

N_ = str


def ask_opinion(*, review: ClassReview, by: Person, at: datetime) -> Opinion:
    """Send the redacted words of the case and the names of the classes, return what the server says; nothing is kept.

    Raise NotPermitted, Refused out of sight, NoOpinion where the server is off or gives no usable answer.
    """
    require(by, Permission.CLASSES_REVIEW)
    row = open_reviews(by).filter(pk=review.pk).select_related("case").first()
    if row is None:
        raise Refused(N_("This case is not in your sight."))
    asked = server()
    if asked is None:
        raise NoOpinion(N_("No server for second opinions is set up."))
    text = readied(row.case.match_text)
    nodes = class_nodes(row.kind, local_day(row.case.received_at))
    _note(row, host=asked.host, characters=len(text), by=by, at=at)
    # Outside of any transaction: a slow server must not hold locks.
    return opinion_on(asked, text, {node.code: node.name for node in nodes})


def ask_summary(*, case: Case, by: Person, at: datetime) -> Summary:
    """Send the redacted words of the case, return the server's summary; nothing is kept.

    Raise NotPermitted, Refused out of sight, NoOpinion where the server is off or gives no usable answer.
    """
    require(by, Permission.SUMMARY_ASK)
    row = visible_cases(by).filter(pk=case.pk).first()
    if row is None:
        raise Refused(N_("This case is not in your sight."))
    asked = server()
    if asked is None:
        raise NoOpinion(N_("No server for second opinions is set up."))
    text = readied(row.match_text)
    _note_summary(row, host=asked.host, characters=len(text), by=by, at=at)
    return summary_of(asked, text)


@one_transaction
def _note(row: ClassReview, *, host: str, characters: int, by: Person, at: datetime) -> None:
    facts = {"host": host, "characters": characters, "kind": row.kind}
    writer().record("case.sent_for_opinion", row.case, by=by, at=at, data=facts)


@one_transaction
def _note_summary(row: Case, *, host: str, characters: int, by: Person, at: datetime) -> None:
    writer().record("case.sent_for_summary", row, by=by, at=at, data={"host": host, "characters": characters})
