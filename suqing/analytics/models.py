"""Where a set of figures stands in the history of the centre."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


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
