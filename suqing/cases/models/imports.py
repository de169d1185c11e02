"""Cases that come as a table: the layouts they come in, the runs that read them, what each row became."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from suqing.cases.models.case import Case
from suqing.files.models import StoredFile


class ColumnMapping(models.Model):
    """How the columns of a strange layout are read, saved under a name; a change makes a new row."""

    PRIVACY = {
        "id": "internal",
        "name": "internal",
        "source": "internal",
        "columns": "internal",
        "values": "internal",
        "made_by": "internal",
        "made_at": "internal",
        "replaced_at": "internal",
    }

    name = models.CharField(max_length=80)
    source = models.CharField(max_length=40)  # whose registration numbers: part of a case's identity
    columns = models.JSONField()  # field code -> header text
    values = models.JSONField(default=dict)  # field code -> {text in the file: our code}
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(replaced_at=None), name="mapping_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One file being read.  ``position`` is the last row whose fate is committed: a killed run goes on after it."""

    class State(models.TextChoices):
        READING = "reading", _("Being read")  # the file is turned into rows and each is checked
        CHECKED = "checked", _("Checked")  # waits for a person to say yes
        RUNNING = "running", _("Being imported")
        DONE = "done", _("Imported")
        STOPPED = "stopped", _("Stopped")
        REFUSED = "refused", _("Refused")  # the file as a whole cannot be read; ``refusal`` says why

    PRIVACY = {
        "id": "internal",
        "ref": "internal",
        "file": "internal",
        "file_name": "internal",
        "layout": "internal",
        "mapping": "internal",
        "source": "internal",
        "sheet": "internal",
        "encoding": "internal",
        "state": "internal",
        "refusal": "internal",
        "total": "internal",
        "checked": "internal",
        "position": "internal",
        "added": "internal",
        "updated": "internal",
        "unchanged": "internal",
        "kept": "internal",
        "rejected": "internal",
        "unlisted": "internal",
        "preview": "personal",
        "started_by": "internal",
        "started_at": "internal",
        "confirmed_at": "internal",
        "finished_at": "internal",
    }

    ref = models.UUIDField(unique=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    layout = models.CharField(max_length=40, blank=True)  # a layout that ships, or "" for a mapping
    mapping = models.ForeignKey(ColumnMapping, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=40, blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.READING)
    refusal = models.JSONField(default=dict)  # message id and values
    total = models.PositiveIntegerField(null=True)
    checked = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(
        default=0
    )  # the file says otherwise, but people here have worked on the case
    rejected = models.PositiveIntegerField(default=0)
    unlisted = models.PositiveIntegerField(default=0)  # remarks that are not written down one by one
    preview = models.JSONField(default=list)  # the first rows as they will be read
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["reading", "checked", "running", "done", "stopped", "refused"]),
                name="import_state_known",
            ),
        ]
        indexes = [models.Index(fields=["-started_at"], name="import_newest_first")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"


class ImportProblem(models.Model):
    """What is wrong with one cell of one row, in words for the person who can correct it."""

    PRIVACY = {
        "id": "internal",
        "run": "internal",
        "row": "internal",
        "column": "internal",
        "value": "personal",
        "message": "internal",
        "values": "internal",
        "rejects": "internal",
    }

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()  # as the table shows it: the header is row 1
    column = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=200, blank=True)
    message = models.CharField(max_length=300)  # English message id
    values = models.JSONField(default=dict)
    rejects = models.BooleanField(default=True)  # False: a warning, the row is imported without the value

    class Meta:
        indexes = [models.Index(fields=["run", "row"], name="import_problem_of_row")]

    def __str__(self) -> str:
        return f"{self.run_id} row {self.row} {self.column}"


class ImportedCase(models.Model):
    """A case that came from elsewhere: under which number, when it was last brought, and what the row then said."""

    PRIVACY = {
        "id": "internal",
        "case": "internal",
        "source": "internal",
        "number": "internal",
        "run": "internal",
        "row": "internal",
        "fingerprint": "internal",
        "told": "confidential",
        "events": "internal",
        "revision": "internal",
        "first_at": "internal",
        "last_at": "internal",
    }

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="imported")
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    # The last run whose row was written down; which cases a run brought is told by the events.
    run = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, null=True, related_name="cases", db_index=False
    )
    row = models.PositiveIntegerField(default=0)
    fingerprint = models.CharField(
        max_length=64, blank=True
    )  # of the row's values: an equal row changes nothing
    # Cells that have no field of their own (reply, department, unknown classes), so that what goes out comes back equal.
    told = models.JSONField(default=dict)
    # The events of the batches that brought and updated it: a batch has one event, which the case's story shows too.
    events = ArrayField(models.BigIntegerField(), default=list)
    revision = models.PositiveIntegerField(
        default=1
    )  # of the case as the import left it: people work on from there
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="imported_once"),
        ]
        indexes = [
            models.Index(fields=["number"], name="imported_by_number"),
            models.Index(models.F("events__0"), name="imported_first_by"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.number}"
