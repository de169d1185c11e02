"""Being at a case: opening its page, staying there, going away.  No event: who looks at personal data is logged by the
pages that show them, and who sits before which page this minute is nobody's memory."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from suqing.accounts.models import Person
from suqing.cases.models import Case, CaseLook
from suqing.cases.queries.looks import HERE, Since, token_of
from suqing.ledger.actions import LIVE_CHANNEL

# Whoever comes back sooner is still in the same visit: what was new to them stays marked.
SAME_VISIT = timedelta(minutes=10)

_LOOK = """
with looked as (
    insert into cases_caselook as own
        (case_id, person_id, looked_at, seen_event, since_at, since_event, heard_at)
    values (%(case)s, %(person)s, %(at)s, %(upto)s, null, null, %(heard)s)
    on conflict (case_id, person_id) do update set
        looked_at = excluded.looked_at,
        seen_event = greatest(own.seen_event, excluded.seen_event),
        since_at = case when own.heard_at < %(gone)s then own.looked_at else own.since_at end,
        since_event = case when own.heard_at < %(gone)s then own.seen_event else own.since_event end,
        heard_at = excluded.heard_at
    returning since_at, since_event
)
select since_at, since_event, pg_notify(%(channel)s, %(hint)s) from looked
"""


def look(*, case: Case, by: Person, at: datetime, heard_at: datetime, upto: int) -> Since | None:
    """Remember that the page of the case was opened, which showed its events up to ``upto``; tell the others there.

    Return since when and from which event on all is new; None at somebody's first visit.  ``at`` is the centre's time,
    ``heard_at`` the real one.
    """
    values: dict[str, Any] = {
        "case": case.pk,
        "person": by.pk,
        "at": at,
        "upto": upto,
        "heard": heard_at,
        "gone": heard_at - SAME_VISIT,
        "channel": LIVE_CHANNEL,
        "hint": _hint(case),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, values)
        since_at, since_event, _told = cursor.fetchone()
    return None if since_event is None else Since(since_at, since_event)


def stay(*, case: Case, by: Person, heard_at: datetime) -> None:
    """Say that the page is still open before somebody's eyes."""
    CaseLook.objects.filter(case=case, person=by).update(heard_at=heard_at)


def leave(*, case: Case, by: Person, heard_at: datetime) -> None:
    """Say that the page was closed; the others hear it at once."""
    if CaseLook.objects.filter(case=case, person=by).update(heard_at=heard_at - HERE):
        with connection.cursor() as cursor:
            cursor.execute("select pg_notify(%s, %s)", [LIVE_CHANNEL, _hint(case)])


def read_all(*, case: Case, by: Person, at: datetime, upto: int) -> None:
    """Take everything up to ``upto`` as read: nothing of it is marked as new any more."""
    CaseLook.objects.filter(case=case, person=by).update(since_at=at, since_event=upto)


def _hint(case: Case) -> str:
    """What every open page hears: a word that means something only to who has this very case open."""
    return json.dumps({"present": token_of(case)})
