"""A person's messages, and the lists people put together.  What waits for the next duty hours is not there yet."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import appointments_of
from suqing.accounts.roles import ROLES
from suqing.inbox.models import ListLook, Message, SavedView, Tour
from suqing.ledger.queries import centre_now

# Who directs the work of a unit may share a view with a role of it.
SHARING = frozenset({Permission.CASE_SUPERVISE, Permission.CASE_APPROVE})


def inbox_of(person: Person, now: datetime, *, unread_only: bool = False) -> QuerySet[Message]:
    """The messages that have arrived, newest first; pages cut it by the key (deliver_after, id)."""
    rows = Message.objects.filter(recipient=person, deliver_after__lte=now)
    if unread_only:
        rows = rows.filter(read_at=None)
    return rows.select_related("sender").order_by("-deliver_after", "-id")


def unread(person: Person, now: datetime | None = None) -> int:
    """How many messages have arrived and are not read; one query on an index of unread ones."""
    return (
        Message.objects.filter(recipient=person, deliver_after__lte=now or centre_now(), read_at=None)
        .order_by()
        .count()
    )


def told_about(subject: tuple[str, object], code: str = "") -> QuerySet[Message]:
    """Who was told about this subject and when it was read: the receipts."""
    rows = Message.objects.filter(subject_type=subject[0], subject_id=str(subject[1]))
    if code:
        rows = rows.filter(code=code)
    return rows.select_related("recipient").order_by("at", "id")


# Lists as people want them


def look_of(person: Person, list_code: str) -> ListLook | None:
    """How this person has the list drawn, with the view it opens with; None where nothing was ever chosen."""
    rows = ListLook.objects.select_related("first_view__unit", "first_view__owner")
    return rows.filter(person=person, list_code=list_code).first()


def views_of(person: Person, list_code: str = "") -> QuerySet[SavedView]:
    """The saved views this person has: the own ones, and those shared with a role of theirs in a unit around them."""
    reach = Q(owner=person)
    for appointment in appointments_of(person):
        around = [*appointment.unit.ancestor_ids, appointment.unit_id]
        reach |= Q(role=appointment.role, unit__in=around)
    rows = SavedView.objects.filter(reach, deleted_at=None)
    if list_code:
        rows = rows.filter(list_code=list_code)
    return rows.select_related("owner", "unit").order_by("name", "id")


def sharing_units(person: Person) -> list[Unit]:
    """The units with whose roles this person may share a view: those whose work they direct."""
    found = {}
    for appointment in appointments_of(person):
        role = ROLES.get(appointment.role)
        if role is not None and role.permissions & SHARING:
            found[appointment.unit_id] = appointment.unit
    return list(found.values())


def may_change_view(person: Person, view: SavedView) -> bool:
    """Whether this person may rename and delete the view: its owner, and who directs the unit it is shared with."""
    return view.owner_id == person.pk or view.unit_id in {unit.pk for unit in sharing_units(person)}


def tour_of(person: Person) -> Tour | None:
    """How far this person has come in the tour of the first day; None where they never began."""
    return Tour.objects.filter(person=person).first()
