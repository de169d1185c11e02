"""What the centre remembers: events, keys of subjects, consumers, its clock, local policy, long jobs."""

from __future__ import annotations

from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EventQuerySet(models.QuerySet["Event"]):
    def sealed(self) -> EventQuerySet:
        """Events that have a position, in the order of the chain."""
        return self.filter(position__isnull=False).order_by("position")

    def unsealed(self) -> EventQuerySet:
        """Committed events that the sealer has not reached, oldest first."""
        return self.filter(position__isnull=True).order_by("id")

    def of(self, subject_type: str, ids: list[str]) -> EventQuerySet:
        return self.filter(subject_type=subject_type, subject_id__in=ids).order_by("id")


class Event(models.Model):
    """One thing that happened.  A trigger refuses every change but the sealer's: position and hash, once."""

    position = models.BigIntegerField(null=True, unique=True, editable=False)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    actor_name = models.CharField(max_length=100, blank=True)
    verb = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=80)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    sealed = models.BinaryField(null=True)
    chain_hash = models.BinaryField(null=True, max_length=32)

    objects = EventQuerySet.as_manager()

    PRIVACY = {
        "id": "internal",
        "position": "internal",
        "at": "internal",
        "recorded_at": "internal",
        "actor": "internal",
        "actor_name": "internal",
        "verb": "internal",
        "subject_type": "internal",
        "subject_id": "internal",
        "data": "internal",
        "sealed": "confidential",
        "chain_hash": "internal",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="event_position_and_hash_together",
                condition=Q(position__isnull=True, chain_hash__isnull=True)
                | Q(position__isnull=False, chain_hash__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["id"], name="event_unsealed", condition=Q(position__isnull=True)),
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["verb", "position"], name="event_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.position or '-'} {self.verb} {self.subject_type}:{self.subject_id}"


class ChainHead(models.Model):
    """The last sealed event, so that events cut off the end are missed.  One row, written by the sealer."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)
    chain_hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    PRIVACY = {"id": "internal", "position": "internal", "chain_hash": "internal", "sealed_at": "internal"}

    class Meta:
        constraints = [models.CheckConstraint(name="chain_head_single", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.position)


class SubjectKey(models.Model):
    """The key of one subject's personal data, wrapped by the master key; destroyed means erased."""

    subject = models.CharField(max_length=150, primary_key=True)
    wrapped_key = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    PRIVACY = {
        "subject": "internal",
        "wrapped_key": "confidential",
        "created_at": "internal",
        "destroyed_at": "internal",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="subject_key_held_or_destroyed",
                condition=Q(wrapped_key__isnull=False, destroyed_at__isnull=True)
                | Q(wrapped_key__isnull=True, destroyed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.subject


class ConsumerPosition(models.Model):
    """How far one consumer of the sealed events has come."""

    name = models.CharField(max_length=80, primary_key=True)
    position = models.BigIntegerField(default=0)

    PRIVACY = {"name": "internal", "position": "internal"}

    def __str__(self) -> str:
        return f"{self.name} {self.position}"


class CentreClock(models.Model):
    """The centre's clock: the real one, or in a rehearsal one that was set and may run faster.  One row."""

    class Mode(models.TextChoices):
        REAL = "real", _("real time")
        REHEARSAL = "rehearsal", _("rehearsal")

    id = models.SmallIntegerField(primary_key=True, default=1)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.REAL)
    anchor_real = models.DateTimeField()
    anchor_centre = models.DateTimeField()
    speed = models.FloatField(default=1.0)

    PRIVACY = {
        "id": "internal",
        "mode": "internal",
        "anchor_real": "internal",
        "anchor_centre": "internal",
        "speed": "internal",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(name="centre_clock_single", condition=Q(id=1)),
            models.CheckConstraint(name="centre_clock_forward", condition=Q(speed__gt=0)),
            models.CheckConstraint(name="centre_clock_mode", condition=Q(mode__in=["real", "rehearsal"])),
        ]

    def __str__(self) -> str:
        return self.mode

    @property
    def is_rehearsal(self) -> bool:
        return self.mode == self.Mode.REHEARSAL

    def read(self, real: datetime) -> datetime:
        """What this clock shows at the real instant ``real``."""
        if not self.is_rehearsal:
            return real
        return self.anchor_centre + (real - self.anchor_real) * self.speed


class Setting(models.Model):
    """A value of local policy that differs from its declared default."""

    key = models.CharField(max_length=100, primary_key=True)
    value = models.JSONField(encoder=DjangoJSONEncoder)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=100)

    PRIVACY = {
        "key": "internal",
        "value": "internal",
        "changed_at": "internal",
        "changed_by": "internal",
    }

    def __str__(self) -> str:
        return self.key


class JobProgress(models.Model):
    """How far a long job has come; times are real, not the centre's."""

    name = models.CharField(max_length=100)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    message = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    failed_reason = models.TextField(blank=True)

    PRIVACY = {
        "id": "internal",
        "name": "internal",
        "done": "internal",
        "total": "internal",
        "message": "internal",
        "started_at": "internal",
        "finished_at": "internal",
        "failed_reason": "internal",
    }

    class Meta:
        indexes = [models.Index(fields=["name", "-started_at"], name="job_progress_latest")]

    def __str__(self) -> str:
        return f"{self.name} {self.done}/{self.total or '?'}"
