"""Figures: one number, a table of them, a curve, a comparison; and the rows behind each.

A figure shown to a person counts only rows that person may see, totals included; without a person it speaks for the
centre, as in a bulletin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDate

from suqing.accounts.models import Person
from suqing.analytics import dimensions
from suqing.analytics.conditions import AllOf, AnyOf, Condition, within
from suqing.analytics.engine.postgres import counted
from suqing.analytics.engine.questions import (
    WHOLE_SIGHT,
    Counted,
    Engine,
    Filter,
    Filters,
    Number,
    Question,
    Rows,
    Sight,
)
from suqing.analytics.exports import LISTS, may_export, still_reaches
from suqing.analytics.facts import CASES, UNKNOWN
from suqing.analytics.lunar import LunarYearMissing
from suqing.analytics.models import Export
from suqing.analytics.period_kinds import NoCounterpart
from suqing.analytics.periods import CENTRE_ZONE, Against, Period
from suqing.analytics.registry import Measure, get
from suqing.analytics.rises import HISTORY, is_rise
from suqing.analytics.standing import standing_for
from suqing.cases.models import Case, CaseQuerySet, Submission
from suqing.cases.queries import sees_all_cases, visible_cases
from suqing.cases.queries.sight import units_in_sight
from suqing.kit.dates import DAY
from suqing.ledger.models import Event, JobProgress
from suqing.telephony.models import Call


def where(**values: str | Sequence[str]) -> Filters:
    """Filters from keywords: ``where(kind="report", district=["320508", ""])``."""
    found = ((code, (value,) if isinstance(value, str) else tuple(value)) for code, value in values.items())
    return tuple(Filter(code, value) for code, value in found)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with everything needed to find it again.  ``value`` is None for a share or a mean of nothing; of a mean
    ``numerator`` is the sum."""

    measure: Measure
    period: Period
    filters: Filters
    value: Number | None
    numerator: int | None = None
    denominator: int | None = None
    is_restricted: bool = False  # counted within one person's rights
    is_withheld: bool = False  # too small to be shown, or such a number could be worked out from it

    def address(self) -> dict[str, str]:
        """The figure as query parameters of a page: measure, from, to, and each filter by its dimension."""
        found = {
            "measure": self.measure.code,
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
        }
        if self.period.until:
            found["until"] = self.period.until.isoformat()
        if self.period.is_named:
            found["period"] = self.period.kind.value
        return found | {f"where.{one.dimension}": ",".join(one.values) for one in self.filters}


# One figure


def figure(
    measure: Measure | str, *, period: Period, filters: Filters = (), person: Person | None = None
) -> Figure:
    """Count a measure over a period.  One query."""
    measure = _measure(measure)
    (number,) = _engine(period).totals([_question(measure, period, filters, person)])
    return figure_of(measure, period, filters, number, person)


def figures(
    measures: Iterable[Measure | str],
    *,
    periods: Sequence[Period],
    filters: Filters = (),
    person: Person | None = None,
) -> dict[tuple[str, Period], Figure]:
    """Count many measures over several periods, by code and period.  One query for all that count the same rows by the
    same moment; what stands at one moment is counted one by one."""
    known = [(one, one.as_policy_is()) for one in map(_measure, measures)]
    asked = [(one, now, period) for one, now in known for period in dict.fromkeys(periods)]
    questions = [_question(now, period, filters, person) for _one, now, period in asked]
    numbers = _engine(*periods).totals(questions)
    return {
        (one.code, period): figure_of(one, period, filters, number, person)
        for (one, _now, period), number in zip(asked, numbers, strict=True)
    }


def _question(
    measure: Measure, period: Period, filters: Filters, person: Person | None, **other: Condition
) -> Question:
    kept = AllOf(
        tuple(
            dimensions.condition(one.dimension, one.values, measure.source, measure.moment) for one in filters
        )
    )
    return Question(measure.as_policy_is(), period, kept, sight_of(person), **other)


def _asked(found: Figure, person: Person | None) -> Question:
    return _question(found.measure, found.period, found.filters, person)


def sight_of(person: Person | None) -> Sight:
    """What a figure for this person counts; without a person it speaks for the centre."""
    if person is None:
        return WHOLE_SIGHT
    sight = units_in_sight(person)
    return Sight(sight.units, sight.report_units, person.pk)


def _engine(*periods: Period) -> Engine:
    return standing_for(*periods).engine


def _measure(measure: Measure | str) -> Measure:
    return get(measure) if isinstance(measure, str) else measure


def restricts(person: Person) -> bool:
    """True if the person's rights hide any case, so that this person's totals are not the centre's."""
    return not sees_all_cases(person)


def figure_of(
    measure: Measure, period: Period, filters: Filters, counted: Counted, person: Person | None
) -> Figure:
    """The figure of a number that was counted."""
    restricted = person is not None and restricts(person)
    if not measure.is_ratio:
        return Figure(measure, period, filters, rounded(counted.value, measure), is_restricted=restricted)
    part, whole = int(counted.value), counted.whole
    value = share(part, whole, measure) if measure.is_share else mean(part, whole, measure)
    return Figure(measure, period, filters, value, part, whole, restricted)


def rounded(value: Number, measure: Measure) -> Number:
    """The number as the measure prints it: whole, or with its decimals, halves away from zero."""
    found = Decimal(value).quantize(Decimal(1).scaleb(-measure.places), ROUND_HALF_UP)
    return found if measure.places else int(found)


def share(part: int, whole: int, measure: Measure) -> Number | None:
    """Part of the whole in per cent, None where there is no whole."""
    return rounded(Decimal(100) * part / whole, measure) if whole else None


def mean(total: int, count: int, measure: Measure) -> Number | None:
    """The mean in the unit of the measure, None of nothing."""
    return rounded(Decimal(total) / count / measure.per, measure) if count else None


def rows_of(figure: Figure, *, person: Person | None = None) -> Rows:
    """The rows behind a figure as they stand now: what a bulletin stores.  One query."""
    return _engine(figure.period).rows(_asked(figure, person))


def case_ids(figure: Figure, *, person: Person | None = None) -> list[int]:
    """The cases behind a figure, in order: the denominator's for a share, none for contacts."""
    return list(rows_of(figure, person=person).cases)


def cases_behind(figure: Figure, *, person: Person | None = None) -> CaseQuerySet:
    """The cases behind a figure as a list can show them; ``person`` must be given for a page.  Behind a sum they are those
    that add to it, each with its amount as ``summed``."""
    rows = counted(_asked(figure, person))
    source, summed = figure.measure.source, figure.measure.summed
    base = Case.objects.all() if person is None else visible_cases(person)
    if summed:
        base = base.annotate(summed=CASES.expression(summed)).exclude(summed=None)
    if source.name == "contacts":
        return base.filter(submission__in=rows.values("pk"))
    if source.case is None:
        return base.none()
    return base.filter(pk__in=rows.values(f"{source.case}_id" if source.case else "pk"))


def submissions_behind(figure: Figure, *, person: Person | None = None) -> QuerySet[Submission]:
    """The contacts behind a figure that counts contacts; none for other figures."""
    if figure.measure.source.name != "contacts":
        return Submission.objects.none()
    return Submission.objects.filter(pk__in=counted(_asked(figure, person)).values("pk"))


def calls_behind(figure: Figure, *, person: Person | None = None) -> QuerySet[Call]:
    """The calls behind a figure that counts calls; none for other figures."""
    if figure.measure.source.name != "calls":
        return Call.objects.none()
    return Call.objects.filter(pk__in=counted(_asked(figure, person)).values("pk"))


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
    withheld_margins: tuple[
        frozenset[str], ...
    ] = ()  # of each dimension, the values whose totals must not be shown

    @property
    def is_withheld_somewhere(self) -> bool:
        """Whether a number is left out because it is small."""
        return self.total.is_withheld or any(row.figure.is_withheld for row in self.rows)


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
    found = _engine(period).cut(_question(measure, period, filters, person), by, with_keys=with_keys)
    labels = [cut.labels(row.values[place] for row in found) for place, cut in enumerate(cuts)]
    lines = []
    for row in found:
        narrower = tuple(Filter(cut.code, (value,)) for cut, value in zip(cuts, row.values, strict=True))
        words = tuple(label[value] for label, value in zip(labels, row.values, strict=True))
        made = figure_of(measure, period, filters + narrower, row.counted, person)
        lines.append(TableRow(row.values, words, made))
    lines.sort(key=lambda line: (-(line.figure.value or 0), line.is_unknown, line.values))
    overlaps = any(cut.overlaps for cut in cuts)
    total = _total(measure, period, filters, lines, overlaps=overlaps, person=person)
    keys = {row.values: row.keys for row in found}
    return Table(measure, tuple(by), period, filters, tuple(lines), total, overlaps or measure.spreads, keys)


def _total(
    measure: Measure,
    period: Period,
    filters: Filters,
    lines: list[TableRow],
    *,
    overlaps: bool,
    person: Person | None,
) -> Figure:
    if overlaps or measure.is_ratio or measure.distinct:
        return figure(measure, period=period, filters=filters, person=person)
    value = sum((line.figure.value or 0 for line in lines), 0)
    return figure_of(measure, period, filters, Counted(value), person)


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
    made = []
    for day in period.days:
        of_day = Period.of_day(day, period.until)
        known = by_day.get(day.isoformat())
        plain = replace(known, period=of_day, filters=filters) if known else None
        made.append((day, plain or figure_of(measure, of_day, filters, Counted(), person)))
    return made


@dataclass(frozen=True, slots=True)
class Base:
    """What a figure is compared with.  ``ratio`` is the change in per cent (a rise *by*, not *to*), for shares the
    difference in percentage points stands alone.  ``missing`` is "no_data", "zero" or "".  Where no such period
    exists, ``period`` is the figure's own."""

    period: Period
    value: Number | None
    difference: Number | None
    ratio: Decimal | None
    missing: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure against its bases, those that were asked for."""

    figure: Figure
    bases: Mapping[Against, Base]

    @property
    def previous(self) -> Base:
        """The period before (环比)."""
        return self.bases[Against.PREVIOUS]

    @property
    def last_year(self) -> Base:
        """The same days or the period of the same name of the year before (同比)."""
        return self.bases[Against.LAST_YEAR]


NO_DATA, ZERO = "no_data", "zero"


def compare(
    found: Figure,
    *,
    switches: Sequence[Against] = (Against.PREVIOUS, Against.LAST_YEAR),
    person: Person | None = None,
) -> Comparison:
    """Compare a figure with its bases.  One query for all of them, and one for each base that is nothing."""
    periods = {one: _base_period(found.period, one) for one in switches}
    wanted = [period for period in periods.values() if period is not None]
    counted = figures([found.measure], periods=wanted, filters=found.filters, person=person)
    bases = {}
    for one, period in periods.items():
        bases[one] = _base(found, None if period is None else counted[found.measure.code, period])
    return Comparison(found, bases)


def _base_period(period: Period, switch: Against) -> Period | None:
    try:
        return period.base(switch)
    except (NoCounterpart, LunarYearMissing):
        return None


def _base(found: Figure, base: Figure | None) -> Base:
    if base is None:
        return Base(found.period, None, None, None, NO_DATA)
    if not base.value and not is_recorded(replace(base.period, until=None)):
        return Base(base.period, None, None, None, NO_DATA)
    return against(found.value, base.value, base.period, is_share=found.measure.is_share)


def days_recorded(period: Period) -> set[date]:
    """The days of which the centre has any record.  A centre is never without a contact for a whole day, so a day
    without one was not recorded here, and its zeros are no zeros."""
    start, end = period.bounds
    contacts = Submission.objects.filter(received_at__gte=start, received_at__lt=end)
    days = contacts.annotate(day=TruncDate("received_at", tzinfo=CENTRE_ZONE)).order_by()
    return set(days.values_list("day", flat=True).distinct())


def is_recorded(period: Period) -> bool:
    """Whether the centre has any record of the period."""
    start, end = period.bounds
    return Submission.objects.filter(received_at__gte=start, received_at__lt=end).exists()


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
    spans = [period]
    for _day in range(HISTORY):
        spans.append(spans[-1].previous())  # up to the same time of day
    on_day, *_before = placed = [within(measure.moment, *one.bounds) for one in spans]
    asked = _question(measure, period, filters, person, within=AnyOf(tuple(placed)), part=on_day)
    rose = {
        row.values[0]: row.counted
        for row in _engine(period).cut(asked, [by])
        if row.values[0] != UNKNOWN and is_rise(int(row.counted.value), _before_the_day(row.counted), days)
    }
    labels = cut.labels(rose)
    made = []
    for value, number in rose.items():
        narrower = (*filters, Filter(by, (value,)))
        found = figure_of(measure, period, narrower, Counted(number.value), person)
        made.append(Riser(value, labels[value], found, _before_the_day(number), days))
    return sorted(made, key=lambda one: (-one.excess, one.value))


def _before_the_day(counted: Counted) -> int:
    return counted.whole - int(counted.value)


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
