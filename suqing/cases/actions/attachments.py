"""Files of a case: put to it, taken away, brought back, let go; nobody loses evidence by a slip of the hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions.moving import Refused, key_of, locked, require_unit
from suqing.cases.models import Case, CaseAttachment, Party
from suqing.files.actions import forget_files as forget_bytes
from suqing.files.models import StoredFile
from suqing.ledger.actions import record
from suqing.ledger.policy import BadSetting, declare
from suqing.ledger.queries import setting
from suqing.ledger.writing import one_transaction

N_ = str


def _number(value: int) -> None:
    if not 1 <= value <= 1000:
        raise BadSetting("a whole number from 1 to 1000")


MOST = declare("cases.most_attachments", 60, N_("Most files that one case holds"), check=_number)
KEPT_DAYS = declare(
    "cases.removed_attachment_days",
    30,
    N_("Days for which a removed file can be brought back"),
    check=_number,
)

ARCHIVED = N_("The case is archived; its files stay as they are.")
TOO_MANY = N_("A case holds at most %(most)s files.")
FILE_GONE = N_("The file is no longer on the server. Send it again.")
THERE_ALREADY = N_("The same file is attached to this case already.")
TOO_LATE = N_("The file was let go; it cannot be brought back.")


@one_transaction
def attach(
    *, case: Case, files: Sequence[tuple[StoredFile, str]], by: Person, at: datetime
) -> list[CaseAttachment]:
    """Put files to a case under their names; those it has already are left out.  Raise Refused, NotYours."""
    row = _opened(case, by)
    here = CaseAttachment.objects.filter(case=row, removed_at=None)
    known = set(here.values_list("file_id", flat=True))
    fresh = list({file.pk: (file, name) for file, name in files if file.pk not in known}.values())
    most = setting(MOST.key)
    if len(known) + len(fresh) > most:
        raise Refused(TOO_MANY, most=most)
    # Locked, so that the sweeper does not take what is being attached.
    held = StoredFile.objects.select_for_update().filter(pk__in=[file.pk for file, _name in fresh])
    if any(file.removed_at is not None for file in held):
        raise Refused(FILE_GONE)
    added = CaseAttachment.objects.bulk_create(
        [CaseAttachment(case=row, file=file, name=name, added_by=by, added_at=at) for file, name in fresh]
    )
    if added:
        facts = {"attachments": [one.pk for one in added], "count": len(added)}
        names = "\n".join(one.name for one in added)
        record("case.files_attached", row, by=by, at=at, data=facts, personal={key_of(row): {"text": names}})
    return added


@one_transaction
def remove(*, attachment: CaseAttachment, by: Person, at: datetime) -> CaseAttachment:
    """Take a file away from its case; for some days it can be brought back.  A second call changes nothing."""
    case = _opened(attachment.case, by)
    row = _locked(attachment)
    if row.removed_at is None:
        row.removed_by, row.removed_at = by, at
        row.save(update_fields=["removed_by", "removed_at"])
        _tell("case.file_removed", case, row, by, at)
    return row


@one_transaction
def restore(*, attachment: CaseAttachment, by: Person, at: datetime) -> CaseAttachment:
    """Bring a removed file back.  Raise Refused when it was let go, or was attached again meanwhile."""
    case = _opened(attachment.case, by)
    row = _locked(attachment)
    if row.removed_at is None:
        return row
    if row.file_id is None:
        raise Refused(TOO_LATE)
    row.removed_by = row.removed_at = None
    try:
        with transaction.atomic():
            row.save(update_fields=["removed_by", "removed_at"])
    except IntegrityError:
        raise Refused(THERE_ALREADY) from None
    _tell("case.file_restored", case, row, by, at)
    return row


@transaction.atomic
def let_go(*, at: datetime) -> int:
    """Let go of files that were removed longer ago than the setting says; return how many.  Their bytes are swept."""
    before = at - timedelta(days=setting(KEPT_DAYS.key))
    rows = CaseAttachment.objects.filter(removed_at__lt=before, file__isnull=False)
    return rows.update(file=None, name="", text="", text_state="")


def forget_files(*, party: Party, by: Person, at: datetime) -> int:
    """Erasing a person: the files of their cases are let go at once, with names and texts; return how many.

    Bytes that belong to nothing else are gone when the erasure is committed.
    """
    require(by, Permission.PERSON_ERASE)
    rows = CaseAttachment.objects.select_for_update(of=("self",)).filter(
        Q(case__submission__party=party) | Q(case__party=party)
    )
    held = list(rows.exclude(file=None).values_list("file_id", "added_by_id"))
    forget_bytes({file for file, _by in held if file}, sent_by={one for _file, one in held}, at=at)
    rows.filter(removed_at=None).update(removed_at=at, removed_by=by)
    return rows.update(file=None, name="", text="", text_state="")


def _opened(case: Case, by: Person) -> Case:
    """The case, locked, if this person may change its files now."""
    require(by, Permission.CASE_ATTACH)
    row = locked(case)
    require_unit(row, by, Permission.CASE_ATTACH)
    if row.archived_at is not None:
        raise Refused(ARCHIVED)
    return row


def _locked(attachment: CaseAttachment) -> CaseAttachment:
    return CaseAttachment.objects.select_for_update().get(pk=attachment.pk)


def _tell(verb: str, case: Case, row: CaseAttachment, by: Person, at: datetime) -> None:
    record(verb, case, by=by, at=at, data={"attachment": row.pk}, personal={key_of(case): {"text": row.name}})
