"""Numbers that were published elsewhere, beside the figures that this centre counts over the same days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from suqing.accounts.models import Person
from suqing.analytics.models import PublishedFigure
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.queries import Figure, Filter, figure
from suqing.kit.dates import local_day


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published number and the figure of the centre; ``is_running`` while the days are not over yet."""

    published: PublishedFigure
    figure: Figure
    is_running: bool

    @property
    def difference(self) -> Decimal:
        """How many more the centre counts; in the places of the published number."""
        counted = Decimal(str(self.figure.value or 0))
        return counted.quantize(Decimal(1).scaleb(-self.published.places)) - self.published.value


def is_published() -> bool:
    """Whether anything was published that could be compared."""
    return PublishedFigure.objects.exists()


def comparisons(person: Person, now: datetime) -> list[Comparison]:
    """Every published number in its order with the figure that this person may count."""
    today = local_day(now, CENTRE_ZONE)
    return [
        Comparison(row, _counted(row, person), is_running=row.last >= today)
        for row in PublishedFigure.objects.order_by("order")
    ]


def _counted(row: PublishedFigure, person: Person) -> Figure:
    filters = tuple(Filter(name, tuple(values)) for name, values in row.filters)
    return figure(row.measure, period=Period(row.first, row.last), filters=filters, person=person)
