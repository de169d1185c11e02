"""Documents of a case: the forms of 2026 and of 2019, each with its number."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from suqing.accounts.models import Unit
from suqing.cases.models.case import Case


class CaseDocument(models.Model):
    """A form issued for a case.  What it says is kept as it was issued, encrypted under the key of the case's person."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "form": "public",
        "form_set": "public",
        "unit": "internal",
        "year": "internal",
        "serial": "internal",
        "number": "internal",
        "content_cipher": "personal",
        "content_subject": "internal",
        "issued_by": "internal",
        "issued_at": "internal",
        "voided_by": "internal",
        "voided_at": "internal",
        "void_reason": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="documents")
    form = models.CharField(max_length=32)
    form_set = models.CharField(max_length=8)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=60)
    content_cipher = models.BinaryField()
    content_subject = models.CharField(max_length=80)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "serial"], name="document_number_once"),
        ]
        indexes = [models.Index(fields=["case", "-issued_at"], name="document_of_case")]

    def __str__(self) -> str:
        return self.number
