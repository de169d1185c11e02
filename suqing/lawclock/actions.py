"""Changing the calendar; each change is one event ``calendar.changed``, from which clocks are recounted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.lawclock.calendars import CalendarMissing, YearFile, read_year, shipped_years
from suqing.lawclock.models import CalendarDay, CalendarState, CalendarYear
from suqing.ledger.actions import record

By = Person | str


class NothingToChange(ValueError):
    """The calendar already says so."""


class NoticeMissing(ValueError):
    """A local edit must name the notice or decision it rests on."""


class YearPublished(ValueError):
    """The year has a notice, so nothing needs to be assumed about it."""


@transaction.atomic
def load_calendars(*, by: By, at: datetime) -> list[int]:
    """Load the shipped years that are missing or differ and return them; years imported here stay."""
    require(by, Permission.POLICY_MANAGE)
    state = _lock(at)
    kept = set(
        CalendarYear.objects.filter(origin=CalendarYear.Origin.IMPORTED).values_list("year", flat=True)
    )
    changed = [file for file in shipped_years() if file.year not in kept and not _is_stored(file)]
    for file in changed:
        _store(file, CalendarYear.Origin.SHIPPED, by=by, at=at)
    years = [file.year for file in changed]
    if years:
        _changed(state, ("calendar", "shipped"), {"years": years}, by=by, at=at)
    return years


@transaction.atomic
def import_year(*, by: By, at: datetime, data: Mapping[str, Any]) -> CalendarYear:
    """Load one year's file for what was there; local edits stay.  Raise BadYearFile, NothingToChange."""
    require(by, Permission.POLICY_MANAGE)
    file = read_year(data)
    state = _lock(at)
    if _is_stored(file):
        raise NothingToChange(f"{file.year} is stored exactly like this")
    row = _store(file, CalendarYear.Origin.IMPORTED, by=by, at=at)
    facts = {"years": [file.year], "papers": list(file.papers), "days": len(file.rules)}
    _changed(state, row, facts, by=by, at=at)
    return row


@transaction.atomic
def assume_year(*, by: By, at: datetime, year: int) -> CalendarYear:
    """Count a year without a notice as Monday to Friday, provisionally, until ``import_year`` replaces it."""
    require(by, Permission.POLICY_MANAGE)
    state = _lock(at)
    if CalendarYear.objects.filter(pk=year).exists():
        raise YearPublished(f"{year} is in the calendar already")
    row = CalendarYear.objects.create(
        year=year, origin=CalendarYear.Origin.ASSUMED, loaded_at=at, loaded_by=_label(by)
    )
    _changed(state, row, {"years": [year], "assumed": True}, by=by, at=at)
    return row


@transaction.atomic
def change_day(*, by: By, at: datetime, day: date, is_off: bool, name: str, notice: str) -> CalendarDay:
    """Declare one day off or working here; it stands above the notice.

    Raise NoticeMissing, NothingToChange, or CalendarMissing when the day's year is not loaded.
    """
    require(by, Permission.POLICY_MANAGE)
    if not notice.strip():
        raise NoticeMissing(f"{day}: name the notice or decision")
    state = _lock(at)
    if not CalendarYear.objects.filter(pk=day.year).exists():
        raise CalendarMissing(day.year)
    before = CalendarDay.objects.local().filter(day=day).first()
    after = {"is_off": is_off, "name": name.strip(), "notice": notice.strip()}
    if before is not None and _facts(before) == after:
        raise NothingToChange(f"{day} is stored exactly like this")
    row, _created = CalendarDay.objects.update_or_create(
        day=day, is_local=True, defaults={**after, "year_id": day.year}
    )
    facts = {"day": day.isoformat(), "before": _facts(before), "after": after}
    _changed(state, ("calendar_year", day.year), facts, by=by, at=at)
    return row


@transaction.atomic
def restore_day(*, by: By, at: datetime, day: date) -> None:
    """Drop the local edit of a day, so that the notice holds again.  Raise NothingToChange."""
    require(by, Permission.POLICY_MANAGE)
    state = _lock(at)
    before = CalendarDay.objects.local().filter(day=day).first()
    if before is None:
        raise NothingToChange(f"{day} has no local edit")
    facts = {"day": day.isoformat(), "before": _facts(before), "after": None}
    before.delete()
    _changed(state, ("calendar_year", day.year), facts, by=by, at=at)


def _lock(at: datetime) -> CalendarState:
    """One change at a time; readers are not held up."""
    CalendarState.objects.get_or_create(pk=1, defaults={"token": uuid4(), "changed_at": at})
    return CalendarState.objects.select_for_update().get(pk=1)


def _changed(state: CalendarState, subject: Any, facts: dict[str, Any], *, by: By, at: datetime) -> None:
    state.number += 1
    state.token = uuid4()
    state.changed_at = at
    state.save(update_fields=["number", "token", "changed_at"])
    record("calendar.changed", subject, by=by, at=at, data={**facts, "version": state.number})


def _is_stored(file: YearFile) -> bool:
    row = CalendarYear.objects.filter(pk=file.year).first()
    if row is None or tuple(row.papers) != file.papers:
        return False
    stored = {day.as_rule() for day in CalendarDay.objects.declared().filter(year=row)}
    return stored == set(file.rules)


def _store(file: YearFile, origin: str, *, by: By, at: datetime) -> CalendarYear:
    """Replace the year's declared days; where an older notice named the same day, the newer one counts."""
    row, _created = CalendarYear.objects.update_or_create(
        year=file.year,
        defaults={
            "papers": list(file.papers),
            "origin": origin,
            "loaded_at": at,
            "loaded_by": _label(by),
        },
    )
    days = CalendarDay.objects.declared()
    days.filter(year=row).delete()
    days.filter(day__in=[rule.day for rule in file.rules]).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(day=rule.day, year=row, is_off=rule.is_off, name=rule.name, notice=rule.notice)
        for rule in file.rules
    )
    return row


def _facts(row: CalendarDay | None) -> dict[str, Any] | None:
    return None if row is None else {"is_off": row.is_off, "name": row.name, "notice": row.notice}


def _label(by: By) -> str:
    return by if isinstance(by, str) else f"person:{by.pk}"
