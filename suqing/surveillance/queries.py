"""The hot list as one reader may see it: events of people and proposed ones, with what is counted of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.models import EventGroup, EventProposal, GroupMember, ProposedCase
from suqing.cases.queries.event_proposals import told_to, visible_proposals
from suqing.cases.queries.groups import listed_groups
from suqing.cases.queries.sight import visible_cases
from suqing.cases.vocabulary import ProposalState
from suqing.surveillance.hot_list import Counts, Heat, Order, hottest

SHOWN = 50
DAY, WEEK, BEFORE = timedelta(days=1), timedelta(days=7), timedelta(days=8)


@dataclass(frozen=True, slots=True)
class HotEvent:
    """One row of the hot list: an event of people or a proposed one, its counts and how hot it is."""

    group: EventGroup | None
    proposal: EventProposal | None
    counts: Counts
    heat: Heat


def hot_list(person: Person, now: datetime, *, order: Order = Order.HEAT) -> tuple[list[HotEvent], int]:
    """The hottest events in sight with a case within seven days, and how many such there are; four queries."""
    found = _counted(
        GroupMember.objects.filter(removed_at=None, group__in=listed_groups(person, is_over=False)).filter(
            case__in=visible_cases(person).values("pk")
        ),
        "group",
        now,
    )
    if can(person, Permission.CASE_GROUP):
        free = visible_proposals(person).filter(state=ProposalState.OPEN, group=None)
        rows = ProposedCase.objects.filter(left_at=None, joined_at=None, proposal__in=free)
        # Proposals have the keys below nought, so that one order holds both.
        proposed = _counted(rows.filter(case__in=told_to(person).values("pk")), "proposal", now)
        found |= {-key: counts for key, counts in proposed.items()}
    ranked = hottest(found.items(), order)
    shown = ranked[:SHOWN]
    groups = EventGroup.objects.in_bulk([key for key, _heat in shown if key > 0])
    proposals = EventProposal.objects.in_bulk([-key for key, _heat in shown if key < 0])
    return [HotEvent(groups.get(key), proposals.get(-key), found[key], heat) for key, heat in shown], len(
        ranked
    )


def _counted(members: QuerySet[Any, Any], name: str, now: datetime) -> dict[int, Counts]:
    """The counts by the key of what the cases are members of; one query."""
    received = "case__received_at"
    rows = (
        members.values(key=F(name))
        .annotate(
            day=Count("pk", filter=_within(received, now - DAY, now)),
            before=Count("pk", filter=_within(received, now - BEFORE, now - DAY)),
            week=Count("pk", filter=_within(received, now - WEEK, now)),
            sensitive=Count("pk", filter=Q(case__is_sensitive=True)),
            cases=Count("pk"),
        )
        .filter(week__gt=0)
        .order_by()
    )
    return {row["key"]: Counts(**{key: value for key, value in row.items() if key != "key"}) for row in rows}


def _within(field: str, since: datetime, until: datetime) -> Q:
    return Q(**{f"{field}__gt": since, f"{field}__lte": until})
