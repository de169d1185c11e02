"""The cuts a figure can be broken down or narrowed by.

Each dimension gives a row one value, or "" where nothing is known: the parts add up to the total.  Topics overlap:
a matter can be in several or none, so their parts do not add up, and tables say so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _

from suqing.accounts.models import Unit
from suqing.analytics.conditions import NOTHING, AnyOf, AtHour, Condition, Empty, Has, Missing, one_of, within
from suqing.analytics.facts import SOURCES, UNKNOWN, Source
from suqing.analytics.period_kinds import PeriodKind
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.cases.models import MarketEntity
from suqing.cases.vocabulary import LABELS, Channel, ContactOutcome, Kind, State
from suqing.taxonomy.models import Division, Topic

N_ = str

Label = Callable[[Collection[str]], Mapping[str, str]]
Time = Literal["", "hour"] | PeriodKind
# No clock of the centre was put forward since 1991.
CENTRE_OFFSET = datetime(2020, 1, 1, tzinfo=CENTRE_ZONE).utcoffset() or timedelta()


@dataclass(frozen=True, slots=True)
class Dimension:
    """One cut: by the values of a ``column`` of the facts, or by when the counted moment was (``time``).  ``label``
    gives the words for values, ``narrowed`` the column that a filter looks at where it is another one."""

    code: str
    name: str  # English message id
    column: str
    label: Label
    time: Time = ""
    overlaps: bool = False
    unknown: str = N_("Not stated")
    closed_list: tuple[str, ...] = ()
    narrowed: str = ""

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources whose rows can be cut by this."""
        return tuple(one for one in SOURCES.values() if self.time or one.has(self.column))

    def labels(self, values: Iterable[str]) -> dict[str, str]:
        """The words for these values; what has no name is shown as it is."""
        asked = {value for value in values if value != UNKNOWN}
        named = self.label(asked) if asked else {}
        return {UNKNOWN: _(self.unknown)} | {value: named.get(value, value) for value in asked}


class UnknownDimension(KeyError):
    """No dimension has this code."""


class NoSuchCut(ValueError):
    """This measure cannot be cut by this dimension: its rows do not have it."""


# Which rows have one of some values


def condition(code: str, values: Collection[str], source: Source, moment: str) -> Condition:
    """The rows with one of the values; ``moment`` is the column of the counted moment.  Values that a dimension cannot
    have keep nothing.  Raise UnknownDimension or NoSuchCut."""
    dimension = cut(code, source)
    if dimension.time == "hour":
        return _in_hours(moment, values)
    if dimension.time:
        return _in_periods(dimension.time, moment, values)
    column = source.find(dimension.column)[0]
    known = [value for value in values if value != UNKNOWN]
    if column.kind == "texts":
        found = _among(dimension.narrowed or column.name, known)
        return found | Empty(column.name) if UNKNOWN in values else found
    if column.kind == "int":
        found = one_of(column.name, [int(value) for value in known if _is_key(value)])
        return found | Missing(column.name) if UNKNOWN in values else found
    return one_of(column.name, values)


# A topic without what lies in its parts: PARENT!PART!PART.  The parts stand in the value, so that a number that was
# published is counted alike after a part was added.
BUT = "!"


def remainder(parent: str, parts: Iterable[str]) -> str:
    """The value that stands for what is in a topic and in none of these parts of it."""
    return BUT.join((parent, *sorted(parts)))


def _among(column: str, values: Collection[str]) -> Condition:
    """The list in the column holds one of the values; one with BUT holds the first and none of the others."""
    plain = tuple(sorted(value for value in values if BUT not in value))
    found: list[Condition] = [Has(column, plain)] if plain else []
    for value in values:
        whole, but, parts = value.partition(BUT)
        if but:
            found.append(Has(column, (whole,)) & ~Has(column, tuple(sorted(parts.split(BUT)))))
    if not found:
        return NOTHING
    return found[0] if len(found) == 1 else AnyOf(tuple(found))


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 19


def _in_periods(kind: PeriodKind, moment: str, values: Collection[str]) -> Condition:
    return AnyOf(tuple(within(moment, *period.bounds) for period in _begun_on(kind, values).values()))


def _in_hours(moment: str, values: Collection[str]) -> Condition:
    hours = tuple(hour for hour in range(24) if str(hour) in values)
    return AtHour(moment, hours, CENTRE_OFFSET) if hours else NOTHING


# How a value is called


def _as_written(_values: Collection[str]) -> Mapping[str, str]:
    return {}


def _vocabulary(words: type[Kind] | type[State] | type[Channel] | type[ContactOutcome]) -> Label:
    return lambda _values: {str(word): _(LABELS[word]) for word in words}


def _divisions(values: Collection[str]) -> Mapping[str, str]:
    return dict(Division.objects.filter(code__in=values).values_list("code", "name"))


def _units(values: Collection[str]) -> Mapping[str, str]:
    return dict(Unit.objects.filter(code__in=values).values_list("code", "name"))


def _topics(values: Collection[str]) -> Mapping[str, str]:
    wholes = {value: value.partition(BUT)[0] for value in values}
    named = {topic.code: topic.label for topic in Topic.objects.filter(code__in=wholes.values())}
    return {
        value: named[whole] if value == whole else _("%(topic)s: other") % {"topic": named[whole]}
        for value, whole in wholes.items()
        if whole in named
    }


def _days(values: Collection[str]) -> Mapping[str, str]:
    days = {value: day for value in values if (day := _day_of(value)) is not None}
    return {
        value: _("%(month)s/%(day)s") % {"month": day.month, "day": day.day} for value, day in days.items()
    }


def _day_of(value: str) -> date | None:
    """The day; None for what an address may hold instead, which is then called as it is written."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _begun_on(kind: PeriodKind, values: Collection[str]) -> dict[str, Period]:
    """The periods of this kind that begin on these days; what begins none is left out."""
    days = {value: day for value in values if (day := _day_of(value)) is not None}
    found = {}
    for value, day in days.items():
        try:
            period = Period.containing(kind, day)
        except ValueError:  # a lunar week out of reach
            continue
        if period.first == day:
            found[value] = period
    return found


def _periods(kind: PeriodKind) -> Label:
    return lambda values: {value: period.label.said(_) for value, period in _begun_on(kind, values).items()}


def _months(values: Collection[str]) -> Mapping[str, str]:
    return {
        value: _("%(month)s/%(year)s") % {"month": period.first.month, "year": period.first.year}
        for value, period in _begun_on(PeriodKind.MONTH, values).items()
    }


def _entities(values: Collection[str]) -> Mapping[str, str]:
    keys = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19]
    rows = MarketEntity.objects.filter(pk__in=keys).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _hours(values: Collection[str]) -> Mapping[str, str]:
    return {
        value: f"{int(value):02d}:00"
        for value in values
        if value.isascii() and value.isdecimal() and len(value) < 3
    }


DIMENSIONS: dict[str, Dimension] = {
    one.code: one
    for one in (
        Dimension("kind", N_("Kind"), "kind", _vocabulary(Kind), closed_list=tuple(Kind)),
        Dimension("issue", N_("Issue class"), "issue", _as_written),
        Dimension("object", N_("Object class"), "object", _as_written),
        Dimension("object_head", N_("Goods or services"), "object_head", _as_written),
        Dimension("district", N_("District"), "district", _divisions),
        Dimension("channel", N_("Intake channel"), "channel", _vocabulary(Channel)),
        Dimension("day", N_("Day"), "", _days, time=PeriodKind.DAY),
        Dimension("week", N_("Week"), "", _periods(PeriodKind.WEEK), time=PeriodKind.WEEK),
        Dimension("ten_days", N_("Ten days"), "", _periods(PeriodKind.TEN_DAYS), time=PeriodKind.TEN_DAYS),
        Dimension("month", N_("Month"), "", _months, time=PeriodKind.MONTH),
        Dimension("quarter", N_("Quarter"), "", _periods(PeriodKind.QUARTER), time=PeriodKind.QUARTER),
        Dimension("year", N_("Year"), "", _periods(PeriodKind.YEAR), time=PeriodKind.YEAR),
        Dimension("lunar_week", N_("Week of the lunar year"), "", _periods(PeriodKind.LUNAR_WEEK),
                  time=PeriodKind.LUNAR_WEEK, unknown=N_("Out of the lunar table")),
        Dimension("hour", N_("Hour"), "", _hours, time="hour"),
        Dimension("topic", N_("Topic"), "topics", _topics, overlaps=True, unknown=N_("In no topic"),
                  narrowed="topics_above"),
        Dimension("unit", N_("Responsible unit"), "unit", _units),
        Dimension("entity", N_("Operator"), "entity_id", _entities),
        Dimension("goods", N_("Goods"), "goods", _as_written),
        Dimension("goods_group", N_("Kind of goods"), "goods_group", _as_written),
        Dimension("state", N_("State"), "state", _vocabulary(State), closed_list=tuple(State)),
        Dimension("outcome", N_("Outcome of the contact"), "contact_outcome", _vocabulary(ContactOutcome)),
    )
}  # fmt: skip


def get(code: str) -> Dimension:
    """The dimension of this code, or UnknownDimension."""
    try:
        return DIMENSIONS[code]
    except KeyError:
        raise UnknownDimension(code) from None


def cut(code: str, source: Source) -> Dimension:
    """The dimension, if rows of the source have it; NoSuchCut otherwise."""
    dimension = get(code)
    if source not in dimension.sources:
        raise NoSuchCut(f"{source.name} cannot be cut by {code}")
    return dimension
