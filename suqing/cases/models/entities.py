"""What is known of operators beyond their row: other names, what became one, who sells inside whose platform."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from suqing.cases.models.contacts import MarketEntity


class EntityName(models.Model):
    """A name an operator had or is called by; found by it, shown as history."""

    PRIVACY = {
        "id": "internal",
        "entity": "public",
        "name": "public",
        "pinyin": "public",
        "until": "internal",
        "added_at": "internal",
    }

    entity = models.ForeignKey(MarketEntity, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=200)
    pinyin = models.CharField(max_length=400, blank=True)
    until = models.DateField(null=True)  # a former name; None: still in use beside the first
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "name"], name="entity_name_once")]
        indexes = [
            models.Index(fields=["name"], name="entity_other_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["pinyin"], name="entity_other_pinyin", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class EntityRelation(models.Model):
    """``seller`` does business inside ``platform``: an e-commerce platform or a market with stalls."""

    PRIVACY = {
        "id": "internal",
        "seller": "public",
        "platform": "public",
        "kind": "public",
        "added_by": "internal",
        "added_at": "internal",
        "ended_at": "internal",
    }

    seller = models.ForeignKey(MarketEntity, on_delete=models.PROTECT, related_name="platforms")
    platform = models.ForeignKey(MarketEntity, on_delete=models.PROTECT, related_name="sellers")
    kind = models.CharField(max_length=16)  # platform | market
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["platform", "market"]), name="relation_kind_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(seller=models.F("platform")), name="relation_of_two_operators"
            ),
            models.UniqueConstraint(
                fields=["seller", "platform", "kind"],
                condition=models.Q(ended_at=None),
                name="relation_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id} in {self.platform_id}"


class EntityMerge(models.Model):
    """``absorbed`` turned out to be ``survivor``: its cases moved over.  Undone, exactly those move back.

    A split is a merge that never was: ``absorbed`` is a new operator, made for the cases that were taken out.
    """

    PRIVACY = {
        "id": "internal",
        "kind": "internal",
        "survivor": "internal",
        "absorbed": "internal",
        "case_ids": "internal",
        "before": "internal",
        "note": "internal",
        "by": "internal",
        "at": "internal",
        "undone_by": "internal",
        "undone_at": "internal",
    }

    kind = models.CharField(max_length=8)  # merge | split
    survivor = models.ForeignKey(MarketEntity, on_delete=models.PROTECT, related_name="absorptions")
    absorbed = models.ForeignKey(MarketEntity, on_delete=models.PROTECT, related_name="mergers")
    case_ids = ArrayField(models.BigIntegerField(), default=list)
    before = models.JSONField(default=dict)  # the facts of both rows before
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["merge", "split"]), name="entity_merge_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.absorbed_id} / {self.survivor_id}"


class EntityDistinction(models.Model):
    """Somebody looked at both and said: two operators.  They are not suggested as one again."""

    PRIVACY = {"id": "internal", "one": "internal", "other": "internal", "by": "internal", "at": "internal"}

    one = models.ForeignKey(MarketEntity, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(MarketEntity, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="distinction_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="distinction_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} is not {self.other_id}"
