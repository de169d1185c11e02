"""Operators: found by their code, else by name and place, else made; what is known of one is corrected here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions import operator_persons, topics
from suqing.cases.actions.moving import Refused
from suqing.cases.entity_names import name_keys, pinyin_key
from suqing.cases.intake import EntityInput, local_day
from suqing.cases.models import Case, EntityName, MarketEntity
from suqing.cases.queries.operator_persons import PlainOperator, plain_operator
from suqing.kit import masks, uscc
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.models import Division

N_ = str
LONGEST_NAME, LONGEST_ADDRESS = 200, 300


def new_entity(
    name: str, *, at: datetime, code: str = "", place: Division | None = None, address: str = ""
) -> MarketEntity:
    """An operator with its keys, not yet written."""
    return MarketEntity(name=name, uscc=code, place=place, address=address, created_at=at, **keys_of(name))


def keys_of(name: str) -> dict[str, str]:
    """What an operator is found and suggested by: changes whenever the name does."""
    keys = name_keys(name)
    return {"pinyin": keys.pinyin, "name_key": keys.name, "sound_key": keys.sound}


def find_or_make(
    *, entity: EntityInput, place: Division | None, address: str, by: Person, at: datetime
) -> MarketEntity | None:
    """Return the operator that is meant; None if none is named.

    A code decides; without one the same name, or another name it is known by, in the same place is the same operator.
    A known operator without a code takes the one that is given now.  What was merged is the operator it became.  A
    natural person is only the one of the same whole name in the same place, never a shop that is called so.
    """
    if entity.pk is not None:
        return standing(MarketEntity.objects.get(pk=entity.pk))
    if not entity.name:
        return None
    if entity.is_person:
        return standing(
            operator_persons.person_named(entity.name, place=place, address=address, by=by, at=at)
        )
    known = _known(entity, place)
    if known is not None:
        return _with_code(known, entity.uscc, by=by, at=at)
    fresh = new_entity(entity.name, at=at, code=entity.uscc, place=place, address=address)
    write = writer()
    try:
        with transaction.atomic(savepoint=not write.is_gathering):
            write.new(fresh)
    except IntegrityError:
        # Another desk made the operator of this code a moment ago.
        return standing(MarketEntity.objects.get(uscc=entity.uscc))
    _hold(fresh, (fresh.name, fresh.place_id))
    write.record("market_entity.made", fresh, by=by, at=at, data={"name": fresh.name, "uscc": fresh.uscc})
    return fresh


def standing(entity: MarketEntity) -> MarketEntity:
    """The operator, or what it was merged into; nobody can merge that away before this transaction ends.

    Without the lock a case could be written to an operator that is absorbed in the same moment, and be left behind.
    """
    pk = entity.pk
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT merged_into_id FROM cases_marketentity WHERE id = %s FOR KEY SHARE", [pk])
            row = cursor.fetchone()
            if row is None or row[0] is None:
                break
            pk = row[0]
    return entity if pk == entity.pk else MarketEntity.objects.get(pk=pk)


def _hold(entity: MarketEntity, key: tuple[str, int | str | None]) -> None:
    writer().hold(entity, key)
    if entity.uscc:
        writer().hold(entity, entity.uscc)


def _known(entity: EntityInput, place: Division | None) -> MarketEntity | None:
    known = _by_code(entity.uscc) if entity.uscc else None
    if known is None:
        known = _by_name(entity.name, place, without_code=bool(entity.uscc))
    if known is not None:
        _hold(known, (entity.name, place.pk if place else None))
    return known


def _by_code(code: str) -> MarketEntity | None:
    held = writer().held(MarketEntity, code)
    if held is not None:
        return held
    found = MarketEntity.objects.filter(uscc=code).first()
    return standing(found) if found else None


def _by_name(name: str, place: Division | None, *, without_code: bool) -> MarketEntity | None:
    held = writer().held(MarketEntity, (name, place and place.pk))
    if held is not None and not (without_code and held.uscc):
        return held
    here = MarketEntity.objects.filter(place=place, person_ref=None)
    also = EntityName.objects.filter(name=name).values("entity")
    # Two index scans; an OR of the two would read every operator.
    named = here.filter(name=name).union(here.filter(pk__in=also))
    for found in sorted(named, key=lambda one: (one.name != name, one.pk)):
        known = standing(found)
        if not (without_code and known.uscc):
            return known
    return None


def _with_code(known: MarketEntity, code: str, *, by: Person, at: datetime) -> MarketEntity:
    if not code or known.uscc:
        return known
    known.uscc = code
    write = writer()
    try:
        with transaction.atomic(savepoint=not write.is_gathering):
            write.save(known, "uscc")
    except IntegrityError:
        return standing(MarketEntity.objects.get(uscc=code))  # another desk gave it to another operator
    write.hold(known, code)
    write.record("market_entity.code_given", known, by=by, at=at, data={"uscc": code})
    return known


# What is known of one


class Overtaken(Refused):
    """Somebody changed the operator after the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            N_("Somebody else changed this operator meanwhile. Nothing was changed; look at it again.")
        )


def locked(*entities: MarketEntity) -> list[MarketEntity]:
    """Today's rows, locked in the order of their keys, so that two people who take them crosswise wait for each other.

    Raise Overtaken if one of them was merged meanwhile.
    """
    keys = sorted({one.pk for one in entities})
    rows = {
        row.pk: row for row in MarketEntity.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    }
    if any(row.merged_into_id is not None for row in rows.values()) or len(rows) < len(keys):
        raise Overtaken
    return [rows[one.pk] for one in entities]


def name_of(text: str) -> str:
    """A name as somebody typed it.  Raise Refused for none and for one that is too long."""
    text = " ".join(text.split())
    if not text:
        raise Refused(N_("Write down the name of the operator."), field="name")
    if len(text) > LONGEST_NAME:
        raise Refused(N_("This field takes at most %(limit)s characters."), field="name", limit=LONGEST_NAME)
    return text


def code_of(text: str, *, besides: MarketEntity | None = None) -> str:
    """A social credit code as somebody typed it, "" for none.  Raise Refused if it is wrong or another operator's."""
    code = uscc.normalise(text)
    if not code:
        return ""
    try:
        uscc.check(code)
    except uscc.BadUscc as wrong:
        raise Refused(
            N_("This is no social credit code: check it character by character."), field="uscc"
        ) from wrong
    others = MarketEntity.objects.filter(uscc=code)
    other = (others.exclude(pk=besides.pk) if besides else others).first()
    if other is not None:
        raise Refused(
            N_("The code belongs to %(name)s: if both are one operator, merge them."),
            field="uscc",
            name=other.name,
        )
    return code


@dataclass(frozen=True, slots=True)
class Correction:
    """What is known of an operator from now on; None leaves what is known.

    ``is_former``: the old name was once right, so it is kept as a former name; else it was a mistake.
    """

    name: str | None = None
    code: str | None = None
    address: str | None = None
    is_former: bool = True
    is_person: bool | None = None


@one_transaction
def correct(
    *, entity: MarketEntity, to: Correction, by: Person, at: datetime, seen: str | None = None
) -> MarketEntity:
    """Put right what is known of an operator.  Its cases keep the name that was said when they were registered: that is
    what the caller and the receipt said, and what the case must prove later.

    An operator that becomes a natural person is masked in its cases too, and is called by its name in them again when
    it turns out to be registered.  ``seen`` is the name that the person had before them: Overtaken if it is another one.
    """
    require(by, Permission.ENTITY_MANAGE)
    (row,) = locked(entity)
    if seen is not None and row.name != seen:
        raise Overtaken
    if row.is_person if to.is_person is None else to.is_person:
        return _correct_person(row, to, by, at)
    plain = plain_operator(row) if row.is_person else PlainOperator(row.name, row.address)
    name, address = name_of(plain.name if to.name is None else to.name), _address_of(to, plain)
    code = row.uscc if to.code is None else code_of(to.code, besides=row)
    if row.is_person:
        return _correct_to_registered(row, name, code, address, by, at)
    return _correct_registered(row, {"name": name, "uscc": code, "address": address}, to, by, at)


def _address_of(to: Correction, plain: PlainOperator) -> str:
    address = plain.address if to.address is None else to.address.strip()
    if len(address) > LONGEST_ADDRESS:
        raise Refused(
            N_("This field takes at most %(limit)s characters."), field="address", limit=LONGEST_ADDRESS
        )
    return address


def _correct_registered(
    row: MarketEntity, after: dict[str, str], to: Correction, by: Person, at: datetime
) -> MarketEntity:
    before = {"name": row.name, "uscc": row.uscc, "address": row.address}
    changed = sorted(field for field in after if before[field] != after[field])
    if not changed:
        return row
    if "name" in changed:
        EntityName.objects.filter(entity=row, name=after["name"]).delete()  # it is the name itself now
        if to.is_former:
            keep_name(row, row.name, until=at, at=at)
    keys = keys_of(after["name"])
    for field, value in (after | keys).items():
        setattr(row, field, value)
    writer().save(row, *after, *keys)
    data = {
        "before": {field: before[field] for field in changed},
        "after": {field: after[field] for field in changed},
        "is_former": to.is_former and "name" in changed,
    }
    writer().record("market_entity.corrected", row, by=by, at=at, data=data)
    return row


def _correct_person(row: MarketEntity, to: Correction, by: Person, at: datetime) -> MarketEntity:
    """What the event says in plain is sealed under the person's key."""
    if to.code if to.code is not None else row.uscc:
        raise Refused(
            N_(
                "Whoever has a social credit code is registered, no natural person. Take one of the two away."
            ),
            field="is_person",
        )
    was_person = row.is_person
    plain = plain_operator(row) if was_person else PlainOperator(row.name, row.address)
    name, address = name_of(plain.name if to.name is None else to.name), _address_of(to, plain)
    if was_person and (name, address) == (plain.name, plain.address):
        return row
    names = {plain.name} if was_person else operator_persons.names_given_up(row)
    operator_persons.put_on(row, name, address)
    writer().save(row, *operator_persons.KEPT)
    operator_persons.hide_in_cases(row, names | {name})
    topics.renew(cases=_cases_of(row), at=at, with_texts=True)
    writer().record(
        "market_entity.corrected" if was_person else "market_entity.became_person",
        row,
        by=by,
        at=at,
        data={"before": {"name": masks.mask_name(plain.name)}, "after": {"name": row.name}}
        if plain.name != name
        else {},
        personal={row.key_subject: {"before": sorted(names), "name": name, "address": address}},
    )
    return row


def _cases_of(row: MarketEntity) -> Iterable[int]:
    return Case.objects.filter(entity=row).values_list("pk", flat=True)


def _correct_to_registered(
    row: MarketEntity, name: str, code: str, address: str, by: Person, at: datetime
) -> MarketEntity:
    masked = row.name
    operator_persons.take_off(row, name, code, address)
    writer().save(row, *operator_persons.KEPT)
    operator_persons.show_in_cases(row)
    topics.renew(cases=_cases_of(row), at=at)
    data = {"before": {"name": masked}, "after": {"name": name, "uscc": code, "address": address}}
    writer().record("market_entity.became_registered", row, by=by, at=at, data=data)
    return row


def keep_name(
    entity: MarketEntity, name: str, *, at: datetime, until: datetime | None = None
) -> EntityName | None:
    """Keep another name of an operator; None where it is known already."""
    row, is_new = EntityName.objects.get_or_create(
        entity=entity,
        name=name,
        defaults={
            "pinyin": pinyin_key(name),
            "until": until and local_day(until),
            "added_at": at,
        },
    )
    return row if is_new else None


@one_transaction
def add_name(*, entity: MarketEntity, name: str, by: Person, at: datetime) -> EntityName:
    """Keep another name that the operator is known by: the sign over the door, the name of its shop on a platform."""
    require(by, Permission.ENTITY_MANAGE)
    (row,) = locked(entity)
    if row.is_person:
        raise Refused(
            N_("The file of a natural person keeps no other names: they would lead to the person."),
            field="name",
        )
    name = name_of(name)
    made = None if name == row.name else keep_name(row, name, at=at)
    if made is None:
        raise Refused(N_("The operator is known by this name already."), field="name")
    writer().record("market_entity.name_added", row, by=by, at=at, data={"name": name})
    return made
