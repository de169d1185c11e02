"""Statutory limits and service promises on a case."""

from __future__ import annotations

from django.conf import settings
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
        "extensions": "internal",
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
    extensions = models.JSONField(default=list)
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


class ExcludedPeriod(models.Model):
    """Time that limits do not count: testing, appraisal, a hearing …; open while ``last_on`` is None.

    Sources: O20 art. 20, O121 art. 22 (testing), PROC art. 18 and 64.
    """

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "kind": "internal",
        "first_on": "internal",
        "last_on": "internal",
        "subject": "internal",
        "body": "internal",
        "chosen_by": "internal",
        "cost_by": "internal",
        "note": "confidential",
        "begun_by": "internal",
        "begun_at": "internal",
        "ended_by": "internal",
        "ended_at": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="excluded_periods")
    kind = models.CharField(max_length=32)
    first_on = models.DateField()
    last_on = models.DateField(null=True)
    subject = models.CharField(max_length=200, blank=True)
    body = models.CharField(max_length=200, blank=True)
    chosen_by = models.CharField(max_length=12, blank=True)
    cost_by = models.CharField(max_length=12, blank=True)
    note = models.TextField(blank=True)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on=None) | models.Q(last_on__gte=models.F("first_on")),
                name="period_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["case", "kind"], condition=models.Q(last_on=None), name="period_open_once_per_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.case_id}"


class ExtensionRequest(models.Model):
    """A request to extend a limit, and what the approver decided (O121 art. 27, PROC art. 18 and 64)."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "clock": "internal",
        "reason": "confidential",
        "amount": "internal",
        "asked_by": "internal",
        "asked_at": "internal",
        "is_granted": "internal",
        "decided_by": "internal",
        "decided_at": "internal",
        "decision_note": "confidential",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="extension_requests")
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="extension_requests")
    reason = models.TextField()
    amount = models.PositiveIntegerField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    is_granted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=models.Q(is_granted=None), name="extension_asked_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(is_granted=None, decided_by=None, decided_at=None)
                | models.Q(is_granted__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="extension_decided_has_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"extension of {self.clock_id}"


class ClockChange(models.Model):
    """A due date that moved because the calendar or the local policy changed; the list people work through."""

    PRIVACY = {
        "id": "internal",
        "clock": "internal",
        "run": "internal",
        "was_due_at": "internal",
        "due_at": "internal",
        "at": "internal",
    }

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="changes")
    run = models.CharField(max_length=40)
    was_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "run"], name="clock_changed_once_per_run")]
        indexes = [models.Index(fields=["run", "id"], name="clock_change_of_run")]

    def __str__(self) -> str:
        return f"{self.clock_id}: {self.was_due_at:%Y-%m-%d} → {self.due_at:%Y-%m-%d}"


class ClockRecount(models.Model):
    """One run that counts all unfinished clocks anew; ``last_case`` is how far it has come, so that it can go on."""

    PRIVACY = {
        "id": "internal",
        "run": "internal",
        "cause": "internal",
        "at": "internal",
        "last_case": "internal",
        "counted": "internal",
        "changed": "internal",
        "progress": "internal",
        "finished_at": "internal",
    }

    run = models.CharField(max_length=40, unique=True)
    cause = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    last_case = models.BigIntegerField(default=0)
    counted = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    progress = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="clock_recount_newest")]

    def __str__(self) -> str:
        return self.run


class ClockWarning(models.Model):
    """A mark before the due moment (hours; 0 is the breach) that somebody was told of, once for each due moment."""

    PRIVACY = {
        "id": "internal",
        "clock": "internal",
        "hours": "internal",
        "due_at": "internal",
        "at": "internal",
    }

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="warnings")
    hours = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "hours", "due_at"], name="clock_warned_once_per_mark")
        ]

    def __str__(self) -> str:
        return f"{self.clock_id}: {self.hours} h"
