from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from suqing.analytics.dimensions import NoSuchCut, UnknownDimension
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.queries import Filter, Filters, figure, table
from suqing.analytics.registry import UnknownMeasure, all_measures
from suqing.kit.dates import local_day
from suqing.ledger.queries import centre_now


class Command(BaseCommand):
    help = (
        "Print a figure of the centre, cut by up to two dimensions: figure reports_registered --by district"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("measure", nargs="?", help="code of a measure; without one, list them")
        parser.add_argument("--by", default="", help="one or two dimensions, separated by a comma")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="first day, default today")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="last day, default the first")
        parser.add_argument("--where", action="append", default=[], metavar="DIMENSION=VALUE,VALUE")

    def handle(self, *_args: Any, measure: str | None, by: str, **options: Any) -> None:
        if measure is None:
            for one in all_measures():
                self.stdout.write(f"{one.code:36} {one.unit:4} {one.stage:11} {one.name}")
            return
        first = options["first"] or local_day(centre_now(), CENTRE_ZONE)
        try:
            period = Period(first, options["last"] or first)
            self._print(measure, by, period, tuple(_filter(text) for text in options["where"]))
        except (UnknownMeasure, UnknownDimension, NoSuchCut, ValueError) as error:
            raise CommandError(f"{type(error).__name__}: {error}") from error

    def _print(self, measure: str, by: str, period: Period, filters: Filters) -> None:
        if not by:
            found = figure(measure, period=period, filters=filters)
            self.stdout.write(f"{found.value} {found.measure.unit}")
            return
        cut = table(measure, by=by.split(",")[:2], period=period, filters=filters)
        for row in cut.rows:
            self.stdout.write("\t".join((*row.labels, str(row.figure.value))))
        note = " (parts overlap)" if cut.overlaps else ""
        self.stdout.write(f"= {cut.total.value} {cut.measure.unit}{note}")


def _filter(text: str) -> Filter:
    dimension, equals, values = text.partition("=")
    if not equals:
        raise CommandError(f"--where takes DIMENSION=VALUE, not {text}")
    return Filter(dimension, tuple(values.split(",")))
