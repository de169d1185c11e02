"""The figures of one operator: what came in, what became of it, month by month and about what; each with its cases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.queries import Figure, Filters, figure, table, where
from suqing.analytics.registry import get
from suqing.cases.models import MarketEntity
from suqing.charts import echarts
from suqing.charts.spec import Axis, Chart, Series
from suqing.charts.spec import Kind as ChartKind
from suqing.kit.dates import local_day
from suqing.web.desks.figure_address import figure_url, measure_facts, value_text

REGISTERED = "cases_registered"
RESULTS = ("mediation_success_rate", "recovered_loss", "reports_penalised", "penalties")
MONTHS = 24  # shown of the trend; the figures count all years
TOP = 5


@dataclass(frozen=True, slots=True)
class EntityCounter:
    """Counts figures of one operator within the sight of one person."""

    person: Person
    entity: MarketEntity
    period: Period

    @property
    def mine(self) -> Filters:
        return where(entity=str(self.entity.pk))

    def url(self, found: Figure) -> str:
        """Where the cases stand: behind the figure, or for who sees no figures in the work list, if it can show them."""
        if can(self.person, Permission.FIGURE_VIEW):
            return figure_url(found)
        kept = {one.dimension: one.values for one in found.filters}
        if found.measure.code != REGISTERED or set(kept) - {"entity", "kind"}:
            return ""
        query = {"view": "all", "entity": str(self.entity.pk), "kind": "".join(kept.get("kind", ()))}
        query |= {"from": found.period.first.isoformat(), "to": found.period.last.isoformat()}
        return f"{reverse('cases')}?{urlencode({name: value for name, value in query.items() if value})}"

    def facts(self, found: Figure, label: str = "") -> dict[str, Any]:
        """The values that figure.html asks for."""
        told = measure_facts(found.measure)
        share = f" {found.numerator} ÷ {found.denominator}" if found.measure.is_share else ""
        local = " " + _("Local policy.") if found.measure.is_local else ""
        return {
            "label": label or told["name"],
            "value": found.value,
            "unit": told["unit"] if found.value is not None else "",
            "url": self.url(found),
            "definition": f"{told['definition']} {told['formula']}{share}{local}",
        }


def counter_of(person: Person, entity: MarketEntity, first: datetime | None, now: datetime) -> EntityCounter:
    """All time: from the day of the first case in sight."""
    today = local_day(now, CENTRE_ZONE)
    return EntityCounter(person, entity, Period(local_day(first, CENTRE_ZONE) if first else today, today))


def headline(counter: EntityCounter) -> list[dict[str, Any]]:
    """All cases, each kind that there is, and what came of them.  Six queries."""
    kinds = table(REGISTERED, by=["kind"], period=counter.period, filters=counter.mine, person=counter.person)
    made = [counter.facts(replace(kinds.total, filters=counter.mine))]
    made += [counter.facts(row.figure, row.labels[0]) for row in kinds.rows]
    for code in RESULTS:
        found = figure(code, period=counter.period, filters=counter.mine, person=counter.person)
        made.append(counter.facts(found))
    return made


def recent(counter: EntityCounter, since: datetime) -> dict[str, Any]:
    """Cases received of late, as a figure.  One query."""
    period = Period(local_day(since, CENTRE_ZONE), counter.period.last)
    found = figure(REGISTERED, period=period, filters=counter.mine, person=counter.person)
    return counter.facts(found) | {"count": found.value or 0}


def trend(counter: EntityCounter, theme: str) -> dict[str, Any]:
    """Cases received by month, the last MONTHS of them, with the same numbers as a table.  Two queries."""
    months = _months(counter.period)
    period = replace(counter.period, first=max(counter.period.first, months[0]))
    found = table(REGISTERED, by=["month"], period=period, filters=counter.mine, person=counter.person)
    figures = {row.values[0]: row.figure for row in found.rows}
    labels = [_("%(month)s/%(year)s") % {"month": one.month, "year": one.year} for one in months]
    values = [figures[key].value if (key := one.isoformat()) in figures else 0 for one in months]
    rows = [
        {"label": label, "value": value_text(value), "url": _month_url(counter, one) if value else ""}
        for label, value, one in zip(labels, values, months, strict=True)
    ]
    name = _("Cases received by month")
    line = Series(_("Cases"), tuple(float(value or 0) for value in values))
    chart = Chart(
        ChartKind.BAR, name, Axis(tuple(labels)), (line,), unit=measure_facts(found.measure)["unit"]
    )
    return {"option": echarts.option(chart, theme), "title": chart.heading, "rows": rows[::-1]}


def _months(period: Period) -> list[date]:
    """The first days of the months of a period, at most the last MONTHS."""
    last = period.last.year * 12 + period.last.month - 1
    first = max(period.first.year * 12 + period.first.month - 1, last - MONTHS + 1)
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1)]


def _month_url(counter: EntityCounter, first: date) -> str:
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    last = min(date.fromordinal(after.toordinal() - 1), counter.period.last)
    period = Period(max(first, counter.period.first), last)
    return counter.url(Figure(get(REGISTERED), period, counter.mine, None))


def tops(counter: EntityCounter) -> list[dict[str, Any]]:
    """What the cases are about: the classes and the topics with the most of them."""
    made = []
    for by, name in (("issue", _("Problem classes")), ("topic", _("Topics"))):
        found = table(REGISTERED, by=[by], period=counter.period, filters=counter.mine, person=counter.person)
        rows = [
            {"label": row.labels[0], "value": value_text(row.figure.value), "url": counter.url(row.figure)}
            for row in found.rows
            if not row.is_unknown
        ]
        made.append({"name": name, "rows": rows[:TOP]})
    return made
