"""Who sees which cases: decided here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import appointments_of, can, visible_unit_ids
from suqing.cases.models import Case, CaseQuerySet
from suqing.cases.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class UnitsInSight:
    """The units whose cases are seen, and those whose reports are seen too; None for all."""

    units: frozenset[int] | None
    report_units: frozenset[int] | None


def units_in_sight(person: Person) -> UnitsInSight:
    """Which cases this person may open; reports only for those who hold that right (O20 art. 33, O121 art. 37)."""
    mine = _frozen(visible_unit_ids(person))
    if not can(person, Permission.REPORT_VIEW):
        return UnitsInSight(mine, frozenset())
    if len(appointments_of(person)) > 1:
        # The right to reports that comes with one appointment does not reach what is seen by another.
        return UnitsInSight(mine, _frozen(visible_unit_ids(person, holding=Permission.REPORT_VIEW)))
    return UnitsInSight(mine, mine)


def _frozen(units: set[int] | None) -> frozenset[int] | None:
    return None if units is None else frozenset(units)


def visible_cases(person: Person) -> CaseQuerySet:
    """The cases this person may open."""
    sight = units_in_sight(person)
    cases = Case.objects.all()
    if sight.units is not None:
        cases = cases.filter(responsible_unit_id__in=sight.units)
    if sight.report_units is None or sight.report_units == sight.units:
        return cases
    if not sight.report_units:
        return cases.exclude(kind=Kind.REPORT)
    return cases.exclude(Q(kind=Kind.REPORT) & ~Q(responsible_unit_id__in=sight.report_units))


def case_for(person: Person, number: str) -> Case:
    """The case of this number, if the person may see it.  Raise Case.DoesNotExist otherwise: a number that belongs to
    another unit and one that does not exist look the same."""
    rows = (
        visible_cases(person)
        .select_related(
            "submission__call",
            "party",
            "entity",
            "place__parent",
            "object_class__tree",
            "issue_class__tree",
            "responsible_unit",
            "handler",
            "registered_by",
            "mediation",
            "result",
            "imported__run",
        )
        .defer("imported__run__preview")
    )
    # The clocks are asked for by the head, the steps, the notices and the clocks of the page: read once.
    return rows.prefetch_related("clocks").get(number=number)


def sees_all_cases(person: Person) -> bool:
    """Whether no case of any unit or kind is hidden from this person."""
    return visible_unit_ids(person, holding=Permission.REPORT_VIEW) is None
