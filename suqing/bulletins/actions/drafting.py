"""Drafting, issuing and withdrawing bulletins."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Max
from django.utils.translation import override

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.analytics.actions.snapshots import snapshot
from suqing.analytics.mirror.pins import PinDamaged
from suqing.analytics.models import Snapshot
from suqing.analytics.periods import CENTRE_ZONE
from suqing.bulletins import daily, documents, queries
from suqing.bulletins.actions.figures import holds_synthetic
from suqing.bulletins.blocks import to_json
from suqing.bulletins.documents import Note
from suqing.bulletins.gathering import Gathered, gather
from suqing.bulletins.models import Bulletin, BulletinFigure, Series, State
from suqing.bulletins.recounting import recounted
from suqing.bulletins.refusals import CannotDo
from suqing.bulletins.sections import prepared
from suqing.kit.dates import local_day
from suqing.ledger.actions import record
from suqing.ledger.queries import is_rehearsal

N_ = str

ATTEMPTS = 3  # at drafting, when others draft or issue the same bulletin


def draft_daily(*, day: date, by: Person | str, at: datetime, over_edits: bool = False) -> Bulletin:
    """Draft the daily bulletin of a day, or draft it anew while it is a draft.

    Everything is counted in one snapshot; the figures and their rows are stored with the text.  Raise CannotDo for a
    day that has not begun, whose bulletin is issued or in review, or whose draft people have edited and ``over_edits``
    does not say to write over that.
    """
    require(by, Permission.BULLETIN_DRAFT)
    if day > local_day(at, CENTRE_ZONE):
        raise CannotDo(N_("This day has not begun yet."))
    _series(daily.SERIES_CODE, daily.SERIES_NAME)
    for _attempt in range(ATTEMPTS - 1):
        try:
            return _draft(day, by=by, at=at, over_edits=over_edits)
        except (IntegrityError, OperationalError):
            # Somebody drafted or issued the same bulletin after our view was fixed: look again.
            continue
    return _draft(day, by=by, at=at, over_edits=over_edits)


def _draft(day: date, *, by: Person | str, at: datetime, over_edits: bool) -> Bulletin:
    # A bulletin is written in Chinese, whatever language its editor reads.
    with override("zh-hans"), snapshot(at=at) as taken:
        series = Series.objects.select_for_update().get(code=daily.SERIES_CODE)
        before = Bulletin.objects.filter(series=series, day=day).exclude(state=State.WITHDRAWN).first()
        _check_before(before, over_edits=over_edits)
        facts, gathered = gather(day, at)
        bulletin = before or Bulletin(series=series, day=day, revision=0)
        bulletin.title = daily.title(day)
        bulletin.corrects = _withdrawn_before(series, day)
        blocks = daily.compose(facts)
        if bulletin.corrects is not None:
            blocks = (*blocks[:2], Note(_correction(bulletin.corrects)), *blocks[2:])
        bulletin.text = prepared(
            {
                "blocks": to_json(blocks),
                "compiled_by": queries.compiled_by(),
                "tail": queries.tail_in_force(),
            }
        )
        bulletin.is_synthetic = is_rehearsal() or holds_synthetic(gathered)
        _store(bulletin, gathered, taken, by=by, at=at)
    return bulletin


def _series(code: str, name: str) -> None:
    """Make the series on first use, outside the snapshot: two first drafts must not wait for each other's view."""
    if not Series.objects.filter(code=code).exists():
        Series.objects.bulk_create([Series(code=code, name=name)], ignore_conflicts=True)


def _check_before(before: Bulletin | None, *, over_edits: bool) -> None:
    if before is None:
        return
    if before.state in (State.REVIEW, State.APPROVED):
        raise CannotDo(N_("The bulletin of this day is in review. Let it be returned first."))
    if before.state != State.DRAFT:
        raise CannotDo(N_("The bulletin of this day is issued. Withdraw it first, with a reason."))
    if before.text.get("edited") and not over_edits:
        raise CannotDo(
            N_("The draft of this day was edited. Open it and refresh its figures, or draft it anew there.")
        )


def _withdrawn_before(series: Series, day: date) -> Bulletin | None:
    """The last issue about the day, which was withdrawn: a new one corrects it."""
    found = Bulletin.objects.filter(series=series, day=day, state=State.WITHDRAWN).defer("document")
    return found.order_by("-total_no").first()


def _correction(withdrawn: Bulletin) -> str:
    assert withdrawn.issued_at is not None  # the database holds it so
    signed = local_day(withdrawn.issued_at, CENTRE_ZONE)
    return (
        f"本期更正并代替{withdrawn.issue_year}年第{withdrawn.issue_no}期"
        f"（{signed.year}年{signed.month}月{signed.day}日签发，已撤回）。"
    )


def _store(
    bulletin: Bulletin, gathered: list[Gathered], taken: Snapshot, *, by: Person | str, at: datetime
) -> None:
    bulletin.snapshot = taken
    bulletin.revision += 1
    bulletin.drafted_at, bulletin.drafted_by = at, by if isinstance(by, Person) else None
    bulletin.authors = [by.pk] if isinstance(by, Person) else []
    bulletin.save()
    bulletin.figures.all().delete()
    rows = [one.row() for one in gathered]
    for place, row in enumerate(rows, start=1):
        row.bulletin, row.number = bulletin, place
    BulletinFigure.objects.bulk_create(rows)
    record(
        "bulletin.drafted", bulletin, by=by, at=at,
        data={"series": bulletin.series.code, "day": bulletin.day.isoformat(), "revision": bulletin.revision,
              "position": taken.position, "figures": len(rows), "is_synthetic": bulletin.is_synthetic},
    )  # fmt: skip


@transaction.atomic
def issue(*, bulletin: Bulletin, by: Person, at: datetime) -> Bulletin:
    """Issue what was approved: it gets the next number of its year without a gap, its file is stored, and it cannot change.

    The row of the series is the lock of the numbering: a number that is rolled back is given to the next.
    """
    _require_signer(by)
    series = Series.objects.select_for_update().get(pk=bulletin.series_id)
    row = Bulletin.objects.select_for_update(of=("self",)).select_related("series").get(pk=bulletin.pk)
    if row.state != State.APPROVED:
        raise CannotDo(N_("Only an approved bulletin can be issued."))
    _recount(row)
    year = local_day(at, CENTRE_ZONE).year
    issued = Bulletin.objects.filter(series=series)
    last = issued.filter(issue_year=year).aggregate(last=Max("issue_no"))["last"] or 0
    total = issued.aggregate(last=Max("total_no"))["last"] or 0
    row.issue_year, row.issue_no, row.total_no = year, last + 1, total + 1
    row.issued_at, row.issued_by = at, by
    row.document = documents.typeset(queries.document_of(row))
    row.document_sha256 = hashlib.sha256(row.document).hexdigest()
    row.state = State.ISSUED
    row.save()
    record(
        "bulletin.issued", row, by=by, at=at,
        data={"series": series.code, "day": row.day.isoformat(), "year": year, "issue_no": row.issue_no,
              "total_no": row.total_no, "document_sha256": row.document_sha256},
    )  # fmt: skip
    return row


def _recount(row: Bulletin) -> None:
    """Count the figures once more from their pin: what is issued has to come out the same for ever."""
    try:
        found = recounted(row)
    except PinDamaged as fault:
        raise CannotDo(
            N_("The file %(file)s that figures were counted from is missing or damaged. Have the bulletin returned and refresh its figures."),
            file=fault.path.name,
        ) from fault  # fmt: skip
    for one in found:
        for _part, stored, now in one.differences[:1]:
            raise CannotDo(
                N_("The figure %(figure)s was stored as %(stored)s but counts %(now)s. Have the bulletin returned and refresh its figures."),
                figure=one.stored.label or one.stored.key, stored=stored, now=now,
            )  # fmt: skip


def _require_signer(by: Person | str) -> None:
    """Only a person signs; the system itself may draft but not issue."""
    if not isinstance(by, Person):
        raise CannotDo(N_("A bulletin is issued by a person."))
    require(by, Permission.BULLETIN_ISSUE)


@transaction.atomic
def withdraw(*, bulletin: Bulletin, reason: str, by: Person, at: datetime) -> Bulletin:
    """Withdraw an issued bulletin with a reason; its number, text and figures stay as they are."""
    _require_signer(by)
    row = Bulletin.objects.select_for_update(of=("self",)).select_related("series").get(pk=bulletin.pk)
    if row.state != State.ISSUED:
        raise CannotDo(N_("Only an issued bulletin can be withdrawn."))
    reason = reason.strip()
    if not reason:
        raise CannotDo(N_("Say why the bulletin is withdrawn."))
    if len(reason) > 500:
        raise CannotDo(N_("The reason takes at most %(limit)s characters."), limit=500)
    row.state, row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = State.WITHDRAWN, at, by, reason
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    record("bulletin.withdrawn", row, by=by, at=at, data={"issue_no": row.issue_no, "reason": reason})
    return row
