"""Messages to people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from suqing.inbox.codes import Level


class Message(models.Model):
    """Something a person must know, waiting until the duty hours; its sentence is declared under its code.

    ``values`` are facts for the sentence, never personal data.  ``dedupe_key`` sends the same thing once only.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=60)
    values = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    link_name = models.CharField(max_length=60, blank=True)
    link_args = models.JSONField(default=list)
    level = models.CharField(max_length=8, default=Level.INFO)
    at = models.DateTimeField()
    deliver_after = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    dedupe_key = models.CharField(max_length=150, null=True)  # noqa: DJ001  (NULL: may be said again)

    PRIVACY = {
        "id": "internal",
        "recipient": "internal",
        "sender": "internal",
        "code": "internal",
        "values": "internal",
        "subject_type": "internal",
        "subject_id": "internal",
        "link_name": "internal",
        "link_args": "internal",
        "level": "internal",
        "at": "internal",
        "deliver_after": "internal",
        "read_at": "internal",
        "answered_at": "internal",
        "dedupe_key": "internal",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="message_level_known", condition=Q(level__in=["info", "soon", "breach"])
            ),
            models.UniqueConstraint(fields=["recipient", "dedupe_key"], name="message_once_per_key"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-deliver_after", "-id"], name="message_newest_first"),
            models.Index(
                fields=["recipient", "-deliver_after", "-id"],
                condition=Q(read_at=None),
                name="message_unread",
            ),
            models.Index(fields=["subject_type", "subject_id"], name="message_about"),
        ]

    def __str__(self) -> str:
        return f"{self.code} to {self.recipient_id}"
