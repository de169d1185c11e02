"""Bulletins: series, drafts and issues, and the figures that every number of them is.

An issued bulletin and its figures cannot change: triggers refuse it (migration 0002).  Only its withdrawal is added.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suqing.analytics.models import Snapshot


class Series(models.Model):
    """A named row of bulletins, numbered without gaps within each year; its row is the lock of the numbering."""

    PRIVACY = {"id": "public", "code": "public", "name": "public"}

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.name


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    APPROVED = "approved", _("Approved, to be issued")
    ISSUED = "issued", _("Issued")
    WITHDRAWN = "withdrawn", _("Withdrawn")


UNISSUED = (State.DRAFT, State.REVIEW, State.APPROVED)


class Bulletin(models.Model):
    """One bulletin about one day.  ``text`` holds its blocks (``blocks.to_json``), ``document`` the issued file.

    ``drafted_by`` is empty where the system drafted it.  ``authors`` are all who wrote in it since it was drafted: none
    of them approves it.  ``corrects`` is the withdrawn issue that it replaces.
    """

    PRIVACY = {
        "id": "internal",
        "series": "public",
        "day": "public",
        "title": "internal",
        "state": "internal",
        "issue_year": "public",
        "issue_no": "public",
        "total_no": "public",
        "snapshot": "internal",
        "revision": "internal",
        "text": "internal",
        "is_synthetic": "public",
        "drafted_at": "internal",
        "drafted_by": "internal",
        "authors": "internal",
        "corrects": "internal",
        "submitted_at": "internal",
        "submitted_by": "internal",
        "approved_at": "internal",
        "approved_by": "internal",
        "issued_at": "internal",
        "issued_by": "internal",
        "document": "internal",
        "document_sha256": "internal",
        "withdrawn_at": "internal",
        "withdrawn_by": "internal",
        "withdrawn_reason": "internal",
    }

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="bulletins")
    day = models.DateField()
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    issue_year = models.PositiveIntegerField(null=True)
    issue_no = models.PositiveIntegerField(null=True)
    total_no = models.PositiveIntegerField(null=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    text = models.JSONField()
    is_synthetic = models.BooleanField(default=False)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    authors = ArrayField(models.BigIntegerField(), default=list)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    issued_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    document = models.BinaryField(null=True)
    document_sha256 = models.CharField(max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="bulletin_state_known"),
            models.CheckConstraint(
                condition=Q(
                    state__in=UNISSUED, issued_at=None, issued_by=None, issue_year=None, issue_no=None, total_no=None,
                    document=None, document_sha256="",
                )
                | Q(
                    state__in=[State.ISSUED, State.WITHDRAWN], issued_at__isnull=False, issued_by__isnull=False,
                    issue_year__isnull=False, issue_no__gte=1, total_no__gte=1, document__isnull=False,
                ),
                name="bulletin_issued_is_numbered_and_signed",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.WITHDRAWN, withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                           & ~Q(withdrawn_reason=""))
                | (~Q(state=State.WITHDRAWN) & Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")),
                name="bulletin_withdrawn_has_by_and_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.APPROVED) | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="bulletin_approved_is_signed",
            ),
            models.UniqueConstraint(fields=["series", "issue_year", "issue_no"], name="bulletin_number_once_a_year"),
            models.UniqueConstraint(fields=["series", "total_no"], name="bulletin_total_number_once"),
            models.UniqueConstraint(
                fields=["series", "day"], condition=~Q(state=State.WITHDRAWN), name="bulletin_once_a_day"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["series", "-day"], name="bulletin_newest_first")]

    def __str__(self) -> str:
        return f"{self.title} ({self.state})"


class BulletinFigure(models.Model):
    """One number of a bulletin: the measure, its filters and period, the value, and the rows it was counted from.

    ``case_ids`` are the population's (the denominator's of a share), ``numerator_ids`` the part's; ``amounts`` are what
    each case adds to a sum.  ``compared`` holds the bases it was compared with.  ``number`` is what texts call it by;
    ``counted_at`` and ``snapshot`` are empty where it was counted with the others in the snapshot of the bulletin.
    """

    PRIVACY = {
        "id": "internal",
        "bulletin": "internal",
        "key": "internal",
        "number": "internal",
        "counted_at": "internal",
        "snapshot": "internal",
        "label": "internal",
        "measure": "public",
        "filters": "internal",
        "period": "internal",
        "value": "internal",
        "unit": "public",
        "numerator": "internal",
        "denominator": "internal",
        "compared": "internal",
        "case_ids": "internal",
        "submission_ids": "internal",
        "numerator_ids": "internal",
        "amounts": "internal",
    }

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="figures")
    key = models.CharField(max_length=80)
    number = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=120, blank=True)
    measure = models.CharField(max_length=60)
    filters = models.JSONField(default=list)
    period = models.JSONField()
    value = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    unit = models.CharField(max_length=4)
    numerator = models.PositiveIntegerField(null=True)
    denominator = models.PositiveIntegerField(null=True)
    compared = models.JSONField(default=dict)
    case_ids = ArrayField(models.BigIntegerField(), default=list)
    submission_ids = ArrayField(models.BigIntegerField(), default=list)
    numerator_ids = ArrayField(models.BigIntegerField(), default=list)
    amounts = ArrayField(models.DecimalField(max_digits=14, decimal_places=2), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulletin", "key"], name="bulletin_figure_once")]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class Remark(models.Model):
    """What a reviewer says of one section (0 is the opening) or of the whole; ``revision`` is the one that was read."""

    PRIVACY = {
        "id": "internal",
        "bulletin": "internal",
        "section": "internal",
        "text": "internal",
        "revision": "internal",
        "written_at": "internal",
        "written_by": "internal",
    }

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="remarks")
    section = models.PositiveIntegerField(null=True)
    text = models.CharField(max_length=1000)
    revision = models.PositiveIntegerField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text
