"""How far the script has been played in this centre, and how far its ordinary years have been written."""

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


class History(models.Model):
    """The ordinary years before the script.  One row: ``next_day`` and ``next_done`` (cases of that day that are
    written) move on in the transaction of each batch."""

    PRIVACY = {
        "id": "internal",
        "size": "internal",
        "years": "internal",
        "first_day": "internal",
        "last_day": "internal",
        "horizon": "internal",
        "next_day": "internal",
        "next_done": "internal",
        "written": "internal",
    }

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.PositiveIntegerField()
    years = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    horizon = models.DateTimeField()  # what happened later stays open
    next_day = models.DateField()
    next_done = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="history_single", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"{self.written} of {self.size} until {self.next_day}"

    @property
    def is_written(self) -> bool:
        """True once every day has been written."""
        return self.next_day > self.last_day
