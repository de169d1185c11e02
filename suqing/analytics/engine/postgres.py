"""The executor over the living tables: no older than the last commit, and quick for days and weeks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    BooleanField,
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models import Case as Choose
from django.db.models.functions import (
    Cast,
    Coalesce,
    Concat,
    ExtractDay,
    ExtractHour,
    Left,
    Mod,
    Trunc,
    TruncDate,
)
from django.db.models.lookups import GreaterThanOrEqual, In, IsNull, LessThan, LessThanOrEqual

from suqing.analytics import dimensions, lunar
from suqing.analytics.conditions import (
    AllOf,
    AnyOf,
    AtHour,
    AtLeast,
    Below,
    Condition,
    Empty,
    Has,
    Is,
    Missing,
    Not,
    NotAfter,
)
from suqing.analytics.engine.questions import Counted, Line, Question, Rows, Sight
from suqing.analytics.facts import CASES, UNKNOWN, Source
from suqing.analytics.period_kinds import PeriodKind
from suqing.analytics.periods import CENTRE_ZONE
from suqing.cases.models import Case, TopicMembership
from suqing.kit.dates import day_number


class Postgres:
    """Counts in PostgreSQL."""

    def totals(self, questions: Sequence[Question]) -> list[Counted]:
        """One number a question; one query for all that count the same rows by the same moment in the same sight."""
        found: dict[int, Counted] = {}
        alike: dict[tuple[Any, ...], list[int]] = {}
        for place, one in enumerate(questions):
            stock = place if one.measure.stock is not None else -1
            alike.setdefault(
                (one.measure.source.name, one.measure.moment, one.kept, one.sight, stock), []
            ).append(place)
        for group in alike.values():
            found |= dict(zip(group, _together([questions[place] for place in group]), strict=True))
        return [found[place] for place in range(len(questions))]

    def cut(self, question: Question, by: Sequence[str], *, with_keys: bool = False) -> list[Line]:
        """The number for each value of the dimensions; one query."""
        measure, source = question.measure, question.measure.source
        cuts = [dimensions.cut(code, source) for code in by]
        overlaps = any(cut.overlaps for cut in cuts)
        names = [f"by_{cut.code}" for cut in cuts]
        made = {name: _value(cut, source) for name, cut in zip(names, cuts, strict=True)}
        aggregates = _aggregates(question, distinct=overlaps)
        if with_keys:
            key = _case_key(source)
            aggregates["keys"] = ArrayAgg(key, distinct=overlaps or bool(measure.distinct), order_by=key)
        rows = counted(question).annotate(**made).order_by().values(*names).annotate(**aggregates)
        return [
            Line(tuple(row[name] for name in names), _counted_of(row), tuple(row.get("keys") or ()))
            for row in rows
        ]

    def rows(self, question: Question) -> Rows:
        """The rows that were counted; one query."""
        measure, source = question.measure, question.measure.source
        found = counted(question).order_by("pk")
        key = _case_key(source)
        if measure.summed:
            amount = source.expression(measure.summed)
            pairs = list(found.annotate(summed=amount).exclude(summed=None).values_list(key, "summed"))
            return Rows(cases=tuple(pk for pk, _one in pairs), amounts=tuple(one for _pk, one in pairs))
        if question.numerator is not None:
            part = _as_value(where(question.numerator, source))
            marked = list(found.annotate(in_part=part).values_list(key, "in_part"))
            inside = tuple(pk for pk, is_inside in marked if is_inside)
            return Rows.of(source, tuple(pk for pk, _in in marked), numerator=inside)
        listed = found.values_list(key, flat=True)
        return Rows.of(source, tuple(dict.fromkeys(listed) if measure.distinct else listed))


def _together(questions: Sequence[Question]) -> list[Counted]:
    first = questions[0]
    if len(questions) == 1:
        return [_counted_of(counted(first).aggregate(**_aggregates(first)))]
    source = first.measure.source
    placed = reduce(or_, (where(one.placed, source) for one in questions))
    rows = _moments(first, _in_sight(source, first.sight).filter(placed, where(first.kept, source)))
    wanted = {
        f"{name}_{number}": expression
        for number, one in enumerate(questions)
        for name, expression in _aggregates(
            one, kept=where(one.placed & one.measure.population, source)
        ).items()
    }
    row = rows.aggregate(**wanted)
    return [
        _counted_of({name: row.get(f"{name}_{number}") for name in ("value", "whole")})
        for number in range(len(questions))
    ]


def _counted_of(row: dict[str, Any]) -> Counted:
    return Counted(row["value"] or 0, row.get("whole") or 0)


def counted(question: Question) -> QuerySet[Any]:
    """The rows that a question counts, as rows of the source's model."""
    source = question.measure.source
    kept = (
        where(question.placed, source)
        & where(question.measure.population, source)
        & where(question.kept, source)
    )
    return _moments(question, _in_sight(source, question.sight).filter(kept))


def _moments(question: Question, rows: QuerySet[Any]) -> QuerySet[Any]:
    measure = question.measure
    return rows.annotate(counted_at=measure.source.expression(measure.moment))


def _in_sight(source: Source, sight: Sight) -> QuerySet[Any]:
    rows: QuerySet[Any] = source.model._default_manager.all()
    if sight.is_whole:
        return rows
    if source.name == "calls":
        return rows.filter(where(sight.of_calls, source))
    if source.case is not None:
        return rows.filter(where(sight.of_cases, source))
    cases = Case.objects.filter(where(sight.of_cases, CASES), submission=OuterRef("pk"))
    barren = ~Exists(Case.objects.filter(submission=OuterRef("pk")))
    return rows.filter(Q(barren) & where(sight.of_barren_contacts, source) | Q(Exists(cases)))


def _case_key(source: Source) -> str:
    return f"{source.case}_id" if source.case else "pk"


def _aggregates(question: Question, *, distinct: bool = False, kept: Q | None = None) -> dict[str, Any]:
    """What is counted of the rows, or of those of them that are ``kept``."""
    measure = question.measure
    source = measure.source
    if measure.summed:
        return {"value": Sum(source.expression(measure.summed), filter=kept)}
    if measure.averaged:
        total = Sum(source.expression(measure.averaged), filter=kept)
        return {"value": total, "whole": Count("pk", distinct=distinct, filter=kept)}
    if question.numerator is not None:
        part = where(question.numerator, source)
        return {
            "value": Count("pk", filter=part if kept is None else kept & part, distinct=distinct),
            "whole": Count("pk", distinct=distinct, filter=kept),
        }
    what = source.expression(measure.distinct) if measure.distinct else F("pk")
    return {"value": Count(what, distinct=distinct or bool(measure.distinct), filter=kept)}


def _as_value(condition: Q) -> Any:
    return Choose(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


# Conditions


def where(condition: Condition, source: Source) -> Q:
    """The condition for rows of the source's model."""
    match condition:
        case AllOf(parts):
            return reduce(and_, (where(part, source) for part in parts), Q())
        case AnyOf(parts):
            return reduce(or_, (_said(part, source) for part in parts)) if parts else Q(pk__in=[])
        case Not(part):
            return ~_said(part, source)
        case NotAfter(column, other):
            left, right = source.expression(column), source.expression(other)
            return _known(left) & _known(right) & Q(LessThanOrEqual(left, right))
        case Is(column, values) | Has(column, values):
            return _one_of(source, column, list(values))
        case _:
            return _of_column(condition, source)


def _said(condition: Condition, source: Source) -> Q:
    """As ``where``, but never an empty Q, which Django leaves out where it should be true."""
    return where(condition, source) or Q(pk__isnull=False)


def _known(expression: Any) -> Q:
    """Said beside each comparison of expressions, so that the opposite holds for what is unknown."""
    return Q(IsNull(expression, False))


def _one_of(source: Source, column: str, values: list[Any]) -> Q:
    if not values:
        return Q(pk__in=[])
    found, path = source.find(column)
    if found.keep is not None:
        return found.keep(path, values)
    if found.at:
        name = path(found.at)
        return Q(**{name: values[0]}) if len(values) == 1 else Q(**{f"{name}__in": values})
    return _known(found.express(path)) & Q(In(found.express(path), values))


def _of_column(condition: Condition, source: Source) -> Q:
    found, path = source.find(condition.column)  # type: ignore[attr-defined]
    match condition:
        case Missing():
            return (
                Q(**{f"{path(found.at)}__isnull": True}) if found.at else Q(IsNull(found.express(path), True))
            )
        case Empty():
            return ~Q(Exists(TopicMembership.objects.filter(case=OuterRef(path("pk")))))
        case AtLeast(_, bound):
            return _compared(
                found.at and path(found.at), "gte", GreaterThanOrEqual, found.express(path), bound
            )
        case Below(_, bound):
            return _compared(found.at and path(found.at), "lt", LessThan, found.express(path), bound)
        case AtHour(_, hours, _offset):
            hour = ExtractHour(found.express(path), tzinfo=CENTRE_ZONE)
            return _known(found.express(path)) & Q(In(hour, list(hours)))
    raise TypeError(f"{condition!r} is no condition over one column")


def _compared(name: str, lookup: str, operator: Any, expression: Any, bound: Any) -> Q:
    return Q(**{f"{name}__{lookup}": bound}) if name else _known(expression) & Q(operator(expression, bound))


# Values to cut by


def _value(cut: dimensions.Dimension, source: Source) -> Any:
    if cut.time:
        return _hour() if cut.time == "hour" else _first_day(cut.time)
    column, path = source.find(cut.column)
    if column.kind == "texts":
        return Coalesce(path("topics__version__topic__code"), Value(UNKNOWN))
    found = column.express(path)
    if column.kind == "text":
        return found
    return Coalesce(Cast(found, TextField()), Value(UNKNOWN), output_field=TextField())


def _hour() -> Any:
    return Cast(ExtractHour("counted_at", tzinfo=CENTRE_ZONE), CharField())


def _first_day(kind: PeriodKind) -> Any:
    """The first day of the period that the counted moment lies in, as text; "" where none is known."""
    if kind is PeriodKind.DAY:
        return Cast(TruncDate("counted_at", tzinfo=CENTRE_ZONE), TextField())
    if kind is PeriodKind.LUNAR_WEEK:
        return _lunar_week()
    if kind is PeriodKind.TEN_DAYS:
        day = ExtractDay("counted_at", tzinfo=CENTRE_ZONE)
        thirds = [
            When(LessThanOrEqual(day, last), then=Value(first)) for last, first in ((10, "01"), (20, "11"))
        ]
        third = Choose(*thirds, default=Value("21"), output_field=TextField())
        return Concat(Left(_first_day(PeriodKind.MONTH), 8), third, output_field=TextField())
    return Left(Cast(Trunc("counted_at", kind.value, tzinfo=CENTRE_ZONE), TextField()), 10)


def _lunar_week() -> Any:
    """Sevens of days are counted from the last turn of the lunar year before the day; see ``lunar``."""
    whole = IntegerField()
    local = TruncDate("counted_at", tzinfo=CENTRE_ZONE)
    day = Func(local, template="(%(expressions)s - DATE '1970-01-01')", output_field=whole)
    turns = [day_number(turn) for turn in lunar.turns()]
    known, bounds = ",".join(map(str, turns)), ",".join(map(str, [*turns, day_number(lunar.end())]))
    found = f"(ARRAY[{known},NULL])[width_bucket(%(expressions)s, ARRAY[{bounds}])]"
    turn = Func(day, template=found, output_field=whole)
    first = day - Mod(day - turn, Value(7), output_field=whole)
    text = Func(first, template="(DATE '1970-01-01' + (%(expressions)s))::text", output_field=TextField())
    return Coalesce(text, Value(UNKNOWN), output_field=TextField())
