"""Messages to people, and the lists they have put together for themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from suqing.accounts.models import Unit
from suqing.inbox.codes import Level


class Message(models.Model):
    """Something a person must know, waiting until the duty hours; its sentence is declared under its code.

    ``values`` are facts for the sentence, never personal data.  ``dedupe_key`` sends the same thing once only.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=60)
    values = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    link_name = models.CharField(max_length=60, blank=True)
    link_args = models.JSONField(default=list)
    level = models.CharField(max_length=8, default=Level.INFO)
    at = models.DateTimeField()
    deliver_after = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    dedupe_key = models.CharField(max_length=150, null=True)  # noqa: DJ001  (NULL: may be said again)

    PRIVACY = {
        "id": "internal",
        "recipient": "internal",
        "sender": "internal",
        "code": "internal",
        "values": "internal",
        "subject_type": "internal",
        "subject_id": "internal",
        "link_name": "internal",
        "link_args": "internal",
        "level": "internal",
        "at": "internal",
        "deliver_after": "internal",
        "read_at": "internal",
        "answered_at": "internal",
        "dedupe_key": "internal",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="message_level_known", condition=Q(level__in=["info", "soon", "breach"])
            ),
            models.UniqueConstraint(fields=["recipient", "dedupe_key"], name="message_once_per_key"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-deliver_after", "-id"], name="message_newest_first"),
            models.Index(
                fields=["recipient", "-deliver_after", "-id"],
                condition=Q(read_at=None),
                name="message_unread",
            ),
            models.Index(fields=["subject_type", "subject_id"], name="message_about"),
        ]

    def __str__(self) -> str:
        return f"{self.code} to {self.recipient_id}"


class SavedView(models.Model):
    """A list as somebody wants to find it again: its filters, columns, order and density, for themselves or for a role
    of a unit.  Rights to rows are never part of it: each reader sees what they may see."""

    name = models.CharField(max_length=40)
    list_code = models.CharField(max_length=40)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_views")
    # Both, or neither: the role whose people in this unit and below it have the view too.
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=40, blank=True)
    query = models.JSONField(default=dict)  # the address of the list, name by name
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    PRIVACY = {
        "id": "internal",
        "name": "internal",
        "list_code": "internal",
        "owner": "internal",
        "unit": "internal",
        "role": "internal",
        "query": "confidential",
        "made_at": "internal",
        "changed_at": "internal",
        "deleted_at": "internal",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="saved_view_shared_with_a_role_of_a_unit",
                condition=Q(unit=None, role="") | Q(unit__isnull=False) & ~Q(role=""),
            ),
            models.UniqueConstraint(
                fields=["owner", "list_code", "name"],
                condition=Q(deleted_at=None),
                name="saved_view_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.unit_id is not None


class ListLook(models.Model):
    """How a person has a list drawn where its address does not say, and with which saved view it opens."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    list_code = models.CharField(max_length=40)
    columns = models.JSONField(default=list)  # empty: as the list ships
    sort = models.CharField(max_length=20, blank=True)
    density = models.CharField(max_length=12, blank=True)
    first_view = models.ForeignKey(SavedView, models.SET_NULL, null=True, related_name="+")

    PRIVACY = {
        "id": "internal",
        "person": "internal",
        "list_code": "internal",
        "columns": "internal",
        "sort": "internal",
        "density": "internal",
        "first_view": "internal",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "list_code"], name="list_look_once")]

    def __str__(self) -> str:
        return f"{self.list_code} of {self.person_id}"


class Tour(models.Model):
    """How far a person has come in the tour of the first day."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    step = models.CharField(max_length=40)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    PRIVACY = {
        "id": "internal",
        "person": "internal",
        "step": "internal",
        "begun_at": "internal",
        "seen_at": "internal",
        "done_at": "internal",
    }

    def __str__(self) -> str:
        return f"{self.step} of {self.person_id}"
