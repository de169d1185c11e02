"""What the page of figures is made of: headline numbers, tables and the curve, each number with its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.analytics import dimensions
from suqing.analytics.facts import CASES, UNKNOWN
from suqing.analytics.lunar import LunarYearMissing
from suqing.analytics.period_kinds import NoCounterpart
from suqing.analytics.periods import Against, Period
from suqing.analytics.queries import (
    NO_DATA,
    Base,
    Figure,
    Filter,
    Filters,
    Number,
    Table,
    TableRow,
    against,
    figures,
    is_recorded,
    table,
)
from suqing.analytics.registry import Counts, Measure, all_measures, get
from suqing.analytics.withholding import withhold
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
MOST_LINES = 200  # of a table that was asked for whole; the file holds all
MOST_VALUES = 60


# What is compared unless the reader chooses otherwise.
SWITCHES = (Against.PREVIOUS, Against.LAST_YEAR)
SWITCH_WORDS = {
    Against.PREVIOUS: N_("on previous"),
    Against.LAST_YEAR: N_("on last year"),
    Against.LUNAR_YEAR: N_("on the lunar year before"),
}
BASE_WORDS = {
    Against.PREVIOUS: N_("Period before"),
    Against.LAST_YEAR: N_("Year before"),
    Against.LUNAR_YEAR: N_("Lunar year before"),
}


def base_of(period: Period, switch: Against) -> Period | None:
    """What the period is compared with; None where there is no such period."""
    try:
        return period.base(switch)
    except (NoCounterpart, LunarYearMissing):
        return None


@dataclass(slots=True)
class Counter:
    """Counts figures of one page for one person; whether a period is on record is asked once.

    ``least``: numbers below it are withheld from tables.
    """

    person: Person
    period: Period
    filters: Filters = ()
    switches: tuple[Against, ...] = SWITCHES
    least: int = 0
    recorded: dict[tuple[date, date], bool] = field(default_factory=dict)
    counted: dict[tuple[str, Period], Figure] = field(default_factory=dict)

    def has(self, measure: Measure) -> bool:
        """Whether the rows of the measure can be narrowed by the filters of the page."""
        return all(measure.source in dimensions.get(one.dimension).sources for one in self.filters)

    def is_recorded(self, period: Period) -> bool:
        """Whether the centre has any record of the period."""
        place = (period.first, period.last)
        if place not in self.recorded:
            self.recorded[place] = is_recorded(replace(period, until=None))
        return self.recorded[place]

    def count_all(self, measures: Sequence[Measure]) -> None:
        """Count these over the period and all its bases in few queries; ``count`` and ``bases`` find them then."""
        bases = (base_of(self.period, one) for one in self.switches)
        periods = (self.period, *(one for one in bases if one is not None))
        self.counted |= figures(measures, periods=periods, filters=self.filters, person=self.person)

    def count(self, measure: Measure, period: Period) -> Figure:
        """The figure of the page's filters, counted once."""
        if (measure.code, period) not in self.counted:
            self.count_all([measure])
        return self.counted[measure.code, period]

    def bases(self, found: Figure) -> dict[Against, Base]:
        """What it is compared with, by the rule of ``analytics.queries.compare``."""
        return {one: self._base(found, base_of(found.period, one)) for one in self.switches}

    def _base(self, found: Figure, period: Period | None) -> Base:
        if period is None:
            return Base(found.period, None, None, None, NO_DATA)
        value = self.count(found.measure, period).value
        if not value and not self.is_recorded(period):
            return Base(period, None, None, None, NO_DATA)
        return against(found.value, value, period, is_share=found.measure.is_share)

    def cut(self, measure: Measure, by: Sequence[str], period: Period | None = None) -> Table:
        """A table without its small numbers."""
        return withhold(self.whole(measure, by, period), self.least, person=self.person)

    def whole(self, measure: Measure, by: Sequence[str], period: Period | None = None) -> Table:
        """A table with all its numbers."""
        return table(measure, by=by, period=period or self.period, filters=self.filters, person=self.person)

    @property
    def before(self) -> Period | None:
        """What tables are compared with: the first base that is asked for, if anything is known of it."""
        period = base_of(self.period, self.switches[0]) if self.switches else None
        return period if period is not None and self.is_recorded(period) else None


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
    known = [
        (name, placed, [get(code) for code in codes if counter.has(get(code))])
        for name, placed, codes in GROUPS
    ]
    counter.count_all([one for _name, _placed, measures in known for one in measures])
    return [
        {
            "name": _(name),
            "placed": _(placed),
            "figures": [_headline_figure(counter, one) for one in measures],
        }
        for name, placed, measures in known
        if measures
    ]


def _headline_figure(counter: Counter, measure: Measure) -> dict[str, Any]:
    found = counter.count(measure, counter.period)
    return {
        **number_facts(found),
        **measure_facts(found.measure),
        "code": measure.code,
        "part": found.numerator,
        "whole": found.denominator,
        "comparisons": [base_facts(found, base, one) for one, base in counter.bases(found).items()],
    }


def number_facts(found: Figure, least: int = 0) -> dict[str, Any]:
    """A number and the page of what it counts; one that is withheld has no page."""
    if found.is_withheld:
        return {"value": f"<{least}", "url": "", "is_zero": False, "is_withheld": True}
    # Thousands of values have no address that a browser can hold.
    is_short = sum(len(one.values) for one in found.filters) <= MOST_VALUES
    return {
        "value": value_text(found.value),
        "url": figure_url(found) if is_short else "",
        "is_zero": not found.value,
    }


def base_facts(found: Figure, base: Base, switch: Against) -> dict[str, str]:
    """A comparison in words: 环比 +18.4%, the base with its address, or why there is none."""
    word = _(SWITCH_WORDS[switch])
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
    """A measure by one dimension against its first base: leading lines, the rest together, the unknown, the total."""
    now, period = counter.cut(measure, [by]), counter.before
    before = counter.cut(measure, [by], period) if period else None
    old = {row.values[0]: row.figure for row in before.rows} if before else {}
    known = [row for row in now.rows if not row.is_unknown]
    rest = known[shown:]
    lines = [_line(now, before, row, old.get(row.values[0]), counter.least) for row in known[:shown]]
    if rest and not now.overlaps and not any(row.figure.is_withheld for row in rest):
        lines.append(_others(now, before, rest, old, counter.least))
    lines += [_line(now, before, row, old.get(UNKNOWN), counter.least) for row in now.rows if row.is_unknown]
    return {
        "by": by,
        "name": _(dimensions.get(by).name),
        "lines": lines,
        "hidden": len(rest),
        "overlaps": now.overlaps,
        "spreads": now.measure.spreads,
        "has_before": before is not None,
        "before_name": _(BASE_WORDS[counter.switches[0]]) if counter.switches else "",
        "change_name": _(SWITCH_WORDS[counter.switches[0]]) if counter.switches else "",
        "least": counter.least if now.is_withheld_somewhere else 0,
        "total": _numbers(now.total, before, before.total if before else None, counter.least),
    }


def _line(now: Table, before: Table | None, row: TableRow, old: Figure | None, least: int) -> dict[str, Any]:
    numbers = _numbers(row.figure, before, old, least)
    share = share_of(row.figure.value, now.total.value)
    return {"label": row.labels[0], "is_unknown": row.is_unknown, "share": share, **numbers}


def _others(
    now: Table, before: Table | None, rest: Sequence[TableRow], old: Mapping[str, Figure], least: int
) -> dict[str, Any]:
    """Several lines as one; their base is told unless one of it is withheld."""
    values = tuple(row.values[0] for row in rest)
    value = sum(row.figure.value or 0 for row in rest)
    found = Figure(now.measure, now.period, (*now.filters, Filter(now.by[0], values)), value)
    olds = [old[one] for one in values if one in old]
    earlier = None
    if before is not None:
        is_told = not any(one.is_withheld for one in olds)
        earlier = replace(
            found, period=before.period, value=sum(one.value or 0 for one in olds) if is_told else None,
            is_withheld=not is_told,
        )  # fmt: skip
    label = _("Other (%(count)d)") % {"count": len(rest)}
    numbers = _numbers(found, before, earlier, least)
    return {"label": label, "is_unknown": False, "share": share_of(value, now.total.value), **numbers}


def share_of(value: Number | None, whole: Number | None) -> Decimal | None:
    """Per cent of the total; None where a number is withheld."""
    if value is None or whole is None:
        return None
    return (Decimal(100) * value / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else Decimal(0)


def _numbers(found: Figure, before: Table | None, old: Figure | None, least: int) -> dict[str, Any]:
    """The number, its base, and the change; of a line that was not there before the base is nought."""
    facts = {
        **number_facts(found, least),
        "raw": f"<{least}" if found.is_withheld else found.value,
        "old_raw": None,
    }
    if before is None:
        return facts | {"old": None, "change": None}
    earlier = old or replace(found, period=before.period, value=0, is_withheld=False)
    facts |= {
        "old": number_facts(earlier, least),
        "old_raw": f"<{least}" if earlier.is_withheld else earlier.value,
    }
    if found.is_withheld or earlier.is_withheld:
        return facts | {"change": None, "direction": ""}
    base = against(found.value, earlier.value, before.period)
    text, direction = (
        change_text(base.ratio, base.difference) if not base.missing else (_("not comparable"), "")
    )
    return facts | {"change": text, "direction": direction}
