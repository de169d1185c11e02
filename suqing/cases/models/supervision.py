"""Reminders, supervision orders and return visits: how the centre sees to it that cases are handled."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from suqing.accounts.models import Unit
from suqing.cases.models.case import Case
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
        indexes = [models.Index(fields=["case", "-at"], name="reminder_of_case")]

    def __str__(self) -> str:
        return f"reminder {self.level} on {self.case_id}"


class SupervisionOrder(models.Model):
    """A supervision order (督办): its own number and deadline, over no, one or many cases or a saved filter."""

    PRIVACY = {
        "id": "internal",
        "number": "internal",
        "title": "internal",
        "text": "confidential",
        "trigger": "internal",
        "filter": "internal",
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
    title = models.CharField(max_length=120)
    text = models.TextField()
    trigger = models.CharField(max_length=24)
    filter = models.JSONField(null=True)
    due_on = models.DateField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    issuing_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default="open")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    closing_note = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["-issued_at", "-id"], name="order_newest_first")]

    def __str__(self) -> str:
        return self.number


class SupervisedUnit(models.Model):
    """A unit that an order binds, as lead or as assistant, and its reply."""

    PRIVACY = {
        "id": "internal",
        "order": "internal",
        "unit": "internal",
        "role": "internal",
        "reply": "confidential",
        "replied_by": "internal",
        "replied_at": "internal",
        "is_accepted": "internal",
        "review_note": "confidential",
    }

    order = models.ForeignKey(SupervisionOrder, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="supervision_orders")
    role = models.CharField(max_length=10)
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    replied_at = models.DateTimeField(null=True)
    is_accepted = models.BooleanField(null=True)
    review_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "unit"], name="order_binds_a_unit_once"),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(role="lead"), name="order_has_one_lead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.order_id}"


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
