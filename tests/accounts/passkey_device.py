"""A device for passkeys in software, so that tests can answer as a browser would, and as none should."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Device:
    """One key of one person at one host; counts its uses as a security key does."""

    host: str = "testserver"
    origin: str = "http://testserver"
    credential: bytes = b"credential of the tests 1"
    count: int = 0
    verifies: bool = True
    handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def register(self, challenge: bytes | str, /, **changed: Any) -> str:
        """The answer to options for a new passkey, as JSON."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        length = len(self.credential).to_bytes(2, "big")
        kept = bytes(16) + length + self.credential + cbor2.dumps(public)
        attested = {"fmt": "none", "attStmt": {}, "authData": self._said(NEW_KEY) + kept}
        client = self._client("webauthn.create", challenge, changed)
        parts = {"clientDataJSON": text(client), "attestationObject": text(cbor2.dumps(attested))}
        return self._answer(parts | {"transports": ["internal", "smoke signals"]})

    def sign(self, challenge: bytes | str, /, **changed: Any) -> str:
        """The answer to options for signing in, as JSON; ``changed`` replaces what the browser says."""
        self.count += 1
        client, said = self._client("webauthn.get", challenge, changed), self._said(0)
        signature = self.key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {
            "clientDataJSON": text(client),
            "authenticatorData": text(said),
            "signature": text(signature),
        }
        return self._answer(parts | {"userHandle": text(self.handle) if self.handle else None})

    def _said(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: bytes | str, changed: dict[str, Any]) -> bytes:
        asked = text(challenge) if isinstance(challenge, bytes) else challenge
        facts = {"type": kind, "challenge": asked, "origin": self.origin, "crossOrigin": False}
        return json.dumps(facts | changed).encode()

    def _answer(self, parts: dict[str, Any]) -> str:
        named = text(self.credential)
        answer = {"id": named, "rawId": named, "type": "public-key", "response": parts}
        return json.dumps(answer | {"clientExtensionResults": {}})
