"""Review by a second person: submitted, remarked, returned with a reason or approved.  Only what is approved is issued."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can, require
from suqing.bulletins import sections
from suqing.bulletins.local_policy import SECOND_PERSON
from suqing.bulletins.models import Bulletin, Remark, State
from suqing.bulletins.refusals import CannotDo
from suqing.ledger.actions import record
from suqing.ledger.queries import setting

N_ = str

LONGEST_REMARK = 1000


def _locked(bulletin: Bulletin, *, revision: int | None = None) -> Bulletin:
    row = Bulletin.objects.select_for_update(of=("self",)).select_related("series").get(pk=bulletin.pk)
    if revision is not None and row.revision != revision:
        raise CannotDo(N_("The draft was changed after you opened it. Read it once more."))
    return row


@transaction.atomic
def submit(*, bulletin: Bulletin, revision: int, by: Person, at: datetime) -> Bulletin:
    """Hand a draft in for review: its text and figures stay as they are until it is returned."""
    require(by, Permission.BULLETIN_DRAFT)
    row = _locked(bulletin, revision=revision)
    if row.state != State.DRAFT:
        raise CannotDo(N_("Only a draft can be handed in for review."))
    if row.figures.exclude(counted_at=None).exists():
        raise CannotDo(N_("The figures were counted at different moments. Refresh them first."))
    row.state, row.submitted_at, row.submitted_by = State.REVIEW, at, by
    row.save(update_fields=["state", "submitted_at", "submitted_by"])
    record("bulletin.submitted", row, by=by, at=at, data={"revision": row.revision})
    return row


@transaction.atomic
def remark(*, bulletin: Bulletin, section: int | None, text: str, by: Person, at: datetime) -> Remark:
    """Say something of one section, or of the whole, while it is in review."""
    require(by, Permission.BULLETIN_REVIEW)
    row = _locked(bulletin)
    if row.state != State.REVIEW:
        raise CannotDo(N_("Only a bulletin in review takes remarks."))
    text = _said(text, N_("Write what you remark."))
    known = {number for number, _blocks in sections.parted(sections.prepared(row.text)["blocks"])}
    if section is not None and section not in known:
        raise CannotDo(N_("This section is no longer there."))
    made = Remark.objects.create(
        bulletin=row, section=section, text=text, revision=row.revision, written_at=at, written_by=by
    )
    record("bulletin.remarked", row, by=by, at=at, data={"section": section, "text": text})
    return made


def _said(text: str, otherwise: str) -> str:
    text = text.replace("\0", "").strip()
    if not text:
        raise CannotDo(otherwise)
    if len(text) > LONGEST_REMARK:
        raise CannotDo(N_("The text takes at most %(limit)s characters."), limit=LONGEST_REMARK)
    return text


@transaction.atomic
def send_back(*, bulletin: Bulletin, reason: str, by: Person, at: datetime) -> Bulletin:
    """Return a bulletin to its writers with a reason; an approval is gone with it.  Who handed it in may take it back."""
    row = _locked(bulletin)
    if not (row.submitted_by_id == by.pk and can(by, Permission.BULLETIN_DRAFT)):
        require(by, Permission.BULLETIN_REVIEW)
    if row.state not in (State.REVIEW, State.APPROVED):
        raise CannotDo(N_("Only a bulletin in review can be returned."))
    reason = _said(reason, N_("Say why the bulletin is returned."))
    row.state, row.approved_at, row.approved_by = State.DRAFT, None, None
    row.save(update_fields=["state", "approved_at", "approved_by"])
    Remark.objects.create(
        bulletin=row, section=None, text=reason, revision=row.revision, written_at=at, written_by=by
    )
    record("bulletin.returned", row, by=by, at=at, data={"revision": row.revision, "reason": reason})
    return row


def may_approve(bulletin: Bulletin, person: Person) -> bool:
    """Whether this person may approve: a reviewer who wrote nothing in it, unless the centre allows otherwise."""
    wrote = person.pk in bulletin.authors or bulletin.submitted_by_id == person.pk
    return can(person, Permission.BULLETIN_REVIEW) and not (wrote and setting(SECOND_PERSON.key))


@transaction.atomic
def approve(*, bulletin: Bulletin, revision: int, by: Person, at: datetime) -> Bulletin:
    """Approve what is in review as it was read."""
    require(by, Permission.BULLETIN_REVIEW)
    row = _locked(bulletin, revision=revision)
    if row.state != State.REVIEW:
        raise CannotDo(N_("Only a bulletin in review can be approved."))
    if not may_approve(row, by):
        raise CannotDo(N_("Who wrote in a bulletin does not approve it."))
    row.state, row.approved_at, row.approved_by = State.APPROVED, at, by
    row.save(update_fields=["state", "approved_at", "approved_by"])
    record("bulletin.approved", row, by=by, at=at, data={"revision": row.revision})
    return row
