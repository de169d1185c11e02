"""Cases on their way between units."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from suqing.accounts.models import Unit
from suqing.cases.models.case import Case
from suqing.cases.vocabulary import (
    DispatchState,
)


class Dispatch(models.Model):
    """A case sent from one unit to another, with the date to report back (form 3; O20 art. 37, O121 art. 41)."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "from_unit": "internal",
        "to_unit": "internal",
        "at": "internal",
        "by": "internal",
        "report_back_on": "internal",
        "note": "confidential",
        "article": "public",
        "state": "internal",
        "ended_at": "internal",
        "return_reason": "internal",
        "return_note": "confidential",
        "returned_by": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="dispatches")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="dispatches")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    report_back_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    article = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, default=DispatchState.OPEN)
    ended_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=32, blank=True)
    return_note = models.CharField(max_length=500, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(DispatchState)), name="dispatch_state_known"
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state=DispatchState.OPEN),
                name="dispatch_open_once_per_case",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DispatchState.RETURNED, returned_by__isnull=False)
                & ~models.Q(return_reason="")
                | ~models.Q(state=DispatchState.RETURNED) & models.Q(returned_by=None, return_reason=""),
                name="dispatch_returned_has_by_and_reason",
            ),
        ]
        indexes = [models.Index(fields=["to_unit", "-at"], name="dispatch_to_unit")]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.to_unit_id}"
