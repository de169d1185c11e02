"""Flags of the radar: cases that may be sensitive, and what a person said of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from suqing.cases.models.case import Case
from suqing.cases.vocabulary import FlagState
from suqing.taxonomy.models import ClassModel, SensitiveVersion


class SensitiveFlag(models.Model):
    """One version of a sensitive rule found one case.

    ``contacts`` says how many came, where the rule counts them; ``model`` and its ``chance`` (0 to 1) which model found
    the case, where the rule asks it.
    """

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "version": "internal",
        "raised_at": "internal",
        "contacts": "internal",
        "model": "internal",
        "chance": "internal",
        "state": "internal",
        "decided_by": "internal",
        "decided_at": "internal",
        "reason": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="flags", db_index=False)
    version = models.ForeignKey(SensitiveVersion, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    contacts = models.PositiveIntegerField(null=True)
    model = models.ForeignKey(
        ClassModel, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    chance = models.FloatField(null=True)
    state = models.CharField(max_length=12, default=FlagState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="flag_once"),
            models.CheckConstraint(condition=Q(state__in=list(FlagState)), name="flag_state_known"),
            models.CheckConstraint(
                condition=Q(model=None, chance=None) | Q(model__isnull=False, chance__gte=0, chance__lte=1),
                name="flag_of_a_model_has_its_chance",
            ),
            models.CheckConstraint(
                condition=Q(state=FlagState.OPEN, decided_at=None, decided_by=None, reason="")
                | ~Q(state=FlagState.OPEN)
                & Q(decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(reason=""),
                name="flag_decided_whole_or_not_at_all",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="flag_in_state_newest")]

    def __str__(self) -> str:
        return f"{self.case_id} by {self.version_id}"
