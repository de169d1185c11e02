"""The curve of the page of figures: two weeks as lines, and the same numbers as a table of links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from suqing.analytics.periods import Period
from suqing.analytics.queries import Figure, Filter, Table, days_recorded
from suqing.analytics.registry import Measure
from suqing.cases.vocabulary import LABELS, Kind
from suqing.charts import echarts
from suqing.charts.spec import Axis, Chart, Series
from suqing.charts.spec import Kind as ChartKind
from suqing.web.desks.figure_address import measure_facts
from suqing.web.desks.figure_panels import Counter, number_facts

CURVE_DAYS = 14
Cells = dict[tuple[str, ...], Figure]


def curve(counter: Counter, measure: Measure, theme: str) -> dict[str, Any]:
    """Two weeks up to the end of the period, a line a kind; days without any record are gaps, not zeros, and so are
    days whose number is withheld."""
    period = replace(counter.period, first=counter.period.last).extended_back(CURVE_DAYS - 1)
    found = counter.cut(measure, ["day", "kind"], period)
    cells = {row.values: row.figure for row in found.rows}
    kinds = [kind for kind in Kind if any(values[1] == kind for values in cells)]
    recorded = days_recorded(period)
    known = [day in recorded for day in period.days]
    lines = [
        Series(_(LABELS[kind]), tuple(
            _height(cells.get((day.isoformat(), kind))) if is_known else None
            for day, is_known in zip(period.days, known, strict=True)
        ))
        for kind in kinds
    ]  # fmt: skip
    rows = [
        (day, is_known, _day_cells(found, cells, day, kinds, counter.least))
        for day, is_known in zip(period.days, known, strict=True)
    ]
    facts = {"kinds": [one.name for one in lines], "rows": rows[::-1], "is_empty": not lines}
    if lines:
        name = _("%(measure)s per day") % {"measure": _(measure.name)}
        chart = Chart(
            ChartKind.LINE, name, Axis.of_days(period.days), tuple(lines), unit=measure_facts(measure)["unit"]
        )
        facts |= {"option": echarts.option(chart, theme), "title": chart.heading}
    return facts


def _height(found: Figure | None) -> float | None:
    if found is None:
        return 0.0
    return None if found.value is None else float(found.value)


def _day_cells(
    found: Table, cells: Cells, day: date, kinds: Sequence[Kind], least: int
) -> list[dict[str, Any]]:
    """The numbers of one day, the total last; it is withheld where one of its parts is."""
    of_day = Period.of_day(day, found.period.until)
    plain = Figure(found.measure, of_day, found.filters, 0)
    numbers = [cells.get((day.isoformat(), kind), plain) for kind in kinds]
    made = [
        number_facts(
            replace(
                plain,
                value=one.value,
                is_withheld=one.is_withheld,
                filters=(*found.filters, Filter("kind", (str(kind),))),
            ),
            least,
        )
        for kind, one in zip(kinds, numbers, strict=True)
    ]
    if len(kinds) < 2:
        return made
    is_withheld = any(one.is_withheld for one in numbers)
    whole = replace(
        plain, value=None if is_withheld else sum(one.value or 0 for one in numbers), is_withheld=is_withheld
    )
    return [*made, number_facts(whole, least)]
