"""Who may do what, where, and sees which rows."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils import timezone

from suqing.accounts import roles
from suqing.accounts.models import Appointment, Person, Unit, UnitQuerySet, normalise_username
from suqing.accounts.permissions import Permission

Actor = Person | str
SYSTEM = "system:"
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
