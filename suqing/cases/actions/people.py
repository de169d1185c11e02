"""Agents who complain for somebody (O20 art. 10, O121 art. 11); joint complaints are in ``joint``."""

from __future__ import annotations

from datetime import date, datetime

from suqing.accounts.models import Person
from suqing.cases.actions.joint import (
    choose_representatives,
    join,
    leave,
    record_joint_consent,
    require_joint_consent,
)
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.people_desk import begin_beside, record_beside, remembered, words_of
from suqing.cases.agency import AGENT_ARTICLES, Authority
from suqing.cases.intake import PartyInput, local_day
from suqing.cases.models import Case, Representation
from suqing.ledger.writing import one_transaction, writer

__all__ = [
    "add_agent",
    "choose_representatives",
    "end_agent",
    "join",
    "leave",
    "record_joint_consent",
    "require_joint_consent",
]
N_ = str
MAX_MATTERS = 500


@one_transaction
def add_agent(
    *,
    case: Case,
    agent: PartyInput,
    matters: str,
    authority: str,
    by: Person,
    at: datetime,
    valid_until: date | None = None,
    has_original: bool = False,
    has_agent_identity: bool = False,
    revision: int | None = None,
) -> Representation:
    """Record an agent, whose original power of attorney and proof of identity somebody here has seen.

    ``valid_until`` None means until the matter is done.  Raise Refused with O20 art. 10 or O121 art. 11 where the
    original or the identity is missing, or the document does not say for what, how far and how long.
    """
    row = begin_beside(case, by=by, revision=revision)
    article = AGENT_ARTICLES.get(row.regime, "")
    matters = matters.strip()
    seen = {"has_original": has_original, "has_agent_identity": has_agent_identity}
    _check_power(seen, matters, authority, article)
    if valid_until is not None and valid_until < local_day(at):
        raise Refused(
            N_("The term of the power of attorney has run out."), field="valid_until", article=article
        )
    if _agent_of(row) is not None:
        raise Refused(N_("The complaint has an agent already: end that first."))
    person = remembered(agent, at=at, article=article, needs_phone=False)
    if person.pk == row.party_id:
        raise Refused(N_("This is the complainant: nobody is their own agent."), field="name")
    made = Representation(
        case=row,
        agent=person,
        matters=matters,
        authority=authority,
        valid_until=valid_until,
        has_original=True,
        has_agent_identity=True,
        recorded_by=by,
        recorded_at=at,
    )
    writer().new(made)
    writer().hold(made, ("agent", row.pk))
    record_beside(
        row,
        "case.agent_added",
        by=by,
        at=at,
        data={
            "article": article,
            "authority": authority,
            "valid_until": valid_until and valid_until.isoformat(),
        },
        personal={person.key_subject: words_of(agent) | {"text": matters}},
    )
    return made


def _check_power(seen: dict[str, bool], matters: str, authority: str, article: str) -> None:
    """What must have been seen, and what the power of attorney must say."""
    for field, message in (
        ("has_original", N_("The original of the power of attorney must be seen.")),
        ("has_agent_identity", N_("The agent's proof of identity must be seen.")),
    ):
        if not seen[field]:
            raise Refused(message, field=field, article=article)
    if not matters:
        raise Refused(N_("Write down what the power of attorney is for."), field="matters", article=article)
    if len(matters) > MAX_MATTERS:
        raise Refused(
            N_("This field takes at most %(limit)s characters."), field="matters", limit=MAX_MATTERS
        )
    if authority not in set(Authority):
        raise Refused(N_("Choose how far the authority reaches."), field="authority", article=article)


@one_transaction
def end_agent(*, case: Case, by: Person, at: datetime, revision: int | None = None) -> Case:
    """Record that the agent acts no longer."""
    row = begin_beside(case, by=by, revision=revision)
    acting = _agent_of(row)
    if acting is None:
        raise Refused(N_("The complaint has no agent."))
    acting.ended_at = at
    writer().save(acting, "ended_at")
    return record_beside(row, "case.agent_ended", by=by, at=at, data={"authority": acting.authority})


def _agent_of(case: Case) -> Representation | None:
    held = writer().held(Representation, ("agent", case.pk))
    if held is not None:
        return held if held.ended_at is None else None
    return Representation.objects.select_for_update().filter(case=case, ended_at=None).first()
