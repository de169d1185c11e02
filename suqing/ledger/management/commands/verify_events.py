from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from suqing.ledger.queries import verify_chain


class Command(BaseCommand):
    help = "Recompute the chain of events; end with 1, naming the first broken position, if it is not whole."

    def handle(self, *_args: Any, verbosity: int = 1, **_options: Any) -> None:
        def tell(position: int) -> None:
            if verbosity > 0 and position % 100_000 == 0:
                self.stderr.write(f"… {position} events verified")

        report = verify_chain(progress=tell)
        age = "" if report.oldest_unsealed is None else f", the oldest for {report.oldest_unsealed}"
        self.stdout.write(f"{report.checked} events verified, head {report.head}")
        self.stdout.write(f"{report.unsealed} events wait for their seal{age}")
        if not report.is_whole:
            raise CommandError(f"broken at position {report.broken_at}: {report.problem}", returncode=1)
        self.stdout.write(self.style.SUCCESS("The chain is whole."))
