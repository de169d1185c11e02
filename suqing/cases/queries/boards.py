"""The boards of a supervisor: limits at risk by unit, and what waits to be dispatched, the longest waiting first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from suqing.accounts.models import Person, Unit
from suqing.cases.intake import local_day
from suqing.cases.models import Case
from suqing.cases.queries.competence import Proposal, first_proposals
from suqing.cases.queries.ready import WAITING
from suqing.cases.queries.sight import visible_cases

SHOWN = 15
HOURS = (12, 24, 48)
_NAMED = (
    "entity", "party", "place", "platform_place", "published_place", "act_place", "handler",
    "object_class__tree", "issue_class__tree", "responsible_unit__parent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AtRisk:
    """How many open cases are overdue or end within so many hours; each longer span holds the shorter ones."""

    unit: Unit | None
    overdue: int
    within: tuple[int, ...]  # in the order of HOURS


def at_risk(person: Person, now: datetime) -> tuple[AtRisk, list[AtRisk]]:
    """All that this person may see, and by unit, each with the units below it as in the work list; worst first.

    Two queries.
    """
    counted = {"overdue": Count("pk", filter=Q(next_due_at__lt=now))} | {
        f"h{hours}": Count("pk", filter=Q(next_due_at__gt=now, next_due_at__lte=now + timedelta(hours=hours)))
        for hours in HOURS
    }
    latest = now + timedelta(hours=max(HOURS))
    rows = visible_cases(person).filter(closed_at=None, next_due_at__lte=latest).order_by()
    own = {
        found[0]: found[1:] for found in rows.values("responsible_unit").annotate(**counted).values_list(
            "responsible_unit", "overdue", *(f"h{hours}" for hours in HOURS)
        )
    }  # fmt: skip
    units = Unit.objects.in_bulk()
    found = [
        _risk(unit, [numbers for pk, numbers in own.items() if units[pk].path.startswith(unit.path)])
        for unit in (units[pk] for pk in own)
    ]
    found.sort(
        key=lambda one: (-one.overdue, [-number for number in one.within], one.unit.path if one.unit else "")
    )
    return _risk(None, list(own.values())), found


def _risk(unit: Unit | None, numbers: list[tuple[int, ...]]) -> AtRisk:
    sums = [sum(column) for column in zip(*numbers, strict=True)] or [0] * (1 + len(HOURS))
    return AtRisk(unit, sums[0], tuple(sums[1:]))


@dataclass(frozen=True, slots=True)
class Board:
    """What waits for the dispatchers: how many, and those waiting longest with the unit that is proposed."""

    to_dispatch: int
    objections: int
    returned: int
    cases: list[Case]
    proposed: dict[int, Proposal]


def dispatch_board(person: Person, now: datetime) -> Board:
    """The board as far as this person sees it; the numbers are those of the ready lists of these names."""
    mine = visible_cases(person)
    numbers = mine.filter(closed_at=None).aggregate(
        **{name: Count("pk", filter=WAITING[name]) for name in ("to_dispatch", "objections", "returned")}
    )
    waiting = mine.filter(WAITING["to_dispatch"] | WAITING["objections"], closed_at=None)
    oldest = list(waiting.select_related(*_NAMED).order_by("received_at", "id")[:SHOWN])
    return Board(**numbers, cases=oldest, proposed=first_proposals(oldest, local_day(now)))
