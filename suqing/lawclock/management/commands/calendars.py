"""``suqing calendars``: load the shipped years, import one, assume one for the time being, or show one."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from suqing.lawclock import actions, queries
from suqing.lawclock.calendars import BadYearFile
from suqing.lawclock.models import CalendarYear
from suqing.ledger.queries import centre_now

SYSTEM = "system:calendars"


class Command(BaseCommand):
    help = "Holidays and make-up working days, a year at a time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("load", help="load the years that come with Suqing")
        verbs.add_parser("import", help="load one year from a JSON file").add_argument("file", type=Path)
        verbs.add_parser("assume", help="count a year without a notice as Monday to Friday").add_argument(
            "year", type=int
        )
        verbs.add_parser("show", help="print what a year declares").add_argument("year", type=int)

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        verbs: dict[str, Callable[..., None]] = {
            "load": self._load,
            "import": self._import,
            "assume": self._assume,
            "show": self._show,
        }
        try:
            verbs[verb](**options)
        except (actions.NothingToChange, actions.YearPublished, BadYearFile) as error:
            raise CommandError(str(error)) from error

    def _load(self, **_options: Any) -> None:
        years = actions.load_calendars(by=SYSTEM, at=centre_now())
        self.stdout.write(
            f"Loaded {years[0]}-{years[-1]}." if years else "Nothing to load, all years are there."
        )

    def _import(self, *, file: Path, **_options: Any) -> None:
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"Cannot read {file}: {error}") from error
        row = actions.import_year(by=SYSTEM, at=centre_now(), data=data)
        self.stdout.write(f"Loaded {row.year}.")

    def _assume(self, *, year: int, **_options: Any) -> None:
        actions.assume_year(by=SYSTEM, at=centre_now(), year=year)
        self.stdout.write(f"{year} is counted as Monday to Friday until its notice is imported.")

    def _show(self, *, year: int, **_options: Any) -> None:
        try:
            shown = queries.calendar_year(year)
        except CalendarYear.DoesNotExist as error:
            raise CommandError(f"{year} is not loaded.") from error
        self.stdout.write(f"{year} ({shown.origin}): {' '.join(shown.papers)}")
        for day in (*shown.declared, *shown.local):
            mark = " local" if day.is_local else ""
            self.stdout.write(f"{day.day} {'off' if day.is_off else 'working'} {day.name}{mark}")
