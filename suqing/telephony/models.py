"""Calls: what rang at the centre, whether a switch reported it or a person typed the number."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Call(models.Model):
    """One call.  The number is encrypted under the call's own key and found by its keyed hash."""

    PRIVACY = {
        "id": "internal",
        "ref": "internal",
        "source": "public",
        "direction": "public",
        "number_cipher": "personal",
        "number_hash": "personal",
        "number_masked": "internal",
        "agent": "internal",
        "started_at": "internal",
        "answered_at": "internal",
        "ended_at": "internal",
    }

    ref = models.UUIDField(unique=True)
    source = models.CharField(max_length=8)
    direction = models.CharField(max_length=3, default="in")
    number_cipher = models.BinaryField(null=True)
    number_hash = models.CharField(max_length=64, blank=True, db_index=True)
    number_masked = models.CharField(max_length=32, blank=True)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="calls")
    started_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(source__in=["typed", "switch"]), name="call_source_known"
            ),
            models.CheckConstraint(
                condition=models.Q(direction__in=["in", "out"]), name="call_direction_known"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("started_at")),
                name="call_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_masked or '—'} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def key_subject(self) -> str:
        """The label of the key that protects this call's number."""
        return f"call:{self.ref}"
