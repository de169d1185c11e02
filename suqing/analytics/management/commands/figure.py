"""``suqing figure``: a figure of the centre as a table, CSV or JSON."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from suqing.analytics.figure_answers import Answer, answer
from suqing.analytics.figure_places import ENGINES, CannotCountThere, counted_there
from suqing.analytics.figure_printing import (
    as_csv,
    as_json,
    as_table,
    measures_listed,
    nothing_found,
    written,
)
from suqing.analytics.figure_words import PERIODS, BadWords, wanted
from suqing.analytics.withholding import least_published, least_shown
from suqing.ledger.queries import centre_now

WRONG = 2  # the question was wrong, not the centre
LINES = 50
MOST_LINES = 1_000_000
ASKED = ("from", "to", "period", "by", "compare")


class Command(BaseCommand):
    help = "Print a figure: figure reports_registered --period 2020-01 --by district,issue --compare previous,year"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("measure", nargs="?", help="code of a measure")
        parser.add_argument("--list", action="store_true", help="list measures with unit and formula")
        parser.add_argument("--by", default="", help="one or two dimensions, as in district,kind")
        add_question(parser)
        parser.add_argument("--compare", default="", help="previous, year and lunar, separated by commas")
        add_place(parser)
        parser.add_argument("--format", choices=("table", "csv", "json"), default="table")
        parser.add_argument("--limit", type=_lines, default=LINES, help=f"lines of a table, default {LINES}")

    def handle(self, *_args: Any, measure: str | None, **options: Any) -> None:
        if options["list"] or not measure:
            self.stdout.write("\n".join(measures_listed()))
            return
        shape, limit = options["format"], options["limit"]
        # A table on the screen of the centre shows what its pages show; a file may leave it.
        least = least_shown() if shape == "table" else least_published()
        try:
            asked = wanted(
                {"measure": measure} | {name: options[name] for name in ASKED}, options["where"], centre_now()
            )
            with counted_there(options["engine"], options["at"], asked.period) as standing:
                found = answer(asked, standing, least)
        except (BadWords, CannotCountThere) as fault:
            raise CommandError(str(fault), returncode=WRONG) from fault
        self._print(found, shape, limit, least)

    def _print(self, found: Answer, shape: str, limit: int, least: int) -> None:
        if shape == "json":
            self.stdout.write(written(as_json(found, limit)))
        elif shape == "csv":
            self.stdout.write(as_csv(found, limit, least), ending="")
        else:
            self.stdout.write("\n".join(as_table(found, limit, least)))
        if shape != "table" and nothing_found(found):
            self.stderr.write("Nothing was counted: no row of this period passes the filters.")


def add_question(parser: ArgumentParser) -> None:
    """The words that narrow a measure."""
    parser.add_argument("--from", default="", metavar="DAY", help="first day, default today")
    parser.add_argument("--to", default="", metavar="DAY", help="last day, default the first")
    parser.add_argument("--period", default="", help=PERIODS)
    parser.add_argument("--where", action="append", default=[], metavar="DIMENSION=VALUE,VALUE",
                        help="keep these values; - is the unknown; several narrow each other")  # fmt: skip


def add_place(parser: ArgumentParser) -> None:
    """Where it is counted."""
    parser.add_argument("--engine", choices=ENGINES, default="",
                        help="default: today in PostgreSQL, history in the mirror")  # fmt: skip
    parser.add_argument("--at", default="", metavar="SNAPSHOT|POSITION",
                        help="count what was pinned: s12 is snapshot 12, 4711 the pin at that event")  # fmt: skip


def _lines(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_LINES:
        raise ArgumentTypeError(f"between 1 and {MOST_LINES:,} lines")
    return int(text)
