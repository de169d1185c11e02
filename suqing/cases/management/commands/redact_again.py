"""``suqing redact-again``: make the redacted texts of older cases again after the redactor has changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from suqing.cases.actions.redaction import begin_redacting, redact_some
from suqing.ledger.queries import centre_now


class Command(BaseCommand):
    help = (
        "Redact the texts of contacts and cases again that an older version of the redactor made, with the topics and "
        "similar texts that follow from them.  Stop it when you like: it goes on where it was.  A running centre does "
        "the same by itself."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        run = begin_redacting()
        told = run.last_case
        while redact_some(at=centre_now()):
            run.refresh_from_db()
            if run.last_case - told >= 50_000:
                told = run.last_case
                self.stdout.write(f"up to case {run.last_case:,} of {run.until_case:,}")
        self.stdout.write(f"every text is of version {run.version} of the redactor")
