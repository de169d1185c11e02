"""Keeps the numbers that were published elsewhere, beside which the pages show their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from suqing.accounts.queries import Actor
from suqing.analytics import registry
from suqing.analytics.models import PublishedFigure
from suqing.analytics.published import Published
from suqing.ledger.actions import record


@transaction.atomic
def put_published(rows: Sequence[Published], *, by: Actor, at: datetime) -> None:
    """Replace all published numbers by these, in their order.  Raise UnknownMeasure."""
    made = [_row(order, row) for order, row in enumerate(rows)]
    PublishedFigure.objects.all().delete()
    PublishedFigure.objects.bulk_create(made)
    record("published_figures.put", ("published_figures", "all"), by=by, at=at, data={"count": len(made)})


def _row(order: int, row: Published) -> PublishedFigure:
    registry.get(row.measure)
    return PublishedFigure(
        order=order,
        measure=row.measure,
        filters=[[name, list(values)] for name, values in row.filters],
        first=row.first,
        last=row.last,
        value=Decimal(row.value),
        printed=row.printed,
        source=row.source,
        is_derived=row.is_derived,
    )
