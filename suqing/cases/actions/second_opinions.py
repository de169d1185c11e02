"""A second opinion of a machine on a class under review: every request is on record before it leaves."""

from __future__ import annotations

from datetime import datetime

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions.moving import Refused
from suqing.cases.intake import local_day
from suqing.cases.models import ClassReview
from suqing.cases.queries.class_reviews import open_reviews
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.queries import class_nodes
from suqing.taxonomy.second_opinion import NoOpinion, Opinion, opinion_on, readied, server

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


@one_transaction
def _note(row: ClassReview, *, host: str, characters: int, by: Person, at: datetime) -> None:
    facts = {"host": host, "characters": characters, "kind": row.kind}
    writer().record("case.sent_for_opinion", row.case, by=by, at=at, data=facts)
