"""Sessions of people: kept, seen, ended.  Real time, in a rehearsal too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from suqing.accounts.models import Person, PersonSession
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import Actor, NotPermitted, require
from suqing.ledger.actions import record

LONGEST_BROWSER = 300
# Why sessions end; the ledger keeps the word.
OWN, OTHERS, ADMINISTRATOR = "own", "others", "administrator"
PASSWORD, SECOND_FACTOR, IDLE, TOO_LONG = "password", "second factor", "idle", "too long"


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a session is used, as the request says it."""

    address: str | None
    browser: str


def keep_session(
    *, person: Person, key: str, former: str, seat: Seat, way: str, began_at: datetime, ends_at: datetime
) -> None:
    """Enter a session in the list of the person's, or a session's new key after a change of the password."""
    moved = former and PersonSession.objects.filter(session_key=former, person=person)
    if moved and moved.update(session_key=key, seen_at=timezone.now(), ends_at=ends_at):
        return
    now = timezone.now()
    PersonSession.objects.filter(person=person, ends_at__lt=now).delete()
    values = {
        "person": person,
        "began_at": began_at,
        "seen_at": now,
        "ends_at": ends_at,
        "address": seat.address,
        "browser": seat.browser[:LONGEST_BROWSER].replace("\0", ""),
        "way": way,
    }
    PersonSession.objects.update_or_create(session_key=key, defaults=values)


def see_session(*, key: str, seat: Seat, ends_at: datetime) -> bool:
    """Note that somebody works in it; False if it is in nobody's list."""
    values = {"seen_at": timezone.now(), "ends_at": ends_at, "address": seat.address}
    return bool(PersonSession.objects.filter(session_key=key).update(**values))


def forget_session(*, key: str) -> None:
    """Its person signed out."""
    PersonSession.objects.filter(session_key=key).delete()


def forget_sessions_over() -> int:
    """Delete what is kept of sessions whose time is over, nobody's too; return how many of Django's rows went."""
    now = timezone.now()
    PersonSession.objects.filter(ends_at__lt=now).delete()
    return Session.objects.filter(expire_date__lt=now).delete()[0]


@transaction.atomic
def end_session(*, session: PersonSession, by: Actor, at: datetime) -> None:
    """End one session of one's own."""
    if by != session.person:
        raise NotPermitted(Permission.PEOPLE_MANAGE)
    _end(session.person, [session.session_key], OWN, by, at)


@transaction.atomic
def end_other_sessions(*, person: Person, but: str | None, by: Actor, at: datetime, why: str = OTHERS) -> int:
    """End all sessions of one's own except the one with the key ``but``; return how many that were."""
    if by != person:
        raise NotPermitted(Permission.PEOPLE_MANAGE)
    keys = PersonSession.objects.filter(person=person).exclude(session_key=but or "")
    return _end(person, keys.values_list("session_key", flat=True), why, by, at)


@transaction.atomic
def end_all_sessions(*, person: Person, by: Actor, at: datetime) -> int:
    """End every session of somebody; return how many that were."""
    require(by, Permission.PEOPLE_MANAGE)
    return end_sessions_of(person, ADMINISTRATOR, by, at)


def end_sessions_of(person: Person, why: str, by: Actor, at: datetime) -> int:
    """The same as part of an action that has asked whether ``by`` may."""
    keys = PersonSession.objects.filter(person=person).values_list("session_key", flat=True)
    return _end(person, keys, why, by, at)


@transaction.atomic
def note_session_over(*, person: Person, key: str, why: str, at: datetime) -> None:
    """The time that local policy gives a session is over (IDLE or TOO_LONG)."""
    _end(person, [key], why, "system:sign-in", at)


def _end(person: Person, keys: Iterable[str], why: str, by: Actor, at: datetime) -> int:
    known = list(keys)
    Session.objects.filter(session_key__in=known).delete()
    ended, _each = PersonSession.objects.filter(session_key__in=known).delete()
    if ended:
        record("person.sessions_ended", person, by=by, at=at, data={"count": ended, "why": why})
    return ended
