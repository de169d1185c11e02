"""``suqing recount-clocks``: count all unfinished limits anew, and go on with runs that were interrupted."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from suqing.cases.actions.recount import finish_runs, note_changes, recount_clocks
from suqing.ledger.queries import centre_now


class Command(BaseCommand):
    help = (
        "Count the unfinished limits of all cases anew, as calendar and policy are now.  Runs that were interrupted go "
        "on first.  The changed cases stand on the page of changed limits."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--run", default="", help="name of the run; a run of this name is continued")
        parser.add_argument(
            "--pending", action="store_true", help="only work off changes that were recorded, open no run"
        )

    def handle(self, *_args: Any, run: str, pending: bool, **_options: Any) -> None:
        now = centre_now()
        note_changes(at=now)
        worked_off = finish_runs(at=now)
        if pending:
            self.stdout.write(f"{worked_off} runs finished")
            return
        found = recount_clocks((run or f"command-{now:%Y%m%d-%H%M%S}")[:40], at=now, cause="command")
        self.stdout.write(f"{found.run}: {found.counted} limits counted, {found.changed} moved")
