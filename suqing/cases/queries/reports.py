"""What a desk asks about a report: earlier ones of the same reporter, what it came of, what was done in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from suqing.accounts.models import Person
from suqing.cases.models import Case, CaseLink, CaseQuerySet
from suqing.cases.queries.one_case import same_person
from suqing.cases.queries.sight import visible_cases
from suqing.cases.vocabulary import Kind, State
from suqing.ledger.queries import events_of

# From where a repeat report can still be merged into an earlier one: nobody has begun to check it.
MERGEABLE = (State.DISPATCHED,)


def same_matter(case: Case) -> Q | None:
    """The condition for reports of the same reporter on the same operator; None if either is not known.

    O121 art. 35(2).  An anonymous report has no reporter to compare.  Whether the facts are the same is for a person
    to judge.
    """
    if case.kind != Kind.REPORT or case.party is None or case.party.erased_at is not None:
        return None
    if case.entity_id is not None:
        operator = Q(entity_id=case.entity_id)
    elif case.entity_name:
        operator = Q(entity_name=case.entity_name)
    else:
        return None
    return Q(kind=Kind.REPORT, party__in=same_person(case.party)) & operator


def earlier_reports(person: Person, case: Case, *, limit: int = 10) -> list[Case]:
    """Earlier reports of the same reporter on the same operator that this person may see, newest first."""
    return _alike(person, case, Q(received_at__lt=case.received_at) | _same_moment(case, "lt"), limit)


def repeats_to_merge(person: Person, case: Case, *, limit: int = 10) -> list[Case]:
    """Later reports of the same reporter on the same operator, in the same hands, that nobody has begun to check."""
    later = Q(received_at__gt=case.received_at) | _same_moment(case, "gt")
    mine = Q(state__in=MERGEABLE, responsible_unit_id=case.responsible_unit_id)
    return _alike(person, case, later & mine, limit)


def _same_moment(case: Case, which: str) -> Q:
    return Q(received_at=case.received_at, **{f"id__{which}": case.pk})


def _alike(person: Person, case: Case, narrower: Q, limit: int) -> list[Case]:
    matter = same_matter(case)
    if matter is None:
        return []
    rows: CaseQuerySet = visible_cases(person).filter(matter, narrower).exclude(pk=case.pk)
    return list(rows.select_related("issue_class").newest_first()[:limit])


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a report as one reader may see it; ``is_source`` if the report came of the other case."""

    kind: str
    other: Case
    is_source: bool
    at: datetime


def links_of(person: Person, case: Case) -> list[Link]:
    """What this report came of and what came of it, as far as this person may see the other end; one query.

    A complaint has no links to tell: that leads were found in it is the report's secret (O20 art. 33, O121 art. 37).
    """
    if case.kind != Kind.REPORT:
        return []
    seen = visible_cases(person).values("pk")
    rows = CaseLink.objects.filter(Q(case=case, other__in=seen) | Q(other=case, case__in=seen))
    rows = rows.select_related("case", "other").order_by("at", "id")
    return [
        Link(row.kind, row.other, True, row.at)
        if row.case_id == case.pk
        else Link(row.kind, row.case, False, row.at)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Done:
    """One act of an investigation as it was recorded."""

    act: str
    on: date
    by: str


def acts_of(case: Case) -> list[Done]:
    """The acts of an investigation in the order of their days; one query."""
    events = events_of("case", [case.pk]).filter(verb="case.investigated")
    found = [Done(e.data["act"], date.fromisoformat(e.data["on"]), e.actor_name) for e in events]
    return sorted(found, key=lambda done: done.on)
