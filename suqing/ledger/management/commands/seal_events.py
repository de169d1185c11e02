from __future__ import annotations

import signal
from argparse import ArgumentParser
from threading import Event as Flag
from typing import Any

from django.core.management.base import BaseCommand

from suqing.ledger.actions import seal_events
from suqing.ledger.jobs import seal_until


class Command(BaseCommand):
    help = "Give committed events their positions and link them, at least once a second until SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="seal what is there and stop")

    def handle(self, *_args: Any, once: bool = False, **_options: Any) -> None:
        if once:
            sealed = seal_events()
        else:
            stop = Flag()
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_signal: stop.set())
            sealed = seal_until(stop)
        self.stdout.write(f"{sealed} events sealed")
