"""The operators of many past cases at once, found or made by the rules of ``entities.find_or_make``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from psycopg.errors import UniqueViolation

from suqing.cases.entity_names import NameKeys, name_keys
from suqing.cases.intake import EntityInput
from suqing.cases.models import EntityName, MarketEntity
from suqing.ledger.copying import copy_rows, take_ids

COLUMNS = (
    *("id", "name", "uscc", "place_id", "address", "pinyin", "name_key", "sound_key"),
    *("name_hash", "created_at"),
)
# The lock keeps what is found from being merged away before the cases are written (entities.standing).
_STORED = """
    SELECT id, name, uscc, place_id, merged_into_id FROM cases_marketentity
    WHERE (name = ANY(%s) AND person_ref IS NULL) OR (uscc <> '' AND uscc = ANY(%s)) OR id = ANY(%s) ORDER BY id FOR KEY SHARE
"""
_HEADS = """
    SELECT id, name, uscc, merged_into_id FROM cases_marketentity WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE
"""
_TRIES = 3  # another writer may make the operator of a code at the same moment


@dataclass(frozen=True, slots=True)
class Meant:
    """An operator as a case names it."""

    entity: EntityInput
    place_id: str | None
    address: str
    keys: NameKeys | None = None  # of the name, where they were made beforehand


@dataclass(slots=True)
class Operator:
    """One operator while a batch is written."""

    pk: int
    name: str
    uscc: str


@dataclass(slots=True)
class Operators:
    """What the batch found, made and learned."""

    by_code: dict[str, Operator] = field(default_factory=dict)
    by_name: dict[tuple[str, str | None], list[Operator]] = field(default_factory=dict)
    by_pk: dict[int, Operator] = field(default_factory=dict)
    fresh: list[tuple[Operator, Meant]] = field(default_factory=list)
    with_code: list[Operator] = field(default_factory=list)

    def find_or_make(self, meant: Meant) -> Operator | None:
        given = meant.entity
        if given.pk is not None:
            return self.by_pk[given.pk]
        if not given.name:
            return None
        known = self._known(given, meant.place_id)
        if known is None:
            known = Operator(0, given.name, given.uscc)
            self.fresh.append((known, meant))
            self.keep(known, meant.place_id)
        elif given.uscc and not known.uscc:
            known.uscc = given.uscc
            self.by_code[given.uscc] = known
            if known.pk:
                self.with_code.append(known)
        return known

    def keep(self, operator: Operator, place_id: str | None, name: str = "", code: str = "") -> None:
        """Let it be found by a name at a place and by its code; a row merged into it keeps its own of both."""
        self.by_name.setdefault((name or operator.name, place_id), []).append(operator)
        if code or operator.uscc:
            self.by_code[code or operator.uscc] = operator

    def _known(self, given: EntityInput, place_id: str | None) -> Operator | None:
        if given.uscc and (known := self.by_code.get(given.uscc)) is not None:
            return known
        named = self.by_name.get((given.name, place_id), ())
        return next((one for one in named if not (given.uscc and one.uscc)), None)


def find_or_make_many(meant: Sequence[Meant], *, at: datetime) -> tuple[list[Operator | None], int]:
    """Return the operator of each case in order (None where none is named), and how many were made.

    A fixed number of queries, and as many again when another writer made one of the same code meanwhile.  Call inside
    a transaction.
    """
    for left in reversed(range(_TRIES)):
        operators = _stored(meant)
        found = [operators.find_or_make(one) for one in meant]
        try:
            with transaction.atomic():
                _write(operators, at)
        except (IntegrityError, UniqueViolation):  # COPY speaks past Django
            if not left:
                raise
        else:
            break
    return found, len(operators.fresh)


def _stored(meant: Sequence[Meant]) -> Operators:
    codes = {one.entity.uscc for one in meant if one.entity.uscc}
    names = {one.entity.name for one in meant if one.entity.name}
    picked = {one.entity.pk for one in meant if one.entity.pk is not None}
    operators = Operators()
    if not (codes or names or picked):
        return operators
    also = list(EntityName.objects.filter(name__in=names).order_by("entity").values_list("entity", "name"))
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [list(names), list(codes), [*picked, *(pk for pk, _name in also)]])
        rows = cursor.fetchall()
    heads = _heads({row[4] for row in rows if row[4] is not None})
    for pk, name, uscc, place_id, merged in rows:
        if merged is None:
            operator = operators.by_pk.setdefault(pk, Operator(pk, name, uscc))
        else:
            head = heads[merged]
            operator = operators.by_pk.setdefault(head.pk, head)
            operators.by_pk[pk] = operator
        operators.keep(operator, place_id, name, uscc)
    places = {row[0]: row[3] for row in rows}
    for pk, name in also:  # after the first names: those come first
        operators.keep(operators.by_pk[pk], places[pk], name)
    return operators


def _heads(merged: set[int]) -> dict[int, Operator]:
    """For each operator that others were merged into: the one it is now."""
    rows: dict[int, tuple[str, str, int | None]] = {}
    missing = merged
    while missing:
        with connection.cursor() as cursor:
            cursor.execute(_HEADS, [sorted(missing)])
            rows |= {pk: (name, uscc, into) for pk, name, uscc, into in cursor.fetchall()}
        missing = {into for _name, _uscc, into in rows.values() if into is not None} - rows.keys()
    heads: dict[int, Operator] = {}
    for pk in merged:
        head = pk
        while (into := rows[head][2]) is not None:
            head = into
        heads[pk] = Operator(head, *rows[head][:2])
    return heads


def _write(operators: Operators, at: datetime) -> None:
    ids = take_ids(MarketEntity, len(operators.fresh))
    for pk, (operator, _meant) in zip(ids, operators.fresh, strict=True):
        operator.pk = pk
    copy_rows(MarketEntity, COLUMNS, (_row(operator, meant, at) for operator, meant in operators.fresh))
    if operators.with_code:
        rows = [MarketEntity(pk=one.pk, uscc=one.uscc) for one in operators.with_code]
        MarketEntity.objects.bulk_update(rows, ["uscc"])


def _row(operator: Operator, meant: Meant, at: datetime) -> tuple[object, ...]:
    keys = meant.keys or name_keys(operator.name)
    told = (operator.pk, operator.name, operator.uscc, meant.place_id, meant.address)
    # Who imports says of nobody that they are a natural person: the hash of a name is empty.
    return (*told, keys.pinyin, keys.name, keys.sound, "", at)
