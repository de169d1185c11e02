"""The second step of signing in: set up, checked, replaced by recovery codes, taken away.  Real time."""

from __future__ import annotations

import secrets
import time
import unicodedata
from datetime import datetime

import pyotp
from django.db import transaction
from django.utils import timezone

from suqing.accounts.actions.passwords import WrongPassword
from suqing.accounts.actions.sessions import SECOND_FACTOR, end_other_sessions, end_sessions_of
from suqing.accounts.models import Passkey, Person, RecoveryCode, SecondFactor
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import Actor, NotPermitted, require
from suqing.accounts.second_factor import has_second, seed_of, subject_of
from suqing.ledger import queries as ledger
from suqing.ledger.actions import encrypt_for, record

RECOVERY_CODES = 10
STEP = 30  # seconds; RFC 6238
DRIFT = 1  # steps that the clock of a phone may be off
BY_APP, BY_RECOVERY, BY_PASSKEY = "app", "recovery code", "passkey"
# No 0/O, 1/l/I: a recovery code is typed from paper.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class WrongCode(ValueError):
    """Neither the code of this moment nor a recovery code that is left."""


class AlreadySetUp(ValueError):
    """The person has a second step already."""


class NotSetUp(ValueError):
    """The person has no second step, or has not begun to set one up."""


@transaction.atomic
def begin_second_factor(*, person: Person, by: Actor, at: datetime) -> None:
    """Make a secret for an app; nothing is asked for until a code of it was typed.  Raise AlreadySetUp."""
    _only_oneself(person, by)
    Person.objects.select_for_update().get(pk=person.pk)  # two windows do not make two secrets
    if SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).exists():
        raise AlreadySetUp
    fresh = {
        "seed_cipher": encrypt_for(subject_of(person), pyotp.random_base32()),
        "created_at": timezone.now(),
        "last_step": 0,
    }
    SecondFactor.objects.update_or_create(person=person, defaults=fresh)
    record("person.second_factor_begun", person, by=by, at=at)


@transaction.atomic
def confirm_second_factor(*, person: Person, code: str, by: Actor, at: datetime) -> list[str]:
    """Take the first code: from now on it is asked for.  Return the recovery codes, once.

    Raise WrongCode, NotSetUp if nothing was begun, or AlreadySetUp.
    """
    _only_oneself(person, by)
    factor = SecondFactor.objects.select_for_update().filter(person=person).first()
    if factor is None:
        raise NotSetUp
    if factor.confirmed_at is not None:
        raise AlreadySetUp
    _take(factor, _plain(code))
    factor.confirmed_at = timezone.now()
    factor.save(update_fields=["confirmed_at"])
    record("person.second_factor_set", person, by=by, at=at)
    return _new_recovery_codes(person)


@transaction.atomic
def check_second_factor(*, person: Person, typed: str, at: datetime) -> str:
    """Take a code of the app or a recovery code, each once; return which it was.  Raise WrongCode or NotSetUp."""
    factor = (
        SecondFactor.objects.select_for_update().filter(person=person, confirmed_at__isnull=False).first()
    )
    if factor is None and not has_second(person):
        raise NotSetUp
    plain = _plain(typed)
    if plain.isdecimal():
        if factor is None:  # passkeys only
            raise WrongCode
        _take(factor, plain)
        return BY_APP
    left = RecoveryCode.objects.filter(person=person, used_at__isnull=True)
    if not left.filter(code_hash=_hash(person, plain)).update(used_at=timezone.now()):
        raise WrongCode
    record("person.recovery_code_used", person, by=person, at=at, data={"left": left.count()})
    return BY_RECOVERY


@transaction.atomic
def renew_recovery_codes(*, person: Person, password: str, by: Actor, at: datetime) -> list[str]:
    """New recovery codes instead of all before them; return them, once.  Raise WrongPassword or NotSetUp."""
    _locked(person, password, by)
    if not has_second(person):
        raise NotSetUp
    codes = _new_recovery_codes(person)
    record("person.recovery_codes_renewed", person, by=by, at=at)
    return codes


@transaction.atomic
def remove_second_factor(
    *, person: Person, password: str, by: Actor, at: datetime, keep: str | None = None
) -> None:
    """Give up the app and end the other sessions, all but the one with the key ``keep``.

    Raise WrongPassword or NotSetUp.
    """
    _locked(person, password, by)
    if not SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).delete()[0]:
        raise NotSetUp
    forget_recovery_if_bare(person)
    record("person.second_factor_removed", person, by=by, at=at)
    end_other_sessions(person=person, but=keep, by=by, at=at, why=SECOND_FACTOR)


@transaction.atomic
def reset_second_factor(*, person: Person, by: Actor, at: datetime) -> None:
    """Take away app, passkeys and recovery codes of somebody who lost them, and end the sessions.  Raise NotSetUp."""
    require(by, Permission.PEOPLE_MANAGE)
    if not has_second(person) and not SecondFactor.objects.filter(person=person).exists():
        raise NotSetUp
    for model in (SecondFactor, Passkey, RecoveryCode):
        model._default_manager.filter(person=person).delete()
    record("person.second_factor_reset", person, by=by, at=at)
    end_sessions_of(person, SECOND_FACTOR, by, at)


def recovery_codes_if_none(person: Person) -> list[str]:
    """New recovery codes for somebody who has none, else an empty list."""
    has_some = RecoveryCode.objects.filter(person=person, used_at__isnull=True).exists()
    return [] if has_some else _new_recovery_codes(person)


def forget_recovery_if_bare(person: Person) -> None:
    """Recovery codes replace a second step; without one they go."""
    if not has_second(person):
        RecoveryCode.objects.filter(person=person).delete()


def _only_oneself(person: Person, by: Actor) -> None:
    if by != person:
        raise NotPermitted(Permission.PEOPLE_MANAGE)


def _locked(person: Person, password: str, by: Actor) -> None:
    _only_oneself(person, by)
    if not person.check_password(password):
        raise WrongPassword
    Person.objects.select_for_update().get(pk=person.pk)


def _take(factor: SecondFactor, code: str) -> None:
    """Accept the code of this half minute or one beside it, none twice."""
    totp = pyotp.TOTP(seed_of(factor))
    now = int(time.time()) // STEP
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > factor.last_step and secrets.compare_digest(totp.generate_otp(step), code):
            factor.last_step = step
            factor.save(update_fields=["last_step"])
            return
    raise WrongCode


def _new_recovery_codes(person: Person) -> list[str]:
    RecoveryCode.objects.filter(person=person).delete()
    codes = ["".join(secrets.choice(_LETTERS) for _place in range(12)) for _code in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(person=person, code_hash=_hash(person, code)) for code in codes
    )
    return ["-".join(code[start : start + 4] for start in range(0, 12, 4)) for code in codes]


def _hash(person: Person, plain: str) -> str:
    """Sixty random bits and a key: a slow hash would add nothing."""
    return ledger.keyed_hash("recovery code", f"{person.pk}:{plain}")


def _plain(typed: str) -> str:
    text = unicodedata.normalize("NFKC", typed).casefold()
    return "".join(letter for letter in text if letter.isascii() and letter.isalnum())
