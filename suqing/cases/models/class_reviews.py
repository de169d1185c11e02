"""Classes to review: missing, or doubted by the model; and what a person decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from suqing.cases.models.case import Case
from suqing.cases.vocabulary import ReviewReason, ReviewState
from suqing.taxonomy.models import ClassKind, ClassNode

UNDECIDED = (ReviewState.WAITING, ReviewState.OPEN)
KINDS = (ClassKind.OBJECT, ClassKind.ISSUE, ClassKind.REPORT_ISSUE)


class ClassReview(models.Model):
    """One class of one case in the review queue.

    ``offered`` is the code offered first when it was decided, "" where nothing was; ``was`` is the class
    that is doubted, or that was there before the decision, ``became`` the one after it.
    """

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "kind": "internal",
        "state": "internal",
        "reason": "internal",
        "raised_at": "internal",
        "offered": "internal",
        "was": "internal",
        "became": "internal",
        "decided_by": "internal",
        "decided_at": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="class_reviews", db_index=False)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=10, blank=True)
    raised_at = models.DateTimeField()
    offered = models.CharField(max_length=20, blank=True)
    was = models.ForeignKey(ClassNode, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    became = models.ForeignKey(
        ClassNode, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="class_review_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[str(one) for one in KINDS]), name="class_review_kind_known"
            ),
            models.CheckConstraint(condition=Q(state__in=list(ReviewState)), name="class_review_state_known"),
            models.CheckConstraint(
                condition=Q(state=ReviewState.WAITING, reason="")
                | ~Q(state=ReviewState.WAITING) & Q(reason__in=list(ReviewReason)),
                name="class_review_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNDECIDED, decided_at=None, decided_by=None)
                | ~Q(state__in=UNDECIDED) & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="class_review_decided_whole",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="class_review_newest")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
