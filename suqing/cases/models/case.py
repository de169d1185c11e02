"""A matter of one kind, and the topics it belongs to."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from suqing.accounts.models import Unit
from suqing.cases.models.contacts import MarketEntity, Party, Submission
from suqing.cases.vocabulary import Channel, Kind, LinkKind, Outcome, SellerRole, State, Urgency
from suqing.taxonomy.models import ClassNode, Division, TopicVersion


class CaseQuerySet(models.QuerySet["Case"]):
    """Chainable answers about cases; who may see what is ``queries.visible_cases``."""

    def newest_first(self) -> CaseQuerySet:
        """Order as lists and keyset pages need it."""
        return self.order_by("-received_at", "-id")

    def unfinished(self) -> CaseQuerySet:
        """Leave out what has ended; said by the column that the indexes of open cases are made for."""
        return self.filter(closed_at=None)

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
        "seller_role": "public",
        "platform": "internal",
        "platform_place": "public",
        "published_place": "public",
        "act_place": "public",
        "publicity_consent": "internal",
        "publicised_on": "internal",
        "delegation_consent": "internal",
        "entry_standard": "internal",
        "completeness": "internal",
        "remind_count": "internal",
        "supervise_count": "internal",
        "visit_grade": "internal",
        "archived_at": "internal",
        "is_synthetic": "public",
    }

    number = models.CharField(max_length=20, unique=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="cases")
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, related_name="cases", db_index=False
    )
    kind = models.CharField(max_length=16)
    regime = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    revision = models.PositiveIntegerField(default=1)
    narrative = models.TextField()
    match_text = models.TextField()
    redactor_version = models.PositiveIntegerField()
    object_class = models.ForeignKey(ClassNode, on_delete=models.PROTECT, null=True, related_name="+")
    issue_class = models.ForeignKey(ClassNode, on_delete=models.PROTECT, null=True, related_name="+")
    entity = models.ForeignKey(
        MarketEntity, on_delete=models.PROTECT, null=True, related_name="cases", db_index=False
    )
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
    # No index of their own for what another index begins with, and for what nobody looks cases up by.
    responsible_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cases", db_index=False)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="cases"
    )
    return_count = models.PositiveIntegerField(default=0)
    channel = models.CharField(max_length=16)
    received_at = models.DateTimeField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
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
    # What decides competence (O121 art. 13, 31, 32): how the operator sells, through whom, and the places that count.
    seller_role = models.CharField(max_length=20, default=SellerRole.ORDINARY)
    platform = models.CharField(max_length=200, blank=True)
    platform_place = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    published_place = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    act_place = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    # Form 1 asks both; None means that nobody has asked yet.
    publicity_consent = models.BooleanField(null=True)
    publicised_on = models.DateField(null=True)  # the day on which the complaint was made public (公示)
    delegation_consent = models.BooleanField(null=True)
    entry_standard = models.PositiveIntegerField(null=True)
    completeness = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    remind_count = models.PositiveIntegerField(default=0)
    supervise_count = models.PositiveIntegerField(default=0)
    visit_grade = models.CharField(max_length=20, blank=True)
    archived_at = models.DateTimeField(null=True)
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
                condition=models.Q(seller_role__in=list(SellerRole)), name="case_seller_role_known"
            ),
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
            # Instead of the plain indexes of the keys: a person or an operator may have very many cases.
            models.Index(fields=["party", "-received_at", "-id"], name="case_of_party_newest"),
            models.Index(fields=["entity", "-received_at", "-id"], name="case_of_entity_newest"),
            models.Index(fields=["closed_at"], name="case_closed_at"),
            models.Index(fields=["decided_at"], name="case_decided_at"),
            models.Index(fields=["filed_at"], name="case_filed_at"),
            # Few rows: the ready list of what came back must not walk through all that is open.
            models.Index(
                fields=["responsible_unit"],
                condition=models.Q(closed_at=None, return_count__gt=0),
                name="case_returned_open",
            ),
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

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="topics", db_index=False)
    version = models.ForeignKey(TopicVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="membership_once")]
        indexes = [models.Index(fields=["version", "case"], name="membership_of_version")]

    def __str__(self) -> str:
        return f"{self.case_id} in {self.version_id}"


class CaseLink(models.Model):
    """One case came of another: leads found in a mediation, a repeat report, a merged one.

    The link to a report is the report's: whoever may not see the report must not see the link.
    """

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "other": "internal",
        "kind": "internal",
        "at": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="linked_from")
    kind = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=list(LinkKind)), name="link_kind_known"),
            models.UniqueConstraint(fields=["case", "other", "kind"], name="link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.other_id}"


class CaseResult(models.Model):
    """What came of a case beyond its outcome (result fields of a real bureau system of 2019-20, domain 5.5)."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "mediation_way": "internal",
        "compensation_way": "internal",
        "evidence": "internal",
        "moral_damages": "internal",
        "multiple_damages": "internal",
        "filing_number": "internal",
        "filed_on": "internal",
        "cause": "internal",
        "finding": "internal",
        "confiscated_amount": "internal",
        "is_cancelled": "internal",
        "check_class": "internal",
    }

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="result")
    mediation_way = models.CharField(max_length=16, blank=True)
    compensation_way = models.CharField(max_length=100, blank=True)
    evidence = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    moral_damages = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    multiple_damages = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    filing_number = models.CharField(max_length=60, blank=True)
    filed_on = models.DateField(null=True)
    cause = models.CharField(max_length=200, blank=True)
    finding = models.CharField(max_length=20, blank=True)
    confiscated_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    is_cancelled = models.BooleanField(default=False)
    check_class = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return f"result of {self.case_id}"
