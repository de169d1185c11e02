"""Single sign-on by OpenID Connect: the provider of the settings, and who it says is there.

Authorization code with PKCE, state and nonce, by authlib; docs/sign-in.md tells how it is set up.
"""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError

NAME = "single"
TIMEOUT = 10  # seconds that the provider has for an answer
KEPT = 3600  # seconds that what the provider publishes about itself, its keys too, is believed without asking
# Signatures that only the provider can make: none that our own secret, or nobody at all, could make as well.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
# What authlib, joserfc and what they read raise when an answer is not what the protocol says.
WRONG = (AuthlibBaseError, JoseError, ValueError, RuntimeError, KeyError, TypeError, AttributeError)


class Fault(StrEnum):
    """Why it did not go well; the pages have a sentence for each."""

    UNREACHABLE = "unreachable"
    DENIED = "denied"
    STALE = "stale"
    UNTRUSTED = "untrusted"
    NAMELESS = "nameless"
    UNKNOWN = "unknown"
    CLOSED = "closed"


class SingleSignOnFailed(Exception):
    """The provider did not say who is there."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says is there, and how it made sure (``acr`` and ``amr``)."""

    username: str
    display_name: str
    strength: frozenset[str]


def button() -> str:
    """What the button on the sign-in page names; "" where single sign-on is off."""
    return settings.SUQING_SINGLE["name"] if settings.SUQING_SINGLE else ""


def creates_people() -> bool:
    return settings.SUQING_SINGLE.get("unknown") == "create"


def to_provider(request: HttpRequest, back: str) -> HttpResponse:
    """Send the browser to the provider, which sends it ``back``.  Raise SingleSignOnFailed."""
    try:
        answer: HttpResponse = _provider().authorize_redirect(request, back)
    except requests.RequestException as wrong:
        raise SingleSignOnFailed(Fault.UNREACHABLE) from wrong
    except WRONG as wrong:
        raise SingleSignOnFailed(Fault.UNTRUSTED) from wrong
    return answer


def identity_of(request: HttpRequest) -> Identity:
    """Check what the provider sent back and ask it for its token.  Raise SingleSignOnFailed."""
    if request.GET.get("error"):
        denied = request.GET["error"] == "access_denied"
        raise SingleSignOnFailed(Fault.DENIED if denied else Fault.UNTRUSTED)
    try:
        token = _provider().authorize_access_token(request, claims_options=_claims_wanted())
    except OAuthError as wrong:
        is_stale = wrong.error in ("mismatching_state", "invalid_grant")
        raise SingleSignOnFailed(Fault.STALE if is_stale else Fault.UNTRUSTED) from wrong
    except requests.RequestException as wrong:
        raise SingleSignOnFailed(Fault.UNREACHABLE) from wrong
    except WRONG as wrong:
        raise SingleSignOnFailed(Fault.UNTRUSTED) from wrong
    said: dict[str, Any] | None = token.get("userinfo")
    if not said:  # no id_token: nothing that is signed
        raise SingleSignOnFailed(Fault.UNTRUSTED)
    return _identity(said)


def _identity(said: dict[str, Any]) -> Identity:
    username = said.get(settings.SUQING_SINGLE["claim"])
    if not isinstance(username, str) or not username.strip():
        raise SingleSignOnFailed(Fault.NAMELESS)
    name = said.get("name")
    methods = said.get("amr")
    strength = {str(one) for one in methods} if isinstance(methods, list) else set()
    if isinstance(said.get("acr"), str):
        strength.add(said["acr"])
    display_name = name.strip() if isinstance(name, str) and name.strip() else username
    return Identity(username, display_name, frozenset(strength))


def _claims_wanted() -> dict[str, Any]:
    """Made by our provider, for us; authlib alone would look at neither the one nor the other closely enough."""
    given = settings.SUQING_SINGLE
    return {
        "iss": {"essential": True, "values": _spellings(given["issuer"])},
        "aud": {"essential": True, "value": given["client_id"]},
    }


def _spellings(issuer: str) -> list[str]:
    """A slash at the end makes no difference."""
    bare = issuer.rstrip("/")
    return [bare, f"{bare}/"]


def _provider() -> Any:
    """The provider, whose published facts have been looked at.  Raise ValueError, or what requests raises."""
    given = settings.SUQING_SINGLE
    period = int(time.time() // KEPT)
    provider = _made(given["issuer"], given["client_id"], given["client_secret"], given["scopes"], period)
    published = provider.load_server_metadata()
    if published.get("issuer") not in _spellings(given["issuer"]):
        raise ValueError("the provider names another issuer than the settings")
    named = published.get("id_token_signing_alg_values_supported") or ["RS256"]
    allowed = [one for one in named if one in ALGORITHMS]
    if not allowed:
        raise ValueError("the provider signs in no way that can be trusted")
    published["id_token_signing_alg_values_supported"] = allowed
    return provider


@lru_cache(maxsize=4)
def _made(issuer: str, client_id: str, client_secret: str, scopes: str, _period: int) -> Any:
    """One for each period: it keeps what the provider publishes about itself."""
    kwargs = {"scope": scopes, "code_challenge_method": "S256", "default_timeout": TIMEOUT}
    return OAuth().register(
        NAME,
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs=kwargs,
    )


def is_safe(issuer: str) -> bool:
    """https, or the loopback for trials."""
    parts = urlsplit(issuer)
    if parts.scheme == "https" and parts.hostname:
        return True
    if parts.hostname == "localhost":
        return parts.scheme == "http"
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
