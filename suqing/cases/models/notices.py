"""What people were told about a case, by which way, on which day."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from suqing.cases.models.case import Case
from suqing.cases.notices import Matter, Way


class Notice(models.Model):
    """One notice given.  It takes the place of what was owed; what was said stands in the event of the step.

    The notice of a report is the report's: whoever may not see the report must not see it.
    """

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "matter": "internal",
        "told": "internal",
        "way": "internal",
        "given_on": "internal",
        "at": "internal",
        "by": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices")
    matter = models.CharField(max_length=32)
    told = ArrayField(models.CharField(max_length=16))
    way = models.CharField(max_length=12, blank=True)
    given_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(matter__in=list(Matter)), name="notice_matter_known"),
            models.CheckConstraint(condition=models.Q(way__in=["", *Way]), name="notice_way_known"),
        ]
        indexes = [models.Index(fields=["case", "given_on"], name="notice_of_case")]

    def __str__(self) -> str:
        return f"{self.matter} of {self.case_id}"
