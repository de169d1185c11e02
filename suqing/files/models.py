"""Stored bytes and the uploads that bring them.  Who may read a file, its owner decides: nothing here is served."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FileKind(models.TextChoices):
    """What a file is, told by its content, never by its name."""

    JPG = "jpg", _("JPEG picture")
    PNG = "png", _("PNG picture")
    PDF = "pdf", _("PDF document")
    MP3 = "mp3", _("MP3 sound")
    MP4 = "mp4", _("MP4 film")
    DOCX = "docx", _("Word document")
    XLSX = "xlsx", _("Excel workbook")
    CSV = "csv", _("CSV table")


class StoredFile(models.Model):
    """Bytes kept once under their SHA-256, however often they were sent."""

    PRIVACY = {
        "id": "internal",
        "digest": "internal",
        "size": "internal",
        "kind": "internal",
        "stored_at": "internal",
        "removed_at": "internal",
    }

    digest = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=8, choices=FileKind.choices)
    stored_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)  # the bytes are gone: nobody owned them any more

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=FileKind.values), name="file_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]}.{self.kind}"


class Upload(models.Model):
    """One file on its way, in pieces; a broken line goes on where it stopped.  Times are real, not the centre's."""

    PRIVACY = {
        "id": "internal",
        "ref": "internal",
        "owner": "internal",
        "purpose": "internal",
        "name": "personal",
        "size": "internal",
        "received": "internal",
        "file": "internal",
        "refusal": "internal",
        "started_at": "internal",
        "last_at": "internal",
    }

    ref = models.UUIDField(unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20)  # a key of files.purposes.PURPOSES: what is allowed, how large
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    refusal = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(received__lte=models.F("size")), name="upload_not_beyond_its_size"
            ),
        ]
        indexes = [models.Index(fields=["last_at"], condition=models.Q(file=None), name="upload_unfinished")]

    def __str__(self) -> str:
        return f"{self.ref} {self.received}/{self.size}"
