"""Units, people, appointments of people to roles in units, who is on duty, and looks at personal data."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class UnitQuerySet(models.QuerySet["Unit"]):
    def under(self, unit: Unit) -> UnitQuerySet:
        """The unit itself and everything below it."""
        return self.filter(path__startswith=unit.path)

    def active(self) -> UnitQuerySet:
        return self.filter(is_active=True)

    def in_order(self) -> UnitQuerySet:
        return self.order_by("pinyin", "code")


class Unit(models.Model):
    """A bureau, centre, division, station or institute; the tree follows who directs whom."""

    class Kind(models.TextChoices):
        CENTRE = "centre", _("centre")
        DIVISION = "division", _("division")
        BUREAU = "bureau", _("bureau")
        STATION = "station", _("station")
        INSTITUTE = "institute", _("institute")

    class Source(models.TextChoices):
        PUBLISHED = "published", _("published name")
        FORMED = "formed", _("name formed from the division; to be checked on site")
        GENERIC = "generic", _("name of the function; to be checked on site")
        SAMPLE = "sample", _("sample for practice, not a real unit")
        LOCAL = "local", _("entered here")

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    division_code = models.CharField(max_length=12, blank=True)
    path = models.CharField(max_length=200, blank=True, db_index=True)
    is_active = models.BooleanField(default=True)
    is_sample = models.BooleanField(default=False)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.LOCAL)
    pinyin = models.CharField(max_length=200, blank=True)

    objects = UnitQuerySet.as_manager()

    PRIVACY = {
        "id": "public",
        "code": "public",
        "name": "public",
        "kind": "public",
        "parent": "public",
        "division_code": "public",
        "path": "internal",
        "is_active": "public",
        "is_sample": "public",
        "source": "public",
        "pinyin": "public",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="unit_kind_known",
                condition=Q(kind__in=["centre", "division", "bureau", "station", "institute"]),
            ),
            models.CheckConstraint(
                name="unit_source_known",
                condition=Q(source__in=["published", "formed", "generic", "sample", "local"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_local(self) -> bool:
        """True where the name is not a published one, so that pages mark it."""
        return self.source != self.Source.PUBLISHED

    @property
    def ancestor_ids(self) -> list[int]:
        """The units above this one, topmost first."""
        return [int(part) for part in self.path.split("/") if part][:-1]

    def ancestors(self) -> UnitQuerySet:
        """The units above this one, topmost first."""
        return Unit.objects.filter(pk__in=self.ancestor_ids).order_by("path")


def normalise_username(raw: str) -> str:
    """One spelling for one sign-in name: full width, case and outer spaces do not matter."""
    return unicodedata.normalize("NFKC", raw).replace("\0", "").strip().casefold()


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username=normalise_username(username or ""))

    def create_superuser(self, **_fields: Any) -> Person:
        raise NotImplementedError(
            "people are made with accounts.actions.create_person, so that it is on record"
        )


class Person(AbstractBaseUser):
    """Somebody who signs in.  What they may do comes from appointments, never from flags."""

    username = models.CharField(
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[a-z0-9一-鿿][a-z0-9._\-一-鿿]{1,39}\Z",
                _("A sign-in name has 2 to 40 letters, digits, dots, dashes or underscores."),
            )
        ],
    )
    display_name = models.CharField(max_length=60)
    staff_no = models.CharField(max_length=30, blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    # When the person chose it (real time); unknown for one that somebody else set.
    password_set_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = PersonManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]

    PRIVACY = {
        "id": "internal",
        "password": "confidential",
        "last_login": "internal",
        "username": "internal",
        "display_name": "internal",
        "staff_no": "internal",
        "is_active": "internal",
        "must_change_password": "internal",
        "password_set_at": "internal",
        "created_at": "internal",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint("staff_no", name="person_staff_no_once", condition=~Q(staff_no=""))
        ]

    def __str__(self) -> str:
        return self.display_name

    @classmethod
    def normalize_username(cls, username: str) -> str:
        return normalise_username(username)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def in_force(self, now: datetime) -> AppointmentQuerySet:
        """Appointments that hold at ``now`` (the real clock: this is security) for people who may sign in."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=now), since__lte=now, person__is_active=True)


class Appointment(models.Model):
    """A person holds a role in a unit for a time; ``since`` and ``until`` are real, not centre time."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=30)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    PRIVACY = {
        "id": "internal",
        "person": "internal",
        "unit": "internal",
        "role": "internal",
        "since": "internal",
        "until": "internal",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="appointment_forward", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
            models.UniqueConstraint(
                fields=["person", "unit", "role"],
                name="appointment_open_once",
                condition=Q(until__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.unit_id}"


class Duty(models.Model):
    """A person is on duty in a unit from ``since`` until ``until`` (centre time), beyond the ordinary hours too.

    One that was taken back before it began ends when it begins.
    """

    class Source(models.TextChoices):
        ENTERED = "entered", _("entered by hand")
        ROSTER = "roster", _("from the roster")

    person = models.ForeignKey(Person, models.PROTECT, related_name="duties")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duties")
    since = models.DateTimeField()
    until = models.DateTimeField()
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.ENTERED)

    PRIVACY = {
        "id": "internal",
        "person": "internal",
        "unit": "internal",
        "since": "internal",
        "until": "internal",
        "source": "internal",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(name="duty_forward", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="duty_source_known", condition=Q(source__in=["entered", "roster"])),
        ]
        indexes = [
            models.Index(fields=["unit", "until"], name="duty_of_unit"),
            models.Index(fields=["person", "until"], name="duty_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.unit_id}"


class PastPassword(models.Model):
    """The hash of a password a person had, so that it is not chosen again."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="past_passwords")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()

    PRIVACY = {"id": "internal", "person": "internal", "password": "confidential", "replaced_at": "internal"}

    def __str__(self) -> str:
        return f"{self.person_id} until {self.replaced_at:%F}"


class PersonalLook(models.Model):
    """Somebody looked at personal data that is masked for them, and said why."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="looks")
    subject = models.CharField(max_length=150, db_index=True)
    reason = models.TextField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    PRIVACY = {
        "id": "internal",
        "person": "internal",
        "subject": "internal",
        "reason": "confidential",
        "at": "internal",
        "recorded_at": "internal",
    }

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="personal_look_by_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.subject}"


class SecondFactor(models.Model):
    """The app that shows a person's codes; asked for at sign-in from the first code that was right."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="second_factor")
    # Sealed under the person's own key: who reads a copy of the database cannot make codes.
    seed_cipher = models.BinaryField()
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # Half minutes since 1970 of the last code taken: none is taken twice.
    last_step = models.BigIntegerField(default=0)

    PRIVACY = {
        "id": "internal",
        "person": "internal",
        "seed_cipher": "confidential",
        "created_at": "internal",
        "confirmed_at": "internal",
        "last_step": "internal",
    }

    def __str__(self) -> str:
        return f"second factor of {self.person_id}"


class RecoveryCode(models.Model):
    """A code that replaces the app once; only its keyed hash is kept."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True, blank=True)

    PRIVACY = {"id": "internal", "person": "internal", "code_hash": "confidential", "used_at": "internal"}

    def __str__(self) -> str:
        return f"recovery code of {self.person_id}"


class PersonSession(models.Model):
    """Somebody is signed in at a seat; gone when that ends.  Real time.

    Beside the row of django.contrib.sessions, which keeps what the pages remember and knows neither whose nor where.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    # Moved forward at most once in some minutes.
    seen_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True, blank=True)
    browser = models.CharField(max_length=300, blank=True)
    way = models.CharField(max_length=20, blank=True)

    PRIVACY = {
        "id": "internal",
        "person": "internal",
        "session_key": "confidential",
        "began_at": "internal",
        "seen_at": "internal",
        "ends_at": "internal",
        "address": "internal",
        "browser": "internal",
        "way": "internal",
    }

    def __str__(self) -> str:
        return f"session of {self.person_id} since {self.began_at:%F %R}"


class Passkey(models.Model):
    """A key pair on a device of the person; only the public half is here."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=40)
    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    # What the device counted at its last use; 0 for devices that do not count.
    sign_count = models.BigIntegerField(default=0)
    transports = models.JSONField(default=list, blank=True)
    # Synchronised to other devices of the person by their maker.
    is_backed_up = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    PRIVACY = {
        "id": "internal",
        "person": "internal",
        "name": "internal",
        "credential_id": "confidential",
        "public_key": "confidential",
        "sign_count": "internal",
        "transports": "internal",
        "is_backed_up": "internal",
        "created_at": "internal",
        "used_at": "internal",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="passkey_name_once")]

    def __str__(self) -> str:
        return f"passkey of {self.person_id}: {self.name}"
