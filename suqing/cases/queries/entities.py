"""Operators: found by words, listed within a person's sight, and what is known of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from suqing.accounts.models import Person
from suqing.cases.models import (
    CaseQuerySet,
    EntityMerge,
    EntityName,
    EntityRelation,
    MarketEntity,
)
from suqing.cases.queries.lists import may_search_numbers
from suqing.cases.queries.operator_persons import operator_hash
from suqing.cases.queries.sight import sees_all_cases, visible_cases
from suqing.kit import uscc
from suqing.ledger.models import Event
from suqing.ledger.policy import BadSetting, declare
from suqing.ledger.queries import events_of, setting

N_ = str


def _at_least_one(value: object) -> None:
    if not isinstance(value, int) or value < 1:
        raise BadSetting("must be 1 or more")


RECENT_DAYS = declare(
    "entities.recent_days",
    30,
    N_("Days that count as recent in the file of an operator"),
    check=_at_least_one,
)
SEVERAL = declare(
    "entities.several",
    3,
    N_("Recent cases from which on an operator is listed as one with several"),
    check=_at_least_one,
)
SIZE = 50
LAST_PAGE = 1_000_000  # what an address may ask for; there is no such page
MOST_RELATIONS = 100  # shown in one file


def search_entities(words: str, *, limit: int = 10) -> list[MarketEntity]:
    """Operators by code, by the beginning or a part of a name, or by pinyin; those with the most cases first.

    For the desks whose people may unmask; a natural person is found by the whole name and shown masked.
    """
    asked = _asked(words, opens_persons=True)
    if asked is None:
        return []
    rows = MarketEntity.objects.filter(asked, merged_into=None).select_related("place")
    return list(rows.annotate(case_count=Count("cases")).order_by("-case_count", "pinyin", "id")[:limit])


def _asked(words: str, *, opens_persons: bool) -> Q | None:
    """The condition for typed words; None for too few.  ``opens_persons``: the whole name finds a natural person too,
    for who may see it: to others the answer alone would tell."""
    words = words.strip()
    if len(words) < 2:
        return None
    typed = words.replace(" ", "").lower()
    called = Q(name__icontains=words)
    if typed.isascii():
        called |= Q(pinyin__startswith=typed) | Q(pinyin__contains=f" {typed}")
    asked = called | Q(name_hash=operator_hash(words)) if opens_persons else called
    asked |= Q(pk__in=EntityName.objects.filter(called).values("entity"))
    if len(uscc.normalise(words)) == uscc.LENGTH:
        asked |= Q(uscc=uscc.normalise(words))
    return asked


# The list


@dataclass(frozen=True, slots=True)
class EntityFilters:
    """What the list of operators is narrowed to."""

    words: str = ""
    place: str = ""  # beginning of a division code
    is_open: bool = False  # has cases that have not ended
    is_several: bool = False  # has several cases received of late, by local policy


@dataclass(frozen=True, slots=True)
class EntityPage:
    """One page of operators; pages are numbered from 1."""

    rows: list[MarketEntity]
    number: int
    has_more: bool


def recent_since(now: datetime) -> datetime:
    """The moment from which on a case is recent: the beginning of that day."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=int(setting(RECENT_DAYS.key)) - 1)


def visible_entities(person: Person) -> QuerySet[MarketEntity]:
    """Operators of which this person may see a case.  That somebody reported an operator is confidential (O20 art. 33,
    O121 art. 37), so one known only by reports does not exist for those who may not see them."""
    rows = MarketEntity.objects.filter(merged_into=None)
    if sees_all_cases(person):
        return rows
    return rows.filter(Exists(visible_cases(person).filter(entity=OuterRef("pk"))))


def entities_called(person: Person, words: str, *, limit: int) -> list[MarketEntity]:
    """The operators in sight that are called so, those that were met last first; one query."""
    asked = _asked(words, opens_persons=may_search_numbers(person))
    return [] if asked is None else list(visible_entities(person).filter(asked).order_by("-pk")[:limit])


def list_entities(
    person: Person, filters: EntityFilters, now: datetime, *, by_cases: bool = True, number: int = 1
) -> EntityPage:
    """One page of operators: those with the most recent cases first, or those that were met last.

    Without words, ``by_cases`` lists only operators with recent cases: the others would be ordered by nothing.
    """
    number = min(max(number, 1), LAST_PAGE)
    rows = _narrowed(visible_entities(person), person, filters, now)
    part = slice((number - 1) * SIZE, number * SIZE + 1)
    if not by_cases:
        found = list(rows.select_related("place").order_by("-pk")[part])
    elif filters.words:
        recent = Count("cases", filter=Q(cases__in=_recent(person, now)))
        found = list(rows.select_related("place").annotate(recent=recent).order_by("-recent", "-pk")[part])
    else:
        counted = _recent_by_entity(person, now).filter(entity__in=rows.values("pk"))
        keys = list(counted.order_by("-recent", "-entity").values_list("entity", flat=True)[part])
        known = MarketEntity.objects.select_related("place").in_bulk(keys)
        found = [known[key] for key in keys]
    return EntityPage(found[:SIZE], number, len(found) > SIZE)


def every_entity(
    person: Person, filters: EntityFilters, now: datetime, *, by_cases: bool = True
) -> QuerySet[MarketEntity]:
    """All operators that the pages of ``list_entities`` show, in their order, with ``recent``; for a file."""
    recent = Count("cases", filter=Q(cases__in=_recent(person, now)))
    rows = _narrowed(visible_entities(person), person, filters, now).annotate(recent=recent)
    if by_cases and not filters.words:
        rows = rows.filter(recent__gt=0)
    return rows.select_related("place").order_by(*(("-recent", "-pk") if by_cases else ("-pk",)))


def _narrowed(
    rows: QuerySet[MarketEntity], person: Person, filters: EntityFilters, now: datetime
) -> QuerySet[MarketEntity]:
    if filters.words:
        asked = _asked(filters.words, opens_persons=may_search_numbers(person))
        rows = rows.filter(asked) if asked is not None else rows.none()
    if filters.place:
        rows = rows.filter(place__code__startswith=filters.place)
    if filters.is_open:
        rows = rows.filter(Exists(visible_cases(person).filter(entity=OuterRef("pk"), closed_at=None)))
    if filters.is_several:
        several = _recent_by_entity(person, now).filter(recent__gte=int(setting(SEVERAL.key)))
        rows = rows.filter(pk__in=several.values("entity"))
    return rows


def _recent(person: Person, now: datetime) -> CaseQuerySet:
    return visible_cases(person).filter(received_at__gte=recent_since(now), received_at__lte=now)


def _recent_by_entity(person: Person, now: datetime) -> QuerySet[Any, Any]:
    """The keys of operators with the number of their recent cases in sight."""
    rows = _recent(person, now).exclude(entity=None).order_by()
    return rows.values("entity").annotate(recent=Count("pk"))


def newest_cases(person: Person, entities: Iterable[MarketEntity]) -> dict[int, datetime]:
    """When the newest case of each operator in sight was received; one query."""
    rows = visible_cases(person).filter(entity__in=list(entities)).order_by("entity", "-received_at")
    return dict(rows.distinct("entity").values_list("entity", "received_at"))


# One operator


def entity_for(person: Person, pk: int) -> MarketEntity:
    """The operator with this key, or the one it was merged into, if the person may see a case of it.  Raise
    MarketEntity.DoesNotExist otherwise: what is hidden and what does not exist look the same."""
    return visible_entities(person).select_related("place").get(pk=head_of(pk))


def head_of(pk: int) -> int:
    """The key of the operator that this one is now; itself if it was not merged."""
    while True:
        into = MarketEntity.objects.filter(pk=pk).values_list("merged_into_id", flat=True).first()
        if into is None:
            return pk
        pk = into


def cases_of(person: Person, entity: MarketEntity) -> CaseQuerySet:
    """The cases of an operator in sight of the person."""
    return visible_cases(person).filter(entity=entity)


def names_of(entity: MarketEntity) -> list[EntityName]:
    """Other names, those in use first, then former ones, the last one first."""
    return list(entity.names.order_by(F("until").desc(nulls_first=True), "name"))


@dataclass(frozen=True, slots=True)
class Relations:
    """Whom the operator sells inside of, and who sells inside of it; those that have ended too."""

    platforms: list[EntityRelation]
    sellers: list[EntityRelation]


def relations_of(person: Person, entity: MarketEntity) -> Relations:
    """The relations of an operator to operators in sight; one query each way, at most MOST_RELATIONS."""
    known = visible_entities(person)
    rows = EntityRelation.objects.select_related("seller", "platform")
    rows = rows.order_by(F("ended_at").desc(nulls_first=True), "-added_at")
    platforms = rows.filter(seller=entity, platform__in=known)[:MOST_RELATIONS]
    sellers = rows.filter(platform=entity, seller__in=known)[:MOST_RELATIONS]
    return Relations(list(platforms), list(sellers))


def platforms_said(person: Person, entity: MarketEntity) -> list[str]:
    """What the cases of this operator in sight call the platform it sells on (O121 art. 13, 31, 32), in short."""
    said = cases_of(person, entity).exclude(platform="").order_by("platform")
    return list(said.values_list("platform", flat=True).distinct()[:10])


def merges_of(entity: MarketEntity) -> list[EntityMerge]:
    """Merges and splits of this operator that stand, the last one first."""
    rows = EntityMerge.objects.filter(Q(survivor=entity) | Q(absorbed=entity), undone_at=None)
    return list(rows.select_related("survivor", "absorbed", "by").order_by("-pk")[:20])


def persons_among(keys: Iterable[int]) -> set[int]:
    """The keys of those that are natural persons; one query."""
    rows = MarketEntity.objects.filter(pk__in=set(keys)).exclude(person_ref=None)
    return set(rows.values_list("pk", flat=True))


def story_of(entity: MarketEntity) -> list[Event]:
    """What was done to the operator's file, oldest first."""
    return list(events_of("market_entity", [entity.pk]))
