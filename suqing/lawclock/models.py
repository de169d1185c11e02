"""The stored calendar: years with their notice, the days they declare, and what the centre edited itself."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suqing.lawclock.calendars import DayRule


class CalendarState(models.Model):
    """One row that changes with every change of the calendar, so that readers can keep what they built.

    ``number`` counts changes; ``token`` is new each time, because a rolled-back change may reuse a number.
    """

    PRIVACY = {"id": "public", "number": "public", "token": "public", "changed_at": "public"}

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveIntegerField(default=0)
    token = models.UUIDField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="calendar_state_single_row")]

    def __str__(self) -> str:
        return f"calendar version {self.number}"


class CalendarYear(models.Model):
    """A year that may be counted, with the notice its days were read from."""

    class Origin(models.TextChoices):
        SHIPPED = "shipped", _("shipped with Suqing")
        IMPORTED = "imported", _("imported here")
        ASSUMED = "assumed", _("assumed until the notice is published")

    PRIVACY = {
        "year": "public",
        "papers": "public",
        "origin": "public",
        "loaded_at": "public",
        "loaded_by": "internal",
    }

    year = models.PositiveSmallIntegerField(primary_key=True)
    papers = models.JSONField(default=list)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=100)

    class Meta:
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(origin__in=["shipped", "imported", "assumed"]), name="calendar_year_origin_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    def declared(self) -> CalendarDayQuerySet:
        """Days as the notices declare them."""
        return self.filter(is_local=False)

    def local(self) -> CalendarDayQuerySet:
        """Days as this centre edited them; they stand above the notice."""
        return self.filter(is_local=True)

    def in_force_order(self) -> CalendarDayQuerySet:
        """By day, the notice before the local edit, so that the later one wins."""
        return self.order_by("day", "is_local")


class CalendarDay(models.Model):
    """One day that a notice, or the centre itself, declares off or working; ``year`` is the notice's year."""

    PRIVACY = {
        "id": "public",
        "day": "public",
        "year": "public",
        "is_off": "public",
        "name": "public",
        "notice": "public",
        "is_local": "public",
    }

    day = models.DateField()
    year = models.ForeignKey(CalendarYear, on_delete=models.PROTECT, related_name="days")
    is_off = models.BooleanField()
    name = models.CharField(max_length=60, blank=True)
    notice = models.CharField(max_length=500, blank=True)
    is_local = models.BooleanField(default=False)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "is_local"], name="calendar_day_once"),
            models.CheckConstraint(
                condition=Q(is_local=False) | ~Q(notice=""), name="calendar_local_day_has_notice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {'off' if self.is_off else 'working'}"

    def as_rule(self) -> DayRule:
        """Give the row as the value the calendar is built from."""
        return DayRule(self.day, self.is_off, self.name, self.notice, self.is_local)
