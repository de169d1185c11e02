"""Events that the centre proposes by itself, apart from those that people made, and how far it has looked."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from suqing.cases.models.case import Case
from suqing.cases.models.similar import EventGroup
from suqing.cases.vocabulary import ProposalState


class EventProposal(models.Model):
    """Cases that may be one event.  ``group`` is the event of people that they may belong to, or that was made of them.

    ``decided_size`` is how many cases it had when it was dismissed: it is shown again once it has grown well beyond that.
    """

    PRIVACY = {
        "id": "internal",
        "state": "internal",
        "group": "internal",
        "words": "internal",
        "size": "internal",
        "found_at": "internal",
        "changed_at": "internal",
        "decided_by": "internal",
        "decided_at": "internal",
        "decided_size": "internal",
        "reason": "internal",
    }

    state = models.CharField(max_length=12, default=ProposalState.OPEN)
    group = models.ForeignKey(EventGroup, on_delete=models.PROTECT, null=True, related_name="proposals")
    words = ArrayField(models.CharField(max_length=40), default=list)
    size = models.PositiveIntegerField(default=0)
    found_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    decided_size = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(ProposalState)), name="proposal_state_known"),
        ]
        indexes = [models.Index(fields=["state", "-changed_at"], name="proposal_in_state_newest")]

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class ProposedCase(models.Model):
    """A case of a proposal: how alike it was (0 to 1) and what it shared when it came.

    ``left_at`` is set when a person said that it does not belong there, ``joined_at`` when it went into an event of
    people with the proposal; a case is proposed for one event at a time.
    """

    PRIVACY = {
        "id": "internal",
        "proposal": "internal",
        "case": "internal",
        "likeness": "internal",
        "shared": "internal",
        "added_at": "internal",
        "joined_at": "internal",
        "left_at": "internal",
        "left_by": "internal",
    }

    proposal = models.ForeignKey(EventProposal, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="proposed", db_index=False)
    likeness = models.FloatField()
    shared = ArrayField(models.CharField(max_length=40), default=list)
    added_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(left_at=None, joined_at=None), name="case_in_one_proposal"
            ),
            models.UniqueConstraint(fields=["case", "proposal"], name="case_proposed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} in proposal {self.proposal_id}"


class EventSearch(models.Model):
    """How far the cases were looked through for events, by the version of ``same_event`` that did it."""

    PRIVACY = {"version": "internal", "last_case": "internal", "ran_at": "internal"}

    version = models.PositiveIntegerField(primary_key=True)
    last_case = models.BigIntegerField(default=0)
    ran_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.version}: until {self.last_case}"
