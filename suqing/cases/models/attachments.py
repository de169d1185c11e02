"""Files that belong to a case: evidence sent in, photographs taken on the spot, recordings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from suqing.cases.models.case import Case
from suqing.files.models import StoredFile


class CaseAttachment(models.Model):
    """A file of a case under the name it came with.  Taken away, the row stays and says who did it and when; the file
    itself is let go some days later, or at once when its person is erased."""

    class TextState(models.TextChoices):
        NONE = "", _("Not read")
        WAITING = "waiting", _("Being read")
        READ = "read", _("Read")
        FAILED = "failed", _("No text found")

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "file": "confidential",
        "name": "personal",
        "text": "personal",
        "text_state": "internal",
        "added_by": "internal",
        "added_at": "internal",
        "removed_by": "internal",
        "removed_at": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)
    # What was read from a receipt or a price tag: offered, never filled in by itself.
    text = models.TextField(blank=True)
    text_state = models.CharField(max_length=8, choices=TextState.choices, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "file"], condition=models.Q(removed_at=None), name="attachment_once_a_case"
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at=None, removed_by=None)
                | models.Q(removed_at__isnull=False, removed_by__isnull=False),
                name="attachment_removed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name
