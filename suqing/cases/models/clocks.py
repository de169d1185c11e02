"""Statutory limits and service promises on a case."""

from __future__ import annotations

from django.db import models

from suqing.cases.models.case import Case
from suqing.cases.vocabulary import (
    ClockState,
)


class Clock(models.Model):
    """One statutory limit or service promise on one case; ``limit`` and the spans let lawclock explain it again."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "limit": "public",
        "regime": "public",
        "article": "public",
        "is_binding": "public",
        "is_provisional": "public",
        "started_at": "internal",
        "due_at": "internal",
        "internal_due_on": "internal",
        "excluded": "internal",
        "extension": "internal",
        "state": "internal",
        "ended_at": "internal",
        "calendar_version": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    limit = models.CharField(max_length=32)
    regime = models.CharField(max_length=16)
    article = models.CharField(max_length=120)
    is_binding = models.BooleanField(default=True)
    is_provisional = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    internal_due_on = models.DateField()
    excluded = models.JSONField(default=list)
    extension = models.JSONField(null=True)
    state = models.CharField(max_length=10, default=ClockState.RUNNING)
    ended_at = models.DateTimeField(null=True)
    calendar_version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=list(ClockState)), name="clock_state_known"),
            models.UniqueConstraint(
                fields=["case", "limit"],
                condition=models.Q(state__in=[ClockState.RUNNING, ClockState.PAUSED]),
                name="clock_runs_once_per_limit",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[ClockState.RUNNING, ClockState.PAUSED], ended_at=None)
                | ~models.Q(state__in=[ClockState.RUNNING, ClockState.PAUSED])
                & models.Q(ended_at__isnull=False),
                name="clock_ended_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="running"), name="clock_due")]

    def __str__(self) -> str:
        return f"{self.limit} of {self.case_id}"
