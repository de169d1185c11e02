"""Where things happen, what they are about and how they are called: divisions, class trees, topics."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_reader_language(name: str, name_en: str) -> str:
    """Choose the English name for a reader of English where there is one, the Chinese name otherwise."""
    return name_en if name_en and (get_language() or "").startswith("en") else name


class DivisionLevel(models.TextChoices):
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    DISTRICT = "district", _("District or county")
    STREET = "street", _("Street office or township")


class DivisionQuerySet(models.QuerySet["Division"]):
    def under(self, code: str) -> DivisionQuerySet:
        """The division itself and everything inside it."""
        return self.filter(code__startswith=division_stem(code))

    def at_level(self, level: DivisionLevel) -> DivisionQuerySet:
        return self.filter(level=level)

    def in_pinyin_order(self) -> DivisionQuerySet:
        return self.order_by("pinyin", "code")


def division_stem(code: str) -> str:
    """Cut the padding zeros off a province's or city's code, so that it begins the codes inside it."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if len(code) == 6 and code.endswith("00") else code


class Division(models.Model):
    """A province, city, district or street office; codes have 6 digits, streets 9 (GB/T 2260, NBS)."""

    PRIVACY = {
        "code": "public",
        "name": "public",
        "full_name": "public",
        "level": "public",
        "parent": "public",
        "pinyin": "public",
        "search_key": "public",
        "aliases": "public",
        "is_functional": "public",
    }
    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    full_name = models.CharField(max_length=150)
    level = models.CharField(max_length=10, choices=DivisionLevel.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    pinyin = models.CharField(max_length=200)
    search_key = models.CharField(max_length=600)
    aliases = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    is_functional = models.BooleanField(default=False)
    objects = DivisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__in=DivisionLevel.values), name="division_level_known"),
            models.CheckConstraint(
                condition=Q(level="province", parent__isnull=True) | Q(parent__isnull=False),
                name="division_below_province_has_parent",
            ),
        ]
        indexes = [models.Index(fields=["level", "pinyin"], name="division_by_level")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def city_code(self) -> str:
        """The code of the city that the division lies in, its own if it is a city; "" for a province."""
        return "" if self.level == DivisionLevel.PROVINCE else f"{self.code[:4]}00"

    @property
    def district_code(self) -> str:
        """The code of the district that the division lies in, its own if it is one; "" above districts."""
        return self.code[:6] if self.level in (DivisionLevel.DISTRICT, DivisionLevel.STREET) else ""


class ClassKind(models.TextChoices):
    OBJECT = "object", _("What it is about (object class)")
    ISSUE = "issue", _("What is wrong (issue class of complaints)")
    REPORT_ISSUE = "report_issue", _("What is wrong (issue class of reports)")
    REQUEST = "request", _("What is asked for")
    RIGHT = "right", _("Right infringed")
    RETURN_REASON = "return_reason", _("Reason of return")
    CHANNEL = "channel", _("Channel")
    INDUSTRY = "industry", _("Industry")


class ClassTreeQuerySet(models.QuerySet["ClassTree"]):
    def in_use(self, kind: str, on: date) -> ClassTreeQuerySet:
        """The tree by which matters of that day are classed: at most one a kind."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on), kind=kind, is_active=True, valid_from__lte=on
        ).order_by("-valid_from")

    def open_now(self, kind: str) -> ClassTreeQuerySet:
        """The tree that has no end yet: exactly one a kind once the reference data are loaded."""
        return self.filter(kind=kind, is_active=True, valid_to__isnull=True)


class ClassTree(models.Model):
    """One version of a list of classes.  Other sources' lists of the same kind are kept, but not active."""

    PRIVACY = {
        "id": "public",
        "code": "public",
        "kind": "public",
        "version": "public",
        "name": "public",
        "name_en": "public",
        "valid_from": "public",
        "valid_to": "public",
        "is_active": "public",
        "source": "public",
    }
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=ClassKind.choices)
    version = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=200)
    objects = ClassTreeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ClassKind.values), name="class_tree_kind_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="class_tree_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(is_active=True, valid_to__isnull=True),
                name="class_tree_one_open_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"

    @property
    def label(self) -> str:
        return in_reader_language(self.name, self.name_en)


class ClassNodeQuerySet(models.QuerySet["ClassNode"]):
    def of_tree(self, tree: ClassTree) -> ClassNodeQuerySet:
        """The tree's classes as they are printed: parents before children."""
        return self.filter(tree=tree).order_by("order")

    def top_level(self) -> ClassNodeQuerySet:
        return self.filter(parent__isnull=True)

    def local(self) -> ClassNodeQuerySet:
        """Classes that were added, or whose code was given, here: no verified list has them."""
        return self.filter(is_local=True)


class ClassNode(models.Model):
    """One class of a tree.  ``source`` says who wrote its name, ``is_local`` that the code is ours."""

    PRIVACY = {
        "id": "public",
        "tree": "public",
        "code": "public",
        "name": "public",
        "name_en": "public",
        "parent": "public",
        "path_name": "public",
        "is_local": "public",
        "source": "public",
        "pinyin": "public",
        "search_key": "public",
        "order": "public",
    }
    tree = models.ForeignKey(ClassTree, on_delete=models.PROTECT, related_name="nodes")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    path_name = models.CharField(max_length=200)
    is_local = models.BooleanField(default=False)
    source = models.CharField(max_length=40)
    pinyin = models.CharField(max_length=200)
    search_key = models.CharField(max_length=600)
    order = models.PositiveIntegerField()
    objects = ClassNodeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tree", "code"], name="class_node_code_once_a_tree")]

    def __str__(self) -> str:
        return self.path_name

    @property
    def label(self) -> str:
        return in_reader_language(self.name, self.name_en)


class TopicQuerySet(models.QuerySet["Topic"]):
    def active(self) -> TopicQuerySet:
        return self.filter(is_active=True).order_by("order", "code")


class Topic(models.Model):
    """A named question that cuts across classes; its newest version's rule decides what belongs to it.

    One that has ended takes no new cases; those that belong to it stay, so that figures of the past do.
    """

    PRIVACY = {
        "code": "internal",
        "name": "internal",
        "name_en": "internal",
        "parent": "internal",
        "is_active": "internal",
        "order": "internal",
        "id": "internal",
        "description": "internal",
        "owner": "internal",
        "ended_at": "internal",
    }
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, blank=True)
    description = models.CharField(max_length=500, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    is_active = models.BooleanField(default=True)
    order = models.PositiveIntegerField(default=0)
    objects = TopicQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return in_reader_language(self.name, self.name_en)


class TopicVersionQuerySet(models.QuerySet["TopicVersion"]):
    def in_force(self, at: datetime) -> TopicVersionQuerySet:
        """The newest version of each topic that had begun at that moment."""
        return self.filter(valid_from__lte=at).newest()

    def newest(self) -> TopicVersionQuerySet:
        """The last version of each topic."""
        return self.order_by("topic_id", "-number").distinct("topic_id")


class TopicVersion(models.Model):
    """One wording of a topic's rule; never changed, only followed by the next."""

    PRIVACY = {
        "id": "internal",
        "topic": "internal",
        "number": "internal",
        "rule": "internal",
        "valid_from": "internal",
        "source": "internal",
    }
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    rule = models.JSONField()
    valid_from = models.DateTimeField()
    source = models.CharField(max_length=40)
    objects = TopicVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="topic_version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="topic_version_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} v{self.number}"


RADAR = "radar"  # the kind of a model that tells sensitive cases


class ClassModel(models.Model):
    """A learnt model of a kind of class, or of the radar, that was taken into use; the highest number is in use.

    Its bytes lie in the storage under its digest; ``taught_until`` is when the last case that taught it was closed, and
    for the radar when it was registered.
    """

    PRIVACY = {
        "id": "internal",
        "kind": "internal",
        "number": "internal",
        "digest": "internal",
        "taught_until": "internal",
        "adopted_at": "internal",
        "facts": "internal",
    }
    kind = models.CharField(max_length=20, choices=[*ClassKind.choices, (RADAR, _("Sensitive cases"))])
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    taught_until = models.DateTimeField()
    adopted_at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="class_model_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="class_model_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.number}"


class SensitiveRuleQuerySet(models.QuerySet["SensitiveRule"]):
    def in_order(self) -> SensitiveRuleQuerySet:
        return self.order_by("order", "code")


class SensitiveRule(models.Model):
    """A kind of sensitive case that the radar watches for; its newest version decides what it finds."""

    PRIVACY = {
        "id": "internal",
        "code": "internal",
        "name": "internal",
        "name_en": "internal",
        "order": "internal",
    }
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, blank=True)
    order = models.PositiveIntegerField(default=0)
    objects = SensitiveRuleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return in_reader_language(self.name, self.name_en)


class SensitiveVersionQuerySet(models.QuerySet["SensitiveVersion"]):
    def in_force(self, at: datetime) -> SensitiveVersionQuerySet:
        """The newest version of each rule that had begun at that moment, switched off ones too."""
        return self.filter(valid_from__lte=at).order_by("rule_id", "-number").distinct("rule_id")


class SensitiveVersion(models.Model):
    """One wording of a sensitive rule, by whom and since when; never changed, only followed by the next.

    ``wording`` is a rule as topics store it, ``{"repeated": true}`` for contacts that come again and again, or
    ``{"model": true}`` for what the learnt model finds.
    """

    PRIVACY = {
        "id": "internal",
        "rule": "internal",
        "number": "internal",
        "wording": "internal",
        "is_watched": "internal",
        "valid_from": "internal",
        "source": "internal",
        "by": "internal",
    }
    rule = models.ForeignKey(SensitiveRule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    wording = models.JSONField()
    is_watched = models.BooleanField(default=True)
    valid_from = models.DateTimeField()
    source = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    objects = SensitiveVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="sensitive_version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="sensitive_version_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.number}"

    @property
    def is_counted(self) -> bool:
        """Whether it counts earlier contacts instead of reading words."""
        return "repeated" in self.wording

    @property
    def asks_model(self) -> bool:
        """Whether it asks the learnt model instead of reading words."""
        return "model" in self.wording

    @property
    def reads_words(self) -> bool:
        """Whether it is worded in the rule language."""
        return "text" in self.wording
