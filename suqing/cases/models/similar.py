"""Cases that say nearly the same, and the events that several cases are about."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from suqing.cases.models.case import Case


class TextBand(models.Model):
    """One band of a case's MinHash signature: cases that share a band are candidates for near-duplicates.

    The key and the case are the row and its only index: a look-up reads one key from its newest case on, so that it
    costs the same whether ten cases or ten thousand say this (docs/benchmarks.md, ``similar``).  Nothing watches over
    ``case``: a band of a case that is gone is met by no join, and twelve checks more would slow every registration.
    """

    PRIVACY = {"case": "internal", "key": "internal"}

    pk = models.CompositePrimaryKey("key", "case_id")
    key = models.BigIntegerField()
    case = models.ForeignKey(
        Case, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )

    def __str__(self) -> str:
        return f"{self.case_id} {self.key}"


class TextIndexing(models.Model):
    """How far the cases from before a version of ``near_text`` have their bands; newer cases get theirs at once."""

    PRIVACY = {
        "version": "internal",
        "last_case": "internal",
        "until_case": "internal",
        "finished_at": "internal",
    }

    version = models.PositiveIntegerField(primary_key=True)
    last_case = models.BigIntegerField(default=0)
    until_case = models.BigIntegerField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.version}: {self.last_case} of {self.until_case}"


class TextRedaction(models.Model):
    """How far the texts from before a version of the redactor were made again; newer ones are of it at once."""

    PRIVACY = {
        "version": "internal",
        "last_submission": "internal",
        "until_submission": "internal",
        "last_case": "internal",
        "until_case": "internal",
        "finished_at": "internal",
    }

    version = models.PositiveIntegerField(primary_key=True)
    last_submission = models.BigIntegerField(default=0)
    until_submission = models.BigIntegerField()
    last_case = models.BigIntegerField(default=0)
    until_case = models.BigIntegerField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.version}: {self.last_case} of {self.until_case}"


class EventGroup(models.Model):
    """One event that several cases are about.  Cases, persons and events are three different counts."""

    PRIVACY = {
        "id": "internal",
        "number": "internal",
        "title": "internal",
        "note": "internal",
        "made_by": "internal",
        "made_at": "internal",
        "merged_into": "internal",
        "closed_at": "internal",
    }

    number = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=120)
    note = models.CharField(max_length=1000, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="absorbed")
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number


class GroupMember(models.Model):
    """A case belongs to an event, since when and by whom; a case is in one event at a time."""

    PRIVACY = {
        "id": "internal",
        "group": "internal",
        "case": "internal",
        "added_by": "internal",
        "added_at": "internal",
        "removed_by": "internal",
        "removed_at": "internal",
    }

    group = models.ForeignKey(EventGroup, on_delete=models.PROTECT, related_name="members")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(removed_at=None), name="case_in_one_event"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} in {self.group_id}"


class GroupMerge(models.Model):
    """Two events were one: which members moved, so that it can be undone."""

    PRIVACY = {
        "id": "internal",
        "survivor": "internal",
        "absorbed": "internal",
        "case_ids": "internal",
        "by": "internal",
        "at": "internal",
        "undone_by": "internal",
        "undone_at": "internal",
    }

    survivor = models.ForeignKey(EventGroup, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(EventGroup, on_delete=models.PROTECT, related_name="+")
    case_ids = ArrayField(models.BigIntegerField(), default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.absorbed_id} into {self.survivor_id}"


class NotTheSame(models.Model):
    """Somebody compared both cases and said that they are two matters: they are not suggested to each other again."""

    PRIVACY = {"id": "internal", "one": "internal", "other": "internal", "by": "internal", "at": "internal"}

    one = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="not_the_same_once"),
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("other")), name="not_the_same_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} is not {self.other_id}"
