"""``suqing rehearse``: fill an empty centre with the replay of Suzhou, January 2020."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from datetime import datetime
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from suqing.accounts.roles import role
from suqing.ledger.actions import advance_progress, finish_progress, set_centre_clock, start_progress
from suqing.ledger.queries import centre_now
from suqing.rehearsal.actions.replay import END, SYSTEM, CentreInUse, OtherScript, begin, play_until
from suqing.rehearsal.actions.staff import SignIn, UnitsMissing
from suqing.rehearsal.models import Replay
from suqing.rehearsal.script.moments import SHANGHAI
from suqing.rehearsal.script.plan import CITIES

PROGRESS = "rehearsal.replay"


class Command(BaseCommand):
    help = "Fill an empty centre with people, calls and cases of a simulated one; may be run again to go on"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--city", default="suzhou", choices=CITIES)
        parser.add_argument(
            "--until", default="2020-01-31T09:00", help="the moment the centre's clock will show"
        )
        parser.add_argument("--seed", type=int, default=12315)
        parser.add_argument("--no-baseline", action="store_true", help="leave out the same days of 2019")

    def handle(self, *_args: Any, **options: Any) -> None:
        until = _moment(options["until"])
        try:
            sign_ins = begin(
                city=options["city"],
                seed=options["seed"],
                with_baseline=not options["no_baseline"],
                clock=until,
            )
        except CentreInUse:
            raise CommandError(
                _(
                    "This centre is not empty and not a rehearsal. A rehearsal needs a database of its own; nothing was changed."
                )
            ) from None
        except OtherScript as other:
            raise CommandError(
                _("This centre already rehearses another script: %(script)s.") % {"script": other}
            ) from None
        except UnitsMissing as missing:
            raise CommandError(
                _("Units are missing: %(units)s. Load them with load-centre.") % {"units": missing}
            ) from None
        if sign_ins:
            self._hand_over(sign_ins)
        filling = Replay.objects.get().played_until < until
        self._play(until if filling else min(centre_now(), END))
        if filling:  # the clock ran while the past was written; the day begins now
            set_centre_clock(mode="rehearsal", by=SYSTEM, centre=until, speed=1.0)

    def _play(self, until: datetime) -> None:
        began, progress = monotonic(), start_progress(PROGRESS)

        def report(done: int, total: int) -> None:
            progress.total = total
            advance_progress(progress, done)
            if sys.stderr.isatty():
                self.stderr.write(_("played %(done)d of %(total)d") % {"done": done, "total": total})

        done = play_until(until, report=report)
        finish_progress(progress)
        told = _("Played %(done)d contacts and steps in %(seconds).0f seconds.")
        self.stderr.write(told % {"done": done, "seconds": monotonic() - began})

    def _hand_over(self, sign_ins: list[SignIn]) -> None:
        """Print the sign-ins and keep them in a file that only its owner reads."""
        text = "".join(f"{_line(sign_in)}\n" for sign_in in sign_ins)
        path = settings.VAR_DIR / "sign-ins.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(text)
        self.stdout.write(text, ending="")


def _line(sign_in: SignIn) -> str:
    return f"{sign_in.username:<22}{sign_in.password}  {role(sign_in.role).label} · {sign_in.unit} · {sign_in.display_name}"


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise CommandError(
            _("Not a moment: %(text)s. Write it as 2020-01-31T09:00.") % {"text": text}
        ) from wrong
    moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    if moment > END:
        raise CommandError(_("The script ends on %(end)s.") % {"end": END.date()})
    return moment
