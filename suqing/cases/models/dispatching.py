"""Cases on their way between units."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models

from suqing.accounts.models import Unit
from suqing.cases.models.case import Case
from suqing.cases.vocabulary import DispatchState
from suqing.taxonomy.models import ClassNode, Division


class Dispatch(models.Model):
    """A case sent from one unit to another, with the date to report back (form 3; O20 art. 37, O121 art. 41)."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "from_unit": "internal",
        "to_unit": "internal",
        "at": "internal",
        "by": "internal",
        "report_back_on": "internal",
        "note": "confidential",
        "article": "public",
        "state": "internal",
        "ended_at": "internal",
        "return_reason": "internal",
        "return_note": "confidential",
        "returned_by": "internal",
        "returned_at": "internal",
        "is_upheld": "internal",
        "objection_decided_by": "internal",
        "objection_decided_at": "internal",
        "objection_note": "confidential",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="dispatches")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="dispatches", db_index=False)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    report_back_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    article = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, default=DispatchState.OPEN)
    ended_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=32, blank=True)
    return_note = models.CharField(max_length=500, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    returned_at = models.DateTimeField(null=True)

    # What the centre said to the unit's last objection: None while it has not decided.
    is_upheld = models.BooleanField(null=True)
    objection_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    objection_decided_at = models.DateTimeField(null=True)
    objection_note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(DispatchState)), name="dispatch_state_known"
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state__in=[DispatchState.OPEN, DispatchState.OBJECTED]),
                name="dispatch_open_once_per_case",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[DispatchState.RETURNED, DispatchState.OBJECTED])
                & models.Q(returned_by__isnull=False)
                & ~models.Q(return_reason="")
                | ~models.Q(state__in=[DispatchState.RETURNED, DispatchState.OBJECTED]),
                name="dispatch_returned_has_by_and_reason",
            ),
        ]
        indexes = [models.Index(fields=["to_unit", "-at"], name="dispatch_to_unit")]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.to_unit_id}"


class DispatchRuleQuerySet(models.QuerySet["DispatchRule"]):
    def in_force(self, day: date) -> DispatchRuleQuerySet:
        """Keep the rows that hold on this day, whoever looks when."""
        until = models.Q(valid_until=None) | models.Q(valid_until__gt=day)
        return self.filter(until, valid_from__lte=day)

    def in_force_from(self, day: date) -> DispatchRuleQuerySet:
        """Keep the rows that hold on this day or will hold on a later one."""
        holds_at_all = models.Q(valid_until__gt=models.F("valid_from"))
        return self.filter(models.Q(valid_until=None) | models.Q(valid_until__gt=day) & holds_at_all)

    def in_order(self) -> DispatchRuleQuerySet:
        """Order as they propose."""
        return self.order_by("rank", "id")


class DispatchRule(models.Model):
    """A row of the dispatch catalogue (派单目录): which unit gets what, from when, on which ground.

    Empty fields match everything; among the rows that match, the one with the lowest ``rank`` proposes.  A row holds
    from ``valid_from`` until the day before ``valid_until``; it is never rewritten: another row ``replaces`` it.
    """

    PRIVACY = {
        "id": "internal",
        "rank": "internal",
        "kind": "public",
        "object_class": "public",
        "issue_class": "public",
        "seller_role": "public",
        "place": "public",
        "unit": "public",
        "article": "public",
        "note": "internal",
        "valid_from": "public",
        "valid_until": "public",
        "replaces": "internal",
        "changed_by": "internal",
        "changed_at": "internal",
    }

    rank = models.PositiveIntegerField(default=100)
    kind = models.CharField(max_length=16, blank=True)
    object_class = models.ForeignKey(ClassNode, on_delete=models.PROTECT, null=True, related_name="+")
    issue_class = models.ForeignKey(ClassNode, on_delete=models.PROTECT, null=True, related_name="+")
    seller_role = models.CharField(max_length=20, blank=True)
    place = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    article = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=500, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    changed_at = models.DateTimeField()

    objects = DispatchRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="dispatch_rule_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["rank", "id"], name="dispatch_rule_in_order")]

    def __str__(self) -> str:
        return f"{self.rank}: {self.unit_id}"


class CompetenceDispute(models.Model):
    """Two units both claim or both refuse a case (O20 art. 30, O121 art. 33; PROC art. 13 and 16)."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "unit": "internal",
        "other_unit": "internal",
        "reason": "confidential",
        "raised_by": "internal",
        "raised_at": "internal",
        "asked_at": "internal",
        "asked_of": "internal",
        "settled_at": "internal",
        "settled_by": "internal",
        "competent_unit": "internal",
        "is_designated": "internal",
        "note": "confidential",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="disputes")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    other_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    asked_of = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    competent_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    is_designated = models.BooleanField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(settled_at=None), name="dispute_open_once_per_case"
            ),
        ]

    def __str__(self) -> str:
        return f"dispute over {self.case_id}"
