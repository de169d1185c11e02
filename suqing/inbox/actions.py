"""Telling people something, and what they do with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model

from suqing.accounts.models import Person
from suqing.accounts.queries import Actor, duty_times
from suqing.inbox import codes
from suqing.inbox.codes import Level
from suqing.inbox.models import Message
from suqing.inbox.policy import BREACH_AT_ONCE
from suqing.ledger.actions import subject_label
from suqing.ledger.queries import setting
from suqing.ledger.writing import one_transaction, writer

Link = tuple[str, Iterable[object]]


class NotYourMessage(PermissionError):
    """Only the recipient marks a message."""


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
