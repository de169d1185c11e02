"""A person's messages.  What waits for the next duty hours is not there yet."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from suqing.accounts.models import Person
from suqing.inbox.models import Message
from suqing.ledger.queries import centre_now


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
