"""A real provider of OpenID Connect (oidc-provider-mock) on the loopback, whose answers a test may bend."""

from __future__ import annotations

import base64
import json
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from joserfc import jws
from joserfc.jwk import KeySet, OctKey, RSAKey
from joserfc.jws import JWSRegistry
from werkzeug.serving import make_server

SECRET = "a-secret-of-thirty-two-characters"
TOKEN, DISCOVERY, KEYS = "/oauth2/token", "/.well-known/openid-configuration", "/jwks"
Bend = Callable[[dict[str, Any]], object]


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


def nothing(_given: dict[str, Any]) -> None:
    """Leave it as it is."""


@dataclass
class Crooked:
    """What it publishes and signs; ``reset`` makes it honest again."""

    address: str = ""
    published: RSAKey = field(default_factory=lambda: new_key("first"))
    signing: RSAKey | OctKey | None = None
    algorithm: str = "RS256"
    claims: Bend = nothing
    discovery: Bend = nothing
    asked: list[str] = field(default_factory=list)

    def reset(self) -> None:
        self.signing, self.algorithm = None, "RS256"
        self.claims = self.discovery = nothing
        self.asked.clear()

    def know(self, sub: str, **claims: object) -> None:
        requests.put(f"{self.address}/users/{sub}", json=claims, timeout=5).raise_for_status()

    def bend(self, path: str, said: dict[str, Any]) -> dict[str, Any]:
        if path == DISCOVERY:
            self.discovery(said)
        if path == KEYS:
            return KeySet([self.published]).as_dict(private=False)
        if path == TOKEN and "id_token" in said:
            said["id_token"] = self._signed(said["id_token"])
        return said

    def _signed(self, honest: str) -> str:
        middle = honest.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        self.claims(claims)
        head = {"alg": self.algorithm, "typ": "JWT"}
        if self.algorithm == "none":
            parts = (json.dumps(one).encode() for one in (head, claims))
            return ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in parts) + "."
        key = self.signing or self.published
        named = key if key.kid else self.published
        return jws.serialize_compact(
            head | {"kid": named.kid},
            json.dumps(claims),
            key,
            registry=JWSRegistry(algorithms=[self.algorithm]),
        )


@contextmanager
def crooked_provider() -> Iterator[Crooked]:
    """It answers at ``http://localhost:…`` until the end of the block."""
    crooked = Crooked()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses parts of authlib that authlib calls old
        from oidc_provider_mock import app

        honest = app(require_nonce=True)

        @honest.after_request
        def bend(answer: Any) -> Any:
            from flask import request

            crooked.asked.append(request.path)
            if request.path in (TOKEN, DISCOVERY, KEYS) and answer.is_json:
                answer.set_data(json.dumps(crooked.bend(request.path, answer.get_json())))
            return answer

        server = make_server("localhost", 0, honest, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        crooked.address = f"http://localhost:{server.server_port}"
        try:
            yield crooked
        finally:
            server.shutdown()
            thread.join(5)
            server.server_close()
