"""Bringing a topic's newest wording over all cases, while the desks work.

1. Begin: the version holds for new cases already; whoever still registers by the older rules is waited for.
2. Batch by batch, in order of the cases' ids: read the redacted texts, match, and write the memberships and how far it
   has come in one transaction.  Killed at any moment, it goes on behind the last batch.
3. What was registered meanwhile is looked at as well: its topics are the same, so that nothing changes there.

A topic's parents hold what it holds, so that they are set with it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import connection, transaction

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.analytics.models import TopicBackfill
from suqing.cases.actions.topics import set_memberships
from suqing.cases.models import Case
from suqing.cases.queries.topic_facts import facts_of
from suqing.ledger.actions import record
from suqing.ledger.queries import centre_now
from suqing.taxonomy.actions import TopicDraft, change_topic
from suqing.taxonomy.models import Topic, TopicVersion
from suqing.taxonomy.queries import family_of
from suqing.taxonomy.text.rules.matching import NOTHING_KNOWN

log = logging.getLogger(__name__)

SYSTEM = "system:topics"
BATCH = 20_000
RESTS = 0.25  # of the time of a batch, so that the desks come in between
PATIENCE_SECONDS = 60.0  # for registrations that began before
# A snapshot would also wait for the other databases of the server.  Of a transaction's number, 64 bits, the lower 32 are
# what a process shows as its own.
_WRITES_SINCE_BEFORE = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL
          AND age(backend_xid) > age((%s::bigint %% 4294967296)::text::xid))"""


class NothingToDo(ValueError):
    """The topic has no wording in use."""


@transaction.atomic
def word_topic(draft: TopicDraft, *, by: Person | str, at: datetime) -> TopicBackfill:
    """Add a topic, or the next version of one, and begin to bring it over all cases.  Raise BadRule or NotPermitted."""
    return begin(topic=change_topic(draft, by=by, at=at).topic, by=by, at=at)


@transaction.atomic
def begin(*, topic: Topic, by: Person | str, at: datetime) -> TopicBackfill:
    """Have the newest wording of the topic brought over all cases.  One that is under way for it is given up: this one
    does all of it.  Raise NothingToDo."""
    require(by, Permission.TOPIC_MANAGE)
    version = TopicVersion.objects.filter(topic=topic, valid_from__lte=at).order_by("-number").first()
    if version is None or not topic.is_active:
        raise NothingToDo(topic.code)
    TopicBackfill.objects.filter(version__topic=topic, ended_at=None).update(is_superseded=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (number,) = cursor.fetchone()
    found = TopicBackfill.objects.create(
        version=version, begun_by=by if isinstance(by, Person) else None, begun_at=at, transaction=number
    )
    record("topic.backfill_begun", topic, by=by, at=at, data={"code": topic.code, "version": version.number})
    return found


def go_on(
    backfill: TopicBackfill,
    *,
    rests: float = RESTS,
    batch: int = BATCH,
    told: Callable[[TopicBackfill], None] = lambda _found: None,
) -> TopicBackfill:
    """Look at the cases that are left, and end.  ``told`` hears of each batch."""
    _wait_for_older(backfill.transaction)
    while True:
        began = time.monotonic()
        found = _next(backfill.pk, batch)
        if found.is_over:
            return found
        told(found)
        time.sleep(rests * (time.monotonic() - began))


@transaction.atomic
def _next(pk: int, batch: int) -> TopicBackfill:
    """Look at one batch; where none is left, end."""
    found = TopicBackfill.objects.select_for_update().get(pk=pk)
    if found.is_over:
        return found
    if found.upto is None or found.place >= found.upto:
        last = Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        if found.place >= last:
            return _end(found)
        found.upto, found.total = last, found.looked_at + Case.objects.filter(pk__gt=found.place).count()
    # Anew for each batch: another topic of the family may have been worded meanwhile.
    family = family_of(found.version.topic, centre_now())
    texts = list(_texts(found.place, found.upto, batch))
    upto = texts[-1][0] if len(texts) == batch else found.upto
    asked = [case for case, text in texts if family.can_hold(text)] if family.asks_facts else []
    facts = facts_of(asked) if asked else {}
    held = [
        (case, version)
        for case, text in texts
        for version in family.versions_held(text, facts.get(case, NOTHING_KNOWN))
    ]
    at = centre_now()
    added, removed = set_memberships(topics=family.topics, after=found.place, upto=upto, held=held, at=at)
    found.place, found.looked_at = upto, found.looked_at + len(texts)
    found.added, found.removed = found.added + added, found.removed + removed
    found.save(update_fields=["upto", "total", "place", "looked_at", "added", "removed"])
    return found


def _texts(after: int, upto: int, batch: int) -> Iterator[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, match_text FROM cases_case WHERE id > %s AND id <= %s ORDER BY id LIMIT %s",
            [after, upto, batch],
        )
        yield from cursor.fetchall()


def _end(found: TopicBackfill) -> TopicBackfill:
    found.ended_at = centre_now()
    found.save(update_fields=["ended_at"])
    counts = {"looked_at": found.looked_at, "added": found.added, "removed": found.removed}
    record(
        "topic.backfilled", found.version.topic, by=found.begun_by or SYSTEM, at=found.ended_at,
        data={"code": found.version.topic.code, "version": found.version.number, **counts},
    )  # fmt: skip
    return found


def _wait_for_older(number: int) -> None:
    """Wait until every transaction of this database that began to write before this one has ended: it may register by
    the older rules."""
    if connection.in_atomic_block:
        return  # a test that rolls back waits for nobody: it would wait for itself
    until = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(_WRITES_SINCE_BEFORE, [number])
            if not cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    log.warning(
        "a transaction has been writing for more than %d s; its cases may be missed", PATIENCE_SECONDS
    )
