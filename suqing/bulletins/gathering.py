"""Counting what a daily bulletin says: every figure with its rows, its comparisons, and the typical cases.

Runs inside the snapshot of ``analytics.actions.snapshots``, so that all numbers speak of one moment.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from suqing.analytics.dimensions import UNKNOWN
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.queries import (
    NO_DATA,
    Base,
    Figure,
    Filter,
    Filters,
    Rows,
    Table,
    TableRow,
    against,
    compare,
    days_before,
    days_recorded,
    figure,
    risers,
    rows_of,
    series,
    table,
    where,
)
from suqing.analytics.registry import get
from suqing.bulletins.daily import REST_LABEL, UNKNOWN_LABEL, DailyFacts
from suqing.bulletins.local_policy import MARKS
from suqing.bulletins.models import BulletinFigure
from suqing.bulletins.typical import holds_another, typical_cases
from suqing.bulletins.wording import BaseFact, FigureFact
from suqing.kit.dates import local_day
from suqing.ledger.queries import setting

MATTERS = where(kind=("complaint", "report"))
CURVE_DAYS = 14
LINES = 8  # of a table, besides the rest and the unknown
TOPICS = 8
RISERS_SHOWN = 5

# key -> (measure, filters, whether compared)
SINGLES: dict[str, tuple[str, Filters, bool]] = {
    "contacts": ("contacts", (), True),
    "cases": ("cases_registered", (), True),
    "consultations": ("consultations_registered", (), True),
    "complaints": ("complaints_registered", (), True),
    "reports": ("reports_registered", (), True),
    "hot": ("cases_registered", MATTERS, True),
    "epidemic_cases": ("epidemic_cases_registered", (), True),
    "epidemic_share": ("epidemic_share", (), True),
    "epidemic_report_share": ("epidemic_report_share", (), False),
    "price_reports": ("price_reports_registered", (), True),
    "epidemic_price_reports": ("epidemic_price_reports_registered", (), True),
    "accepted": ("complaints_accepted", (), True),
    "refused": ("complaints_refused", (), False),
    "filed": ("reports_filed", (), False),
    "closed": ("cases_closed", (), True),
    "recovered": ("recovered_loss", (), False),
    "on_time": ("on_time_acceptance_rate", (), False),
    "overdue": ("overdue_cases", (), False),
}
# name of the table -> (measure, filters, dimension)
TABLES: dict[str, tuple[str, Filters, str]] = {
    "issue": ("cases_registered", MATTERS, "issue"),
    "object": ("cases_registered", MATTERS, "object"),
    "district": ("cases_registered", MATTERS, "district"),
    "goods": ("price_reports_registered", (), "goods_group"),
    "price_district": ("price_reports_registered", (), "district"),
}
RISING = ("issue", "object", "goods_group", "district")


@dataclass(frozen=True, slots=True)
class Gathered:
    """One figure as counted, ready to be stored and to be read."""

    key: str
    label: str
    figure: Figure
    rows: Rows
    comparison: tuple[Base | None, Base | None] = (None, None)
    mean: Decimal | None = None

    def fact(self) -> FigureFact:
        """What the composition reads."""
        previous, last_year = (_base_fact(base) for base in self.comparison)
        found = self.figure
        return FigureFact(
            self.key, self.label, str(found.measure.unit), _decimal(found.value), found.numerator, found.denominator,
            previous, last_year, self.mean,
        )  # fmt: skip

    def row(self) -> BulletinFigure:
        """What is stored, still without its bulletin."""
        found, (previous, last_year) = self.figure, self.comparison
        compared: dict[str, Any] = {}
        for name, base in (("previous", previous), ("last_year", last_year)):
            if base is not None:
                compared[name] = base_json(base)
        if self.mean is not None:
            compared["mean"] = str(self.mean)
        return BulletinFigure(
            key=self.key, label=self.label, measure=found.measure.code, unit=str(found.measure.unit),
            filters=[one.to_json() for one in found.filters], period=found.period.to_json(), value=found.value,
            numerator=found.numerator, denominator=found.denominator, compared=compared,
            case_ids=list(self.rows.cases), submission_ids=list(self.rows.submissions),
            numerator_ids=list(self.rows.numerator), amounts=list(self.rows.amounts),
        )  # fmt: skip


def _decimal(value: Decimal | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _text(value: Decimal | int | None) -> str | None:
    return None if value is None else str(value)


def _base_fact(base: Base | None) -> BaseFact | None:
    if base is None:
        return None
    return BaseFact(_decimal(base.value), _decimal(base.difference), base.ratio, base.missing)


def base_json(base: Base) -> dict[str, Any]:
    """What is stored of a comparison."""
    return {"period": base.period.to_json(), "value": _text(base.value), "difference": _text(base.difference),
            "ratio": _text(base.ratio), "missing": base.missing}  # fmt: skip


def fact_of(row: BulletinFigure) -> FigureFact:
    """A stored figure as the composition reads it."""
    bases = {name: _read_base(row.compared.get(name)) for name in ("previous", "last_year")}
    mean = row.compared.get("mean")
    return FigureFact(
        row.key, row.label, row.unit, row.value, row.numerator, row.denominator, bases["previous"],
        bases["last_year"], Decimal(mean) if mean else None,
    )  # fmt: skip


def _read_base(data: dict[str, Any] | None) -> BaseFact | None:
    if data is None:
        return None
    numbers = {
        name: Decimal(data[name]) if data[name] is not None else None
        for name in ("value", "difference", "ratio")
    }
    return BaseFact(**numbers, missing=data["missing"])


def counted(
    key: str, label: str, measure: str, filters: Filters, period: Period, compared: Collection[str]
) -> Gathered:
    """Count one figure with the comparisons that are named ("previous", "last_year", "mean")."""
    found = figure(measure, period=period, filters=filters)
    made = compare(found) if {"previous", "last_year"} & set(compared) else None
    previous = made.previous if made and "previous" in compared else None
    last_year = made.last_year if made and "last_year" in compared else None
    mean = mean_of(found, days_before(found.period)) if "mean" in compared else None
    return Gathered(key, label, found, rows_of(found), (previous, last_year), mean)


def counted_again(row: BulletinFigure, at: datetime) -> Gathered:
    """A stored figure as it counts at this moment; a day that was cut off reaches further, or to its end."""
    period = Period.from_json(row.period)
    if period.until is not None:
        period = replace(period, until=at if local_day(at, CENTRE_ZONE) == period.last else None)
    filters = tuple(Filter.from_json(one) for one in row.filters)
    return counted(row.key, row.label, row.measure, filters, period, row.compared)


def mean_of(found: Figure, days: Collection[date]) -> Decimal | None:
    """Per day of these recorded ones, up to the same time of day; one decimal."""
    if not days:
        return None
    until = found.period.until
    clock = until.astimezone(CENTRE_ZONE).time() if until else None
    periods = [Period(day, day, datetime.combine(day, clock, CENTRE_ZONE) if clock else None) for day in days]
    values = [figure(found.measure, period=one, filters=found.filters).value or 0 for one in periods]
    return (Decimal(sum(values)) / len(days)).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(slots=True)
class _Book:
    """The figures of one bulletin while they are counted."""

    period: Period
    kept: dict[str, Gathered] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)

    def keep(
        self, key: str, found: Figure, *, rows: Rows | None = None, label: str = "", **more: Any
    ) -> None:
        self.kept[key] = Gathered(key, label, found, rows_of(found) if rows is None else rows, **more)


def gather(day: date, at: datetime) -> tuple[DailyFacts, list[Gathered]]:
    """Count everything that the daily bulletin of this day says at this moment."""
    book = _Book(Period.of_day(day, at))
    for key, (measure, filters, is_compared) in SINGLES.items():
        found = figure(measure, period=book.period, filters=filters)
        book.keep(key, found, comparison=_compared(found) if is_compared else (None, None))
    for name, (measure, filters, dimension) in TABLES.items():
        _gather_table(book, name, measure, filters, dimension)
    topics = _gather_topics(book)
    _gather_risers(book)
    curve_days = _gather_curve(book)
    facts = DailyFacts(
        day=day,
        until=book.period.until,
        figures={key: one.fact() for key, one in book.kept.items()},
        lists=book.lists,
        curve_days=curve_days,
        history=len(days_before(book.period)),
        cases=typical_cases(topics, book.kept["hot"].rows.cases),
        marks=[(date.fromisoformat(marked), label) for marked, label in setting(MARKS.key)],
    )
    return facts, list(book.kept.values())


def _compared(found: Figure) -> tuple[Base, Base]:
    made = compare(found)
    return made.previous, made.last_year


def _gather_table(book: _Book, name: str, measure: str, filters: Filters, dimension: str) -> None:
    """The leading lines, the rest together, and the unknown always; each against the day before."""
    whole = "hot" if filters else "price_reports"
    now = table(measure, by=[dimension], period=book.period, filters=filters, with_keys=True)
    base = book.kept[whole].comparison[0]
    before: Table | None = None
    if base is not None and base.missing != NO_DATA:
        before = table(measure, by=[dimension], period=base.period, filters=filters)
    known = [row for row in now.rows if not row.is_unknown]
    shown, rest = known[:LINES], known[LINES:]
    book.lists[name] = []
    for place, row in enumerate(shown, start=1):
        _keep_line(book, name, str(place), row.labels[0], now, [row], before, row.values)
    if rest:
        values = tuple(row.values[0] for row in rest)
        _keep_line(book, name, "rest", REST_LABEL, now, rest, before, values)
    unknown = [row for row in now.rows if row.is_unknown]
    if now.rows:
        _keep_line(book, name, "unknown", UNKNOWN_LABEL, now, unknown, before, (UNKNOWN,))


def _keep_line(
    book: _Book, name: str, place: str, label: str, now: Table, rows: Sequence[TableRow], before: Table | None,
    values: tuple[str, ...],
) -> None:  # fmt: skip
    """Keep one line of a table: one value, or several together."""
    key = f"{name}.{place}"
    narrower = (*now.filters, Filter(now.by[0], values))
    cases = tuple(sorted(pk for row in rows for pk in now.keys[row.values]))
    value = sum(int(row.figure.value or 0) for row in rows)
    found = Figure(now.measure, now.period, narrower, value)
    previous = now.period.previous()
    old = None
    if before is not None:
        # A value that was among the rest today may have been among the leading ones before: count all its rows.
        old = sum(int(row.figure.value or 0) for row in before.rows if row.values[0] in values)
    base = Base(previous, None, None, None, NO_DATA) if old is None else against(value, old, previous)
    book.keep(key, found, rows=Rows(cases=cases), label=label, comparison=(base, None))
    book.lists[name].append(key)


def _gather_topics(book: _Book) -> list[tuple[str, tuple[int, ...]]]:
    """The topics of complaints and reports, most first; gives each with its cases."""
    found = table("cases_registered", by=["topic"], period=book.period, filters=MATTERS, with_keys=True)
    book.lists["topic"] = []
    kept = []
    for place, row in enumerate((row for row in found.rows if not row.is_unknown), start=1):
        if place > TOPICS:
            break
        key = f"topic.{place}"
        cases = found.keys[row.values]
        book.keep(key, row.figure, rows=Rows(cases=cases), label=row.labels[0])
        book.lists["topic"].append(key)
        kept.append((row.labels[0], cases))
    # For the lead: a wide topic that holds another of the list says less than the narrow ones.
    book.lists["leading_topic"] = [
        key
        for key, (_label, cases) in zip(book.lists["topic"], kept, strict=True)
        if not holds_another(cases, [one for _name, one in kept])
    ]
    return kept


def _gather_risers(book: _Book) -> None:
    rose = [
        (one, dimension)
        for dimension in RISING
        for one in risers("cases_registered", by=dimension, period=book.period, filters=MATTERS)
    ]
    rose.sort(key=lambda pair: (-pair[0].excess, pair[0].value))
    book.lists["rising"] = []
    for place, (one, _dimension) in enumerate(rose[:RISERS_SHOWN], start=1):
        book.keep(f"rising.{place}", one.figure, label=one.label, mean=one.mean)
        book.lists["rising"].append(f"rising.{place}")


def _gather_curve(book: _Book) -> list[date]:
    """Price reports of two weeks, a figure a day; days that were not recorded are gaps, not zeros."""
    period = book.period.extended_back(CURVE_DAYS - 1)
    measure = get("price_reports_registered")
    recorded = days_recorded(period)
    by_day = table(measure, by=["day"], period=period, with_keys=True)
    for day, found in series(measure, period=period):
        if day not in recorded:
            continue
        found = Figure(measure, Period.of_day(day, book.period.until), found.filters, found.value)
        cases = by_day.keys.get((day.isoformat(),), ())
        book.keep(f"price_day.{day.isoformat()}", found, rows=Rows(cases=cases), label=day.isoformat())
    return period.days
