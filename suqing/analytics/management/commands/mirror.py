from __future__ import annotations

import signal
from argparse import ArgumentParser
from threading import Event as Flag
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from suqing.analytics.actions.mirror_building import BeingBuilt, build
from suqing.analytics.actions.mirror_checking import Checked, check, check_and_mend
from suqing.analytics.actions.mirror_feeding import feed
from suqing.analytics.actions.mirror_folding import clean, compact_changes, fold
from suqing.analytics.jobs import mirror_until
from suqing.analytics.mirror_state import current_view, mirror_row
from suqing.analytics.models import Touched
from suqing.ledger.queries import sealed_position

HELP = {
    "run": "feed the mirror about every second and keep it in shape, until SIGTERM",
    "status": "say where the mirror stands",
    "feed": "bring what changed into it now",
    "fold": "write the changes into their months now, and remove what nobody needs",
    "build": "build it anew from PostgreSQL, beside the one in use",
    "check": "compare counts and checksums of every month with PostgreSQL; end with 1 if one differs",
}


class Command(BaseCommand):
    help = "The columnar mirror that figures of history are counted from."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for name, text in HELP.items():
            verb = verbs.add_parser(name, help=text, description=text)
            if name == "check":
                verb.add_argument("--repair", action="store_true", help="mend the months that differ")

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        if verb not in ("run", "build", "status") and mirror_row() is None:
            raise CommandError("There is no mirror yet. Build it: suqing mirror build", returncode=2)
        getattr(self, f"_{verb}")(**options)

    def _run(self, **_options: Any) -> None:
        stop = Flag()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_signal: stop.set())
        mirror_until(stop)

    def _status(self, **_options: Any) -> None:
        row = mirror_row()
        if row is None:
            self.stdout.write("There is no mirror yet. Build it: suqing mirror build")
            return
        view = current_view()
        assert view is not None
        waiting = sum(map(len, Touched.objects.filter(is_held=False).values_list("row_ids", flat=True)))
        self.stdout.write(f"folder    {settings.SUQING_MIRROR / row.epoch}")
        self.stdout.write(
            f"position  {row.position} of {sealed_position()} sealed events, {waiting} changed rows wait"
        )
        self.stdout.write(
            f"built     {row.built_at:%Y-%m-%d %H:%M:%S} UTC, folded {row.folded_at:%Y-%m-%d %H:%M:%S}, fed {row.fed_at:%Y-%m-%d %H:%M:%S}"
        )
        for name, files in view.files.items():
            self.stdout.write(f"{name:<9} {len(files.base)} files of months, {len(files.changes)} of changes")
        if row.building:
            self.stdout.write(f"building  {row.building}")
        if row.fault:
            self.stdout.write(self.style.ERROR(f"fault     {row.fault}"))

    def _feed(self, **_options: Any) -> None:
        total = 0
        while (fed := feed()) is not None:
            total += fed.rows
            if not fed.is_more:
                self.stdout.write(f"{total} changed rows fed, up to position {fed.position}")
                return
        self.stdout.write("Another feeder is at work.")

    def _fold(self, **_options: Any) -> None:
        compact_changes()
        for name, rows in fold().items():
            self.stdout.write(f"{name:<9} {rows} changed rows folded")
        self.stdout.write(f"{clean()} files removed")

    def _build(self, verbosity: int = 1, **_options: Any) -> None:
        def tell(done: int, total: int) -> None:
            if verbosity > 0:
                self.stderr.write(f"\r… {done:,} of about {total:,} rows", ending="")

        try:
            built = build(report=tell)
        except BeingBuilt:
            raise CommandError("The mirror is being built already.", returncode=1) from None
        if verbosity > 0:
            self.stderr.write("")
        rows = ", ".join(f"{count:,} {name}" for name, count in built.rows.items())
        self.stdout.write(f"{rows}: built in {built.seconds:.1f} s, up to position {built.position}")

    def _check(self, repair: bool = False, verbosity: int = 1, **_options: Any) -> None:
        def tell(name: str) -> None:
            if verbosity > 0:
                self.stderr.write(f"… {name}")

        found = check_and_mend(report=tell) if repair else check(report=tell)
        assert found is not None  # looked after in handle
        self._tell(found)
        if not found.is_whole and not repair:
            raise CommandError("Mend it: suqing mirror check --repair", returncode=1)

    def _tell(self, found: Checked) -> None:
        self.stdout.write(
            f"{found.rows:,} rows in {found.months} months compared at position {found.position}"
        )
        for one in found.differences:
            here = "cannot be read" if one.here is None else f"has {one.here.rows:,} rows"
            self.stdout.write(
                self.style.ERROR(f"{one.table} {one.month} {here}, PostgreSQL {one.wanted.rows:,}")
            )
        for name in found.lost:
            self.stdout.write(
                self.style.ERROR(f"{name}: the changes cannot be read; it has to be built anew")
            )
        if found.is_whole:
            self.stdout.write(self.style.SUCCESS("The mirror is whole."))
