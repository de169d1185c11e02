"""Sign people out after hours without a request, without writing a session row at every request."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

TOUCH_SECONDS = 300
KEY = "touched"


class IdleSessions:
    """Moves a session's end when its last move is five minutes old.

    ``SESSION_COOKIE_AGE`` counts from the last move, so it is the time without requests, on the real clock,
    exact to these five minutes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # What a page asks for by itself is no work of anybody's.
        is_work = not getattr(request, "is_by_itself", False)
        if is_work and not request.session.is_empty() and not response.streaming:
            now = int(time.time())
            if now - request.session.get(KEY, 0) >= TOUCH_SECONDS:
                request.session[KEY] = now
        return response
