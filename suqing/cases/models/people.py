"""Who else stands behind a complaint: agents, joint complainants, and the proof of who somebody is."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from suqing.cases.models.case import Case
from suqing.cases.models.contacts import Party


class Representation(models.Model):
    """An agent who complains for somebody, with the original power of attorney (O20 art. 10, O121 art. 11)."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "agent": "personal",
        "matters": "confidential",
        "authority": "internal",
        "valid_until": "internal",
        "has_original": "internal",
        "has_agent_identity": "internal",
        "recorded_by": "internal",
        "recorded_at": "internal",
        "ended_at": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="representations")
    agent = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="representations")
    matters = models.CharField(max_length=500)
    authority = models.CharField(max_length=12)
    valid_until = models.DateField(null=True)
    has_original = models.BooleanField(default=False)
    has_agent_identity = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_at=None), name="representation_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"agent in {self.case_id}"


class JointComplainant(models.Model):
    """One of two or more people with the same dispute with the same operator (O20 art. 11, O121 art. 12).

    The first complainant is a row too.  At most two are representatives, chosen in writing.
    """

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "party": "personal",
        "consented_on": "internal",
        "is_representative": "internal",
        "chosen_on": "internal",
        "left_at": "internal",
        "recorded_by": "internal",
        "recorded_at": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="joint_complainants")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="joint_complaints")
    consented_on = models.DateField()
    is_representative = models.BooleanField(default=False)
    chosen_on = models.DateField(null=True)
    left_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "party"], condition=models.Q(left_at=None), name="joint_complainant_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_representative=False) | models.Q(chosen_on__isnull=False),
                name="joint_representative_chosen_in_writing",
            ),
        ]

    def __str__(self) -> str:
        return f"joint complainant in {self.case_id}"


class JointConsent(models.Model):
    """A represented complainant's consent to what representatives cannot do alone: change of representative, giving up
    claims, a settlement (O20 art. 11, O121 art. 12)."""

    PRIVACY = {
        "id": "internal",
        "complainant": "internal",
        "act": "internal",
        "given_on": "internal",
        "recorded_by": "internal",
        "recorded_at": "internal",
        "used_at": "internal",
    }

    complainant = models.ForeignKey(JointComplainant, on_delete=models.CASCADE, related_name="consents")
    act = models.CharField(max_length=24)
    given_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["complainant", "act"], condition=models.Q(used_at=None), name="joint_consent_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} by {self.complainant_id}"


class IdentityRequest(models.Model):
    """The bureau asked the complainant to prove who they are, by a day it set (O121 art. 10(3), form 4).

    What was shown is personal: it stands in the event, under the person's key, not here.
    """

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "deadline_on": "internal",
        "wanted": "confidential",
        "asked_by": "internal",
        "asked_at": "internal",
        "is_proved": "internal",
        "answered_at": "internal",
        "recorded_by": "internal",
    }

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="identity_requests")
    deadline_on = models.DateField()
    wanted = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    is_proved = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(is_proved=None), name="identity_asked_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"identity in {self.case_id}"
