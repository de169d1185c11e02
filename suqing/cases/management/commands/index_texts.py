"""``suqing index-texts``: write what near-duplicates are found by for cases from before the index, or after a stop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from suqing.cases.actions.similar import begin_indexing, index_some
from suqing.ledger.queries import centre_now


class Command(BaseCommand):
    help = (
        "Index the texts of cases that came before the index of near-duplicates.  Stop it when you like: it goes on "
        "where it was.  A running centre does the same by itself."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        run = begin_indexing()
        told = run.last_case
        while index_some(at=centre_now()):
            run.refresh_from_db()
            if run.last_case - told >= 50_000:
                told = run.last_case
                self.stdout.write(f"up to case {run.last_case:,} of {run.until_case:,}")
        self.stdout.write("every case is indexed")
