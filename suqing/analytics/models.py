"""Where a set of figures stands in the history of the centre, and the files that lists were written to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Snapshot(models.Model):
    """The moment of which figures speak: all were read in one transaction that saw exactly the events up to
    ``position``, and ``unsealed`` more that had no position yet (0 unless writers outran the sealer)."""

    PRIVACY = {
        "id": "public",
        "position": "public",
        "unsealed": "public",
        "at": "public",
        "taken_at": "internal",
    }

    position = models.BigIntegerField()
    unsealed = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(position__gte=0), name="snapshot_position_not_negative")
        ]

    def __str__(self) -> str:
        return f"#{self.position}"


class Export(models.Model):
    """A list written to a file: what it was narrowed to, as of when, for whom, and how far it has come.

    The file belongs to the person who asked for it and nobody else; it is removed when ``expires_at`` has passed.
    A short list is handed over at once and not kept: its row has no ``file_key``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("In the queue")
        RUNNING = "running", _("Being written")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Removed")

    PRIVACY = {
        "id": "internal",
        "ref": "internal",
        "list_code": "internal",
        "layout": "internal",
        "format": "internal",
        "encoding": "internal",
        "language": "internal",
        "filters": "confidential",
        "filter_words": "confidential",
        "is_masked": "internal",
        "reason": "confidential",
        "scope": "internal",
        "as_of": "internal",
        "position": "internal",
        "state": "internal",
        "failure": "internal",
        "total": "internal",
        "done": "internal",
        "progress": "internal",
        "attempts": "internal",
        "file_key": "internal",
        "size": "internal",
        "asked_by": "internal",
        "asked_at": "internal",
        "finished_at": "internal",
        "expires_at": "internal",
    }

    ref = models.UUIDField(unique=True)
    list_code = models.CharField(max_length=30)  # a key of analytics.exports.LISTS
    layout = models.CharField(max_length=20)  # suqing | national
    format = models.CharField(max_length=8)  # csv | xlsx
    encoding = models.CharField(max_length=12, blank=True)  # of a csv: utf-8 | gb18030
    language = models.CharField(max_length=10)  # of the headers and words in the file
    filters = models.JSONField(default=dict)
    filter_words = models.JSONField(default=list)  # as the page showed them, written into the file
    is_masked = models.BooleanField(default=True)
    reason = models.TextField(blank=True)  # why the personal data are written out; "" for a masked file
    scope = models.JSONField(default=dict)  # what the asker's rights reached when it was written
    as_of = models.DateTimeField()
    position = models.BigIntegerField(default=0)  # of the sealed events when it was read
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    failure = models.CharField(max_length=300, blank=True)
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    progress = models.BigIntegerField(null=True)  # the JobProgress that tells how far the writer is
    attempts = models.PositiveSmallIntegerField(default=0)
    file_key = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(format__in=["csv", "xlsx"]), name="export_format_known"),
            models.CheckConstraint(
                condition=Q(is_masked=True) | ~Q(reason=""), name="export_plain_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed", "expired"]),
                name="export_state_known",
            ),
        ]
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="export_of_person")]

    def __str__(self) -> str:
        return f"{self.list_code} {self.state}"
