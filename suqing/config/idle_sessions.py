"""End sessions after the times of local policy, without reading or writing about sessions at every request."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from axes.helpers import get_client_ip_address
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

from suqing.accounts.actions.sessions import (
    IDLE,
    TOO_LONG,
    Seat,
    keep_session,
    note_session_over,
    see_session,
)
from suqing.accounts.models import Person
from suqing.accounts.sessions import Lasting, lasting
from suqing.ledger.queries import centre_now
from suqing.web.session_marks import BEGAN, ENDS, LISTED, WAY

TOUCH_SECONDS = 300
# Seconds that the stored session outlives its end, so that who comes back is told and it is on record.
LATER = 24 * 3600
KEY = "touched"


class IdleSessions:
    """Ends a session that is too old or was left, and moves the end of one in use every five minutes.

    A request compares two numbers that the session holds.  The rules themselves are read, and the person's list of
    sessions is written, when the last time was five minutes ago: a new rule holds within these.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        end_if_over(request)
        response = self.get_response(request)
        # What a page asks for by itself is no work of anybody's.
        is_work = not getattr(request, "is_by_itself", False)
        if is_work and not request.session.is_empty() and not response.streaming:
            _touch(request)
        return response


def end_if_over(request: HttpRequest) -> None:
    """Sign out whose time is over; the page then says that the session has ended."""
    session, now = request.session, int(time.time())
    if SESSION_KEY not in session or KEY not in session or BEGAN not in session:
        return
    is_over = now >= session.get(ENDS, now + 1)
    if not is_over and now - session[KEY] < TOUCH_SECONDS:
        return
    began, seen, rules = session[BEGAN], session[KEY], lasting()
    if now < _end(rules, began, seen):
        return
    why = TOO_LONG if now >= began + rules.whole.total_seconds() else IDLE
    person, key = get_user(request), session.session_key
    session.flush()
    if isinstance(person, Person) and key:
        note_session_over(person=person, key=key, why=why, at=centre_now())


def _end(rules: Lasting, began: int, seen: int) -> int:
    return int(rules.end(_moment(began), _moment(seen)).timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _touch(request: HttpRequest) -> None:
    session, now = request.session, int(time.time())
    is_person = SESSION_KEY in session
    is_listed = not is_person or session.get(LISTED) == session.session_key
    if is_listed and now - session.get(KEY, 0) < TOUCH_SECONDS:
        return
    session[KEY] = now
    if is_person and session.session_key:
        _list(request, session, now)


def _list(request: HttpRequest, session: SessionBase, now: int) -> None:
    """Write the person's list of sessions."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return
    key, former = session.session_key or "", session.get(LISTED, "")
    if not former:
        session[BEGAN] = now
    rules = lasting()
    session[ENDS] = _end(rules, session[BEGAN], now)
    session.set_expiry(session[ENDS] - now + LATER)
    seat = Seat(get_client_ip_address(request) or None, request.headers.get("User-Agent", ""))
    ends_at = _moment(session[ENDS])
    if former == key and see_session(key=key, seat=seat, ends_at=ends_at):
        return
    keep_session(
        person=person,
        key=key,
        former=former,
        seat=seat,
        way=session.get(WAY, ""),
        began_at=_moment(session[BEGAN]),
        ends_at=ends_at,
    )
    session[LISTED] = key
