"""``suqing rehearse``: fill an empty centre with the replay of a city, with ordinary years before it, or write such
rows into a file for practising imports."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from suqing.accounts.roles import role
from suqing.ledger.actions import advance_progress, finish_progress, set_centre_clock, start_progress
from suqing.ledger.queries import centre_now
from suqing.rehearsal.actions.history import TooMuch, write_history
from suqing.rehearsal.actions.replay import (
    SYSTEM,
    CentreInUse,
    OtherScript,
    begin,
    end_of,
    play_until,
)
from suqing.rehearsal.actions.staff import SignIn, UnitsMissing
from suqing.rehearsal.models import Replay
from suqing.rehearsal.script.cities import CITIES
from suqing.rehearsal.script.cities.city import City
from suqing.rehearsal.script.files import LAYOUTS, CannotWrite, write_rows
from suqing.rehearsal.script.moments import SHANGHAI

PROGRESS = "rehearsal.replay"
CITY, SEED = "suzhou", 12315


class Command(BaseCommand):
    help = "Fill an empty centre with people, calls and cases of a simulated one; may be run again to go on"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--city", choices=CITIES, help="suzhou, or the one that is rehearsed already")
        parser.add_argument("--until", default="", help="the moment the centre's clock will show")
        parser.add_argument("--seed", type=int, help="12315, or the one of this rehearsal")
        parser.add_argument("--no-baseline", action="store_true", help="leave out the same days of 2019")
        parser.add_argument(
            "--quiet-years", type=int, default=0, metavar="N", help="ordinary years before the surge"
        )
        parser.add_argument(
            "--size", type=int, default=0, metavar="N", help="cases in the ordinary years, up to 10000000"
        )
        file = parser.add_argument_group("a file instead of a centre")
        file.add_argument("--write", metavar="FILE", help="write rows into a new .csv or .xlsx")
        file.add_argument("--rows", type=int, default=1_000)
        file.add_argument("--layout", default="national", choices=LAYOUTS)
        file.add_argument("--encoding", default="utf-8", choices=("utf-8", "gb18030"), help="of a .csv")
        file.add_argument("--faulty", type=float, default=0.0, help="share of rows with a mistake, 0.01")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["write"]:
            self._write(options)
        else:
            self._fill(options)

    def _fill(self, options: dict[str, Any]) -> None:
        _go_on(options)
        city = CITIES[options["city"]]
        until = _moment(options["until"] or city.default_until, city)
        sign_ins = _begun(city, until, options)
        if sign_ins:
            self._hand_over(sign_ins)
        self._told(
            _("Wrote %(done)d cases of ordinary years in %(seconds).0f seconds."),
            _("wrote %(done)d of %(total)d cases"),
            write_history,
        )
        filling = Replay.objects.get().played_until < until
        target = until if filling else min(centre_now(), end_of(city))
        self._told(
            _("Played %(done)d contacts and steps in %(seconds).0f seconds."),
            _("played %(done)d of %(total)d"),
            lambda report: play_until(target, report=report),
        )
        if filling:  # the clock ran while the past was written; the day begins now
            set_centre_clock(mode="rehearsal", by=SYSTEM, centre=until, speed=1.0)

    def _told(self, sentence: str, step: str, work: Callable[..., int]) -> None:
        """Do long work with its progress where others see it; say what was done unless that is nothing of the past."""
        began, progress = monotonic(), start_progress(PROGRESS)

        def report(done: int, total: int) -> None:
            progress.total = total
            advance_progress(progress, done)
            if sys.stderr.isatty():
                self.stderr.write(step % {"done": done, "total": total})

        done = work(report=report)
        finish_progress(progress)
        if done or work is not write_history:
            self.stderr.write(sentence % {"done": done, "seconds": monotonic() - began})

    def _write(self, options: dict[str, Any]) -> None:
        try:
            written = write_rows(
                Path(options["write"]),
                city=CITIES[options["city"] or CITY],
                seed=SEED if options["seed"] is None else options["seed"],
                rows=options["rows"],
                layout=options["layout"],
                encoding=options["encoding"],
                faulty=options["faulty"],
            )
        except CannotWrite as why:
            raise CommandError(_(why.message) % why.values) from None
        self.stderr.write(
            _("Wrote %(rows)d rows, %(faulty)d of them with a mistake, to %(file)s.")
            % {"rows": written.rows, "faulty": written.faulty, "file": written.path.name}
        )

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


def _go_on(options: dict[str, Any]) -> None:
    """Take what was not said from the rehearsal that runs here, so that the bare command goes on with it."""
    running = Replay.objects.first()
    if running is not None and not (options["city"] or options["seed"] is not None or options["no_baseline"]):
        options["no_baseline"] = not running.has_baseline
        options["city"], options["seed"] = running.city, running.seed
    options["city"] = options["city"] or (running.city if running else CITY)
    if options["seed"] is None:
        options["seed"] = running.seed if running else SEED


def _begun(city: City, until: datetime, options: dict[str, Any]) -> list[SignIn]:
    try:
        return begin(
            city=city.code,
            seed=options["seed"],
            with_baseline=not options["no_baseline"],
            clock=until,
            years=options["quiet_years"],
            size=options["size"],
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
    except TooMuch:
        raise CommandError(_("Up to 10,000,000 cases in up to 12 quiet years.")) from None


def _line(sign_in: SignIn) -> str:
    return f"{sign_in.username:<22}{sign_in.password}  {role(sign_in.role).label} · {sign_in.unit} · {sign_in.display_name}"


def _moment(text: str, city: City) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise CommandError(
            _("Not a moment: %(text)s. Write it as 2020-01-31T09:00.") % {"text": text}
        ) from wrong
    moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    if moment > end_of(city):
        raise CommandError(_("The script ends on %(end)s.") % {"end": end_of(city).date()})
    return moment
