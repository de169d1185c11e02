"""Who has a case open, and how far each person has read it: working memory of the desks, not memory of the centre."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from suqing.cases.models.case import Case


class CaseLook(models.Model):
    """One person at one case.  ``seen`` is the newest event of the page last opened; ``since`` the newest one of the
    visit before, from which on everything is new to them.  ``heard_at`` is real time: people sit in it, whatever the
    centre's clock says."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "person": "internal",
        "looked_at": "internal",
        "seen_event": "internal",
        "since_at": "internal",
        "since_event": "internal",
        "heard_at": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="looks", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    looked_at = models.DateTimeField()
    seen_event = models.BigIntegerField()
    since_at = models.DateTimeField(null=True)
    since_event = models.BigIntegerField(null=True)
    heard_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="one_look_a_person_and_case"),
            models.CheckConstraint(
                condition=models.Q(since_at=None, since_event=None)
                | models.Q(since_at__isnull=False, since_event__isnull=False),
                name="look_since_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.case_id}"
