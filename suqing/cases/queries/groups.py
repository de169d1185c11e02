"""Events and their cases as one reader may see them.

An event is in somebody's sight when one of its cases is; what is counted of it are the cases in sight, so that neither
a number nor a list tells of a report or of another unit's case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.models import Case, CaseQuerySet, EventGroup, GroupMember, GroupMerge
from suqing.cases.queries.sight import sees_all_cases, visible_cases
from suqing.ledger.models import Event
from suqing.ledger.queries import events_of

PAGE = 50
DAY, WEEK = timedelta(days=1), timedelta(days=7)


def visible_groups(person: Person) -> QuerySet[EventGroup]:
    """Events of which the person sees a case; those without any for who sees all cases and may group them."""
    mine = GroupMember.objects.filter(
        group=OuterRef("pk"), removed_at=None, case__in=visible_cases(person).values("pk")
    )
    seen = Q(Exists(mine))
    if sees_all_cases(person) and can(person, Permission.CASE_GROUP):
        seen |= ~Q(Exists(GroupMember.objects.filter(group=OuterRef("pk"), removed_at=None)))
    return EventGroup.objects.filter(seen)


def sees_any_of(person: Person, group: EventGroup) -> bool:
    """Whether the event is in the person's sight."""
    return sees_all_cases(person) or visible_groups(person).filter(pk=group.pk).exists()


def group_for(person: Person, number: str) -> EventGroup:
    """The event of this number.  Raise EventGroup.DoesNotExist if the person sees nothing of it."""
    return visible_groups(person).select_related("made_by", "merged_into").get(number=number)


def group_of(case: Case) -> EventGroup | None:
    """The event a case is in; one query."""
    member = GroupMember.objects.filter(case=case, removed_at=None).select_related("group").first()
    return member.group if member else None


def open_groups_of(person: Person, cases: Iterable[Case]) -> dict[int, EventGroup]:
    """The events in sight that go on and that these cases are in, by case; one query."""
    rows = GroupMember.objects.filter(case__in=list(cases), removed_at=None, group__in=visible_groups(person))
    rows = rows.filter(group__closed_at=None, group__merged_into=None).select_related("group")
    return {row.case_id: row.group for row in rows}


def cases_of(person: Person, group: EventGroup) -> CaseQuerySet:
    """The cases of an event that the person sees, newest first."""
    inside = GroupMember.objects.filter(case=OuterRef("pk"), group=group, removed_at=None)
    rows = visible_cases(person).filter(Exists(inside))
    return rows.select_related("responsible_unit", "issue_class", "place", "entity", "party").newest_first()


@dataclass(frozen=True, slots=True)
class Counted:
    """Cases, persons and events are three counts.  Persons are different people known by number and name; a report
    without a name adds none."""

    cases: int
    persons: int
    events: int


@dataclass(frozen=True, slots=True)
class GroupRow:
    """An event with what one reader sees of it; ``last_day`` and ``last_week`` are cases received since."""

    group: EventGroup
    cases: int
    persons: int
    open_cases: int
    last_day: int
    last_week: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One page of events; ``after`` is the key of the next one, 0 if there is none."""

    rows: list[GroupRow]
    after: int
    total: Counted


def group_page(
    person: Person, now: datetime, *, is_over: bool = False, after: int = 0, size: int = PAGE
) -> GroupPage:
    """The events in sight, newest first: those that go on, or those that are closed; three queries."""
    rows = listed_groups(person, is_over=is_over)
    total = _members(person, rows).aggregate(
        cases=Count("case"), persons=Count("case__party", distinct=True), events=Count("group", distinct=True)
    )
    page = (rows.filter(pk__lt=after) if after else rows).select_related("made_by").order_by("-pk")
    groups = list(page[: size + 1])
    return GroupPage(
        group_rows(person, groups[:size], now),
        groups[size - 1].pk if len(groups) > size else 0,
        Counted(**total),
    )


def listed_groups(person: Person, *, is_over: bool) -> QuerySet[EventGroup]:
    """The events in sight that go on, or those that are closed, without an order."""
    return visible_groups(person).filter(merged_into=None, closed_at__isnull=not is_over)


def group_rows(person: Person, groups: list[EventGroup], now: datetime) -> list[GroupRow]:
    """Events with their counts; one query."""
    counted = _counts(person, groups, now)
    return [GroupRow(group, **counted.get(group.pk, _NOTHING)) for group in groups]


def group_row(person: Person, group: EventGroup, now: datetime) -> GroupRow:
    """One event with its counts; one query."""
    return GroupRow(group, **_counts(person, [group], now).get(group.pk, _NOTHING))


_NOTHING: dict[str, Any] = {
    "cases": 0, "persons": 0, "open_cases": 0, "last_day": 0, "last_week": 0, "first_at": None, "last_at": None,
}  # fmt: skip


def _members(person: Person, groups: QuerySet[EventGroup] | list[EventGroup]) -> QuerySet[GroupMember]:
    inside = GroupMember.objects.filter(group__in=groups, removed_at=None)
    return inside.filter(case__in=visible_cases(person).values("pk"))


def _counts(person: Person, groups: list[EventGroup], now: datetime) -> dict[int, dict[str, Any]]:
    counted = (
        _members(person, groups)
        .values(key=F("group"))
        .annotate(
            cases=Count("pk"),
            persons=Count("case__party", distinct=True),
            open_cases=Count("pk", filter=Q(case__closed_at=None)),
            last_day=Count("pk", filter=Q(case__received_at__gt=now - DAY, case__received_at__lte=now)),
            last_week=Count("pk", filter=Q(case__received_at__gt=now - WEEK, case__received_at__lte=now)),
            first_at=Min("case__received_at"),
            last_at=Max("case__received_at"),
        )
        .order_by()
    )
    return {row["key"]: {name: value for name, value in row.items() if name != "key"} for row in counted}


def merges_of(person: Person, group: EventGroup) -> list[GroupMerge]:
    """The events that this one took over and that were not given back, newest first; those of which the person sees no
    case are left out, since their titles speak of cases out of sight."""
    rows = GroupMerge.objects.filter(survivor=group, undone_at=None)
    merges = list(rows.select_related("absorbed", "by").order_by("-pk"))
    seen = numbers_in_sight(person, {key for one in merges for key in one.case_ids}) if merges else {}
    return [one for one in merges if any(key in seen for key in one.case_ids)]


def story_of(group: EventGroup) -> list[Event]:
    """What was done to the event, oldest first."""
    return list(events_of("event_group", [group.pk]))


def numbers_in_sight(person: Person, keys: set[int]) -> dict[int, str]:
    """The numbers of those of these cases that the person sees."""
    return dict(visible_cases(person).filter(pk__in=keys).values_list("pk", "number"))
