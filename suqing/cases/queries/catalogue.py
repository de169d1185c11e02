"""The dispatch catalogue (派单目录) as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from suqing.accounts import roles
from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import appointments_of
from suqing.cases.models import DispatchRule
from suqing.ledger.models import Event
from suqing.ledger.queries import events_of

IN_FORCE, COMING, ENDED, ALL = "in_force", "coming", "ended", "all"
STATUSES = (IN_FORCE, COMING, ENDED, ALL)
_NAMES = (
    "unit",
    "object_class__tree",
    "issue_class__tree",
    "place",
    "changed_by",
    "replaces",
    "replaced_by",
)


def reach_of(person: Person) -> list[Unit]:
    """The units below which this person keeps the catalogue; a centre's people do it for its whole authority."""
    keeping = roles.roles_with(Permission.RULES_MANAGE)
    units = [held.unit for held in appointments_of(person) if held.role in keeping]
    return [unit.parent if unit.kind == Unit.Kind.CENTRE and unit.parent else unit for unit in units]


def units_to_choose(person: Person) -> list[Unit]:
    """The units a row may name, in tree order."""
    found: dict[int, Unit] = {}
    for top in reach_of(person):
        rows = Unit.objects.under(top).active().exclude(kind=Unit.Kind.CENTRE).order_by("path")
        found |= {unit.pk: unit for unit in rows}
    return list(found.values())


@dataclass(frozen=True, slots=True)
class RuleFilters:
    """What the catalogue is narrowed to; empty fields do not narrow."""

    status: str = IN_FORCE
    kind: str = ""
    unit: int | None = None


def status_of(rule: DispatchRule, today: date) -> str:
    """Whether a row holds today, will hold, or has ended (also before it began)."""
    if rule.valid_until is not None and rule.valid_until <= max(today, rule.valid_from):
        return ENDED
    return COMING if rule.valid_from > today else IN_FORCE


def rules(filters: RuleFilters, today: date) -> list[DispatchRule]:
    """The rows as they propose, those that have ended newest first; one query."""
    rows = DispatchRule.objects.select_related(*_NAMES).in_order()
    if filters.kind:
        rows = rows.filter(kind__in=["", filters.kind])
    if filters.unit:
        rows = rows.filter(unit=filters.unit)
    found = [row for row in rows if filters.status == ALL or status_of(row, today) == filters.status]
    if filters.status == ENDED:
        found.sort(key=lambda row: (row.valid_until or date.max, row.pk), reverse=True)
    return found


def rule_with_story(pk: int) -> list[DispatchRule]:
    """The row and those it came of, the newest first.  Raise DispatchRule.DoesNotExist."""
    row: DispatchRule | None = DispatchRule.objects.select_related(*_NAMES).get(pk=pk)
    found = []
    while row is not None:
        found.append(row)
        row = (
            DispatchRule.objects.select_related(*_NAMES).get(pk=row.replaces_id) if row.replaces_id else None
        )
    return found


def rule_events(rows: list[DispatchRule]) -> list[Event]:
    """What was done to these rows, the newest first."""
    return list(events_of("dispatch_rule", [row.pk for row in rows]).order_by("-at", "-id"))
