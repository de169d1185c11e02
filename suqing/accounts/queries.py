"""Who may do what, where, and sees which rows; who is on duty, and who stands above whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Prefetch, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from suqing.accounts import roles
from suqing.accounts.duty_hours import DutyTimes, Works, read_week, weekdays_only
from suqing.accounts.models import Appointment, Duty, Person, Unit, UnitQuerySet, normalise_username
from suqing.accounts.permissions import Permission
from suqing.accounts.policy import DUTY_HOURS
from suqing.kit import pinyin
from suqing.ledger.models import Event
from suqing.ledger.queries import events_of, setting

Actor = Person | str
SYSTEM = "system:"
HISTORY = 200  # events of one account or unit that its page shows
LONGEST_ATTEMPT = 100  # characters of a name somebody tried; a person's has at most 40


class NotPermitted(PermissionError):
    """The person lacks this permission."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(str(permission))
        self.permission = permission


def appointments_of(person: Person) -> list[Appointment]:
    """The person's appointments in force now, with their units; read once per instance."""
    if not person.is_active:
        return []
    known: list[Appointment] | None = getattr(person, "_appointments_in_force", None)
    if known is None:
        in_force = Appointment.objects.in_force(timezone.now()).filter(person=person)
        known = list(in_force.select_related("unit").order_by("since", "pk"))
        person._appointments_in_force = known  # type: ignore[attr-defined]
    return known


def forget_appointments(person: Person) -> None:
    """Read the person's appointments anew on the next question."""
    if hasattr(person, "_appointments_in_force"):
        del person._appointments_in_force


def permissions_of(person: Person) -> frozenset[Permission]:
    """Everything the person may do now, over all appointments."""
    held: set[Permission] = set()
    for appointment in appointments_of(person):
        known = roles.ROLES.get(appointment.role)
        held |= known.permissions if known else frozenset()
    return frozenset(held)


def roles_of(person: Person) -> frozenset[str]:
    return frozenset(appointment.role for appointment in appointments_of(person))


def units_of(person: Person) -> list[Unit]:
    """The units the person is appointed to, each once, the earliest appointment first."""
    return list({appointment.unit_id: appointment.unit for appointment in appointments_of(person)}.values())


def visible_unit_ids(person: Person, *, holding: Permission | None = None) -> set[int] | None:
    """The units whose cases the person sees: None for all, an empty set for none.

    ``holding`` counts only the appointments that also give this permission.
    """
    visible: set[int] = set()
    for appointment in appointments_of(person):
        known = roles.ROLES.get(appointment.role)
        if known is None or (holding is not None and holding not in known.permissions):
            continue
        if Permission.CASE_VIEW_ALL in known.permissions:
            return None
        if Permission.CASE_VIEW_UNIT in known.permissions:
            visible |= set(Unit.objects.under(appointment.unit).values_list("pk", flat=True))
    return visible


def can(person: object, permission: Permission) -> bool:
    """Deny unless permitted: anonymous visitors and strangers can nothing."""
    return isinstance(person, Person) and permission in permissions_of(person)


def can_in(person: Person, permission: Permission, unit: Unit) -> bool:
    """Whether one appointment of the person gives this permission over the cases of this unit.

    What somebody may do as a handler of one bureau does not follow them to the cases they see in another role.
    """
    for appointment in appointments_of(person):
        known = roles.ROLES.get(appointment.role)
        if known is None or permission not in known.permissions:
            continue
        if Permission.CASE_VIEW_ALL in known.permissions or unit.path.startswith(appointment.unit.path):
            return True
    return False


def require(by: Actor, permission: Permission) -> None:
    """Raise NotPermitted unless ``by`` holds the permission.  The system itself ("system:…") holds all."""
    if isinstance(by, str) and by.startswith(SYSTEM):
        return
    if not can(by, permission):
        raise NotPermitted(permission)


def attempted_username(request: HttpRequest, credentials: Mapping[str, str] | None = None) -> str:
    """The name under which axes counts failures: all spellings of one name are one name."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return normalise_username(typed)[:LONGEST_ATTEMPT]


def unit_tree() -> UnitQuerySet:
    """All active units in tree order: each parent before its children."""
    return Unit.objects.active().order_by("path")


# Duty: who is there now, when the next one is, who is told when nobody answers


def duty_times(
    people: Iterable[Person], at: datetime, *, unit: Unit | None = None, works: Works | None = None
) -> DutyTimes:
    """The ordinary duty hours, and the duties of these people or this unit that are not over at ``at``; three queries.

    ``works`` says which days are working days; by default it is the calendar that the settings name.
    """
    whose = Q(unit=unit) if unit else Q(person__in=list(people))
    duties = Duty.objects.filter(whose, until__gt=at).values_list("since", "until")
    return DutyTimes(read_week(setting(DUTY_HOURS.key)), works or _working_days(), tuple(duties))


def _working_days() -> Works:
    """The calendar lies in a layer above; the settings name where it is asked."""
    place: str = getattr(settings, "SUQING_WORKING_DAYS", "")
    return import_string(place)() if place else weekdays_only


def in_duty_hours(at: datetime, person: Person | None = None, *, works: Works | None = None) -> bool:
    """Whether ``at`` lies in the ordinary duty hours, or in a duty of this person."""
    return duty_times([person] if person else [], at, works=works).covers(at)


def next_duty_moment(person: Person, at: datetime, *, works: Works | None = None) -> datetime:
    """``at`` if the person is in duty hours then, else when the next ones begin."""
    return duty_times([person], at, works=works).next_moment(at)


def on_duty(
    unit: Unit, at: datetime, *, holding: Permission | None = None, works: Works | None = None
) -> list[Person]:
    """Who is there for the unit: its people in the ordinary hours, outside of them those entered as on duty.

    ``holding`` leaves out whoever lacks this right over the unit's cases.
    """
    entered = Duty.objects.filter(unit=unit, since__lte=at, until__gt=at, person__is_active=True)
    found = {duty.person_id: duty.person for duty in entered.select_related("person").order_by("since", "pk")}
    if in_duty_hours(at, works=works):
        found |= {person.pk: person for person in people_of(unit)}
    return [person for person in found.values() if holding is None or can_in(person, holding, unit)]


def people_of(unit: Unit, *, holding: Permission | None = None) -> list[Person]:
    """Who is appointed to the unit itself now, each once; only in roles that hold this right."""
    held = Appointment.objects.in_force(timezone.now()).filter(unit=unit)
    if holding is not None:
        held = held.filter(role__in=roles.roles_with(holding))
    return _each_once(held.select_related("person").order_by("since", "pk"))


def people_holding(permission: Permission) -> list[Person]:
    """Who holds this right in any unit now, each once."""
    held = Appointment.objects.in_force(timezone.now()).filter(role__in=roles.roles_with(permission))
    return _each_once(held.select_related("person").order_by("since", "pk"))


def ladder(unit: Unit, handler: Person | None = None) -> list[list[Person]]:
    """Who is told when nobody answers, rung by rung; a rung may be empty.

    The handler (else whoever handles cases in the unit), the head of the unit, the supervisors of the centre, the
    head of the superior bureau.
    """
    first = [handler] if handler else people_of(unit, holding=Permission.CASE_HANDLE)
    above = Appointment.objects.in_force(timezone.now()).select_related("person", "unit")
    rows = list(above.filter(role__in=("head", "supervisor")).order_by("since", "pk"))
    heads: dict[int, list[Appointment]] = {}
    for row in rows:
        if row.role == "head":
            heads.setdefault(row.unit_id, []).append(row)
    superior = next((pk for pk in reversed(unit.ancestor_ids) if pk in heads), None)
    return [
        first,
        _each_once(heads.get(unit.pk, [])),
        _each_once(_nearest(row for row in rows if row.role == "supervisor" and _directs(row.unit, unit))),
        _each_once(heads.get(superior, [])) if superior else [],
    ]


def _directs(centre: Unit, unit: Unit) -> bool:
    """Whether this is the centre of the unit's own authority or of one above it."""
    return centre.pk == unit.pk or centre.parent_id is None or centre.parent_id in unit.ancestor_ids


def _nearest(rows: Iterable[Appointment]) -> list[Appointment]:
    """Of several centres above a unit, the people of the lowest."""
    found = list(rows)
    depth = max((row.unit.path.count("/") for row in found), default=0)
    return [row for row in found if row.unit.path.count("/") == depth]


def _each_once(rows: Iterable[Appointment]) -> list[Person]:
    return list({row.person_id: row.person for row in rows}.values())


def may_set_duty(person: Person, unit: Unit) -> bool:
    """Who manages people, the supervisor for every unit, the head of a unit for it and those below it."""
    return can(person, Permission.PEOPLE_MANAGE) or any(
        can_in(person, needed, unit) for needed in (Permission.CASE_SUPERVISE, Permission.CASE_APPROVE)
    )


def duties_of(units: Sequence[Unit], since: datetime, until: datetime) -> list[Duty]:
    """The duties in these units that touch the time between, in order; those taken back are left out."""
    rows = Duty.objects.filter(unit__in=units, since__lt=until, until__gt=since)
    return [
        row
        for row in rows.select_related("person", "unit").order_by("since", "unit__pinyin", "pk")
        if row.until > row.since
    ]


# Administration: everybody, and what was done to them

_OF_EVERY_DAY = ("person.signed_in", "person.sign_in_failed")


def people(
    *, words: str = "", unit: Unit | None = None, role: str = "", active: bool | None = True
) -> list[Person]:
    """Everybody who fits, by pinyin: ``words`` in name, pinyin, initials, sign-in name or staff number; ``unit`` and
    those below it and ``role`` count appointments in force or to come.  Each with ``held``, those; two queries."""
    current = Appointment.objects.filter(Q(until__isnull=True) | Q(until__gt=timezone.now()))
    rows = Person.objects.all() if active is None else Person.objects.filter(is_active=active)
    if unit is not None or role:
        held = current.filter(unit__in=Unit.objects.under(unit)) if unit is not None else current
        rows = rows.filter(pk__in=(held.filter(role=role) if role else held).values("person"))
    ordered = current.select_related("unit").order_by("since", "pk")
    named = rows.prefetch_related(Prefetch("appointments", ordered, to_attr="held"))
    wanted = normalise_username(words).split()
    fitting = [person for person in named if all(word in _sought_in(person) for word in wanted)]
    return sorted(fitting, key=lambda person: (pinyin.sort_key(person.display_name), person.pk))


def _sought_in(person: Person) -> str:
    name = person.display_name
    read = pinyin.sort_key(name)
    parts = (
        name.casefold(),
        read,
        read.replace(" ", ""),
        pinyin.initials(name),
        person.username,
        person.staff_no.casefold(),
    )
    return " ".join(parts)


def history_of_person(person: Person) -> list[Event]:
    """What was done to a person's account and appointments, newest first, without the sign-ins of every day."""
    return list(events_of("person", [person.pk]).exclude(verb__in=_OF_EVERY_DAY).order_by("-id")[:HISTORY])


def history_of_unit(unit: Unit) -> list[Event]:
    """What was done to a unit, newest first."""
    return list(events_of("unit", [unit.pk]).order_by("-id")[:HISTORY])


def holders() -> dict[str, list[Appointment]]:
    """Who holds each role now, by role; one query."""
    found: dict[str, list[Appointment]] = {}
    rows = (
        Appointment.objects.in_force(timezone.now())
        .select_related("person", "unit")
        .order_by("unit__path", "pk")
    )
    for row in rows:
        found.setdefault(row.role, []).append(row)
    return found
