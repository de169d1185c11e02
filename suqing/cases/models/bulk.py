"""Changes of many cases at once: what was asked, what each case had before, and the undo."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from suqing.cases.models.case import Case


class BulkChange(models.Model):
    """One change of many cases, written as one event; undone as one."""

    PRIVACY = {
        "id": "internal",
        "ref": "internal",
        "kind": "internal",
        "values": "internal",
        "filters": "internal",
        "asked": "internal",
        "changed": "internal",
        "refused": "internal",
        "note": "internal",
        "by": "internal",
        "at": "internal",
        "undone_by": "internal",
        "undone_at": "internal",
    }

    ref = models.UUIDField(unique=True)
    kind = models.CharField(max_length=16)  # assign | remind | reclassify
    values = models.JSONField(default=dict)
    filters = models.JSONField(default=dict)
    asked = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["assign", "remind", "reclassify"]), name="bulk_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(asked=models.F("changed") + models.F("refused")), name="bulk_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.changed}"


class BulkItem(models.Model):
    """One case of a bulk change: what it had before and after; for a refused one, why."""

    PRIVACY = {
        "id": "internal",
        "change": "internal",
        "case": "internal",
        "before": "internal",
        "after": "internal",
        "refusal": "internal",
        "undone": "internal",
    }

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="bulk_items")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    refusal = models.JSONField(default=dict)
    undone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "case"], name="bulk_item_once")]

    def __str__(self) -> str:
        return f"{self.change_id} {self.case_id}"
