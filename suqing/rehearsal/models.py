"""How far the script has been played in this centre."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Replay(models.Model):
    """The replay of this centre.  One row: ``played_until`` moves on in the transaction of what it tells of, so that
    every contact and every step is played exactly once, whatever dies in between."""

    PRIVACY = {
        "id": "internal",
        "city": "internal",
        "seed": "internal",
        "has_baseline": "internal",
        "played_until": "internal",
        "contacts": "internal",
        "steps": "internal",
        "left_to_people": "internal",
        "began_at": "internal",
    }

    id = models.SmallIntegerField(primary_key=True, default=1)
    city = models.CharField(max_length=20)
    seed = models.BigIntegerField()
    has_baseline = models.BooleanField()
    played_until = models.DateTimeField()
    contacts = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    left_to_people = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="replay_single", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"{self.city} until {self.played_until:%Y-%m-%d %H:%M}"
