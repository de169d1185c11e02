"""Contacts and cases as the tests need them, made through the actions."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from suqing.accounts.models import Person
from suqing.cases.actions.registration import register
from suqing.cases.intake import EntityInput, MatterInput, PartyInput, SubmissionInput
from suqing.cases.models import Case, Submission
from suqing.cases.vocabulary import Kind
from tests.cast import AT

WANG = PartyInput("王小明", "13800001234", "姑苏区平江路1号")
NARRATIVE = "我是王小明，电话13800001234，昨天在观前街一家药店买口罩，一只要三十元，平时只要五元，价格太高了，要求退款"


def matter(kind: Kind = Kind.COMPLAINT, **changes: object) -> MatterInput:
    """A matter against one pharmacy in Gusu district."""
    given = {"kind": kind, "entity": EntityInput("平江大药房"), "place": "320508", "address": "观前街10号"}
    return MatterInput(**{**given, **changes})  # type: ignore[arg-type]


def contact(*matters: MatterInput, at: datetime = AT, **changes: object) -> SubmissionInput:
    """A phone call of Wang with the given matters, one complaint by default."""
    given = {
        "ref": uuid4(),
        "received_at": at,
        "narrative": NARRATIVE,
        "party": WANG,
        "matters": matters or (matter(),),
    }
    return SubmissionInput(**{**given, **changes})  # type: ignore[arg-type]


def registered(by: Person, *matters: MatterInput, at: datetime = AT, **changes: object) -> Submission:
    """Register a contact."""
    return register(submission=contact(*matters, at=at, **changes), by=by, at=at)


def one_case(by: Person, kind: Kind = Kind.COMPLAINT, *, at: datetime = AT, **changes: object) -> Case:
    """Register a contact with one matter and return its case."""
    return registered(by, matter(kind, **changes), at=at).cases.get()
