"""Entry standards: which facts a registration must and should hold, in versions with the day they take effect."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from suqing.cases.vocabulary import Kind


class EntryStandard(models.Model):
    """One version for one kind, as the notice of Suzhou made one (domain S19); a version that is in force stays."""

    PRIVACY = {
        "id": "internal",
        "kind": "public",
        "version": "public",
        "effective_on": "public",
        "facts": "public",
        "notice": "internal",
        "issued_by": "internal",
        "issued_at": "internal",
    }

    kind = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    effective_on = models.DateField()
    # [{"code": "amount", "level": "must" | "should"}], codes of suqing.cases.entry_standard; with "topic": "mask_price" of the
    # cases of that topic alone
    facts = models.JSONField()
    notice = models.CharField(max_length=500, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=list(Kind)), name="standard_kind_known"),
            models.UniqueConstraint(fields=["kind", "version"], name="standard_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
