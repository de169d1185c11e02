"""Operators that are perhaps one: candidates by three indexes, then compared name by name."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Reverse

from suqing.cases.entity_names import Known, Likeness, Reason, likeness, sound_starts
from suqing.cases.models import EntityDistinction, EntityName, MarketEntity

CANDIDATES = 100  # looked at for each way of finding them
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An operator that looks like the one asked about, and why."""

    entity: MarketEntity
    likeness: Likeness


def suggestions(entity: MarketEntity, *, limit: int = SHOWN) -> list[Suggestion]:
    """Operators that may be this one, most alike first; not those that somebody has said are others.

    For people who see all cases: others must not learn which operators are known.  Three queries, none of which reads
    more than CANDIDATES rows for each of its ways.
    """
    others = _apart(entity)
    if entity.is_person:
        return _same_person(entity, others, limit)
    found = list(_candidates(entity).select_related("place")) if entity.merged_into_id is None else []
    found = [one for one in found if one.pk not in others]
    names = _names([entity, *found])
    mine = known_as(entity, names.get(entity.pk, ()))
    made = [Suggestion(one, likeness(mine, known_as(one, names.get(one.pk, ())))) for one in found]
    made = [one for one in made if one.likeness.is_suggested]
    return sorted(made, key=lambda one: (-one.likeness.score, one.entity.pk))[:limit]


def _same_person(entity: MarketEntity, apart: set[int], limit: int) -> list[Suggestion]:
    """Natural persons of the same whole name.  Names that only look alike say nothing of people."""
    if entity.merged_into_id is not None:
        return []
    rows = MarketEntity.objects.filter(name_hash=entity.name_hash, merged_into=None).exclude(pk=entity.pk)
    rows = rows.exclude(pk__in=apart).select_related("place").order_by("pk")
    return [Suggestion(one, compared(entity, one)) for one in rows[:limit]]


def compared(one: MarketEntity, other: MarketEntity) -> Likeness:
    """How alike two operators are, by all their names; natural persons by their whole names, which nobody sees here."""
    if one.is_person or other.is_person:
        is_same = one.name_hash == other.name_hash
        return Likeness(1.0, (Reason.SAME_NAME,)) if is_same else Likeness(0.0, ())
    names = _names([one, other])
    return likeness(known_as(one, names.get(one.pk, ())), known_as(other, names.get(other.pk, ())))


def known_as(entity: MarketEntity, names: tuple[str, ...] = ()) -> Known:
    """The operator as the pure comparison takes it."""
    return Known(entity.name, entity.uscc, entity.place.code if entity.place else "", entity.address, names)


def _candidates(entity: MarketEntity) -> QuerySet[MarketEntity]:
    """Same key, same beginning or same end of the sound.  A union of index scans: an OR would read every operator."""
    rows = MarketEntity.objects.filter(merged_into=None, person_ref=None).exclude(pk=entity.pk)
    first, last = sound_starts(entity.name)
    ways = [rows.filter(name_key=entity.name_key)] if entity.name_key else []
    if first:
        ways.append(rows.filter(sound_key__startswith=first))
        backwards = rows.annotate(backwards=Reverse("sound_key"))
        ways.append(backwards.filter(backwards__startswith=last[::-1]))
    if not ways:
        return rows.none()
    keys = [way.values("pk")[:CANDIDATES] for way in ways]
    return MarketEntity.objects.filter(pk__in=keys[0].union(*keys[1:]))


def _apart(entity: MarketEntity) -> set[int]:
    rows = EntityDistinction.objects.filter(Q(one=entity) | Q(other=entity)).values_list("one", "other")
    return {key for pair in rows for key in pair}


def _names(entities: list[MarketEntity]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for key, name in EntityName.objects.filter(entity__in=entities).values_list("entity", "name"):
        found[key] = (*found.get(key, ()), name)
    return found
