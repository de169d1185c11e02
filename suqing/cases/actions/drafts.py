"""Drafts of the call desk: saved every few seconds, restored after a reload or a crash, gone after registration."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.models import Draft, Submission
from suqing.ledger.actions import destroy_key, encrypt_for, record
from suqing.ledger.queries import decrypt_for
from suqing.telephony.models import Call

MAX_DRAFT = 2_000_000  # characters of JSON; far beyond any form, so that nothing typed is refused


class DraftTooLarge(ValueError):
    """More text than a draft can hold."""


class AlreadyRegistered(Exception):
    """The draft has become a submission; ``submission`` is it."""

    def __init__(self, submission: Submission) -> None:
        super().__init__(submission.number)
        self.submission = submission


class ChangedElsewhere(Exception):
    """Another page has saved the draft since; ``draft`` and ``content`` are what it holds now."""

    def __init__(self, draft: Draft, content: dict[str, Any]) -> None:
        super().__init__(str(draft.ref))
        self.draft = draft
        self.content = content


@transaction.atomic
def save_draft(
    *,
    ref: UUID,
    content: dict[str, Any],
    by: Person,
    at: datetime,
    call: Call | None = None,
    version: int | None = None,
) -> Draft:
    """Keep what has been typed so far under ``ref``; ``version`` is the revision that the page began with.

    Raise ChangedElsewhere if another page has saved a newer one (without a version the newest save stands),
    AlreadyRegistered if a late save arrives after registration, DraftTooLarge beyond two million characters.
    No event: drafts are working memory, not memory of the centre.
    """
    require(by, Permission.CALL_TAKE)
    text = json.dumps(content, ensure_ascii=False)
    if len(text) > MAX_DRAFT:
        raise DraftTooLarge(str(len(text)))
    claim(ref)
    done = Submission.objects.filter(ref=ref).first()
    if done is not None:
        raise AlreadyRegistered(done)
    kept = Draft.objects.select_for_update().filter(ref=ref, owner=by).first()
    if kept is not None:
        refuse_if_changed(kept, content, version)
    cipher = encrypt_for(f"draft:{ref}", text)
    draft, made = Draft.objects.get_or_create(
        ref=ref,
        owner=by,
        defaults={"content_cipher": cipher, "started_at": at, "saved_at": at, "call": call},
    )
    if not made:
        draft.content_cipher, draft.saved_at = cipher, at
        draft.revision += 1
        if call is not None:
            draft.call = call
        draft.save(update_fields=["content_cipher", "saved_at", "revision", "call"])
    return draft


def refuse_if_changed(draft: Draft, content: dict[str, Any], version: int | None) -> None:
    """Raise ChangedElsewhere where another page than that of ``content`` has saved something else since ``version``."""
    if version is None or draft.revision == version:
        return
    text = decrypt_for(draft.key_subject, bytes(draft.content_cipher))
    kept: dict[str, Any] = json.loads(text) if text is not None else {}
    is_own = bool(kept.get("page")) and kept.get("page") == content.get("page")
    if not is_own and kept.get("fields") != content.get("fields"):
        raise ChangedElsewhere(draft, kept)


@transaction.atomic
def discard_draft(*, draft: Draft, by: Person, at: datetime) -> None:
    """Throw a draft away on the owner's word; its key goes with it."""
    require(by, Permission.CALL_TAKE)
    if draft.owner_id != by.pk:
        raise PermissionError("a draft belongs to who typed it")
    record(
        "draft.discarded",
        ("draft", str(draft.ref)),
        by=by,
        at=at,
        data={"saved_at": draft.saved_at.isoformat()},
    )
    remove_draft(ref=draft.ref, by=by, at=at)


def claim(ref: UUID) -> None:
    """Until the transaction ends, let nobody else save or register what has this ref: of two sends of one form one
    waits for the other, and a save that comes while the form is registered leaves no draft behind."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 12315))", [str(ref)])


def remove_draft(*, ref: UUID, by: Person, at: datetime) -> None:
    """Remove the draft that has just become a submission, in the same transaction."""
    if Draft.objects.filter(ref=ref).delete()[0]:
        destroy_key(f"draft:{ref}", by=by, at=at)
