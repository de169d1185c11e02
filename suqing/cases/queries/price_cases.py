"""Complaints and reports about prices in sight of a reader, each with its goods, its price and where that stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate, TruncTime
from django.db.models.lookups import LessThan

from suqing.accounts.models import Person
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.models import Case, CaseQuerySet, TopicMembership
from suqing.cases.natural_persons import looks_like_person
from suqing.cases.price_facts import (
    Line,
    MarkUp,
    Standing,
    Told,
    line_for,
    mark_up,
    per_common_unit,
    standing,
)
from suqing.cases.queries.sight import visible_cases
from suqing.cases.vocabulary import Kind
from suqing.kit.dates import range_bounds
from suqing.taxonomy.models import ClassKind, ClassNode
from suqing.taxonomy.text.extract import extract, goods_at
from suqing.taxonomy.text.normalise import normalise
from suqing.taxonomy.text.packs import find_packs

# Price matters by class: the head 价格 of the issue tree and 价格违法行为 of the report tree.
PRICE_CLASSES = {ClassKind.ISSUE: ("价格",), ClassKind.REPORT_ISSUE: ("价格违法行为",)}
# … and by topic: what the caller said, whatever class was chosen.
PRICE_TOPICS = ("mask_price", "price_surge")

LAST_SECOND = time(23, 59, 59)

_FIELDS = (
    *("pk", "number", "received_at", "goods", "price_unit", "price_asked", "price_earlier"),
    *(
        "price_earlier_on",
        "place_id",
        "entity_id",
        "party_id",
        "entity__name",
        "entity__uscc",
        "entity__person_ref",
        "words",
    ),
)


@dataclass(frozen=True, slots=True)
class Window:
    """Days of the centre from ``first`` to ``last``, each up to the second ``until`` where it is set."""

    first: date
    last: date
    until: time | None = None

    def holds(self, at: datetime) -> bool:
        local = at.astimezone(LOCAL_ZONE)
        return self.first <= local.date() <= self.last and (
            self.until is None or local.time().replace(microsecond=0) <= self.until
        )


@dataclass(frozen=True, slots=True)
class PriceCase:
    """One case about a price.  ``goods``, ``district`` and ``operator`` are "" where they are not known; ``operator``
    is the key of the operator's file, and ``operator_name`` is "" for a natural person, who is named in no list."""

    pk: int
    number: str
    received_at: datetime
    goods: str
    district: str
    operator: str
    operator_name: str
    party: int | None
    told: Told
    rise: MarkUp | None
    standing: Standing
    line: Line | None


def about_prices() -> Q:
    """Cases of a price class or in a price topic, and those of which somebody entered a price."""
    heads = Q()
    for kind, names in PRICE_CLASSES.items():
        for above in ("", "parent__", "parent__parent__"):
            heads |= Q(**{"tree__kind": kind, f"{above}name__in": names, f"{above}parent": None})
    below = Q()
    for path in ("version__topic", "version__topic__parent", "version__topic__parent__parent"):
        below |= Q(**{f"{path}__code__in": PRICE_TOPICS})
    of_topic = Exists(TopicMembership.objects.filter(below, case=OuterRef("pk")))
    of_class = Q(issue_class__in=ClassNode.objects.filter(heads).values("pk"))
    return of_class | Q(of_topic) | Q(price_asked__isnull=False)


def visible_price_cases(person: Person, window: Window) -> CaseQuerySet:
    """Complaints and reports about prices received on the days of a window that this person may open.  The time of day
    of ``until`` is not looked at here."""
    start, end = range_bounds(window.first, window.last, LOCAL_ZONE)
    rows = visible_cases(person).received_between(start, end)
    return rows.filter(about_prices(), kind__in=(Kind.COMPLAINT, Kind.REPORT))


def price_cases(
    person: Person, window: Window, lines: Iterable[Line], *, with_read: bool = False
) -> list[PriceCase]:
    """The price cases of a window, newest first; one query beside those of the sight."""
    known = tuple(lines)
    rows = visible_price_cases(person, window).newest_first().annotate(words=F("match_text")).values(*_FIELDS)
    return [_price_case(row, known, with_read) for row in rows if window.holds(row["received_at"])]


def earlier_counts(person: Person, window: Window) -> Iterator[tuple[date, str, str, str, int]]:
    """Day, goods, district and operator of the price cases of a window, and how many; two queries.

    Those with goods entered are counted by the database; the words of the others are read.
    """
    rows = visible_price_cases(person, window)
    by = ("day", "goods", "place_id", "entity_id")
    entered = (
        rows.exclude(goods="")
        .filter(_up_to(window))
        .annotate(day=TruncDate("received_at", tzinfo=LOCAL_ZONE))
    )
    for day, goods, place, entity, count in entered.values_list(*by).annotate(Count("pk")).order_by():
        yield day, goods_of(goods, ""), _district(place), _key(entity), count
    others = (
        rows.filter(goods="").values_list("received_at", "match_text", "place_id", "entity_id").order_by()
    )
    for at, words, place, entity in others.iterator(chunk_size=2_000):
        if window.holds(at):
            yield at.astimezone(LOCAL_ZONE).date(), goods_of("", words), _district(place), _key(entity), 1


def _up_to(window: Window) -> Q:
    """Received up to the second ``until`` of its day, the whole second."""
    if window.until is None or window.until >= LAST_SECOND:
        return Q()
    end = (datetime.combine(window.first, window.until) + timedelta(seconds=1)).time()
    return Q(LessThan(TruncTime("received_at", tzinfo=LOCAL_ZONE), end))


def goods_of(entered: str, words: str) -> str:
    """The goods of a case by their common name (N95口罩 is 口罩): as entered, else the first that the words name."""
    if entered.strip():
        return _common_name(entered.strip())
    named = goods_at(words)
    return named[0][0] if named else ""


def told_of(
    *,
    goods: str,
    unit: str,
    asked: Any,
    earlier: Any,
    earlier_on: date | None,
    words: str,
    on: date,
    with_read: bool,
) -> Told:
    """The price of a case in its common unit: as entered, else, ``with_read``, as the words tell it."""
    told = Told(goods_of(goods, words), unit, asked, earlier, earlier_on)
    if asked is None and with_read:
        read = extract(words, on).prices
        fact = next((one for one in read if one.goods == told.goods), None)
        if fact is not None and fact.asked is not None:
            told = Told(told.goods, fact.unit, fact.asked, fact.earlier, fact.earlier_on, is_read=True)
    return per_common_unit(told, find_packs(words))


def told_of_case(case: Case) -> Told:
    """The price that was entered with a case, in its common unit."""
    told = Told(case.goods, case.price_unit, case.price_asked, case.price_earlier, case.price_earlier_on)
    return per_common_unit(told, find_packs(case.match_text))


def _price_case(row: dict[str, Any], lines: tuple[Line, ...], with_read: bool) -> PriceCase:
    on = row["received_at"].astimezone(LOCAL_ZONE).date()
    told = told_of(
        goods=row["goods"], unit=row["price_unit"], asked=row["price_asked"], earlier=row["price_earlier"],
        earlier_on=row["price_earlier_on"], words=row["words"], on=on, with_read=with_read,
    )  # fmt: skip
    line = line_for(lines, row["place_id"] or "", on)
    return PriceCase(
        pk=row["pk"],
        number=row["number"],
        received_at=row["received_at"],
        goods=told.goods,
        district=_district(row["place_id"]),
        operator=_key(row["entity_id"]),
        operator_name=_name(row),
        party=row["party_id"],
        told=told,
        rise=mark_up(told),
        standing=standing(told, line),
        line=line,
    )


def _name(row: dict[str, Any]) -> str:
    """The name for lists: a natural person has none there, nor has who looks like one and has no code."""
    name, code = row["entity__name"] or "", row["entity__uscc"] or ""
    return "" if row["entity__person_ref"] or looks_like_person(name, code) else name


def _district(place: str | None) -> str:
    return (place or "")[:6]


def _key(entity: int | None) -> str:
    return "" if entity is None else str(entity)


@lru_cache(maxsize=4_096)
def _common_name(entered: str) -> str:
    named = goods_at(normalise(entered).text)
    return named[0][0] if named else entered
