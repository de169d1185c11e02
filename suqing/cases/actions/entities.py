"""Operators: found by their code, else by name and place, else made."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from suqing.accounts.models import Person
from suqing.cases.intake import EntityInput
from suqing.cases.models import MarketEntity
from suqing.kit import pinyin
from suqing.ledger.writing import writer
from suqing.taxonomy.models import Division


def pinyin_key(name: str) -> str:
    """Return what typing finds a name by: its whole pinyin, then its initials."""
    return f"{pinyin.sort_key(name).replace(' ', '')} {pinyin.initials(name)}"[:400]


def find_or_make(
    *, entity: EntityInput, place: Division | None, address: str, by: Person, at: datetime
) -> MarketEntity | None:
    """Return the operator that is meant; None if none is named.

    A code decides; without one the same name in the same place is the same operator.  A known operator without a code
    takes the one that is given now.
    """
    if entity.pk is not None:
        return MarketEntity.objects.get(pk=entity.pk)
    if not entity.name:
        return None
    known = _known(entity, place)
    if known is not None:
        return _with_code(known, entity.uscc, by=by, at=at)
    fresh = MarketEntity(
        name=entity.name,
        uscc=entity.uscc,
        place=place,
        address=address,
        created_at=at,
        pinyin=pinyin_key(entity.name),
    )
    write = writer()
    try:
        with transaction.atomic(savepoint=not write.is_gathering):
            write.new(fresh)
    except IntegrityError:
        # Another desk made the operator of this code a moment ago.
        return MarketEntity.objects.get(uscc=entity.uscc)
    _hold(fresh)
    write.record("market_entity.made", fresh, by=by, at=at, data={"name": fresh.name, "uscc": fresh.uscc})
    return fresh


def _hold(entity: MarketEntity) -> None:
    writer().hold(entity, (entity.name, entity.place_id))
    if entity.uscc:
        writer().hold(entity, entity.uscc)


def _known(entity: EntityInput, place: Division | None) -> MarketEntity | None:
    known = _by_code(entity.uscc) if entity.uscc else None
    if known is None:
        known = _by_name(entity.name, place, without_code=bool(entity.uscc))
    if known is not None:
        _hold(known)
    return known


def _by_code(code: str) -> MarketEntity | None:
    return writer().held(MarketEntity, code) or MarketEntity.objects.filter(uscc=code).first()


def _by_name(name: str, place: Division | None, *, without_code: bool) -> MarketEntity | None:
    held = writer().held(MarketEntity, (name, place and place.pk))
    if held is not None and not (without_code and held.uscc):
        return held
    named = MarketEntity.objects.filter(name=name, place=place)
    if without_code:
        named = named.filter(uscc="")
    return named.order_by("id").first()


def _with_code(known: MarketEntity, code: str, *, by: Person, at: datetime) -> MarketEntity:
    if code and not known.uscc:
        known.uscc = code
        writer().save(known, "uscc")
        _hold(known)
        writer().record("market_entity.code_given", known, by=by, at=at, data={"uscc": code})
    return known
