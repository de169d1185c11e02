"""Who turned to the centre, the operators they speak of, what was typed so far, and the contacts themselves."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Reverse

from suqing.accounts.models import Unit
from suqing.cases.vocabulary import (
    Channel,
    ContactOutcome,
)
from suqing.taxonomy.models import Division
from suqing.telephony.models import Call


class Party(models.Model):
    """A person or organisation who turned to the centre.  Everything personal is encrypted under the party's own
    key, so that destroying the key erases it here and in the events at once."""

    PRIVACY = {
        "id": "internal",
        "ref": "internal",
        "name_cipher": "personal",
        "name_hash": "personal",
        "name_masked": "internal",
        "phone_cipher": "personal",
        "phone_hash": "personal",
        "phone_masked": "internal",
        "address_cipher": "personal",
        "id_number_cipher": "personal",
        "created_at": "internal",
        "erased_at": "internal",
        "erased_by": "internal",
    }

    ref = models.UUIDField(unique=True)
    name_cipher = models.BinaryField(null=True)
    name_hash = models.CharField(max_length=64, blank=True)
    name_masked = models.CharField(max_length=64, blank=True)
    phone_cipher = models.BinaryField(null=True)
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True)
    phone_masked = models.CharField(max_length=32, blank=True)
    address_cipher = models.BinaryField(null=True)
    id_number_cipher = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(erased_at=None, erased_by=None)
                | models.Q(erased_at__isnull=False, erased_by__isnull=False),
                name="party_erased_at_and_by_together",
            ),
            models.UniqueConstraint(
                fields=["phone_hash", "name_hash"],
                condition=models.Q(erased_at=None) & ~models.Q(phone_hash="") & ~models.Q(name_hash=""),
                name="party_once_per_number_and_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name_masked or "—"

    @property
    def key_subject(self) -> str:
        """The label of the key that protects this person."""
        return f"party:{self.ref}"


class MarketEntity(models.Model):
    """An operator that people complain of or report.  What the register of companies and individual businesses knows
    is public; an operator without registration may be a natural person, who has personal data like a consumer: then
    ``name`` and ``address`` are masked, and what was said stands encrypted under the person's own key."""

    PRIVACY = {
        "id": "internal",
        "person_ref": "internal",
        "name_cipher": "personal",
        "name_hash": "personal",
        "address_cipher": "personal",
        "name": "public",
        "uscc": "public",
        "place": "public",
        "address": "public",
        "pinyin": "public",
        "name_key": "public",
        "sound_key": "public",
        "merged_into": "internal",
        "created_at": "internal",
    }

    name = models.CharField(max_length=200)
    person_ref = models.UUIDField(null=True, unique=True)  # of a natural person; none: a registered operator
    name_cipher = models.BinaryField(null=True)
    name_hash = models.CharField(max_length=64, blank=True)
    address_cipher = models.BinaryField(null=True)
    uscc = models.CharField(max_length=18, blank=True)
    place = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=300, blank=True)
    pinyin = models.CharField(max_length=400, blank=True)
    name_key = models.CharField(max_length=200, blank=True)  # the name without what does not tell it apart
    sound_key = models.CharField(
        max_length=400, blank=True
    )  # how what is left sounds, each syllable and a space
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="absorbed")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~models.Q(uscc=""), name="entity_uscc_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="entity_has_a_name"),
            # Registered means public: whoever has a code is no natural person here.
            models.CheckConstraint(
                condition=models.Q(person_ref=None, name_cipher=None, address_cipher=None, name_hash="")
                | (models.Q(person_ref__isnull=False, uscc="") & ~models.Q(name_hash="")),
                name="entity_person_whole_or_not_at_all",
            ),
        ]
        indexes = [
            models.Index(fields=["name"], name="entity_by_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["pinyin"], name="entity_by_pinyin", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["name_key"], name="entity_by_name_key"),
            # Operators that are alike share the beginning or the end of the sound, mostly (entity_names.sound_starts).
            models.Index(fields=["sound_key"], name="entity_by_sound", opclasses=["varchar_pattern_ops"]),
            models.Index(OpClass(Reverse("sound_key"), name="text_pattern_ops"), name="entity_by_last_sound"),
            models.Index(fields=["name_hash"], name="entity_by_name_hash", condition=~models.Q(name_hash="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_person(self) -> bool:
        """Whether this is a natural person, whose name and address are personal data."""
        return self.person_ref is not None

    @property
    def key_subject(self) -> str:
        """The label of the key that protects a natural person."""
        return f"operator:{self.person_ref}"


class Draft(models.Model):
    """What a call taker has typed so far, saved every few seconds.  ``content`` is encrypted under the draft's key:
    it holds whatever personal data the form holds."""

    PRIVACY = {
        "id": "internal",
        "ref": "internal",
        "owner": "internal",
        "call": "internal",
        "content_cipher": "personal",
        "revision": "internal",
        "started_at": "internal",
        "saved_at": "internal",
    }

    ref = models.UUIDField(unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="drafts")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="+")
    content_cipher = models.BinaryField()
    revision = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["owner", "-saved_at"], name="draft_by_owner")]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def key_subject(self) -> str:
        """The label of the key that protects this draft."""
        return f"draft:{self.ref}"


class Submission(models.Model):
    """One contact with the centre, with its narrative; it becomes any number of cases, also none."""

    PRIVACY = {
        "id": "internal",
        "ref": "internal",
        "number": "internal",
        "channel": "public",
        "outcome": "public",
        "call": "internal",
        "party": "personal",
        "narrative": "personal",
        "match_text": "internal",
        "redactor_version": "internal",
        "received_at": "internal",
        "registered_at": "internal",
        "registered_by": "internal",
        "unit": "internal",
        "is_synthetic": "public",
    }

    ref = models.UUIDField(unique=True)
    number = models.CharField(max_length=20, unique=True)
    channel = models.CharField(max_length=16)
    outcome = models.CharField(max_length=16)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="submissions")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="submissions")
    narrative = models.TextField(blank=True)
    match_text = models.TextField(blank=True)
    redactor_version = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=list(Channel)), name="submission_channel_known"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=list(ContactOutcome)), name="submission_outcome_known"
            ),
        ]
        indexes = [models.Index(fields=["-received_at", "-id"], name="submission_newest_first")]

    def __str__(self) -> str:
        return self.number
