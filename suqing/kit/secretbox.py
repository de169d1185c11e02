"""Encryption of personal data at rest (AES-256-GCM, random nonce in front); keyed hashes for look-ups."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class BadSeal(ValueError):
    """The box was made with another key or label, or it was changed."""


def new_key() -> bytes:
    """Make a random 256-bit key."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, plain: bytes, label: bytes) -> bytes:
    """Encrypt and authenticate; the label (what the box belongs to) is bound to it but not stored in it."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_checked(key)).encrypt(nonce, plain, label)


def open(key: bytes, sealed: bytes, label: bytes) -> bytes:
    """Give back what was sealed under this key and label.  Raise BadSeal for anything else."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise BadSeal("too short to be a sealed box")
    try:
        return AESGCM(_checked(key)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], label)
    except InvalidTag:
        raise BadSeal("wrong key, wrong label or changed content") from None


def keyed_hash(key: bytes, purpose: str, value: str) -> str:
    """Hash a value so that equal values can be found without storing them; HMAC-SHA256, hexadecimal.

    Hashes of the same value for two purposes differ, so that tables cannot be joined by accident.
    """
    message = purpose.encode() + b"\x00" + value.encode()
    return hmac.new(_checked(key), message, hashlib.sha256).hexdigest()


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
    return key
