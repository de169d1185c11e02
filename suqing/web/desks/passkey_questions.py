"""What the pages about passkeys share: where passkeys hold, and the question a browser has been asked."""

from __future__ import annotations

import ipaddress
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from webauthn import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url

from suqing.accounts.passkeys import PATIENCE_MS, Place, Question
from suqing.ledger.queries import setting

ASKED = "passkey_asked"
LONGEST_ANSWER = 20_000  # characters
TO_ADD, TO_ENTER = "add", "enter"


def place_of(request: HttpRequest) -> Place | None:
    """The host of the page, one of SUQING_HOSTS, or the name SUQING_PASSKEY_HOST; None for a bare IP address."""
    host = settings.SUQING_PASSKEY_HOST or urlsplit(f"//{request.get_host()}").hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        own = f"{request.scheme}://{request.get_host()}"
        return Place(host, (own, *settings.CSRF_TRUSTED_ORIGINS), _(setting("web.centre_name")))
    return None


def no_place() -> str:
    return _(
        "Passkeys hold for a host name, and this page was opened by a number. Open it by its name, for example localhost."
    )


def ask(request: HttpRequest, question: Question, purpose: str, **kept: Any) -> HttpResponse:
    """Send the question to the browser and remember it for one answer."""
    request.session[ASKED] = {
        "purpose": purpose,
        "challenge": bytes_to_base64url(question.challenge),
        "since": int(time.time()),
        **kept,
    }
    return HttpResponse(question.options, content_type="application/json")


def asked(request: HttpRequest, purpose: str) -> dict[str, Any] | None:
    """What was asked for this purpose, once; None if nothing was, or too long ago."""
    kept: dict[str, Any] = request.session.pop(ASKED, None) or {}
    # The browser stops waiting by itself; half a minute more for the way there and back.
    if kept.get("purpose") != purpose or time.time() - kept["since"] > PATIENCE_MS / 1000 + 30:
        return None
    return kept | {"challenge": base64url_to_bytes(kept["challenge"])}


def answer_of(request: HttpRequest) -> str:
    return request.POST.get("answer", "")[:LONGEST_ANSWER]
