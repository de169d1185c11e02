"""Passkeys: added, used, taken away.  Real time; what the standard asks for is checked by ``webauthn``."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from webauthn import base64url_to_bytes, verify_authentication_response, verify_registration_response
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.registration.verify_registration_response import VerifiedRegistration

from suqing.accounts.actions.passwords import WrongPassword
from suqing.accounts.actions.second_factors import forget_recovery_if_bare, recovery_codes_if_none
from suqing.accounts.actions.sessions import SECOND_FACTOR, end_other_sessions
from suqing.accounts.models import Passkey, Person
from suqing.accounts.passkeys import Place, credential_of, handle_of, known_transports
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import Actor, NotPermitted
from suqing.ledger.actions import record

MOST = 20  # passkeys of one person
# What a malformed answer makes the parser raise besides its own.
_MALFORMED = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError)


class BadPasskey(ValueError):
    """The answer of the device does not hold; ``person`` is whose passkey it named, if it is known."""

    def __init__(self, person: Person | None = None) -> None:
        super().__init__("this passkey does not hold")
        self.person = person


class PasskeyCopied(BadPasskey):
    """The device counted backwards: there may be a second one with the same key."""


class NameTaken(ValueError):
    """The person has a passkey of this name, or as many as one can have."""


@transaction.atomic
def add_passkey(
    *, person: Person, name: str, answer: str, challenge: bytes, place: Place, by: Actor, at: datetime
) -> list[str]:
    """Keep the public key of a new passkey.  Return recovery codes, once, if the person had none before.

    Raise BadPasskey or NameTaken.
    """
    _only_oneself(person, by)
    Person.objects.select_for_update().get(pk=person.pk)
    check_name(person, name)
    given, made = _registered(answer, challenge, place)
    if Passkey.objects.filter(credential_id=made.credential_id).exists():
        raise BadPasskey(person)
    Passkey.objects.create(
        person=person,
        name=name.strip(),
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=known_transports(_part(given, "response").get("transports")),
        is_backed_up=made.credential_backed_up,
        created_at=timezone.now(),
    )
    record("person.passkey_added", person, by=by, at=at, data={"name": name.strip()})
    return recovery_codes_if_none(person)


def check_name(person: Person, name: str) -> None:
    """Raise NameTaken for a name that stands already, or if there are too many."""
    kept = list(Passkey.objects.filter(person=person).values_list("name", flat=True))
    if name.strip() in kept or len(kept) >= MOST:
        raise NameTaken


def _registered(answer: str, challenge: bytes, place: Place) -> tuple[dict[str, Any], VerifiedRegistration]:
    try:
        given = _read(answer)
        made = verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=list(place.origins),
        )
    except _MALFORMED as wrong:
        raise BadPasskey from wrong
    return given, made


def use_passkey(
    *, answer: str, challenge: bytes, place: Place, at: datetime, person: Person | None = None
) -> Person:
    """Return who proved to be there: ``person`` by a second step, or anybody whose device checked who holds it.

    Raise BadPasskey; PasskeyCopied, which is put on record, if the counter of the device went backwards.
    """
    with transaction.atomic():
        passkey, checked = _checked(answer, challenge, place, person)
        is_copied = max(checked.new_sign_count, passkey.sign_count) > 0 and (
            checked.new_sign_count <= passkey.sign_count
        )
        if is_copied:
            data = {"name": passkey.name}
            record("person.passkey_suspect", passkey.person, by="system:sign-in", at=at, data=data)
        else:
            passkey.sign_count = checked.new_sign_count
            passkey.is_backed_up = checked.credential_backed_up
            passkey.used_at = timezone.now()
            passkey.save(update_fields=["sign_count", "is_backed_up", "used_at"])
    if is_copied:
        raise PasskeyCopied(passkey.person)
    return passkey.person


def _checked(
    answer: str, challenge: bytes, place: Place, person: Person | None
) -> tuple[Passkey, VerifiedAuthentication]:
    try:
        given = _read(answer)
    except ValueError as wrong:
        raise BadPasskey(person) from wrong
    known = Passkey.objects.select_for_update(of=("self",)).select_related("person")
    passkey = known.filter(credential_id=credential_of(given), person__is_active=True).first()
    if passkey is None or (person is not None and passkey.person != person):
        raise BadPasskey(person)
    try:
        handle = _part(given, "response").get("userHandle")
        if handle and base64url_to_bytes(handle) != handle_of(passkey.person):
            raise BadPasskey(passkey.person)
        checked = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=list(place.origins),
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=0,  # compared above, so that a copy is put on record
            require_user_verification=person is None,
        )
    except _MALFORMED as wrong:
        raise BadPasskey(passkey.person) from wrong
    return passkey, checked


@transaction.atomic
def remove_passkey(
    *, passkey: Passkey, password: str, by: Actor, at: datetime, keep: str | None = None
) -> None:
    """Take it away and end the other sessions, all but the one with the key ``keep``.  Raise WrongPassword."""
    person = passkey.person
    _only_oneself(person, by)
    if not person.check_password(password):
        raise WrongPassword
    passkey.delete()
    forget_recovery_if_bare(person)
    record("person.passkey_removed", person, by=by, at=at, data={"name": passkey.name})
    end_other_sessions(person=person, but=keep, by=by, at=at, why=SECOND_FACTOR)


def _only_oneself(person: Person, by: Actor) -> None:
    if by != person:
        raise NotPermitted(Permission.PEOPLE_MANAGE)


def _read(answer: str) -> dict[str, Any]:
    given = json.loads(answer)
    if not isinstance(given, dict):
        raise ValueError("the answer of a device is an object")
    return given


def _part(given: dict[str, Any], name: str) -> dict[str, Any]:
    part = given.get(name)
    return part if isinstance(part, dict) else {}
