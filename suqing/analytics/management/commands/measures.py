"""``suqing measures``: every measure with its definition and formula, as docs/measures.md holds it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from suqing.analytics.measure_book import book


class Command(BaseCommand):
    requires_system_checks: tuple[str, ...] = ()  # it only prints what is declared
    help = "Print the definitions and formulas of all measures in both languages, as Markdown."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(book(), ending="")
