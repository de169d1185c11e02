"""Where a set of figures stands in the history of the centre, and the files that lists were written to."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Snapshot(models.Model):
    """The moment of which figures speak: all were read in one transaction that saw exactly the events up to
    ``position``, and ``unsealed`` more that had no position yet (0 unless writers outran the sealer).

    ``files`` are the files of facts that hold exactly this moment, in the folder ``pin``, with their checksums;
    ``policy`` is the local policy that figures were counted by.  Both are empty where there was no mirror.
    """

    PRIVACY = {
        "id": "public",
        "position": "public",
        "unsealed": "public",
        "at": "public",
        "taken_at": "internal",
        "pin": "internal",
        "files": "internal",
        "policy": "internal",
    }

    position = models.BigIntegerField()
    unsealed = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    taken_at = models.DateTimeField()
    pin = models.CharField(max_length=40, blank=True)
    files = models.JSONField(default=list)
    policy = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(position__gte=0), name="snapshot_position_not_negative")
        ]

    def __str__(self) -> str:
        return f"#{self.position}"


class Export(models.Model):
    """A list written to a file: what it was narrowed to, as of when, for whom, and how far it has come.

    The file belongs to the person who asked for it and nobody else; it is removed when ``expires_at`` has passed.
    A short list is handed over at once and not kept: its row has no ``file_key``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("In the queue")
        RUNNING = "running", _("Being written")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Removed")

    PRIVACY = {
        "id": "internal",
        "ref": "internal",
        "list_code": "internal",
        "layout": "internal",
        "format": "internal",
        "encoding": "internal",
        "language": "internal",
        "filters": "confidential",
        "filter_words": "confidential",
        "is_masked": "internal",
        "reason": "confidential",
        "scope": "internal",
        "as_of": "internal",
        "position": "internal",
        "state": "internal",
        "failure": "internal",
        "total": "internal",
        "done": "internal",
        "progress": "internal",
        "attempts": "internal",
        "file_key": "internal",
        "size": "internal",
        "asked_by": "internal",
        "asked_at": "internal",
        "finished_at": "internal",
        "expires_at": "internal",
    }

    ref = models.UUIDField(unique=True)
    list_code = models.CharField(max_length=30)  # a key of analytics.exports.LISTS
    layout = models.CharField(max_length=20)  # suqing | national
    format = models.CharField(max_length=8)  # csv | xlsx
    encoding = models.CharField(max_length=12, blank=True)  # of a csv: utf-8 | gb18030
    language = models.CharField(max_length=10)  # of the headers and words in the file
    filters = models.JSONField(default=dict)
    filter_words = models.JSONField(default=list)  # as the page showed them, written into the file
    is_masked = models.BooleanField(default=True)
    reason = models.TextField(blank=True)  # why the personal data are written out; "" for a masked file
    scope = models.JSONField(default=dict)  # what the asker's rights reached when it was written
    as_of = models.DateTimeField()
    position = models.BigIntegerField(default=0)  # of the sealed events when it was read
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    failure = models.CharField(max_length=300, blank=True)
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    progress = models.BigIntegerField(null=True)  # the JobProgress that tells how far the writer is
    attempts = models.PositiveSmallIntegerField(default=0)
    file_key = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(format__in=["csv", "xlsx"]), name="export_format_known"),
            models.CheckConstraint(
                condition=Q(is_masked=True) | ~Q(reason=""), name="export_plain_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed", "expired"]),
                name="export_state_known",
            ),
        ]
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="export_of_person")]

    def __str__(self) -> str:
        return f"{self.list_code} {self.state}"


class PublishedFigure(models.Model):
    """A number that somebody published about days which this centre holds too, and the figure that counts the same."""

    PRIVACY = {
        "id": "public",
        "order": "public",
        "measure": "public",
        "filters": "public",
        "first": "public",
        "last": "public",
        "value": "public",
        "printed": "public",
        "source": "public",
        "is_derived": "public",
    }

    order = models.PositiveSmallIntegerField(unique=True)
    measure = models.CharField(max_length=60)
    filters = models.JSONField(default=list)
    first = models.DateField()
    last = models.DateField()
    value = models.DecimalField(max_digits=14, decimal_places=2)
    printed = models.CharField(max_length=60)
    source = models.CharField(max_length=200)
    is_derived = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="published_days_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.first}–{self.last}: {self.printed}"

    @property
    def places(self) -> int:
        """Decimal places of the number as it was printed."""
        return max(0, -int(self.value.normalize().as_tuple().exponent))


class Touched(models.Model):
    """Rows that one statement changed and that are not in the mirror yet.  Triggers write it in the transaction of the
    change, so that nothing can be missed, however the rows were changed; the feeder takes it away.

    ``is_held``: fed already, but kept for the mirror that is being built beside the one in use.
    """

    PRIVACY = {"id": "internal", "source": "internal", "row_ids": "internal", "is_held": "internal"}

    source = models.CharField(max_length=12)
    row_ids = ArrayField(models.BigIntegerField())
    is_held = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.source} {len(self.row_ids)}"


class Mirror(models.Model):
    """Where the mirror stands: the folder in use, the sealed event up to which it speaks, and the version of each of
    its tables that belongs to that.  One row, or none before the mirror was built.

    ``building`` is the folder of a mirror that is being built beside it; ``fault`` is why it could not be fed last.
    """

    PRIVACY = {
        "id": "internal",
        "epoch": "internal",
        "position": "internal",
        "versions": "internal",
        "fingerprint": "internal",
        "fed_at": "internal",
        "built_at": "internal",
        "folded_at": "internal",
        "building": "internal",
        "fault": "internal",
    }

    id = models.SmallIntegerField(primary_key=True, default=1)
    epoch = models.CharField(max_length=40, blank=True)
    position = models.BigIntegerField(default=0)
    versions = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)
    fed_at = models.DateTimeField(null=True)
    built_at = models.DateTimeField(null=True)
    folded_at = models.DateTimeField(null=True)
    building = models.CharField(max_length=40, blank=True)
    fault = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="mirror_single", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"{self.epoch} #{self.position}"


class TopicBackfill(models.Model):
    """The newest wording of a topic brought over all cases there were: how far it has come, and what it changed.

    Cases up to ``upto`` are looked at; ``place`` is the last that was.  Whoever goes on begins behind it.
    """

    PRIVACY = {
        "id": "internal",
        "version": "internal",
        "begun_by": "internal",
        "begun_at": "internal",
        "transaction": "internal",
        "upto": "internal",
        "place": "internal",
        "total": "internal",
        "looked_at": "internal",
        "added": "internal",
        "removed": "internal",
        "ended_at": "internal",
        "is_superseded": "internal",
    }

    version = models.ForeignKey("taxonomy.TopicVersion", on_delete=models.PROTECT, related_name="+")
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    begun_at = models.DateTimeField()
    transaction = models.BigIntegerField()  # of PostgreSQL, in which it began
    upto = models.BigIntegerField(null=True)
    place = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    is_superseded = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.version}: {self.looked_at}/{self.total}"

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None or self.is_superseded


class TopicSample(models.Model):
    """Cases drawn to be read by people, who say of each whether it belongs to the topic.

    ``strata`` is how many of all cases in sight each stratum held then (``rule_accuracy.Stratum``): what was found is
    counted, the others are reckoned from the fixed sample.
    """

    PRIVACY = {
        "id": "internal",
        "version": "internal",
        "drawn_by": "internal",
        "drawn_at": "internal",
        "strata": "internal",
    }

    version = models.ForeignKey("taxonomy.TopicVersion", on_delete=models.PROTECT, related_name="+")
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    strata = models.JSONField()

    def __str__(self) -> str:
        return f"{self.version}: {self.drawn_at}"


class TopicSampleItem(models.Model):
    """A case of a sample, with what the rule said of it; whoever reads it is not shown that."""

    PRIVACY = {"id": "internal", "sample": "internal", "case": "internal", "stratum": "internal"}

    sample = models.ForeignKey(TopicSample, on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    stratum = models.CharField(max_length=4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sample", "case"], name="case_once_a_topic_sample")]

    def __str__(self) -> str:
        return f"{self.case_id} of {self.sample_id}"


class TopicLabel(models.Model):
    """What one person said of one case: it belongs to the topic or not."""

    PRIVACY = {
        "id": "internal",
        "item": "internal",
        "by": "internal",
        "belongs": "internal",
        "at": "internal",
    }

    item = models.ForeignKey(TopicSampleItem, on_delete=models.CASCADE, related_name="labels")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    belongs = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "by"], name="topic_label_once_a_person")]

    def __str__(self) -> str:
        return f"{self.item_id} by {self.by_id}"
