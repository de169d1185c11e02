"""What the call desk asks: who calls, which operator is meant, what was typed so far."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from suqing.accounts.models import Person
from suqing.cases.models import Case, Draft, Party
from suqing.cases.queries.sight import visible_cases
from suqing.kit import phones
from suqing.ledger.queries import decrypt_for, keyed_hash
from suqing.telephony.models import Call

OPEN_NOW = timedelta(minutes=3)  # an open page saves at least every minute while somebody works on it


@dataclass(frozen=True, slots=True)
class Caller:
    """Who has called from a number, and their earlier cases."""

    parties: list[Party]
    cases: list[Case]
    open_count: int
    total: int


def caller(person: Person, number: str, *, limit: int = 10) -> Caller:
    """The people known under a number and their newest cases that this person may see; empty for a withheld one."""
    normal = phones.normalise(number)
    if not normal:
        return Caller([], [], 0, 0)
    known = list(
        Party.objects.filter(phone_hash=keyed_hash("phone", normal), erased_at=None).order_by("-id")[:20]
    )
    rows = visible_cases(person).filter(party__in=known)
    counts = rows.aggregate(total=Count("pk"), open=Count("pk", filter=Q(closed_at=None)))
    newest = list(
        rows.select_related("entity", "issue_class", "party", "responsible_unit").newest_first()[:limit]
    )
    return Caller(known, newest, counts["open"], counts["total"])


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with its content opened."""

    draft: Draft
    content: dict[str, Any]


def drafts_of(person: Person) -> list[DraftView]:
    """The person's unfinished registrations, newest first, opened."""
    return _opened(Draft.objects.filter(owner=person))


def _opened(drafts: QuerySet[Draft]) -> list[DraftView]:
    rows = drafts.select_related("call").order_by("-saved_at")
    found = []
    for draft in rows:
        text = decrypt_for(draft.key_subject, bytes(draft.content_cipher))
        if text is not None:
            found.append(DraftView(draft, json.loads(text)))
    return found


def draft_of(person: Person, ref: str) -> DraftView | None:
    """One draft of this person, opened; None if there is none (any more)."""
    return next(iter(_opened(Draft.objects.filter(owner=person, ref=ref))), None)


def others_on_number(person: Person, call: Call | None, now: datetime) -> list[str]:
    """The names of others who have a call of the same number open now; nobody for a withheld one."""
    if call is None or not call.number_hash:
        return []
    rows = Draft.objects.filter(
        call__number_hash=call.number_hash, saved_at__gte=now - OPEN_NOW, saved_at__lte=now
    )
    names = rows.exclude(owner=person).order_by("-saved_at").values_list("owner__display_name", flat=True)
    return list(dict.fromkeys(names))
