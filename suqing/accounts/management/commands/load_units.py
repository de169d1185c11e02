from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from suqing.accounts.actions import load_units
from suqing.ledger.queries import centre_now


class Command(BaseCommand):
    help = "Load the units of Suzhou and Nanjing that ship with Suqing; what was added here stays."

    def handle(self, *_args: Any, **_options: Any) -> None:
        changed = load_units(by="system:load_units", at=centre_now())
        self.stdout.write(f"{changed} units added or changed")
