"""Looking at words, and saying that one need not be told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.models import Case
from suqing.ledger.actions import record
from suqing.surveillance.models import DAY, SPANS, WEEK, IgnoredWord, RisingWord, WordLook
from suqing.surveillance.new_words import Look, Said, look

WINDOWS_BEFORE = {DAY: 28, WEEK: 8}
EVERY = {DAY: timedelta(hours=1), WEEK: timedelta(hours=6)}
KEPT = timedelta(days=90)
MOST = 60  # rows kept of one look; ``found`` says how many there were
LONGEST = 40


def look_where_due(*, at: datetime) -> list[WordLook]:
    """Look at each span that nobody looked at for its while; let go of looks of long ago."""
    WordLook.objects.filter(until__lt=at - KEPT).delete()
    newest = dict(WordLook.objects.values("days").annotate(last=Max("until")).values_list("days", "last"))
    due = [
        days for days in SPANS if days not in newest or not newest[days] <= at < newest[days] + EVERY[days]
    ]
    return [look_at_words(days=days, at=at) for days in due]


def look_at_words(*, days: int, at: datetime) -> WordLook:
    """Hold the words of the last ``days`` against the windows before, and keep what was found, all or nothing."""
    span = timedelta(days=days)
    ignored = IgnoredWord.objects.filter(ended_at=None).values_list("word", flat=True)
    ends = [at - span * back for back in range(WINDOWS_BEFORE[days], 0, -1)]
    found = look(list(_said(at - span, at)), (_said(end - span, end) for end in ends), ignored=list(ignored))
    return _keep(found, days, at)


def _said(since: datetime, until: datetime) -> Iterator[Said]:
    """The words of the cases received in a window; without a number each contact is a voice of its own."""
    rows = Case.objects.filter(received_at__gt=since, received_at__lte=until).order_by()
    read = rows.values_list("pk", "party__phone_hash", "submission_id", "match_text")
    for case, phone, submission, text in read.iterator(chunk_size=5000):
        yield Said(case, phone or f"#{submission}", text)


@transaction.atomic
def _keep(found: Look, days: int, at: datetime) -> WordLook:
    row, is_new = WordLook.objects.get_or_create(
        days=days,
        until=at,
        defaults={"voices": found.voices, "looked_at": found.looked_at, "found": len(found.words)},
    )
    if is_new:
        RisingWord.objects.bulk_create(
            RisingWord(
                look=row,
                rank=rank,
                word=one.word[:LONGEST],
                beside=[word[:LONGEST] for word in one.beside],
                cases=one.cases,
                curve=one.curve,
                expected=one.expected,
                surprise=one.surprise,
            )
            for rank, one in enumerate(found.words[:MOST], start=1)
        )
    return row


@transaction.atomic
def ignore_word(*, word: str, by: Person, at: datetime) -> IgnoredWord:
    """Tell a word no more.  Nothing changes where it is ignored already.  Raise NotPermitted."""
    require(by, Permission.TOPIC_MANAGE)
    row, is_new = IgnoredWord.objects.get_or_create(word=word, ended_at=None, defaults={"by": by, "at": at})
    if is_new:
        record("new_word.ignored", row, by=by, at=at, data={"word": word})
    return row


@transaction.atomic
def heed_word(*, ignored: IgnoredWord, by: Person, at: datetime) -> IgnoredWord:
    """Tell an ignored word again.  Raise NotPermitted."""
    require(by, Permission.TOPIC_MANAGE)
    row = IgnoredWord.objects.select_for_update().get(pk=ignored.pk)
    if row.ended_at is None:
        row.ended_at, row.ended_by = at, by
        row.save(update_fields=["ended_at", "ended_by"])
        record("new_word.heeded", row, by=by, at=at, data={"word": row.word})
    return row
