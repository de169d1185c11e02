from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from suqing.analytics.mirror.pins import PinDamaged
from suqing.bulletins.models import Bulletin, State
from suqing.bulletins.recounting import can_recount, recounted


class Command(BaseCommand):
    help = (
        "Count every figure of the issued bulletins once more from the files that were pinned with it; end with 1 if"
        " one differs or a file is damaged."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("day", nargs="?", type=date.fromisoformat, help="only bulletins about this day")

    def handle(self, *_args: Any, day: date | None, **_options: Any) -> None:
        rows = Bulletin.objects.filter(state__in=[State.ISSUED, State.WITHDRAWN]).defer("document")
        if day is not None:
            rows = rows.filter(day=day)
        faults = sum(self._verified(row) for row in rows.order_by("day", "pk"))
        if faults:
            raise CommandError(f"{faults} figures are not what was printed", returncode=1)
        self.stdout.write(self.style.SUCCESS("Every figure that is pinned is what was printed."))

    def _verified(self, bulletin: Bulletin) -> int:
        """How many figures differ; a damaged pin counts as one."""
        name = f"{bulletin.day} {bulletin.title}"
        if not can_recount(bulletin):
            self.stdout.write(
                f"{name}: not pinned (no mirror could be kept), only its stored numbers and cases are kept"
            )
        try:
            found = recounted(bulletin)
        except PinDamaged as fault:
            self.stderr.write(f"{name}: {fault}")
            return 1
        for one in found:
            for part, stored, now in one.differences:
                self.stderr.write(f"{name}: {one.stored.key}: {part} printed {stored}, the pin gives {now}")
        faults = sum(not one.is_equal for one in found)
        if found:
            self.stdout.write(f"{name}: {len(found)} figures counted once more, {faults} differ")
        return faults
