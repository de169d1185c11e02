"""Figures: one number, a table of them, a curve, a comparison; and the rows behind each.

A figure shown to a person counts only rows that person may see, totals included; without a person it speaks for the
centre, as in a bulletin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models import Case as Choose
from django.db.models.functions import TruncDate

from suqing.accounts.models import Person
from suqing.accounts.queries import visible_unit_ids
from suqing.analytics import dimensions
from suqing.analytics.dimensions import UNKNOWN
from suqing.analytics.exports import LISTS, may_export, still_reaches
from suqing.analytics.models import Export
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.registry import Measure, Source, get
from suqing.analytics.rises import HISTORY, is_rise
from suqing.cases.models import Case, CaseQuerySet, Submission
from suqing.cases.queries import sees_all_cases, visible_cases
from suqing.kit.dates import DAY
from suqing.ledger.models import Event, JobProgress

Number = Decimal | int


@dataclass(frozen=True, slots=True)
class Filter:
    """Keep rows whose value of a dimension is one of these; "" is the unknown."""

    dimension: str
    values: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"dimension": self.dimension, "values": list(self.values)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Filter:
        return cls(data["dimension"], tuple(data["values"]))


Filters = tuple[Filter, ...]


def where(**values: str | Sequence[str]) -> Filters:
    """Filters from keywords: ``where(kind="report", district=["320508", ""])``."""
    found = ((code, (value,) if isinstance(value, str) else tuple(value)) for code, value in values.items())
    return tuple(Filter(code, value) for code, value in found)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with everything needed to find it again.  ``value`` is None for a share of nothing."""

    measure: Measure
    period: Period
    filters: Filters
    value: Number | None
    numerator: int | None = None
    denominator: int | None = None
    is_restricted: bool = False  # counted within one person's rights

    def address(self) -> dict[str, str]:
        """The figure as query parameters of a page: measure, from, to, and each filter by its dimension."""
        found = {
            "measure": self.measure.code,
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
        }
        if self.period.until:
            found["until"] = self.period.until.isoformat()
        return found | {f"where.{one.dimension}": ",".join(one.values) for one in self.filters}


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows behind a figure, in order.  ``cases`` is empty for contacts, ``amounts`` for all but sums."""

    cases: tuple[int, ...] = ()
    submissions: tuple[int, ...] = ()
    numerator: tuple[int, ...] = ()
    amounts: tuple[Decimal, ...] = ()


# One figure


def figure(
    measure: Measure | str, *, period: Period, filters: Filters = (), person: Person | None = None
) -> Figure:
    """Count a measure over a period.  One query."""
    measure = _measure(measure)
    counted = _counted(measure, period, filters, person).aggregate(**_aggregates(measure))
    return _figure(measure, period, filters, counted, person)


def _measure(measure: Measure | str) -> Measure:
    return get(measure) if isinstance(measure, str) else measure


def _counted(measure: Measure, period: Period, filters: Filters, person: Person | None) -> QuerySet[Any]:
    """The rows of a figure, each with ``counted_at``."""
    rows: QuerySet[Any] = _visible(measure.source, person).annotate(counted_at=F(measure.moment))
    rows = rows.filter(measure.within(period), measure.population())
    for one in filters:
        annotations, kept = dimensions.condition(one.dimension, one.values, measure.source)
        rows = rows.annotate(**annotations).filter(kept)
    return rows


def _visible(source: Source, person: Person | None) -> QuerySet[Any]:
    rows: QuerySet[Any] = source.model._default_manager.all()
    if person is None or not restricts(person):
        return rows
    cases = visible_cases(person)
    if source.case == "":
        return cases
    if source.case is not None:
        return rows.filter(Exists(cases.filter(pk=OuterRef(f"{source.case}_id"))))
    return rows.filter(_visible_contacts(person, cases))


def _visible_contacts(person: Person, cases: CaseQuerySet) -> Q:
    """Contacts of the person's units that became no case, and those of which the person may see a case."""
    none = ~Exists(Case.objects.filter(submission=OuterRef("pk")))
    mine = visible_unit_ids(person)
    barren = Q(none) if mine is None else Q(none) & Q(unit_id__in=mine)
    return barren | Q(Exists(cases.filter(submission=OuterRef("pk"))))


def restricts(person: Person) -> bool:
    """True if the person's rights hide any case, so that this person's totals are not the centre's."""
    return not sees_all_cases(person)


def _aggregates(measure: Measure, *, distinct: bool = False) -> dict[str, Any]:
    if measure.summed:
        return {"value": Sum(measure.source.path(measure.summed))}
    if measure.numerator is not None:
        return {
            "value": Count("pk", filter=measure.numerator(), distinct=distinct),
            "whole": Count("pk", distinct=distinct),
        }
    return {"value": Count(measure.distinct or "pk", distinct=distinct or bool(measure.distinct))}


def _figure(
    measure: Measure, period: Period, filters: Filters, counted: Mapping[str, Any], person: Person | None
) -> Figure:
    value = counted["value"] or 0
    restricted = person is not None and restricts(person)
    if not measure.is_share:
        return Figure(measure, period, filters, rounded(value, measure), is_restricted=restricted)
    whole = counted["whole"] or 0
    return Figure(measure, period, filters, share(value, whole, measure), value, whole, restricted)


def rounded(value: Number, measure: Measure) -> Number:
    """The number as the measure prints it: whole, or with its decimals, halves away from zero."""
    if measure.places == 0:
        return int(value)
    return Decimal(value).quantize(Decimal(1).scaleb(-measure.places), ROUND_HALF_UP)


def share(part: int, whole: int, measure: Measure) -> Number | None:
    """Part of the whole in per cent, None where there is no whole."""
    return rounded(Decimal(100) * part / whole, measure) if whole else None


def rows_of(figure: Figure, *, person: Person | None = None) -> Rows:
    """The rows behind a figure as they stand now: what a bulletin stores.  One query."""
    measure = figure.measure
    counted = _counted(measure, figure.period, figure.filters, person).order_by("pk")
    if measure.source.case is None:
        return Rows(submissions=tuple(counted.values_list("pk", flat=True)))
    key = f"{measure.source.case}_id" if measure.source.case else "pk"
    if measure.summed:
        found = list(counted.exclude(**{measure.summed: None}).values_list(key, measure.summed))
        return Rows(cases=tuple(pk for pk, _amount in found), amounts=tuple(amount for _pk, amount in found))
    if measure.numerator is not None:
        marked = list(counted.annotate(in_part=_as_value(measure.numerator())).values_list(key, "in_part"))
        return Rows(tuple(pk for pk, _in in marked), numerator=tuple(pk for pk, inside in marked if inside))
    keys = counted.values_list(key, flat=True)
    return Rows(cases=tuple(dict.fromkeys(keys) if measure.distinct else keys))


def _as_value(condition: Q) -> Any:
    return Choose(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def case_ids(figure: Figure, *, person: Person | None = None) -> list[int]:
    """The cases behind a figure, in order: the denominator's for a share, none for contacts."""
    return list(rows_of(figure, person=person).cases)


def cases_behind(figure: Figure, *, person: Person | None = None) -> CaseQuerySet:
    """The cases behind a figure as a list can show them; ``person`` must be given for a page."""
    counted = _counted(figure.measure, figure.period, figure.filters, person)
    source = figure.measure.source
    base = Case.objects.all() if person is None else visible_cases(person)
    if source.case is None:
        return base.filter(submission__in=counted.values("pk"))
    return base.filter(pk__in=counted.values(f"{source.case}_id" if source.case else "pk"))


def submissions_behind(figure: Figure, *, person: Person | None = None) -> QuerySet[Submission]:
    """The contacts behind a figure that counts contacts; none for other figures."""
    if figure.measure.source.case is not None:
        return Submission.objects.none()
    counted = _counted(figure.measure, figure.period, figure.filters, person)
    return Submission.objects.filter(pk__in=counted.values("pk"))


# Tables


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line: its values of the dimensions, their words, and the figure."""

    values: tuple[str, ...]
    labels: tuple[str, ...]
    figure: Figure

    @property
    def is_unknown(self) -> bool:
        return UNKNOWN in self.values


@dataclass(frozen=True, slots=True)
class Table:
    """A measure cut by one or two dimensions, most first.  ``overlaps`` says that the parts do not add up."""

    measure: Measure
    by: tuple[str, ...]
    period: Period
    filters: Filters
    rows: tuple[TableRow, ...]
    total: Figure
    overlaps: bool
    keys: Mapping[tuple[str, ...], tuple[int, ...]]  # rows behind each line, where they were asked for


def table(
    measure: Measure | str,
    *,
    by: Sequence[str],
    period: Period,
    filters: Filters = (),
    person: Person | None = None,
    with_keys: bool = False,
) -> Table:
    """Cut a measure by one or two dimensions.  One query for the numbers, one more for the total where parts overlap
    or are shares, and one for the words of each dimension that has names."""
    measure = _measure(measure)
    cuts = [dimensions.cut(code, measure.source) for code in by]
    overlaps = any(cut.overlaps for cut in cuts)
    names = [f"by_{cut.code}" for cut in cuts]
    rows = _counted(measure, period, filters, person)
    rows = rows.annotate(**{name: cut.express(measure.source) for name, cut in zip(names, cuts, strict=True)})
    aggregates = _aggregates(measure, distinct=overlaps)
    if with_keys:
        key = f"{measure.source.case}_id" if measure.source.case else "pk"
        aggregates["keys"] = ArrayAgg(key, distinct=overlaps or bool(measure.distinct), order_by=key)
    found = list(rows.order_by().values(*names).annotate(**aggregates))
    labels = [cut.labels(row[name] for row in found) for name, cut in zip(names, cuts, strict=True)]
    lines, keys = [], {}
    for row in found:
        values = tuple(row[name] for name in names)
        narrower = filters + tuple(
            Filter(cut.code, (value,)) for cut, value in zip(cuts, values, strict=True)
        )
        words = tuple(label[value] for label, value in zip(labels, values, strict=True))
        lines.append(TableRow(values, words, _figure(measure, period, narrower, row, person)))
        keys[values] = tuple(row.get("keys") or ())
    lines.sort(key=lambda line: (-(line.figure.value or 0), line.is_unknown, line.values))
    total = _total(measure, period, filters, lines, overlaps=overlaps, person=person)
    overlaps = overlaps or measure.spreads
    return Table(measure, tuple(by), period, filters, tuple(lines), total, overlaps, keys)


def _total(
    measure: Measure,
    period: Period,
    filters: Filters,
    lines: list[TableRow],
    *,
    overlaps: bool,
    person: Person | None,
) -> Figure:
    if overlaps or measure.is_share or measure.distinct:
        return figure(measure, period=period, filters=filters, person=person)
    value = sum((line.figure.value or 0 for line in lines), 0)
    return _figure(measure, period, filters, {"value": value}, person)


# Over time


def series(
    measure: Measure | str, *, period: Period, filters: Filters = (), person: Person | None = None
) -> list[tuple[date, Figure]]:
    """The measure for each local day of the period, days without rows too.  One query."""
    measure = _measure(measure)
    if measure.stock is not None:
        raise dimensions.NoSuchCut(f"{measure.code} is what stands at one moment, not what happens on a day")
    found = table(measure, by=["day"], period=period, filters=filters, person=person)
    by_day = {row.values[0]: row.figure for row in found.rows}
    nothing = {"value": 0, "whole": 0}
    made = []
    for day in period.days:
        of_day = Period.of_day(day, period.until)
        known = by_day.get(day.isoformat())
        plain = replace(known, period=of_day, filters=filters) if known else None
        made.append((day, plain or _figure(measure, of_day, filters, nothing, person)))
    return made


@dataclass(frozen=True, slots=True)
class Base:
    """What a figure is compared with.  ``ratio`` is the change in per cent (a rise *by*, not *to*), for shares the
    difference in percentage points stands alone.  ``missing`` is "no_data", "zero" or ""."""

    period: Period
    value: Number | None
    difference: Number | None
    ratio: Decimal | None
    missing: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure against the period before (环比) and the same days of the year before (同比)."""

    figure: Figure
    previous: Base
    last_year: Base


NO_DATA, ZERO = "no_data", "zero"


def compare(found: Figure, *, person: Person | None = None) -> Comparison:
    """Compare a figure with its two bases.  Two queries, and one for each base that is nothing."""
    periods = (found.period.previous(), found.period.same_last_year())
    previous, last_year = (_base(found, period, person) for period in periods)
    return Comparison(found, previous, last_year)


def _base(found: Figure, period: Period, person: Person | None) -> Base:
    base = figure(found.measure, period=period, filters=found.filters, person=person).value
    if not base and not days_recorded(replace(period, until=None)):
        return Base(period, None, None, None, NO_DATA)
    return against(found.value, base, period, is_share=found.measure.is_share)


def days_recorded(period: Period) -> set[date]:
    """The days of which the centre has any record.  A centre is never without a contact for a whole day, so a day
    without one was not recorded here, and its zeros are no zeros."""
    start, end = period.bounds
    contacts = Submission.objects.filter(received_at__gte=start, received_at__lt=end)
    days = contacts.annotate(day=TruncDate("received_at", tzinfo=CENTRE_ZONE)).order_by()
    return set(days.values_list("day", flat=True).distinct())


def against(value: Number | None, base: Number | None, period: Period, *, is_share: bool = False) -> Base:
    """Compare two numbers: the difference, and the change in per cent where the base allows it."""
    if value is None or base is None:
        return Base(period, base, None, None, NO_DATA)
    difference = value - base
    if is_share:
        return Base(period, base, difference, None, "")
    if base == 0:
        return Base(period, base, difference, None, ZERO)
    ratio = (Decimal(100) * difference / base).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Base(period, base, difference, ratio, "")


@dataclass(frozen=True, slots=True)
class Riser:
    """A value of a dimension that rose: its figure, and the mean of the days before up to the same time of day."""

    value: str
    label: str
    figure: Figure
    before: int
    days: int

    @property
    def mean(self) -> Decimal:
        """Per day, one decimal."""
        return (Decimal(self.before) / self.days).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def excess(self) -> Decimal:
        return Decimal(self.figure.value or 0) - Decimal(self.before) / self.days


def risers(
    measure: Measure | str, *, by: str, period: Period, filters: Filters = (), person: Person | None = None
) -> list[Riser]:
    """What rose on the one day of ``period`` against the days before it, by the rule of ``rises``; most first.

    The unknown is left out: it rises when registration gets worse, not when something happens.
    """
    measure = _measure(measure)
    days = 0 if period.length != 1 else len(days_before(period))
    if days < 1:
        return []
    cut = dimensions.cut(by, measure.source)
    day = Q(counted_at__gte=period.bounds[0])
    rows = _counted(measure, period.extended_back(HISTORY), filters, person)
    if period.until is not None:
        rows = rows.filter(counted_at__time__lt=period.until.astimezone(CENTRE_ZONE).time())
    found = (
        rows.annotate(cut_value=cut.express(measure.source)).order_by().values("cut_value")
        .annotate(on_day=Count("pk", filter=day, distinct=True), before=Count("pk", filter=~day, distinct=True))
    )  # fmt: skip
    rose = [
        row for row in found if row["cut_value"] != UNKNOWN and is_rise(row["on_day"], row["before"], days)
    ]
    labels = cut.labels(row["cut_value"] for row in rose)
    made = [
        Riser(
            row["cut_value"], labels[row["cut_value"]],
            _figure(measure, period, (*filters, Filter(by, (row["cut_value"],))), {"value": row["on_day"]}, person),
            row["before"], days,
        )
        for row in rose
    ]  # fmt: skip
    return sorted(made, key=lambda one: (-one.excess, one.value))


def days_before(period: Period) -> set[date]:
    """The recorded days among the HISTORY before a period, which rises are measured against."""
    return days_recorded(Period(period.first - HISTORY * DAY, period.first - DAY))


# Lists written to files


def exports_waiting() -> list[UUID]:
    """The lists still to be written, those whose writer died included, oldest first."""
    waiting = Export.objects.filter(state__in=[Export.State.WAITING, Export.State.RUNNING])
    return list(waiting.order_by("asked_at", "id").values_list("ref", flat=True))


def exports_moving(person: Person) -> int:
    """How many lists of this person are still to be written or being written."""
    return Export.objects.filter(
        asked_by=person, state__in=[Export.State.WAITING, Export.State.RUNNING]
    ).count()


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export as its owner sees it; ``written`` is how many rows there are in the file so far."""

    export: Export
    written: int


def exports_of(person: Person, limit: int = 100) -> list[ExportView]:
    """What the person had written, newest first; two queries."""
    rows = list(Export.objects.filter(asked_by=person).order_by("-asked_at", "-id")[:limit])
    running = [row.progress for row in rows if row.state == Export.State.RUNNING and row.progress]
    progress = JobProgress.objects.in_bulk(running) if running else {}
    return [ExportView(row, _written(row, progress)) for row in rows]


def _written(export: Export, progress: Mapping[int, JobProgress]) -> int:
    known = progress.get(export.progress or 0)
    return known.done if known and export.state == Export.State.RUNNING else export.done


def export_to_fetch(person: Person, ref: UUID, now: datetime) -> Export:
    """The person's file, if it is there and their rights still reach what it was written with.

    Raise Export.DoesNotExist else: somebody else's, one that has expired and one that never was look the same.
    """
    export = Export.objects.get(ref=ref, asked_by=person, state=Export.State.DONE, expires_at__gt=now)
    known = LISTS.get(export.list_code)
    if not export.file_key or known is None or not may_export(person, known):
        raise Export.DoesNotExist
    if not still_reaches(person, export.scope, is_masked=export.is_masked) or may_hold_erased(export):
        raise Export.DoesNotExist
    return export


def may_hold_erased(export: Export) -> bool:
    """Whether somebody was erased since this file with unmasked data was read: then it may name them."""
    if export.is_masked:
        return False
    erased = Event.objects.filter(verb="party.erased")
    # An erasure without a position yet may have come after the reading too.
    return erased.filter(Q(position__gt=export.position) | Q(position=None)).exists()
