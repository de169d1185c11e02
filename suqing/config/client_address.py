"""The network address of who asks: the peer's, or the one that our own proxy names."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address as text, "" if there is none (a socket of the machine itself).

    Behind a proxy that is the last address of ``X-Forwarded-For``: the proxy wrote it, those before it anybody may.
    """
    if settings.SUQING_BEHIND_PROXY:
        named = _read(request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2])
        if named:
            return named
    return _read(request.META.get("REMOTE_ADDR", ""))


def _read(text: str) -> str:
    """Without the zone of a local IPv6 address, which no column of addresses takes."""
    try:
        return str(ipaddress.ip_address(text.strip().partition("%")[0]))
    except ValueError:
        return ""
