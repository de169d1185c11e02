"""The centre of it: contacts, the cases they become, the people and operators in them, clocks and dispatches.

Fields and constraints only; answers that join models are in ``queries``, writes in ``actions``.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from suqing.accounts.models import Unit
from suqing.cases.vocabulary import (
    Channel,
    ClockState,
    ContactOutcome,
    DispatchState,
    Kind,
    Outcome,
    State,
    Urgency,
)
from suqing.taxonomy.models import ClassNode, Division, TopicVersion
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
    """An operator that people complain of or report; a legal person's data is public register data."""

    PRIVACY = {
        "id": "internal",
        "name": "public",
        "uscc": "public",
        "place": "public",
        "address": "public",
        "pinyin": "public",
        "created_at": "internal",
    }

    name = models.CharField(max_length=200)
    uscc = models.CharField(max_length=18, blank=True)
    place = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=300, blank=True)
    pinyin = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~models.Q(uscc=""), name="entity_uscc_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="entity_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["name"], name="entity_by_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["pinyin"], name="entity_by_pinyin", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


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
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
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


class CaseQuerySet(models.QuerySet["Case"]):
    """Chainable answers about cases; who may see what is ``queries.visible_cases``."""

    def newest_first(self) -> CaseQuerySet:
        """Order as lists and keyset pages need it."""
        return self.order_by("-received_at", "-id")

    def unfinished(self) -> CaseQuerySet:
        """Leave out what has ended."""
        return self.exclude(state__in=[State.CLOSED, State.REFUSED])

    def received_between(self, start: object, end: object) -> CaseQuerySet:
        """Keep cases received from ``start`` up to but not including ``end`` (aware datetimes)."""
        return self.filter(received_at__gte=start, received_at__lt=end)


class Case(models.Model):
    """One matter of one kind.  Complaint and report parts of a contact are two cases; each has its own narrative, so
    that nothing of a report shows through a complaint."""

    PRIVACY = {
        "id": "internal",
        "number": "internal",
        "submission": "internal",
        "party": "personal",
        "kind": "public",
        "regime": "public",
        "state": "internal",
        "revision": "internal",
        "narrative": "personal",
        "match_text": "internal",
        "redactor_version": "internal",
        "object_class": "public",
        "issue_class": "public",
        "entity": "internal",
        "entity_name": "internal",
        "place": "public",
        "address": "confidential",
        "incident_on": "internal",
        "amount": "internal",
        "requests": "internal",
        "request_note": "personal",
        "goods": "public",
        "price_unit": "public",
        "price_asked": "internal",
        "price_earlier": "internal",
        "price_earlier_on": "internal",
        "is_real_name": "confidential",
        "urgency": "internal",
        "is_sensitive": "internal",
        "responsible_unit": "internal",
        "handler": "internal",
        "return_count": "internal",
        "channel": "public",
        "received_at": "internal",
        "registered_at": "internal",
        "registered_by": "internal",
        "dispatched_at": "internal",
        "decided_at": "internal",
        "filed_at": "internal",
        "closed_at": "internal",
        "next_due_at": "internal",
        "ground": "internal",
        "outcome": "public",
        "result_note": "confidential",
        "recovered_amount": "internal",
        "penalty_amount": "internal",
        "is_synthetic": "public",
    }

    number = models.CharField(max_length=20, unique=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="cases")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="cases")
    kind = models.CharField(max_length=16)
    regime = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    revision = models.PositiveIntegerField(default=1)
    narrative = models.TextField()
    match_text = models.TextField()
    redactor_version = models.PositiveIntegerField()
    object_class = models.ForeignKey(ClassNode, on_delete=models.PROTECT, null=True, related_name="+")
    issue_class = models.ForeignKey(ClassNode, on_delete=models.PROTECT, null=True, related_name="+")
    entity = models.ForeignKey(MarketEntity, on_delete=models.PROTECT, null=True, related_name="cases")
    entity_name = models.CharField(max_length=200, blank=True)
    place = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=300, blank=True)
    incident_on = models.DateField(null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    requests = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    request_note = models.CharField(max_length=500, blank=True)
    goods = models.CharField(max_length=100, blank=True)
    price_unit = models.CharField(max_length=20, blank=True)
    price_asked = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    price_earlier = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    price_earlier_on = models.DateField(null=True)
    is_real_name = models.BooleanField(default=True)
    urgency = models.CharField(max_length=16, default=Urgency.NORMAL)
    is_sensitive = models.BooleanField(default=False)
    responsible_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cases")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="cases"
    )
    return_count = models.PositiveIntegerField(default=0)
    channel = models.CharField(max_length=16)
    received_at = models.DateTimeField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    dispatched_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    ground = models.CharField(max_length=32, blank=True)
    outcome = models.CharField(max_length=24, blank=True)
    result_note = models.TextField(blank=True)
    recovered_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    penalty_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    is_synthetic = models.BooleanField(default=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=list(Kind)), name="case_kind_known"),
            models.CheckConstraint(condition=models.Q(state__in=list(State)), name="case_state_known"),
            models.CheckConstraint(condition=models.Q(channel__in=list(Channel)), name="case_channel_known"),
            models.CheckConstraint(condition=models.Q(urgency__in=list(Urgency)), name="case_urgency_known"),
            models.CheckConstraint(condition=models.Q(outcome__in=["", *Outcome]), name="case_outcome_known"),
            models.CheckConstraint(
                condition=models.Q(amount=None) | models.Q(amount__gte=Decimal(0)),
                name="case_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[State.CLOSED, State.REFUSED], closed_at__isnull=False)
                | ~models.Q(state__in=[State.CLOSED, State.REFUSED]) & models.Q(closed_at=None),
                name="case_ended_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="case_newest_first"),
            models.Index(fields=["responsible_unit", "-received_at", "-id"], name="case_of_unit_newest"),
            models.Index(fields=["state", "-received_at", "-id"], name="case_in_state_newest"),
            models.Index(fields=["next_due_at"], condition=models.Q(closed_at=None), name="case_next_due"),
            models.Index(fields=["kind", "-received_at"], name="case_of_kind_newest"),
            models.Index(fields=["closed_at"], name="case_closed_at"),
            models.Index(fields=["decided_at"], name="case_decided_at"),
            models.Index(fields=["filed_at"], name="case_filed_at"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def has_ended(self) -> bool:
        """True once the case is closed or refused."""
        return self.closed_at is not None


class TopicMembership(models.Model):
    """A case belongs to a topic by a version of its rule."""

    PRIVACY = {"id": "internal", "case": "internal", "version": "public", "since": "internal"}

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="topics")
    version = models.ForeignKey(TopicVersion, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="membership_once")]
        indexes = [models.Index(fields=["version", "case"], name="membership_of_version")]

    def __str__(self) -> str:
        return f"{self.case_id} in {self.version_id}"


class Clock(models.Model):
    """One statutory limit or service promise on one case; ``limit`` and the spans let lawclock explain it again."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "limit": "public",
        "regime": "public",
        "article": "public",
        "is_binding": "public",
        "is_provisional": "public",
        "started_at": "internal",
        "due_at": "internal",
        "internal_due_on": "internal",
        "excluded": "internal",
        "extension": "internal",
        "state": "internal",
        "ended_at": "internal",
        "calendar_version": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    limit = models.CharField(max_length=32)
    regime = models.CharField(max_length=16)
    article = models.CharField(max_length=120)
    is_binding = models.BooleanField(default=True)
    is_provisional = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    internal_due_on = models.DateField()
    excluded = models.JSONField(default=list)
    extension = models.JSONField(null=True)
    state = models.CharField(max_length=10, default=ClockState.RUNNING)
    ended_at = models.DateTimeField(null=True)
    calendar_version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=list(ClockState)), name="clock_state_known"),
            models.UniqueConstraint(
                fields=["case", "limit"],
                condition=models.Q(state__in=[ClockState.RUNNING, ClockState.PAUSED]),
                name="clock_runs_once_per_limit",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[ClockState.RUNNING, ClockState.PAUSED], ended_at=None)
                | ~models.Q(state__in=[ClockState.RUNNING, ClockState.PAUSED])
                & models.Q(ended_at__isnull=False),
                name="clock_ended_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="running"), name="clock_due")]

    def __str__(self) -> str:
        return f"{self.limit} of {self.case_id}"


class Dispatch(models.Model):
    """A case sent from one unit to another, with the date to report back (form 3; O20 art. 37, O121 art. 41)."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "from_unit": "internal",
        "to_unit": "internal",
        "at": "internal",
        "by": "internal",
        "report_back_on": "internal",
        "note": "confidential",
        "article": "public",
        "state": "internal",
        "ended_at": "internal",
        "return_reason": "internal",
        "return_note": "confidential",
        "returned_by": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="dispatches")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="dispatches")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    report_back_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    article = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, default=DispatchState.OPEN)
    ended_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=32, blank=True)
    return_note = models.CharField(max_length=500, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(DispatchState)), name="dispatch_state_known"
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state=DispatchState.OPEN),
                name="dispatch_open_once_per_case",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DispatchState.RETURNED, returned_by__isnull=False)
                & ~models.Q(return_reason="")
                | ~models.Q(state=DispatchState.RETURNED) & models.Q(returned_by=None, return_reason=""),
                name="dispatch_returned_has_by_and_reason",
            ),
        ]
        indexes = [models.Index(fields=["to_unit", "-at"], name="dispatch_to_unit")]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.to_unit_id}"
