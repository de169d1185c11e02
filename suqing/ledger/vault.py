"""Keys: the master key wraps one random key per subject and derives the hash keys.  Pure."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from suqing.kit import secretbox


@lru_cache(maxsize=64)
def derive(master: bytes, purpose: str) -> bytes:
    """A 256-bit key for one purpose; knowing it tells nothing about the master key or other purposes."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"suqing:" + purpose.encode()).derive(master)


def wrap(master: bytes, subject: str, key: bytes) -> bytes:
    return secretbox.seal(derive(master, "wrap"), key, _label("key", subject))


def unwrap(master: bytes, subject: str, wrapped: bytes) -> bytes:
    return secretbox.open(derive(master, "wrap"), wrapped, _label("key", subject))


def seal_text(key: bytes, subject: str, text: str) -> bytes:
    return secretbox.seal(key, text.encode(), _label("text", subject))


def open_text(key: bytes, subject: str, sealed: bytes) -> str:
    return secretbox.open(key, sealed, _label("text", subject)).decode()


def blind(master: bytes, purpose: str, value: str) -> str:
    """A keyed hash that finds equal values without showing them; hashes of different purposes never meet."""
    return secretbox.keyed_hash(derive(master, "hash:" + purpose), purpose, value)


def _label(kind: str, subject: str) -> bytes:
    # The label is authenticated: a ciphertext moved to another subject or use does not open.
    return f"suqing:{kind}:{subject}".encode()
