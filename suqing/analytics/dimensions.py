"""The cuts a figure can be broken down or narrowed by.

Each dimension gives a row one value, or "" where nothing is known: the parts add up to the total.  Topics overlap:
a matter can be in several or none, so their parts do not add up, and tables say so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case as Choose
from django.db.models import CharField, Exists, Expression, F, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, ExtractHour, Left, Trim, TruncDate, TruncMonth
from django.utils.translation import gettext as _

from suqing.accounts.models import Unit
from suqing.analytics.periods import CENTRE_ZONE
from suqing.analytics.registry import Source
from suqing.cases.models import Case, Clock, MarketEntity, Submission, TopicMembership
from suqing.cases.vocabulary import LABELS, Channel, ContactOutcome, Kind, State
from suqing.taxonomy.models import Division, Topic
from suqing.taxonomy.text.extract import goods_words

N_ = str

UNKNOWN = ""
SUBMISSIONS = Source("submissions", Submission, None)
CASES = Source("cases", Case, "")
CLOCKS = Source("clocks", Clock, "case")

Express = Callable[[Source], Expression]
Keep = Callable[[Source, Collection[str]], Q]
Label = Callable[[Collection[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One cut: ``express`` gives a row's value as text, ``label`` the words for values.  ``keep`` is the condition for
    rows with one of the values where an index can find them; else ``express`` is compared row by row."""

    code: str
    name: str  # English message id
    express: Express
    label: Label
    sources: tuple[Source, ...] = (CASES, CLOCKS)
    overlaps: bool = False
    unknown: str = N_("Not stated")
    closed_list: tuple[str, ...] = ()
    keep: Keep | None = None

    def labels(self, values: Iterable[str]) -> dict[str, str]:
        """The words for these values; what has no name is shown as it is."""
        asked = {value for value in values if value != UNKNOWN}
        named = self.label(asked) if asked else {}
        return {UNKNOWN: _(self.unknown)} | {value: named.get(value, value) for value in asked}


class UnknownDimension(KeyError):
    """No dimension has this code."""


class NoSuchCut(ValueError):
    """This measure cannot be cut by this dimension: its rows do not have it."""


def in_topics(codes: Collection[str], outer: str = "pk") -> Q:
    """Rows whose case is in one of the topics or in a topic below one of them; ``outer`` is the key of the case."""
    below = Q()
    for path in ("version__topic", "version__topic__parent", "version__topic__parent__parent"):
        below |= Q(**{f"{path}__code__in": list(codes)})
    return Q(Exists(TopicMembership.objects.filter(below, case=OuterRef(outer))))


# How a value is found


def _field(name: str) -> Express:
    return lambda source: Coalesce(source.path(name), Value(UNKNOWN), output_field=CharField())


def _head_of_class(name: str) -> Express:
    """The name of the head of the class: the same in every version of a tree.  Trees have at most three levels."""

    def express(source: Source) -> Expression:
        path = source.path(name)
        names = (f"{path}__parent__parent__name", f"{path}__parent__name", f"{path}__name")
        return Coalesce(*names, Value(UNKNOWN), output_field=CharField())

    return express


def _second_of_class(name: str) -> Express:
    """The name of the class on the second level, below the heads "goods" and "services"."""

    def express(source: Source) -> Expression:
        path = source.path(name)
        third = When(**{f"{path}__parent__parent__isnull": False}, then=F(f"{path}__parent__name"))
        own = Coalesce(f"{path}__name", Value(UNKNOWN))
        return Choose(third, default=own, output_field=CharField())

    return express


def _district(source: Source) -> Expression:
    """The first six digits of the place; a place known only by province gives nothing."""
    path = source.path("place__code")
    return Choose(
        When(**{f"{path}__endswith": "0000"}, then=Value(UNKNOWN)),
        default=Coalesce(Left(path, 6), Value(UNKNOWN)),
        output_field=CharField(),
    )


def _day(_source: Source) -> Expression:
    return Cast(TruncDate("counted_at", tzinfo=CENTRE_ZONE), TextField())


def _month(_source: Source) -> Expression:
    """The first day of the month."""
    return Left(Cast(TruncMonth("counted_at", tzinfo=CENTRE_ZONE), TextField()), 10)


def _hour(_source: Source) -> Expression:
    return Cast(ExtractHour("counted_at", tzinfo=CENTRE_ZONE), TextField())


def _entity(source: Source) -> Expression:
    return Coalesce(Cast(source.path("entity_id"), TextField()), Value(UNKNOWN), output_field=TextField())


def _of_entities(source: Source, values: Collection[str]) -> Q:
    """By the keys themselves: one operator among a million cases is found by its index."""
    keys = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19]
    kept = Q(**{f"{source.path('entity_id')}__in": keys})
    return kept | Q(**{f"{source.path('entity_id')}__isnull": True}) if UNKNOWN in values else kept


def _goods(source: Source) -> Expression:
    return Coalesce(Trim(source.path("goods")), Value(UNKNOWN))


def _goods_group(source: Source) -> Expression:
    """The goods that the written word names (酒精棉片 is 酒精), by the shipped list; else the word itself."""
    path, groups = source.path("goods"), dict[str, list[str]]()
    for word, goods in goods_words().items():
        groups.setdefault(goods, []).append(word)
    known = [When(**{f"{path}__in": words}, then=Value(goods)) for goods, words in groups.items()]
    # What the list does not hold word by word often ends with it: 活性炭口罩.
    ends = [When(**{f"{path}__endswith": goods}, then=Value(goods)) for goods in groups]
    return Choose(*known, *ends, default=_goods(source), output_field=CharField())


def _topic(source: Source) -> Expression:
    return Coalesce(source.path("topics__version__topic__code"), Value(UNKNOWN))


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
    return {topic.code: topic.label for topic in Topic.objects.filter(code__in=values)}


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


def _months(values: Collection[str]) -> Mapping[str, str]:
    days = {value: day for value in values if (day := _day_of(value)) is not None}
    return {
        value: _("%(month)s/%(year)s") % {"month": day.month, "year": day.year} for value, day in days.items()
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


_EVERYWHERE = (CASES, CLOCKS, SUBMISSIONS)

DIMENSIONS: dict[str, Dimension] = {
    one.code: one
    for one in (
        Dimension("kind", N_("Kind"), _field("kind"), _vocabulary(Kind), closed_list=tuple(Kind)),
        Dimension("issue", N_("Issue class"), _head_of_class("issue_class"), _as_written),
        Dimension("object", N_("Object class"), _second_of_class("object_class"), _as_written),
        Dimension("object_head", N_("Goods or services"), _head_of_class("object_class"), _as_written),
        Dimension("district", N_("District"), _district, _divisions),
        Dimension("channel", N_("Intake channel"), _field("channel"), _vocabulary(Channel), _EVERYWHERE),
        Dimension("day", N_("Day"), _day, _days, _EVERYWHERE),
        Dimension("month", N_("Month"), _month, _months, _EVERYWHERE),
        Dimension("hour", N_("Hour"), _hour, _hours, _EVERYWHERE),
        Dimension("topic", N_("Topic"), _topic, _topics, overlaps=True, unknown=N_("In no topic")),
        Dimension("unit", N_("Responsible unit"), _field("responsible_unit__code"), _units),
        Dimension("entity", N_("Operator"), _entity, _entities, keep=_of_entities),
        Dimension("goods", N_("Goods"), _goods, _as_written),
        Dimension("goods_group", N_("Kind of goods"), _goods_group, _as_written),
        Dimension("state", N_("State"), _field("state"), _vocabulary(State), closed_list=tuple(State)),
        Dimension("outcome", N_("Outcome of the contact"), _field("outcome"), _vocabulary(ContactOutcome),
                  (SUBMISSIONS,)),
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


def condition(code: str, values: Collection[str], source: Source) -> tuple[dict[str, Any], Q]:
    """What keeps the rows with one of the values: annotations, and the condition over them."""
    dimension = cut(code, source)
    if code == "topic":
        outer = f"{source.case}_id" if source.case else "pk"
        wanted = [value for value in values if value != UNKNOWN]
        kept = in_topics(wanted, outer) if wanted else Q(pk__in=[])
        if UNKNOWN in values:
            kept |= ~Q(Exists(TopicMembership.objects.filter(case=OuterRef(outer))))
        return {}, kept
    if dimension.keep is not None:
        return {}, dimension.keep(source, values)
    name = f"cut_{code}"
    return {name: dimension.express(source)}, Q(**{f"{name}__in": list(values)})
