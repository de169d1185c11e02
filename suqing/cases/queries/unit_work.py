"""What still hangs on a unit when somebody thinks of closing it; counted for all, not within one person's sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from suqing.accounts.models import Unit
from suqing.cases.models import Case, DispatchRule
from suqing.cases.queries.catalogue import ENDED, status_of


@dataclass(frozen=True, slots=True)
class UnitWork:
    """Open cases that lie with the unit itself, and rows of the dispatch catalogue that still send cases to it."""

    open_cases: int
    rules: int


def work_of(unit: Unit, today: date) -> UnitWork:
    """What hangs on this unit; two queries."""
    rows = DispatchRule.objects.filter(unit=unit)
    return UnitWork(
        open_cases=Case.objects.unfinished().filter(responsible_unit=unit).count(),
        rules=sum(status_of(row, today) != ENDED for row in rows),
    )
