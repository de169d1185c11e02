"""A mediation as the page tells it, and the leads that were found on its way."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.models import Case, Mediation, MediationSession, Recusal
from suqing.cases.queries.sight import visible_cases
from suqing.cases.vocabulary import Kind, LinkKind


@dataclass(frozen=True, slots=True)
class MediationView:
    """The mediation of a complaint with its meetings and applications for recusal, oldest first."""

    mediation: Mediation
    sessions: list[MediationSession]
    recusals: list[Recusal]


def mediation_of(case: Case) -> Mediation | None:
    """The mediation of a case, None before anybody has consented or begun; no query on a case of ``case_for``."""
    try:
        found: Mediation = case.mediation
    except ObjectDoesNotExist:
        return None
    return found


def mediation_view(case: Case) -> MediationView | None:
    """All of a mediation; at most two queries."""
    found = mediation_of(case)
    if found is None:
        return None
    sessions = list(case.mediation_sessions.order_by("begins_at", "id"))
    recusals = list(case.recusals.select_related("decided_by").order_by("applied_at", "id"))
    return MediationView(found, sessions, recusals)


def leads_of(person: Person, case: Case) -> list[Case]:
    """The reports that came of leads found in this mediation, as far as this person may see them (O20 art. 33,
    O121 art. 37); none, without a query, for who may see no reports."""
    if case.kind != Kind.COMPLAINT or not can(person, Permission.REPORT_VIEW):
        return []
    reports = visible_cases(person).filter(links__other=case, links__kind=LinkKind.LEADS)
    return list(reports.order_by("id"))


def origin_of_leads(person: Person, case: Case) -> Case | None:
    """The complaint in whose mediation the leads of this report were found, if this person may see it."""
    if case.kind != Kind.REPORT or case.party_id is not None:
        return None
    return visible_cases(person).filter(linked_from__case=case, linked_from__kind=LinkKind.LEADS).first()
