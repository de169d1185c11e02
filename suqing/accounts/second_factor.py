"""What is known about a person's second step: whether there is one, must be one, and what the app needs."""

from __future__ import annotations

from dataclasses import dataclass

import pyotp

from suqing.accounts.models import Passkey, Person, RecoveryCode, SecondFactor
from suqing.accounts.policy import SECOND_FACTOR_ROLES
from suqing.accounts.queries import roles_of
from suqing.ledger.queries import decrypt_for, setting


@dataclass(frozen=True, slots=True)
class Setup:
    """What goes into the app: the secret to type, and the address that the picture holds."""

    secret: str
    address: str


def subject_of(person: Person) -> str:
    return f"person:{person.pk}"


def seed_of(factor: SecondFactor) -> str:
    """The secret in base 32.  Raise LookupError if its key was destroyed."""
    seed = decrypt_for(f"person:{factor.person_id}", factor.seed_cipher)
    if seed is None:
        raise LookupError("the key of this secret was destroyed")
    return seed


def confirmed(person: Person) -> SecondFactor | None:
    """The app in use; one query."""
    return SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).first()


def has_second(person: Person) -> bool:
    """Whether sign-in asks for more than the password: a code of the app, or a passkey."""
    return Passkey.objects.filter(person=person).exists() or confirmed(person) is not None


def must_set_up(person: Person) -> bool:
    """Whether local policy wants a second step of one of the person's roles and there is none."""
    wanted = set(setting(SECOND_FACTOR_ROLES.key))
    return bool(wanted & roles_of(person)) and not has_second(person)


def setup_of(person: Person, centre: str) -> Setup | None:
    """What a person who has begun puts into the app; None before, and after the first code."""
    factor = SecondFactor.objects.filter(person=person, confirmed_at__isnull=True).first()
    if factor is None:
        return None
    secret = seed_of(factor)
    address = pyotp.TOTP(secret).provisioning_uri(name=person.username, issuer_name=centre)
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return Setup(spaced, address)


def recovery_codes_left(person: Person) -> int:
    return RecoveryCode.objects.filter(person=person, used_at__isnull=True).count()
