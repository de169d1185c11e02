"""What the page of figures is made of: headline numbers, tables and the curve, each number with its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.analytics import dimensions
from suqing.analytics.dimensions import CASES, UNKNOWN
from suqing.analytics.periods import Period
from suqing.analytics.queries import (
    NO_DATA,
    Base,
    Figure,
    Filter,
    Filters,
    Number,
    Table,
    against,
    days_recorded,
    figure,
    table,
)
from suqing.analytics.registry import Counts, Measure, all_measures, get
from suqing.cases.vocabulary import LABELS, Kind
from suqing.charts import echarts
from suqing.charts.spec import Axis, Chart, Series
from suqing.charts.spec import Kind as ChartKind
from suqing.web.desks.figure_address import figure_url, measure_facts, value_text

N_ = str

# Registered, decided and closed are never put side by side without their names: they count different cases.
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        N_("Received and registered"),
        N_("by the time of receipt"),
        (
            "contacts",
            "cases_registered",
            "consultations_registered",
            "complaints_registered",
            "reports_registered",
        ),
    ),
    (
        N_("Epidemic and prices"),
        N_("registered, by the time of receipt"),
        (
            "epidemic_cases_registered",
            "epidemic_share",
            "price_reports_registered",
            "epidemic_price_reports_registered",
        ),
    ),
    (
        N_("Decisions"),
        N_("by the time of the decision"),
        ("complaints_accepted", "complaints_refused", "reports_filed"),
    ),
    (N_("Matters closed"), N_("by the time of closing"), ("cases_closed", "recovered_loss")),
    (N_("Statutory limits"), N_("by the day they end"), ("on_time_acceptance_rate", "overdue_cases")),
)
CUTS = ("issue", "object", "channel", "topic")
PIVOT = ("district", "kind")
LINES = 10
CURVE_DAYS = 14


@dataclass(slots=True)
class Counter:
    """Counts figures of one page for one person; whether a period is on record is asked once."""

    person: Person
    period: Period
    filters: Filters = ()
    recorded: dict[tuple[date, date], bool] = field(default_factory=dict)

    def has(self, measure: Measure) -> bool:
        """Whether the rows of the measure can be narrowed by the filters of the page."""
        return all(measure.source in dimensions.get(one.dimension).sources for one in self.filters)

    def is_recorded(self, period: Period) -> bool:
        """Whether the centre has any record of the period."""
        place = (period.first, period.last)
        if place not in self.recorded:
            self.recorded[place] = bool(days_recorded(replace(period, until=None)))
        return self.recorded[place]

    def count(self, code: str) -> Figure:
        return figure(code, period=self.period, filters=self.filters, person=self.person)

    def bases(self, found: Figure) -> tuple[Base, Base]:
        """The period before and the same days of last year, by the rule of ``analytics.queries.compare``."""
        return self._base(found, found.period.previous()), self._base(found, found.period.same_last_year())

    def _base(self, found: Figure, period: Period) -> Base:
        value = figure(found.measure, period=period, filters=found.filters, person=self.person).value
        if not value and not self.is_recorded(period):
            return Base(period, None, None, None, NO_DATA)
        return against(found.value, value, period, is_share=found.measure.is_share)

    def cut(self, measure: Measure, by: Sequence[str], period: Period | None = None) -> Table:
        return table(measure, by=by, period=period or self.period, filters=self.filters, person=self.person)

    @property
    def has_before(self) -> bool:
        """Whether anything is known of the period before."""
        return self.is_recorded(self.period.previous())


def measures_to_cut() -> list[Measure]:
    """The measures that the tables and the curve can show: numbers of cases that happen at a time."""
    return [
        one
        for one in all_measures()
        if one.counts is Counts.CASES and one.stock is None and one.source is CASES
    ]


# Headline


def headline(counter: Counter) -> list[dict[str, Any]]:
    """The groups of headline figures; those that the filters do not fit are left out."""
    groups = []
    for name, placed, codes in GROUPS:
        figures = [_headline_figure(counter, code) for code in codes if counter.has(get(code))]
        if figures:
            groups.append({"name": _(name), "placed": _(placed), "figures": figures})
    return groups


def _headline_figure(counter: Counter, code: str) -> dict[str, Any]:
    found = counter.count(code)
    previous, last_year = counter.bases(found)
    return {
        **number_facts(found),
        **measure_facts(found.measure),
        "code": code,
        "part": found.numerator,
        "whole": found.denominator,
        "comparisons": [base_facts(found, previous, "previous"), base_facts(found, last_year, "last_year")],
    }


def number_facts(found: Figure) -> dict[str, Any]:
    """A number and the page of what it counts."""
    return {"value": value_text(found.value), "url": figure_url(found), "is_zero": not found.value}


def base_facts(found: Figure, base: Base, which: str) -> dict[str, str]:
    """A comparison in words: 环比 +18.4%, the base with its address, or why there is none."""
    word = {"previous": _("on previous"), "last_year": _("on last year")}[which]
    facts = {"word": word, "text": "", "direction": "", "base": "", "url": "", "why": ""}
    if base.missing == NO_DATA or base.value is None:
        return facts | {"why": _("no base")}
    sign = "%" if found.measure.is_share else ""
    shown = {"base": f"{value_text(base.value)}{sign}", "url": figure_url(replace(found, period=base.period))}
    if base.missing:
        return facts | shown | {"why": _("not comparable")}
    text, direction = change_text(base.ratio, base.difference)
    return facts | shown | {"text": text, "direction": direction}


def change_text(ratio: Number | None, difference: Number | None) -> tuple[str, str]:
    """+18.4%, or +2.1 points where there is no ratio, for a share; and up, down or flat."""
    change = ratio if ratio is not None else difference or 0
    if not change:
        return _("unchanged"), "flat"
    sign, direction = ("+", "up") if change > 0 else ("−", "down")
    amount = f"{sign}{abs(Decimal(change)):f}"
    return f"{amount}%" if ratio is not None else _("%(amount)s points") % {"amount": amount}, direction


# Tables


def cut_table(counter: Counter, measure: Measure, by: str, *, shown: int = LINES) -> dict[str, Any]:
    """A measure by one dimension against the period before: leading lines, the rest together, the unknown, the total."""
    now = counter.cut(measure, [by])
    before = counter.cut(measure, [by], counter.period.previous()) if counter.has_before else None
    old = {row.values[0]: row.figure.value or 0 for row in before.rows} if before else {}
    known = [row for row in now.rows if not row.is_unknown]
    groups = [(row.values, row.labels[0], row.figure.value or 0) for row in known[:shown]]
    rest, whole = known[shown:], now.total.value or 0
    if rest and not now.overlaps:
        values = tuple(row.values[0] for row in rest)
        label = _("Other (%(count)d)") % {"count": len(rest)}
        groups.append((values, label, sum(row.figure.value or 0 for row in rest)))
    groups += [(row.values, row.labels[0], row.figure.value or 0) for row in now.rows if row.is_unknown]
    lines = [
        _line(now, before, values, label, value, sum(old.get(one, 0) for one in values), whole)
        for values, label, value in groups
    ]
    total_before = before.total.value if before else None
    return {
        "by": by,
        "name": _(dimensions.get(by).name),
        "lines": lines,
        "hidden": len(rest),
        "overlaps": now.overlaps,
        "spreads": now.measure.spreads,
        "has_before": before is not None,
        "total": _numbers(now.total, before, total_before),
    }


def _line(
    now: Table,
    before: Table | None,
    values: tuple[str, ...],
    label: str,
    value: Number,
    old: Number,
    whole: Number,
) -> dict[str, Any]:
    found = Figure(now.measure, now.period, (*now.filters, Filter(now.by[0], values)), value)
    share = (Decimal(100) * value / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else Decimal(0)
    numbers = _numbers(found, before, old)
    return {"label": label, "is_unknown": values == (UNKNOWN,), "share": share, **numbers}


def _numbers(found: Figure, before: Table | None, old: Number | None) -> dict[str, Any]:
    """The number, the one of the period before, and the change."""
    facts = {**number_facts(found), "raw": found.value, "old_raw": old}
    if before is None:
        return facts | {"old": None, "change": None}
    base = against(found.value, old, before.period)
    text, direction = (
        change_text(base.ratio, base.difference) if not base.missing else (_("not comparable"), "")
    )
    earlier = replace(found, period=before.period, value=old)
    return facts | {"old": number_facts(earlier), "change": text, "direction": direction}


def pivot(counter: Counter, measure: Measure) -> dict[str, Any]:
    """Districts against kinds with both totals; every cell, empty ones too, opens its list."""
    found = counter.cut(measure, PIVOT)
    cells = {row.values: row.figure.value or 0 for row in found.rows}
    kinds = [str(kind) for kind in Kind if any(values[1] == kind for values in cells)]
    totals: dict[str, Number] = {}
    for values, value in cells.items():
        totals[values[0]] = totals.get(values[0], 0) + value
    named = {row.values[0]: row.labels[0] for row in found.rows}
    order = sorted(totals, key=lambda code: (code == UNKNOWN, -totals[code], code))

    def cell(value: Number, **where: str) -> dict[str, Any]:
        narrower = tuple(Filter(name, (one,)) for name, one in where.items())
        return {
            **number_facts(Figure(measure, found.period, (*found.filters, *narrower), value)),
            "raw": value,
        }

    return {
        "kinds": [_(LABELS[Kind(kind)]) for kind in kinds],
        "lines": [
            {
                "label": named[code],
                "is_unknown": code == UNKNOWN,
                "cells": [cell(cells.get((code, kind), 0), district=code, kind=kind) for kind in kinds],
                "total": cell(totals[code], district=code),
            }
            for code in order
        ],
        "totals": [
            cell(sum(value for values, value in cells.items() if values[1] == kind), kind=kind)
            for kind in kinds
        ],
        "total": cell(found.total.value or 0),
    }


# Curve


def curve(counter: Counter, measure: Measure, theme: str) -> dict[str, Any]:
    """Two weeks up to the end of the period, a line a kind; days without any record are gaps, not zeros."""
    period = replace(counter.period, first=counter.period.last).extended_back(CURVE_DAYS - 1)
    found = counter.cut(measure, ["day", "kind"], period)
    cells = {row.values: row.figure.value or 0 for row in found.rows}
    kinds = [kind for kind in Kind if any(values[1] == kind for values in cells)]
    recorded = days_recorded(period)
    known = [day in recorded for day in period.days]
    lines = [
        Series(_(LABELS[kind]), tuple(
            float(cells.get((day.isoformat(), kind), 0)) if is_known else None
            for day, is_known in zip(period.days, known, strict=True)
        ))
        for kind in kinds
    ]  # fmt: skip
    rows = [
        (day, is_known, _day_cells(found, cells, day, kinds))
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


def _day_cells(
    found: Table, cells: dict[tuple[str, ...], Number], day: date, kinds: Sequence[Kind]
) -> list[dict[str, Any]]:
    """The numbers of one day, the total last."""
    of_day = Period.of_day(day, found.period.until)
    values = [cells.get((day.isoformat(), kind), 0) for kind in kinds]
    plain = Figure(found.measure, of_day, found.filters, sum(values))
    made = [
        number_facts(replace(plain, value=value, filters=(*found.filters, Filter("kind", (str(kind),)))))
        for kind, value in zip(kinds, values, strict=True)
    ]
    return [*made, number_facts(plain)] if len(kinds) > 1 else made
