"""Making people, appointing them, duty, and looks at personal data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from suqing.accounts import queries, roles
from suqing.accounts.actions.passwords import generate_password
from suqing.accounts.actions.sessions import ADMINISTRATOR, end_sessions_of
from suqing.accounts.models import Appointment, Duty, Person, PersonalLook, Unit, normalise_username
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import Actor, require
from suqing.kit import pinyin
from suqing.ledger import queries as ledger
from suqing.ledger.actions import record, subject_label

LONGEST_DUTY = timedelta(days=31)
LOOKS_AT_ONCE = 2_000
BY_ROLE = "role"  # the reason of a look that nobody was asked a reason for
UNITS_FILE = Path(__file__).parent.parent / "data" / "units.json"


class LastAdministrator(ValueError):
    """Somebody must remain who can manage people."""


class NotInForce(ValueError):
    """The appointment, the person or the unit has ended already."""


class UnitInUse(ValueError):
    """People are appointed to the unit, or units below it still work."""


class ReasonMissing(ValueError):
    """A look at personal data needs a reason that says something."""


class BadDuty(ValueError):
    """The duty ends before it begins, lasts too long, or lies in another one of the person; says which."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person just made, and the password to hand over once; it is not kept anywhere."""

    person: Person
    password: str


@transaction.atomic
def create_person(
    *,
    username: str,
    display_name: str,
    by: Actor,
    at: datetime,
    staff_no: str = "",
    password: str | None = None,
) -> NewPerson:
    """Make a person who can sign in.  A generated password must be changed at first sign-in."""
    require(by, Permission.PEOPLE_MANAGE)
    given = password or generate_password()
    person = Person(
        username=normalise_username(username),
        display_name=display_name.strip(),
        staff_no=staff_no.strip(),
        must_change_password=password is None,
        password_set_at=None if password is None else timezone.now(),
        created_at=timezone.now(),
    )
    if password is not None:
        validate_password(password, person)
    person.set_password(given)
    person.full_clean()
    person.save()
    record("person.created", person, by=by, at=at, data={"username": person.username})
    return NewPerson(person, given)


@transaction.atomic
def appoint(
    *,
    person: Person,
    unit: Unit,
    role: str,
    by: Actor,
    at: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Appointment:
    """Appoint the person to a role in a unit, from now (real time) unless ``since`` says otherwise."""
    require(by, Permission.PEOPLE_MANAGE)
    roles.role(role)
    # Locked, so that the unit is not closed meanwhile.
    if not Unit.objects.select_for_update().filter(pk=unit.pk, is_active=True).exists():
        raise NotInForce
    since = since or timezone.now()
    appointment = Appointment(person=person, unit=unit, role=role, since=since, until=until)
    appointment.full_clean()
    appointment.save()
    queries.forget_appointments(person)
    data = {"unit": unit.code, "role": role, "since": since, "until": until}
    record("person.appointed", person, by=by, at=at, data=data)
    return appointment


@transaction.atomic
def end_appointment(*, appointment: Appointment, by: Actor, at: datetime) -> None:
    """End the appointment now.  Raise LastAdministrator if nobody could manage people then, or NotInForce."""
    require(by, Permission.PEOPLE_MANAGE)
    now = timezone.now()
    _keep_an_administrator(without={appointment.pk}, now=now)
    appointment.refresh_from_db()
    if appointment.until is not None and appointment.until <= now:
        raise NotInForce
    appointment.until = max(now, appointment.since)
    appointment.save(update_fields=["until"])
    queries.forget_appointments(appointment.person)
    data = {"unit": appointment.unit.code, "role": appointment.role}
    record("person.appointment_ended", appointment.person, by=by, at=at, data=data)


@transaction.atomic
def deactivate(*, person: Person, by: Actor, at: datetime) -> None:
    """The person can sign in no more; their history stays.  Raise as end_appointment does."""
    require(by, Permission.PEOPLE_MANAGE)
    held = set(person.appointments.values_list("pk", flat=True))
    _keep_an_administrator(without=held, now=timezone.now())
    if not Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        raise NotInForce
    person.is_active = False
    queries.forget_appointments(person)
    record("person.deactivated", person, by=by, at=at)
    end_sessions_of(person, ADMINISTRATOR, by, at)


@transaction.atomic
def reactivate(*, person: Person, by: Actor, at: datetime) -> None:
    """Let the person sign in again, with the appointments that are still in force."""
    require(by, Permission.PEOPLE_MANAGE)
    person.is_active = True
    person.save(update_fields=["is_active"])
    queries.forget_appointments(person)
    record("person.reactivated", person, by=by, at=at)


def _keep_an_administrator(*, without: set[int], now: datetime) -> None:
    """Refuse if only appointments that end some day would be left to manage people.

    All of them and their people are locked, so that two administrators cannot remove each other at once.
    """
    granting = roles.roles_with(Permission.PEOPLE_MANAGE)
    held = Appointment.objects.in_force(now).filter(role__in=granting).select_related("person").order_by("pk")
    locked = list(held.select_for_update(of=("self", "person")))
    leaving = [held for held in locked if held.pk in without]
    staying = [held for held in locked if held.pk not in without and held.until is None]
    if leaving and not staying:
        raise LastAdministrator


@transaction.atomic
def set_duty(
    *,
    person: Person,
    unit: Unit,
    since: datetime,
    until: datetime,
    by: Actor,
    at: datetime,
    source: str = Duty.Source.ENTERED,
) -> Duty:
    """Enter that the person is on duty in the unit (centre time).  Raise BadDuty or NotPermitted."""
    _require_duty(by, unit)
    if until <= since:
        raise BadDuty("backward")
    if until - since > LONGEST_DUTY:
        raise BadDuty("too_long")
    # The person is locked, so that two who enter the same duty at once do not both succeed.
    if not Person.objects.select_for_update().filter(pk=person.pk, is_active=True).exists():
        raise NotInForce
    overlapping = Duty.objects.filter(person=person, unit=unit, since__lt=until, until__gt=since)
    if any(row.until > row.since for row in overlapping):
        raise BadDuty("overlaps")
    duty = Duty.objects.create(person=person, unit=unit, since=since, until=until, source=source)
    data = {"unit": unit.code, "since": since, "until": until, "source": str(source)}
    record("person.duty_set", person, by=by, at=at, data=data)
    return duty


@transaction.atomic
def end_duty(*, duty: Duty, by: Actor, at: datetime) -> None:
    """End a duty now, or take back one that has not begun.  Raise NotInForce if it is over already."""
    row = Duty.objects.select_for_update(of=("self",)).select_related("unit", "person").get(pk=duty.pk)
    _require_duty(by, row.unit)
    if row.until <= at or row.until == row.since:
        raise NotInForce
    row.until = max(at, row.since)
    row.save(update_fields=["until"])
    data = {"unit": row.unit.code, "since": row.since, "until": row.until}
    record("person.duty_ended", row.person, by=by, at=at, data=data)


def _require_duty(by: Actor, unit: Unit) -> None:
    if isinstance(by, Person) and not queries.may_set_duty(by, unit):
        raise queries.NotPermitted(Permission.PEOPLE_MANAGE)
    if isinstance(by, str):
        require(by, Permission.PEOPLE_MANAGE)


@transaction.atomic
def look_at_personal(*, by: Person, subject: Model | tuple[str, object], reason: str, at: datetime) -> None:
    """Log that ``by`` looks at personal data of ``subject`` and why.  Raise ReasonMissing or NotPermitted."""
    if not queries.can(by, Permission.PERSONAL_SEE):
        require(by, Permission.PERSONAL_UNMASK)
    reason = checked_reason(reason)
    label = ":".join(subject_label(subject))
    look = PersonalLook.objects.create(
        person=by, subject=label, reason=reason, at=at, recorded_at=timezone.now()
    )
    # The reason may itself name people, so the chain holds only its keyed hash: changed later, it shows.
    data = {"look": look.pk, "reason_hash": ledger.keyed_hash("look reason", reason)}
    record("personal.looked_at", subject, by=by, at=at, data=data)


@transaction.atomic
def look_at_many(*, by: Person, subjects: Sequence[str], reason: str, at: datetime) -> int:
    """Log that ``by`` was given the personal data of many subjects ("party:12") in a file, a row for each; return how
    many.  The event is the caller's, one for the whole file.  Raise ReasonMissing or NotPermitted."""
    require(by, Permission.PERSONAL_SEE)
    reason = checked_reason(reason)
    now = timezone.now()
    looks = [
        PersonalLook(person=by, subject=subject, reason=reason, at=at, recorded_at=now)
        for subject in dict.fromkeys(subjects)
    ]
    PersonalLook.objects.bulk_create(looks, batch_size=LOOKS_AT_ONCE)
    return len(looks)


def checked_reason(reason: str) -> str:
    """The reason without the blanks around it.  Raise ReasonMissing if it says too little."""
    reason = reason.strip()
    if len(reason) < ledger.setting("accounts.look_reason_min"):
        raise ReasonMissing
    return reason


@transaction.atomic
def note_look_by_role(*, by: Person, subject: Model | tuple[str, object], at: datetime) -> None:
    """Log that ``by`` was shown personal data that the role opens without a reason.  Raise NotPermitted without it."""
    require(by, Permission.PERSONAL_SEE)
    label = ":".join(subject_label(subject))
    look = PersonalLook.objects.create(
        person=by, subject=label, reason=BY_ROLE, at=at, recorded_at=timezone.now()
    )
    record("personal.shown_by_role", subject, by=by, at=at, data={"look": look.pk})


def note_sign_in(*, person: Person, at: datetime, second: str = "", way: str = "") -> None:
    """Put a sign-in on record: the ``way`` if it was not the password, and by what the second step was made."""
    with transaction.atomic():
        data = {name: word for name, word in (("way", way), ("second", second)) if word} or None
        record("person.signed_in", person, by=person, at=at, data=data)


def note_failed_sign_in(*, username: str, locked: bool, at: datetime) -> None:
    """Put a failed sign-in on record.  The name is kept only if it is a person's: it may be a password."""
    person = Person.objects.filter(username=normalise_username(username)).first()
    with transaction.atomic():
        subject = person or ("person", "unknown")
        record("person.sign_in_failed", subject, by="system:sign-in", at=at, data={"locked": locked})


@transaction.atomic
def add_unit(
    *, code: str, name: str, kind: str, parent: Unit | None, by: Actor, at: datetime, division_code: str = ""
) -> Unit:
    """Add a unit of one's own to the tree; it is marked as entered here."""
    require(by, Permission.PEOPLE_MANAGE)
    values = {"code": code.strip(), "name": name.strip(), "kind": kind, "division_code": division_code}
    unit = Unit(parent=parent, pinyin=pinyin.sort_key(name), source=Unit.Source.LOCAL, **values)
    unit.full_clean()
    unit.save()
    unit.path = f"{parent.path if parent else ''}{unit.pk}/"
    unit.save(update_fields=["path"])
    record("unit.added", unit, by=by, at=at, data=values | {"parent": parent.code if parent else None})
    return unit


@transaction.atomic
def close_unit(*, unit: Unit, by: Actor, at: datetime) -> None:
    """Take the unit out of use; its history stays.  Raise UnitInUse while people or units depend on it."""
    require(by, Permission.PEOPLE_MANAGE)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    below = Unit.objects.under(unit).active().exclude(pk=unit.pk)
    if below.exists() or Appointment.objects.in_force(timezone.now()).filter(unit=unit).exists():
        raise UnitInUse
    unit.is_active = False
    unit.save(update_fields=["is_active"])
    record("unit.closed", unit, by=by, at=at, data={"code": unit.code})


@transaction.atomic
def load_units(*, by: Actor, at: datetime, file: Path = UNITS_FILE) -> int:
    """Add the units of the file and bring known ones (by code) up to it; return how many it added or changed.

    Units that the file does not name were made here, and those marked so were renamed or moved here: they are left alone.
    """
    require(by, Permission.PEOPLE_MANAGE)
    waiting: list[Mapping[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["units"]
    units = {unit.code: unit for unit in Unit.objects.select_for_update()}
    loaded: set[str] = set()
    changed = 0
    while waiting:
        ready = [row for row in waiting if row["parent"] is None or row["parent"] in loaded]
        if not ready:
            raise ValueError(f"units whose parent the file lacks: {[row['code'] for row in waiting]}")
        changed += _write_units(ready, units)
        loaded |= {row["code"] for row in ready}
        waiting = [row for row in waiting if row["code"] not in loaded]
    _write_paths()
    if changed:
        record("units.loaded", ("unit", "*"), by=by, at=at, data={"changed": changed})
    return changed


_UNIT_FIELDS = ("name", "kind", "division_code", "source", "is_sample", "pinyin", "parent_id")


def _write_units(rows: list[Mapping[str, Any]], units: dict[str, Unit]) -> int:
    """Write one level of the tree, its parents being in ``units``; add it there, return the changes."""
    new: list[Unit] = []
    changed: list[Unit] = []
    for row in rows:
        parent = units[row["parent"]].pk if row["parent"] else None
        values = dict(row) | {"pinyin": pinyin.sort_key(row["name"]), "parent_id": parent}
        unit = units.setdefault(row["code"], Unit(code=row["code"]))
        if unit.pk is not None and unit.source == Unit.Source.LOCAL != row["source"]:
            continue
        before = [getattr(unit, field) for field in _UNIT_FIELDS]
        for field in _UNIT_FIELDS:
            setattr(unit, field, values[field])
        if unit.pk is None:
            new.append(unit)
        elif before != [getattr(unit, field) for field in _UNIT_FIELDS]:
            changed.append(unit)
    Unit.objects.bulk_create(new)
    Unit.objects.bulk_update(changed, [field.removesuffix("_id") for field in _UNIT_FIELDS])
    return len(new) + len(changed)


def _write_paths() -> None:
    """Recompute the paths of all units: a moved unit takes along what was made below it here."""
    units = Unit.objects.in_bulk()
    stale = []
    for unit in units.values():
        path, above = f"{unit.pk}/", unit.parent_id
        while above is not None:
            path, above = f"{above}/{path}", units[above].parent_id
        if unit.path != path:
            unit.path = path
            stale.append(unit)
    Unit.objects.bulk_update(stale, ["path"])


@transaction.atomic
def correct_person(*, person: Person, display_name: str, staff_no: str, by: Actor, at: datetime) -> bool:
    """Correct a person's name and staff number; say whether anything differed.  Raise ValidationError."""
    require(by, Permission.PEOPLE_MANAGE)
    row = Person.objects.select_for_update().get(pk=person.pk)
    before = {"display_name": row.display_name, "staff_no": row.staff_no}
    after = {"display_name": display_name.strip(), "staff_no": staff_no.strip()}
    if before == after:
        return False
    row.display_name, row.staff_no = after["display_name"], after["staff_no"]
    row.full_clean()
    row.save(update_fields=list(after))
    record("person.corrected", row, by=by, at=at, data={"before": before, "after": after})
    return True


class BadPlace(ValueError):
    """A unit cannot stand below itself, nor below a unit that is closed."""


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, by: Actor, at: datetime) -> bool:
    """Give the unit another name, which then counts as entered here; say whether it differed."""
    require(by, Permission.PEOPLE_MANAGE)
    row = Unit.objects.select_for_update().get(pk=unit.pk)
    before, after = row.name, name.strip()
    if before == after:
        return False
    row.name, row.pinyin, row.source = after, pinyin.sort_key(after), Unit.Source.LOCAL
    row.full_clean()
    row.save(update_fields=["name", "pinyin", "source"])
    record("unit.renamed", row, by=by, at=at, data={"before": before, "after": after})
    return True


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit | None, by: Actor, at: datetime) -> bool:
    """Put the unit, with all below it, under another one; say whether it stood elsewhere.  Raise BadPlace."""
    require(by, Permission.PEOPLE_MANAGE)
    units = {row.pk: row for row in Unit.objects.select_for_update().order_by("pk")}
    row, above = units[unit.pk], units[parent.pk] if parent else None
    if row.parent_id == (above.pk if above else None):
        return False
    if above is not None and (above.path.startswith(row.path) or not above.is_active):
        raise BadPlace
    before = units[row.parent_id].code if row.parent_id else None
    row.parent, row.source = above, Unit.Source.LOCAL
    row.save(update_fields=["parent", "source"])
    _write_paths()
    data = {"before": before, "after": above.code if above else None}
    record("unit.moved", row, by=by, at=at, data=data)
    return True


@transaction.atomic
def reopen_unit(*, unit: Unit, by: Actor, at: datetime) -> None:
    """Take a closed unit into use again.  Raise NotInForce if it works already, BadPlace below a closed one."""
    require(by, Permission.PEOPLE_MANAGE)
    row = Unit.objects.select_for_update(of=("self",)).select_related("parent").get(pk=unit.pk)
    if row.is_active:
        raise NotInForce
    if row.parent is not None and not row.parent.is_active:
        raise BadPlace
    row.is_active = True
    row.save(update_fields=["is_active"])
    record("unit.reopened", row, by=by, at=at, data={"code": row.code})
