"""Mediation: consent, who mediates, when they meet, who must not mediate."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from suqing.cases.mediation_terms import Mode
from suqing.cases.models.case import Case


class Mediation(models.Model):
    """The mediation of one complaint (O20 art. 16 to 22, O121 art. 18 to 24)."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "complainant_consented_at": "internal",
        "complainant_consent_way": "internal",
        "respondent_consented_at": "internal",
        "respondent_consent_way": "internal",
        "consent_note": "confidential",
        "mode": "internal",
        "mediators": "internal",
        "delegated_to": "public",
        "delegated_at": "internal",
        "both_consented_to_delegation": "internal",
        "begun_at": "internal",
        "ended_at": "internal",
        "termination_ground": "internal",
        "found_ground": "internal",
        "paper": "internal",
        "is_performed_at_once": "internal",
        "both_waive_statement": "internal",
    }

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="mediation")
    complainant_consented_at = models.DateTimeField(null=True)
    complainant_consent_way = models.CharField(max_length=12, blank=True)
    respondent_consented_at = models.DateTimeField(null=True)
    respondent_consent_way = models.CharField(max_length=12, blank=True)
    consent_note = models.CharField(max_length=500, blank=True)
    mode = models.CharField(max_length=12, blank=True)
    mediators = models.CharField(max_length=200, blank=True)
    delegated_to = models.CharField(max_length=200, blank=True)
    delegated_at = models.DateTimeField(null=True)
    both_consented_to_delegation = models.BooleanField(default=False)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    termination_ground = models.CharField(max_length=32, blank=True)
    # Which ground of refusal came to light after acceptance (O20 21(1)(6), O121 23(1)(6)).
    found_ground = models.CharField(max_length=32, blank=True)
    # After an agreement: a mediation statement (调解书) or a record kept (调解记录).
    paper = models.CharField(max_length=12, blank=True)
    is_performed_at_once = models.BooleanField(default=False)
    both_waive_statement = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"mediation of {self.case_id}"


class MediationSession(models.Model):
    """A meeting that both sides were told of beforehand (O20 art. 18, O121 art. 20; form 7)."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "mode": "internal",
        "begins_at": "internal",
        "place": "internal",
        "mediators": "internal",
        "recusal_until": "internal",
        "told_at": "internal",
        "arranged_by": "internal",
        "arranged_at": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="mediation_sessions")
    mode = models.CharField(max_length=12)
    begins_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    mediators = models.CharField(max_length=200)
    recusal_until = models.DateField(null=True)
    told_at = models.DateTimeField(null=True)
    arranged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    arranged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(mode=Mode.ON_SITE)
                | ~models.Q(place="") & models.Q(told_at__isnull=False),
                name="session_on_site_told_where",
            ),
        ]
        indexes = [models.Index(fields=["case", "begins_at"], name="session_of_case")]

    def __str__(self) -> str:
        return f"session of {self.case_id}"


class Recusal(models.Model):
    """An application that a mediator steps aside; mediation stands still until it is decided (O20 19, O121 21)."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "side": "internal",
        "mediator": "internal",
        "ground": "internal",
        "note": "confidential",
        "applied_at": "internal",
        "recorded_by": "internal",
        "is_granted": "internal",
        "decided_by": "internal",
        "decided_at": "internal",
        "new_mediators": "internal",
        "lapsed_at": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="recusals")
    side = models.CharField(max_length=12)
    mediator = models.CharField(max_length=100)
    ground = models.CharField(max_length=16)
    note = models.CharField(max_length=500, blank=True)
    applied_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_granted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    new_mediators = models.CharField(max_length=200, blank=True)
    # The mediation ended before anybody decided.
    lapsed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(is_granted=None, lapsed_at=None),
                name="recusal_asked_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(is_granted=None, decided_by=None, decided_at=None)
                | models.Q(is_granted__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="recusal_decided_has_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"recusal in {self.case_id}"
