"""Reminders, supervision orders and return visits: how the centre sees to it that cases are handled."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from suqing.accounts.models import Unit
from suqing.cases.models.case import Case
from suqing.cases.models.clocks import Clock
from suqing.cases.oversight import OrderState, Part, ReplyState, Trigger
from suqing.cases.vocabulary import VisitGrade


class Reminder(models.Model):
    """A reminder (催办) to the unit that has the case; sent in duty hours, climbing the ladder when unanswered."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "unit": "internal",
        "level": "internal",
        "note": "confidential",
        "by": "internal",
        "at": "internal",
        "sent_at": "internal",
        "answered_at": "internal",
        "answered_by": "internal",
        "answer": "confidential",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reminders")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(default=1)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answered_by=None)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False),
                name="reminder_answered_has_by_and_at",
            )
        ]
        indexes = [
            models.Index(fields=["case", "-at"], name="reminder_of_case"),
            models.Index(
                fields=["sent_at"], condition=models.Q(answered_at=None), name="reminder_unanswered"
            ),
        ]

    def __str__(self) -> str:
        return f"reminder {self.level} on {self.case_id}"


class Escalation(models.Model):
    """A rung of the ladder that was told of an unanswered reminder or of a broken limit; each rung once.

    ``told`` are the names as of then; a rung is counted from 1, the handler.
    """

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "reminder": "internal",
        "clock": "internal",
        "due_at": "internal",
        "rung": "internal",
        "told": "internal",
        "at": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="escalations")
    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, null=True, related_name="rungs")
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, null=True, related_name="rungs")
    due_at = models.DateTimeField(null=True)
    rung = models.PositiveSmallIntegerField()
    told = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reminder", "rung"], name="escalation_of_reminder_once"),
            models.UniqueConstraint(fields=["clock", "due_at", "rung"], name="escalation_of_clock_once"),
            models.CheckConstraint(
                condition=models.Q(reminder__isnull=False, clock=None, due_at=None)
                | models.Q(reminder=None, clock__isnull=False, due_at__isnull=False),
                name="escalation_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"rung {self.rung} on {self.case_id}"


class SupervisionOrder(models.Model):
    """A supervision order (督办): its own number and deadline, over no, one or many cases or a saved filter."""

    PRIVACY = {
        "id": "internal",
        "number": "internal",
        "year": "internal",
        "serial": "internal",
        "title": "internal",
        "text": "confidential",
        "trigger": "internal",
        "filter": "internal",
        "is_frozen": "internal",
        "due_on": "internal",
        "issued_by": "internal",
        "issued_at": "internal",
        "issuing_unit": "internal",
        "state": "internal",
        "closed_by": "internal",
        "closed_at": "internal",
        "closing_note": "confidential",
        "revision": "internal",
        "is_synthetic": "public",
    }

    number = models.CharField(max_length=30, unique=True)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    trigger = models.CharField(max_length=24)
    # What the work list was narrowed to.  Frozen: the cases it found at issue are kept; else it is asked anew each time.
    filter = models.JSONField(null=True)
    is_frozen = models.BooleanField(default=False)
    due_on = models.DateField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    issuing_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default=OrderState.OPEN)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    closing_note = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuing_unit", "year", "serial"], name="order_number_once"),
            models.CheckConstraint(condition=models.Q(trigger__in=list(Trigger)), name="order_trigger_known"),
            models.CheckConstraint(
                condition=models.Q(state=OrderState.OPEN, closed_at=None)
                | models.Q(state__in=[OrderState.CLOSED, OrderState.WITHDRAWN], closed_at__isnull=False),
                name="order_ended_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["-issued_at", "-id"], name="order_newest_first"),
            models.Index(fields=["due_on"], condition=models.Q(state="open"), name="order_due"),
        ]

    def __str__(self) -> str:
        return self.number


class SupervisedUnit(models.Model):
    """A unit that an order binds, as lead or as assistant; ``revision`` counts its replies and their reviews."""

    PRIVACY = {
        "id": "internal",
        "order": "internal",
        "unit": "internal",
        "role": "internal",
        "state": "internal",
        "revision": "internal",
        "warned": "internal",
    }

    order = models.ForeignKey(SupervisionOrder, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="supervision_orders")
    role = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=ReplyState.OWED)
    revision = models.PositiveIntegerField(default=1)
    # How often the unit was warned of the deadline: 48 hours before, 24 hours before, when it had passed.
    warned = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "unit"], name="order_binds_a_unit_once"),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(role="lead"), name="order_has_one_lead"
            ),
            models.CheckConstraint(condition=models.Q(role__in=list(Part)), name="order_part_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=list(ReplyState)), name="order_reply_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.order_id}"


class SupervisedReply(models.Model):
    """One reply of a unit to an order, and what the review said to it; a reply that was sent back stays."""

    PRIVACY = {
        "id": "internal",
        "bound": "internal",
        "round": "internal",
        "text": "confidential",
        "by": "internal",
        "at": "internal",
        "is_accepted": "internal",
        "review_note": "confidential",
        "reviewed_by": "internal",
        "reviewed_at": "internal",
    }

    bound = models.ForeignKey(SupervisedUnit, on_delete=models.CASCADE, related_name="replies")
    round = models.PositiveSmallIntegerField()
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_accepted = models.BooleanField(null=True)
    review_note = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bound", "round"], name="reply_round_once"),
            models.UniqueConstraint(
                fields=["bound"], condition=models.Q(is_accepted=None), name="reply_waits_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(is_accepted=None, reviewed_by=None, reviewed_at=None)
                | models.Q(is_accepted__isnull=False, reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="reply_reviewed_has_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"reply {self.round} of {self.bound_id}"


class SupervisedCase(models.Model):
    """A case that an order is about."""

    PRIVACY = {"id": "internal", "order": "internal", "case": "internal"}

    order = models.ForeignKey(SupervisionOrder, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="supervised_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "case"], name="order_names_a_case_once")]

    def __str__(self) -> str:
        return f"{self.case_id} in {self.order_id}"


class ReturnVisit(models.Model):
    """A call back after the end (回访), with one of four grades; dissatisfied means redo and a second visit."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "round": "internal",
        "grade": "internal",
        "is_reached": "internal",
        "note": "confidential",
        "by": "internal",
        "at": "internal",
        "redo_until": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="visits")
    round = models.PositiveSmallIntegerField()
    grade = models.CharField(max_length=20, blank=True)
    is_reached = models.BooleanField(default=True)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    redo_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(grade__in=["", *VisitGrade]), name="visit_grade_known"),
            models.CheckConstraint(
                condition=models.Q(is_reached=True) & ~models.Q(grade="")
                | models.Q(is_reached=False, grade=""),
                name="visit_reached_has_a_grade",
            ),
            models.UniqueConstraint(fields=["case", "round"], name="visit_round_once"),
        ]

    def __str__(self) -> str:
        return f"visit {self.round} on {self.case_id}"
