"""Telling people something, and what they do with it; keeping lists as they want them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from suqing.accounts import roles
from suqing.accounts.models import Person, Unit
from suqing.accounts.queries import Actor, duty_times
from suqing.inbox import codes
from suqing.inbox.codes import Level
from suqing.inbox.models import ListLook, Message, SavedView, Tour
from suqing.inbox.policy import BREACH_AT_ONCE
from suqing.inbox.queries import may_change_view, sharing_units, views_of
from suqing.ledger.actions import record, subject_label
from suqing.ledger.queries import setting
from suqing.ledger.writing import one_transaction, writer

N_ = str
Link = tuple[str, Iterable[object]]
LONGEST_NAME = 40


class NotYourMessage(PermissionError):
    """Only the recipient marks a message."""


class NotYourView(PermissionError):
    """Only its owner, or who directs the unit it is shared with, changes a saved view."""


class BadView(ValueError):
    """A saved view cannot be as it is asked for; the text is an English message id, ``field`` where it belongs."""

    def __init__(self, message: str, field: str = "name") -> None:
        super().__init__(message)
        self.field = field


@one_transaction
def tell(
    people: Iterable[Person],
    code: str,
    *,
    values: Mapping[str, Any] | None = None,
    subject: Model | tuple[str, object],
    link: Link | None = None,
    level: str = Level.INFO,
    key: str = "",
    at: datetime,
    by: Actor,
) -> list[Message]:
    """Send each of these people a message and return the new ones.

    It arrives in the recipient's next duty hours; one about a broken limit at once where local policy says so.  With a
    ``key`` a person gets it once, however often it is told.  ``values`` are facts without personal data.  Raise
    UnknownCode or BadValues.
    """
    codes.check(code, values or {})
    chosen = {person.pk: person for person in people if person.is_active}
    if key:
        chosen = _not_told_yet(chosen, key)
    if not chosen:
        return []
    label, pk = subject_label(subject)
    name, arguments = link or ("", ())
    rows = [
        Message(
            recipient=person,
            sender=by if isinstance(by, Person) else None,
            code=code,
            values=dict(values or {}),
            subject_type=label,
            subject_id=pk,
            link_name=name,
            link_args=[str(one) for one in arguments],
            level=Level(level),
            at=at,
            deliver_after=arrival(person, at, level),
            dedupe_key=key or None,
        )
        for person in chosen.values()
    ]
    return _written(rows, key)


def arrival(person: Person, at: datetime, level: str = Level.INFO) -> datetime:
    """When a message sent at ``at`` reaches the person."""
    if level == Level.BREACH and setting(BREACH_AT_ONCE.key):
        return at
    times = writer().memo(("duty times", person.pk), lambda: duty_times([person], at))
    return times.next_moment(at)


def _not_told_yet(people: dict[int, Person], key: str) -> dict[int, Person]:
    told = set(
        Message.objects.filter(recipient__in=people, dedupe_key=key).values_list("recipient_id", flat=True)
    )
    return {
        pk: person
        for pk, person in people.items()
        if pk not in told and writer().held(Message, (pk, key)) is None
    }


def _written(rows: list[Message], key: str) -> list[Message]:
    """Write the rows; where two tell the same at once, the second says nothing."""
    if writer().is_gathering:
        writer().new_many(rows)
        for row in rows:
            writer().hold(row, (row.recipient_id, key))
        return rows
    if not key:
        return Message.objects.bulk_create(rows)
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    return list(Message.objects.filter(recipient__in=[row.recipient for row in rows], dedupe_key=key))


@one_transaction
def mark_read(*, message: Message, by: Person, at: datetime) -> None:
    """Note that the recipient has read it; the first time counts.  Raise NotYourMessage."""
    if message.recipient_id != by.pk:
        raise NotYourMessage
    Message.objects.filter(pk=message.pk, read_at=None, deliver_after__lte=at).update(read_at=at)


@one_transaction
def mark_all_read(*, by: Person, at: datetime, upto: datetime | None = None) -> int:
    """Mark everything that had arrived by ``upto`` (when the page was made) as read; return how many there were."""
    arrived = Message.objects.filter(recipient=by, read_at=None, deliver_after__lte=min(upto or at, at))
    return arrived.update(read_at=at)


@one_transaction
def mark_answered(*, subject: Model | tuple[str, object], at: datetime) -> int:
    """What these messages were about has been answered: nobody needs to look at them any more."""
    label, pk = subject_label(subject)
    return Message.objects.filter(subject_type=label, subject_id=pk, answered_at=None).update(answered_at=at)


@one_transaction
def take_back(*, subject_type: str, keys: Iterable[int], at: datetime) -> None:
    """What these messages were about was taken back: unread ones go, read ones need nobody's attention any more."""
    about = Message.objects.filter(subject_type=subject_type, subject_id__in=[str(key) for key in keys])
    about.filter(read_at=None).delete()
    about.filter(answered_at=None).update(answered_at=at)


# Lists as people want them


@transaction.atomic
def save_view(
    *,
    name: str,
    list_code: str,
    query: Mapping[str, str],
    by: Person,
    at: datetime,
    unit: Unit | None = None,
    role: str = "",
) -> SavedView:
    """Keep a list under a name, for oneself or for a role of a unit one directs.  Raise BadView or NotYourView."""
    name = _view_name(name, by, list_code)
    if unit is not None and unit not in sharing_units(by):
        raise NotYourView
    if bool(role) != (unit is not None) or (role and role not in roles.ROLES):
        raise BadView(N_("Choose with whom the view is shared."), "share")
    view = SavedView.objects.create(
        name=name,
        list_code=list_code,
        owner=by,
        unit=unit,
        role=role,
        query=dict(query),
        made_at=at,
        changed_at=at,
    )
    shared = {"unit": unit.code, "role": role} if unit else {}
    record("saved_view.saved", view, by=by, at=at, data={"list": list_code, "name": name, **shared})
    return view


def _view_name(name: str, by: Person, list_code: str, *, but: int = 0) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise BadView(N_("Give the view a name of 1 to 40 characters."))
    if (
        SavedView.objects.filter(owner=by, list_code=list_code, name=name, deleted_at=None)
        .exclude(pk=but)
        .exists()
    ):
        raise BadView(N_("You have a view of this name already."))
    return name


def _locked_view(view: SavedView, by: Person) -> SavedView:
    row = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
    if not may_change_view(by, row):
        raise NotYourView
    return row


@transaction.atomic
def rename_view(*, view: SavedView, name: str, by: Person, at: datetime) -> None:
    """Give a saved view another name.  Raise BadView or NotYourView."""
    row = _locked_view(view, by)
    before, row.name = row.name, _view_name(name, row.owner, row.list_code, but=row.pk)
    row.changed_at = at
    row.save(update_fields=["name", "changed_at"])
    record("saved_view.renamed", row, by=by, at=at, data={"before": before, "after": row.name})


@transaction.atomic
def delete_view(*, view: SavedView, by: Person, at: datetime) -> None:
    """Take a saved view away; it can be given back.  Raise NotYourView."""
    row = _locked_view(view, by)
    if row.deleted_at is None:
        row.deleted_at = at
        row.save(update_fields=["deleted_at"])
        record("saved_view.deleted", row, by=by, at=at, data={"name": row.name})


@transaction.atomic
def restore_view(*, view: SavedView, by: Person, at: datetime) -> None:
    """Give a deleted view back.  Raise NotYourView, or BadView if its name was taken in between."""
    row = _locked_view(view, by)
    if row.deleted_at is not None:
        _view_name(row.name, row.owner, row.list_code, but=row.pk)
        row.deleted_at = None
        row.save(update_fields=["deleted_at"])
        record("saved_view.restored", row, by=by, at=at, data={"name": row.name})


@transaction.atomic
def open_with(*, view: SavedView | None, list_code: str, by: Person, at: datetime) -> None:
    """Let a list open with this view for this person, or as it ships.  Raise NotYourView if they do not have it."""
    if view is not None and not views_of(by, list_code).filter(pk=view.pk).exists():
        raise NotYourView
    look, _made = ListLook.objects.update_or_create(
        person=by, list_code=list_code, defaults={"first_view": view}
    )
    record("list_look.first_view", look, by=by, at=at, data={"view": view.pk if view else None})


def draw_list(*, list_code: str, columns: Iterable[str], sort: str, density: str, by: Person) -> None:
    """Keep how this person wants a list drawn; the list itself says which columns and orders it has."""
    chosen = {"columns": list(columns), "sort": sort, "density": density}
    ListLook.objects.update_or_create(person=by, list_code=list_code, defaults=chosen)


def keep_tour(*, by: Person, step: str, is_done: bool, at: datetime) -> None:
    """Keep how far this person has come in the tour; what is done stays done until it is begun anew."""
    Tour.objects.update_or_create(
        person=by,
        defaults={"step": step, "seen_at": at, "done_at": at if is_done else None},
        create_defaults={"step": step, "seen_at": at, "begun_at": at, "done_at": at if is_done else None},
    )
