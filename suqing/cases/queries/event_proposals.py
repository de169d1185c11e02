"""Proposed events as one reader may see them.

Who does not see all cases is shown those in sight only, and no report without a name: otherwise the words of one case
would lead to who reported (O20 art. 33, O121 art. 37).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from suqing.accounts.models import Person
from suqing.cases.models import Case, CaseQuerySet, EventProposal, ProposedCase
from suqing.cases.queries.sight import sees_all_cases, visible_cases
from suqing.cases.vocabulary import Kind, ProposalState

FEWEST = 3  # cases in sight from which on a proposal is shown; two alone are met on the page of either case
PAGE = 30
DAY, WEEK = timedelta(days=1), timedelta(days=7)


def told_to(person: Person) -> CaseQuerySet:
    """The cases that a proposal may lead this person to."""
    rows = visible_cases(person)
    return rows if sees_all_cases(person) else rows.exclude(kind=Kind.REPORT, is_real_name=False)


def cases_in_sight(person: Person, proposal: EventProposal) -> CaseQuerySet:
    """The cases that are proposed and that the person may be told of, newest first."""
    inside = ProposedCase.objects.filter(case=OuterRef("pk"), proposal=proposal, left_at=None, joined_at=None)
    return told_to(person).filter(Exists(inside)).newest_first()


def visible_proposals(person: Person) -> QuerySet[EventProposal]:
    """Proposals with enough cases in sight; for an event of people one case is enough."""
    inside = ProposedCase.objects.filter(proposal=OuterRef("pk"), left_at=None)
    seen = inside if sees_all_cases(person) else inside.filter(case__in=told_to(person).values("pk"))
    # Most proposals are pairs and stay so: they are left out before anything is counted.
    large = seen.filter(proposal__group=None, proposal__size__gte=FEWEST)
    counted = large.order_by().values("proposal").annotate(number=Count("pk"))
    return EventProposal.objects.exclude(state=ProposalState.ABSORBED).filter(
        Q(group=None, size__gte=FEWEST, pk__in=counted.filter(number__gte=FEWEST).values("proposal"))
        | Q(group__isnull=False) & Exists(seen)
    )


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal with what one reader sees of it; ``last_day`` and ``last_week`` are cases received since."""

    proposal: EventProposal
    cases: int = 0
    persons: int = 0
    operators: int = 0
    last_day: int = 0
    last_week: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


def proposal_page(
    person: Person, now: datetime, *, state: str = ProposalState.OPEN, offset: int = 0, size: int = PAGE
) -> tuple[list[ProposalRow], int]:
    """Proposals of one state, those with most cases first, and how many there are; three queries."""
    rows = visible_proposals(person).filter(state=state).exclude(state=ProposalState.OPEN, size=0)
    total = rows.count()
    page = rows.select_related("group", "decided_by").order_by("-size", "-changed_at", "-pk")
    return proposal_rows(person, list(page[offset : offset + size]), now), total


def proposal_rows(person: Person, proposals: list[EventProposal], now: datetime) -> list[ProposalRow]:
    """Proposals with their counts; one query."""
    inside = ProposedCase.objects.filter(proposal__in=proposals, left_at=None)
    inside = inside.filter(case__in=told_to(person).values("pk"))
    counted = inside.values(key=F("proposal")).annotate(
        cases=Count("pk"),
        persons=Count("case__party", distinct=True),
        operators=Count("case__entity", distinct=True),
        last_day=Count("pk", filter=Q(case__received_at__gt=now - DAY, case__received_at__lte=now)),
        last_week=Count("pk", filter=Q(case__received_at__gt=now - WEEK, case__received_at__lte=now)),
        first_at=Min("case__received_at"),
        last_at=Max("case__received_at"),
    )
    of: dict[int, dict[str, Any]] = {
        row["key"]: {name: value for name, value in row.items() if name != "key"}
        for row in counted.order_by()
    }
    return [ProposalRow(one, **of.get(one.pk, {})) for one in proposals]


def operators_of(person: Person, proposals: list[EventProposal]) -> dict[int, str]:
    """The operator that most cases in sight of a proposal are about, by proposal; none where no one has half of them, or
    where it is a natural person; one query."""
    inside = ProposedCase.objects.filter(proposal__in=proposals, left_at=None)
    rows = (
        inside.filter(case__in=told_to(person).values("pk"))
        .values_list("proposal", "case__entity__name", "case__entity__person_ref")
        .annotate(number=Count("pk"))
        .order_by("proposal", "-number", "case__entity__name")
    )
    cases: Counter[int] = Counter()
    best: dict[int, tuple[str, int]] = {}
    for proposal, name, person, number in rows:
        cases[proposal] += number
        if name and person is None:
            best.setdefault(proposal, (name, number))
    return {key: name for key, (name, number) in best.items() if 2 * number >= cases[key]}


def proposed_with(proposal: EventProposal, cases: list[Case]) -> dict[int, ProposedCase]:
    """How each of these cases came into the proposal; one query."""
    return {one.case_id: one for one in proposal.cases.filter(case__in=cases, left_at=None)}


def proposal_for(person: Person, pk: int) -> EventProposal:
    """One proposal of which a case is, or was, in sight.  Raise EventProposal.DoesNotExist otherwise."""
    inside = ProposedCase.objects.filter(proposal=OuterRef("pk"), case__in=told_to(person).values("pk"))
    rows = EventProposal.objects.exclude(state=ProposalState.ABSORBED).filter(Exists(inside))
    return rows.select_related("group", "decided_by").get(pk=pk)


def proposal_of_group(person: Person, group: int) -> EventProposal | None:
    """The cases that are proposed for an event of people, if any is in sight."""
    rows = visible_proposals(person).filter(group=group, state=ProposalState.OPEN, size__gt=0)
    return rows.order_by("-pk").first()


def waiting(person: Person) -> int:
    """How many proposals wait for a decision; one query."""
    return visible_proposals(person).filter(state=ProposalState.OPEN, size__gt=0).count()
