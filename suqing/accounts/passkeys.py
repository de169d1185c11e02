"""What is known about passkeys: whose they are, and what a browser is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from suqing.accounts.models import Passkey, Person
from suqing.ledger.queries import keyed_hash

PATIENCE_MS = 120_000
_TRANSPORTS = {one.value for one in AuthenticatorTransport}


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys hold: the host name they are bound to, and the addresses pages may have."""

    host: str
    origins: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the browser hands to the device, as JSON, and the challenge to be found in its answer."""

    options: str
    challenge: bytes


def passkeys_of(person: Person) -> list[Passkey]:
    return list(Passkey.objects.filter(person=person).order_by("created_at", "pk"))


def handle_of(person: Person) -> bytes:
    """What a device calls the person: says nothing to who reads it, the same for all passkeys."""
    return keyed_hash("passkey handle", str(person.pk)).encode()


def known_transports(given: object) -> list[str]:
    """How a device says it can be reached, as far as the standard names it."""
    return [one for one in given if one in _TRANSPORTS] if isinstance(given, list) else []


def question_to_add(person: Person, place: Place) -> Question:
    """For a new passkey, one that can be found without a name and that the device does not hold yet."""
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=place.name,
        user_id=handle_of(person),
        user_name=person.username,
        user_display_name=person.display_name,
        timeout=PATIENCE_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_described(person),
    )
    return Question(options_to_json(options), options.challenge)


def question_to_enter(place: Place, person: Person | None) -> Question:
    """For one of the person's passkeys as the second step, or for any one that checks who holds the device."""
    options = generate_authentication_options(
        rp_id=place.host,
        timeout=PATIENCE_MS,
        allow_credentials=_described(person) if person else [],
        user_verification=UserVerificationRequirement.PREFERRED
        if person
        else UserVerificationRequirement.REQUIRED,
    )
    return Question(options_to_json(options), options.challenge)


def _described(person: Person) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=bytes(one.credential_id),
            transports=[AuthenticatorTransport(way) for way in known_transports(one.transports)] or None,
        )
        for one in passkeys_of(person)
    ]


def credential_of(answer: dict[str, Any]) -> bytes:
    """The id of the passkey that an answer names; b"" if it names none."""
    named = answer.get("rawId")
    try:
        return base64url_to_bytes(named) if isinstance(named, str) else b""
    except ValueError:
        return b""
