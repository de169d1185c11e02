"""Passwords: changed by oneself, reset by who manages people, grown old; past ones are kept as hashes only."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from suqing.accounts import queries
from suqing.accounts.actions import sessions
from suqing.accounts.models import PastPassword, Person
from suqing.accounts.password_rules import MOST_REMEMBERED, is_expired
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import Actor, require
from suqing.ledger.actions import record

# No 0/O, 1/l/I: a password is read aloud and typed from paper.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class WrongPassword(ValueError):
    """The old password given is not the person's."""


def generate_password() -> str:
    """Four groups of four characters, 80 bits."""
    letters = "".join(secrets.choice(_LETTERS) for _place in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


@transaction.atomic
def change_password(
    *, person: Person, old: str, new: str, by: Actor, at: datetime, keep: str | None = None
) -> None:
    """Replace one's own password and end the other sessions, all but the one with the key ``keep``.

    Raise WrongPassword, or ValidationError for one against the rules.
    """
    if by != person:
        raise queries.NotPermitted(Permission.PEOPLE_MANAGE)
    if not person.check_password(old):
        raise WrongPassword
    if person.check_password(new):
        raise ValidationError(_("The new password must differ from the old one."), code="password_unchanged")
    validate_password(new, person)
    _write_password(person, new, must_change=False)
    record("person.password_changed", person, by=by, at=at)
    sessions.end_other_sessions(person=person, but=keep, by=by, at=at, why=sessions.PASSWORD)


@transaction.atomic
def reset_password(*, person: Person, by: Actor, at: datetime) -> str:
    """Give the person a generated password that must be changed at the next sign-in; return it once."""
    require(by, Permission.PEOPLE_MANAGE)
    password = generate_password()
    _write_password(person, password, must_change=True)
    record("person.password_reset", person, by=by, at=at)
    sessions.end_sessions_of(person, sessions.PASSWORD, by, at)
    return password


@transaction.atomic
def expire_password(*, person: Person, at: datetime) -> bool:
    """At a sign-in: ask for a new password if local policy calls this one too old; say whether it does."""
    if person.must_change_password or not is_expired(person, timezone.now()):
        return False
    person.must_change_password = True
    person.save(update_fields=["must_change_password"])
    record("person.password_expired", person, by="system:sign-in", at=at)
    return True


def _write_password(person: Person, password: str, *, must_change: bool) -> None:
    """Write it and remember the one before, unless that was generated: nobody will type such a one again."""
    now = timezone.now()
    if person.has_usable_password() and (person.password_set_at or not person.must_change_password):
        PastPassword.objects.create(person=person, password=person.password, replaced_at=now)
        kept = PastPassword.objects.filter(person=person).order_by("-replaced_at", "-pk")
        PastPassword.objects.filter(pk__in=list(kept.values_list("pk", flat=True)[MOST_REMEMBERED:])).delete()
    person.set_password(password)
    person.must_change_password = must_change
    person.password_set_at = None if must_change else now
    person.save(update_fields=["password", "must_change_password", "password_set_at"])
