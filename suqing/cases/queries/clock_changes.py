"""Runs that counted limits anew, and the cases they moved, as far as a person may see them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from suqing.accounts.models import Person, Unit
from suqing.cases.models import ClockChange, ClockRecount
from suqing.cases.queries.sight import sees_all_cases, visible_cases
from suqing.ledger.models import JobProgress

SHOWN_RUNS = 50


@dataclass(frozen=True, slots=True)
class RunView:
    """One run; ``changed`` counts only what this person may see.

    ``done`` and ``total`` are limits of all cases: None for whom a case is hidden from, or their number would tell.
    """

    row: ClockRecount
    changed: int
    done: int | None
    total: int | None

    @property
    def is_finished(self) -> bool:
        return self.row.finished_at is not None


def recounts(person: Person) -> list[RunView]:
    """The latest runs, newest first; three queries."""
    rows = list(ClockRecount.objects.order_by("-at", "-id")[:SHOWN_RUNS])
    mine = _visible(person).filter(run__in=[row.run for row in rows])
    counts = dict(mine.order_by().values_list("run").annotate(Count("pk")))
    progress = JobProgress.objects.in_bulk([row.progress for row in rows if row.progress])
    found, sees_all = [], sees_all_cases(person)
    for row in rows:
        known = progress.get(row.progress or 0)
        done, total = (row.counted, known.total if known else None) if sees_all else (None, None)
        found.append(RunView(row, counts.get(row.run, 0), done, total))
    return found


def clock_changes(person: Person, run: str, unit: Unit | None = None) -> QuerySet[ClockChange]:
    """What a run moved in the cases this person may see, of one unit and those below it if one is given."""
    rows = _visible(person).filter(run=run)
    if unit is not None:
        rows = rows.filter(clock__case__responsible_unit__in=Unit.objects.under(unit))
    return rows.select_related("clock__case__responsible_unit")


def _visible(person: Person) -> QuerySet[ClockChange]:
    return ClockChange.objects.filter(clock__case__in=visible_cases(person))
