"""Who stands behind a complaint, who may record it, and what is known of a complainant's other complaints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can_in
from suqing.cases.models import (
    Case,
    IdentityRequest,
    JointComplainant,
    JointConsent,
    Party,
    Representation,
)
from suqing.cases.risk_flags import Counts, Flag, Thresholds, flags
from suqing.cases.vocabulary import Kind
from suqing.ledger.policy import declare
from suqing.ledger.queries import setting

N_ = str

# O121 art. 17 names the signs and no numbers.
RISK_DAYS = declare(
    "risk.days", 30, N_("Days that count as a short time when complaints of one person are counted")
)
RISK_COMPLAINTS = declare(
    "risk.complaints", 5, N_("From how many complaints of one person within that time on a sign is shown")
)
RISK_PEOPLE = declare(
    "risk.people_on_number", 3, N_("From how many people on one phone number on a sign is shown")
)


def recorders(case: Case) -> tuple[Permission, ...]:
    """The rights of which one is needed to record who stands behind a complaint: the unit's, or before dispatch the
    centre's."""
    if case.dispatched_at is not None:
        return (Permission.CASE_HANDLE,)
    return (Permission.CASE_DISPATCH, Permission.CALL_TAKE)


def may_record(person: Person, case: Case) -> bool:
    """Whether this person may record agents, joint complainants and consents of this case now."""
    return any(can_in(person, permission, case.responsible_unit) for permission in recorders(case))


@dataclass(frozen=True, slots=True)
class People:
    """Who stands behind a complaint beside its complainant, and whether identity was asked for."""

    agent: Representation | None = None
    complainants: tuple[JointComplainant, ...] = ()
    consents: tuple[JointConsent, ...] = ()
    identity: tuple[IdentityRequest, ...] = ()

    @property
    def is_joint(self) -> bool:
        """Two or more people complain together."""
        return len(self.complainants) > 1


NOBODY = People()


def people_of(case: Case) -> People:
    """Agent, joint complainants, their unused consents and requests for identity; asked once for a page's row.

    One query where there is nobody, one more for each that there is.
    """
    if case.kind != Kind.COMPLAINT:
        return NOBODY
    known: People | None = case.__dict__.get("_people_beside")
    if known is None:
        known = case.__dict__["_people_beside"] = _read_people(case)
    return known


def _read_people(case: Case) -> People:
    own = {"case_id": OuterRef("pk")}
    has_agent, has_others, was_asked = Case.objects.filter(pk=case.pk).values_list(
        Exists(Representation.objects.filter(**own, ended_at=None)),
        Exists(JointComplainant.objects.filter(**own, left_at=None)),
        Exists(IdentityRequest.objects.filter(**own)),
    )[0]
    agents = Representation.objects.filter(case=case, ended_at=None).select_related("agent")
    joint = JointComplainant.objects.filter(case=case, left_at=None).select_related("party")
    given = JointConsent.objects.filter(
        complainant__case=case, complainant__left_at=None, used_at=None
    ).order_by("act", "complainant_id")
    asked = IdentityRequest.objects.filter(case=case).order_by("-asked_at", "-id")
    return People(
        agents.first() if has_agent else None,
        tuple(joint.order_by("id")) if has_others else (),
        tuple(given) if has_others else (),
        tuple(asked) if was_asked else (),
    )


def represented(taking_part: Sequence[JointComplainant], first: int | None) -> list[JointComplainant]:
    """Those whose consent an act needs: all who are not representatives; without representatives all but the first
    complainant, for whom the case stands."""
    if len(taking_part) < 2:
        return []
    if any(one.is_representative for one in taking_part):
        return [one for one in taking_part if not one.is_representative]
    return [one for one in taking_part if one.party_id != first]


def person_beside(case: Case, party: int) -> Party | None:
    """A person of this complaint other than its complainant, by key."""
    people = people_of(case)
    found = [one.party for one in people.complainants if one.party_id != case.party_id]
    if people.agent is not None:
        found.append(people.agent.agent)
    return next((one for one in found if one.pk == party), None)


def risk_flags(case: Case) -> tuple[Flag, ...]:
    """The signs of O121 art. 17 that counting can show for this complaint; two queries at most.

    The counts are over all units: whoever decides must know them, but not the cases behind them.
    """
    party = case.party
    if party is None or party.erased_at is not None or not party.phone_hash:
        return ()
    limits = Thresholds(setting(RISK_DAYS.key), setting(RISK_COMPLAINTS.key), setting(RISK_PEOPLE.key))
    since = case.received_at - timedelta(days=limits.days)
    own = Case.objects.filter(
        kind=Kind.COMPLAINT,
        party__phone_hash=party.phone_hash,
        party__name_hash=party.name_hash,
        received_at__gte=since,
        received_at__lte=case.received_at,
    )
    same_operator = Q(entity=case.entity_id) if case.entity_id else Q(pk=None)
    same_issue = Q(issue_class=case.issue_class_id) if case.issue_class_id else Q(pk=None)
    found = own.aggregate(operator=Count("pk", filter=same_operator), issue=Count("pk", filter=same_issue))
    people = Party.objects.filter(phone_hash=party.phone_hash, erased_at=None, cases__kind=Kind.COMPLAINT)
    counts = Counts(found["operator"], found["issue"], people.values("pk").distinct().count())
    return flags(counts, limits)
