"""Changes of many cases at once: what was asked, what each case had before, and the undo."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suqing.cases.models.case import Case


class BulkChange(models.Model):
    """One change of many cases, written as one event; undone as one.

    It begins as a draft (``at`` is None) that holds what the preview saw; ``foreseen`` is how many it said would change.
    """

    class Kind(models.TextChoices):
        ASSIGN = "assign", _("Assign")
        REMIND = "remind", _("Remind")
        RECLASSIFY = "reclassify", _("Reclassify")

    PRIVACY = {
        "id": "internal",
        "ref": "internal",
        "kind": "internal",
        "values": "internal",
        "filters": "internal",
        "is_list": "internal",
        "seen": "internal",
        "asked": "internal",
        "foreseen": "internal",
        "changed": "internal",
        "already": "internal",
        "refused": "internal",
        "came_since": "internal",
        "kept": "internal",
        "note": "confidential",
        "by": "internal",
        "prepared_at": "internal",
        "at": "internal",
        "undone_by": "internal",
        "undone_at": "internal",
    }

    ref = models.UUIDField(unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    values = models.JSONField(default=dict)
    filters = models.JSONField(default=dict)
    is_list = models.BooleanField(default=False)  # all cases of a list, not ticked ones
    seen = models.JSONField(default=dict)  # case -> revision, and what the preview foresaw; emptied when done
    asked = models.PositiveIntegerField(default=0)
    foreseen = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    already = models.PositiveIntegerField(default=0)  # were as asked before
    refused = models.PositiveIntegerField(default=0)
    came_since = models.PositiveIntegerField(default=0)  # on the list only since the preview: left alone
    kept = models.PositiveIntegerField(default=0)  # not restored by the undo
    note = models.CharField(
        max_length=500, blank=True
    )  # that of a reminder lies with the reminders once sent
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["assign", "remind", "reclassify"]), name="bulk_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(at=None) | Q(asked=F("changed") + F("already") + F("refused")),
                name="bulk_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], condition=Q(at__isnull=False), name="bulk_newest_first")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.changed}"


class BulkItem(models.Model):
    """One case of a bulk change: what it had before and after; ``refusal`` says why it was refused or not restored."""

    class Fate(models.TextChoices):
        CHANGED = "changed", _("Changed")
        ALREADY = "already", _("Was so already")
        REFUSED = "refused", _("Not changed")

    PRIVACY = {
        "id": "internal",
        "change": "internal",
        "case": "internal",
        "fate": "internal",
        "before": "internal",
        "after": "internal",
        "refusal": "internal",
        "undone": "internal",
    }

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="bulk_items")
    fate = models.CharField(max_length=8, choices=Fate.choices)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    refusal = models.JSONField(default=dict)
    undone = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "case"], name="bulk_item_once"),
            models.CheckConstraint(
                condition=Q(fate__in=["changed", "already", "refused"]), name="bulk_fate_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change_id} {self.case_id}"
