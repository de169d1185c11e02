"""``suqing explain-figure``: a figure of a bulletin, or any figure, with all that it rests on."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from suqing.analytics.figure_answers import place_of
from suqing.analytics.figure_explaining import Fact, measure_told, question_told, rows_told, told, value_told
from suqing.analytics.figure_places import ENGINES, CannotCountThere, counted_there
from suqing.analytics.figure_printing import place_said
from suqing.analytics.figure_words import PERIODS, BadWords, wanted
from suqing.analytics.queries import figure, rows_of
from suqing.bulletins.figure_told import NoSuchFigure, figures_told, found_figure, stored_told
from suqing.ledger.queries import centre_now

WRONG = 2
NUMBERS = 20
MOST_NUMBERS = 100_000


class Command(BaseCommand):
    help = (
        "Explain a figure: explain-figure 123, explain-figure 2020-01-27/4 (figure 4 of that day's bulletin), explain-figure"
        " 2020-01-27 (lists its figures), or explain-figure --measure reports_registered --period 2020-01"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("figure", nargs="?", help="a figure of a bulletin")
        parser.add_argument("--measure", default="", help="instead: code of a measure, counted now")
        parser.add_argument("--from", default="", metavar="DAY", help="first day, default today")
        parser.add_argument("--to", default="", metavar="DAY", help="last day, default the first")
        parser.add_argument("--period", default="", help=PERIODS)
        parser.add_argument("--where", action="append", default=[], metavar="DIMENSION=VALUE,VALUE")
        parser.add_argument("--engine", choices=ENGINES, default="")
        parser.add_argument(
            "--at", default="", metavar="SNAPSHOT|POSITION", help="count what was pinned then"
        )
        parser.add_argument(
            "--limit", type=_count, default=NUMBERS, help=f"numbers of cases, default {NUMBERS}"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        asked, measure = options["figure"], options["measure"]
        if bool(asked) == bool(measure):
            raise CommandError("Name a figure of a bulletin, or a measure with --measure.", returncode=WRONG)
        try:
            lines = self._counted(options) if measure else self._stored(asked, options["limit"])
        except (BadWords, CannotCountThere, NoSuchFigure) as fault:
            raise CommandError(str(fault), returncode=WRONG) from fault
        self.stdout.write("\n".join(lines))

    def _stored(self, asked: str, limit: int) -> list[str]:
        found = found_figure(asked)
        return told(stored_told(found, limit)) if not isinstance(found, list) else figures_told(found)

    def _counted(self, options: dict[str, Any]) -> list[str]:
        given = {name: options[name] for name in ("measure", "from", "to", "period")}
        asked = wanted(given, options["where"], centre_now())
        with counted_there(options["engine"], options["at"], asked.period) as standing:
            found = figure(asked.measure, period=asked.period, filters=asked.filters)
            rows, place = rows_of(found), place_of(standing)
        facts: list[Fact] = [
            *measure_told(found.measure),
            *question_told(found.period, found.filters),
            value_told(found.measure, found.value, found.numerator, found.denominator),
            place_said(place),
            *rows_told(rows, options["limit"]),
        ]
        return told(facts)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_NUMBERS:
        raise ArgumentTypeError(f"between 1 and {MOST_NUMBERS:,} numbers")
    return int(text)
