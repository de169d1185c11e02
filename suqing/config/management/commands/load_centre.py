"""Bring the data that ship with the program, and a first administrator, into the database."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from suqing.accounts.actions import appoint, create_person, load_units
from suqing.accounts.models import Person, Unit
from suqing.lawclock.actions import load_calendars
from suqing.ledger.queries import centre_now
from suqing.taxonomy.actions import load_reference_data

SYSTEM = "system:load_centre"


class Command(BaseCommand):
    help = "Load codes, calendars and units that ship with Suqing; what is there already stays as it is"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--administrator",
            action="store_true",
            help="make a first administrator where nobody is",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        now = centre_now()
        load_reference_data(by=SYSTEM, at=now)
        load_calendars(by=SYSTEM, at=now)
        load_units(by=SYSTEM, at=now)
        if options["administrator"] and not Person.objects.exists():
            self.stdout.write(self._first_administrator())

    @transaction.atomic
    def _first_administrator(self) -> str:
        """Make the one who makes the others; return the line with the sign-in."""
        now = centre_now()
        centre = Unit.objects.filter(kind=Unit.Kind.CENTRE).order_by("path").first()
        if centre is None:
            raise Unit.DoesNotExist("the data that ship with the program hold no centre")
        made = create_person(username="admin", display_name="系统管理员", by=SYSTEM, at=now)
        appoint(person=made.person, unit=centre, role="administrator", by=SYSTEM, at=now)
        return f"admin  {made.password}  ({centre.name})"
