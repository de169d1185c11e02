"""The files of a case."""

from __future__ import annotations

from suqing.cases.models import Case, CaseAttachment


def attachments_of(case: Case) -> list[CaseAttachment]:
    """All files of a case in the order they came, with those removed that can be brought back; one query."""
    rows = CaseAttachment.objects.filter(case=case, file__isnull=False)
    return list(rows.select_related("file", "added_by", "removed_by").order_by("added_at", "id"))


def attachment_for(case: Case, pk: int) -> CaseAttachment:
    """A file of this case that has not been let go.  Raise CaseAttachment.DoesNotExist."""
    rows = CaseAttachment.objects.select_related("file", "case", "added_by", "removed_by")
    return rows.get(pk=pk, case=case, file__isnull=False, file__removed_at=None)
