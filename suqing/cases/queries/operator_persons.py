"""Operators who are natural persons: found by their whole name, opened to those who may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import visible_unit_ids
from suqing.cases.models import Case, MarketEntity
from suqing.cases.queries.sight import visible_cases
from suqing.ledger.queries import decrypt_many, keyed_hash


@dataclass(frozen=True, slots=True)
class PlainOperator:
    """A natural person in plain; "" where nothing is known."""

    name: str
    address: str


def operator_hash(name: str) -> str:
    """The keyed hash under which a natural person is found by the whole name."""
    return keyed_hash("operator", "".join(name.split()))


def plain_operator(entity: MarketEntity) -> PlainOperator:
    """Decrypt one.  The caller has checked the right to see it and logged the look."""
    return plain_operators([entity])[entity.pk]


def plain_operators(entities: Iterable[MarketEntity]) -> dict[int, PlainOperator]:
    """Decrypt the natural persons among these; one query, none where there are none."""
    people = [one for one in entities if one.is_person]
    given = [
        (one, field, bytes(cipher))
        for one in people
        for field in ("name", "address")
        if (cipher := getattr(one, f"{field}_cipher")) is not None
    ]
    if not given:
        return {one.pk: PlainOperator("", "") for one in people}
    texts = decrypt_many([(one.key_subject, cipher) for one, _field, cipher in given])
    known = {(one.pk, field): text or "" for (one, field, _cipher), text in zip(given, texts, strict=True)}
    return {
        one.pk: PlainOperator(known.get((one.pk, "name"), ""), known.get((one.pk, "address"), ""))
        for one in people
    }


def names_hidden(case: Case) -> tuple[str, ...]:
    """The plain name that must not show in the words of this case; one query if its operator is a natural person."""
    if case.entity is None or not case.entity.is_person:
        return ()
    return (plain_operator(case.entity).name,)


def may_unmask_operator(person: Person, entity: MarketEntity) -> bool:
    """Whether this person is one reason away from the name and address of a natural person: as with a consumer, by the
    right held for the unit of one of the cases."""
    for permission in (Permission.PERSONAL_SEE, Permission.PERSONAL_UNMASK):
        units = visible_unit_ids(person, holding=permission)
        cases = visible_cases(person).filter(entity=entity)
        if units is None or (units and cases.filter(responsible_unit__in=units).exists()):
            return True
    return False
