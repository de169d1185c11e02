"""Reading the text of a receipt or a price tag, on request; what it says is offered, never filled in by itself."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions.moving import Refused, locked, require_unit
from suqing.cases.models import CaseAttachment
from suqing.files.previews import DRAWN
from suqing.files.reading import is_available, read_text
from suqing.ledger.actions import record
from suqing.ledger.writing import one_transaction

N_ = str
LONGEST = 20_000  # characters

NOT_HERE = N_("This server cannot read text from pictures: the extra “ocr” is not installed.")
NOT_READABLE = N_("Text is read from pictures and from the first page of a PDF only.")


@one_transaction
def ask_text(*, attachment: CaseAttachment, by: Person, at: datetime) -> CaseAttachment:
    """Ask for the text of a picture; a job reads it.  Raise Refused where there is nothing to read or nobody to."""
    require(by, Permission.CASE_ATTACH)
    case = locked(attachment.case)
    require_unit(case, by, Permission.CASE_ATTACH)
    row = CaseAttachment.objects.select_for_update(of=("self",)).select_related("file").get(pk=attachment.pk)
    if not is_available():
        raise Refused(NOT_HERE)
    if row.file is None or row.removed_at is not None or row.file.kind not in DRAWN:
        raise Refused(NOT_READABLE)
    if row.text_state != CaseAttachment.TextState.WAITING:
        row.text_state = CaseAttachment.TextState.WAITING
        row.save(update_fields=["text_state"])
        record("case.file_text_asked", case, by=by, at=at, data={"attachment": row.pk})
    return row


def waiting() -> list[int]:
    """The attachments whose text was asked for and is not there yet, those asked for first."""
    rows = CaseAttachment.objects.filter(text_state=CaseAttachment.TextState.WAITING, file__isnull=False)
    return list(rows.order_by("id").values_list("pk", flat=True)[:50])


def read_waiting(pk: int) -> str:
    """Read one attachment that waits; return its state then.  Called by the job, outside any transaction."""
    row = CaseAttachment.objects.select_related("file").filter(pk=pk).first()
    if row is None or row.file is None or row.text_state != CaseAttachment.TextState.WAITING:
        return ""
    text = read_text(row.file)[:LONGEST].replace("\0", "")
    with transaction.atomic():
        # Locked and looked at again: the person may have been erased while the child was reading.
        now = CaseAttachment.objects.select_for_update().get(pk=pk)
        if now.file_id is None:
            return ""
        now.text = text
        now.text_state = CaseAttachment.TextState.READ if text else CaseAttachment.TextState.FAILED
        now.save(update_fields=["text", "text_state"])
    return now.text_state
