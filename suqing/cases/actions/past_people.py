"""The persons of many past cases at once, remembered by the rules of ``parties.remember``.

One difference: past cases are older than what is known, so a known person keeps the address and identity number that
stand there and gets only those that are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from suqing.cases.intake import PartyInput
from suqing.cases.models import Party
from suqing.kit import masks, phones
from suqing.ledger.actions import encrypt_many
from suqing.ledger.copying import copy_rows, seal_for_new, take_ids
from suqing.ledger.queries import keyed_hash

TEXTS = ("name", "phone", "address", "id_number")
FILLED = ("address", "id_number")  # what a person known by number and name may lack
COLUMNS = (
    *("id", "ref", "name_cipher", "phone_cipher", "address_cipher", "id_number_cipher"),
    *("name_hash", "name_masked", "phone_hash", "phone_masked", "created_at"),
)
Key = tuple[str, str]
# Locked in the order of their keys, so that two imports never wait for each other crosswise.
_KNOWN = """
    SELECT * FROM cases_party WHERE phone_hash = ANY(%s) AND erased_at IS NULL ORDER BY id FOR UPDATE
"""


def remember_many(people: Sequence[PartyInput], *, at: datetime) -> list[int | None]:
    """Return the primary key of each person's party, found or made; None for nobody.  Call inside a transaction."""
    keys = [_key(person) for person in people]
    known = _known(keys)
    found: list[int | None] = []
    fresh: list[tuple[Key, PartyInput]] = []
    fresh_at: dict[Key, int] = {}
    waiting: list[tuple[int, int]] = []  # place in the answer, place among the fresh
    more: dict[int, dict[str, str]] = {}
    for person, key in zip(people, keys, strict=True):
        if not (person.name or person.phone or person.address or person.id_number):
            found.append(None)
        elif (party := known.get(key)) is not None:
            _note_missing(party, person, more)
            found.append(party.pk)
        else:
            place = fresh_at.get(key) if all(key) else None
            if place is None:
                place = len(fresh)
                fresh.append((key, person))
                fresh_at[key] = place
            else:
                fresh[place] = (key, _joined(fresh[place][1], person))
            waiting.append((len(found), place))
            found.append(None)
    ids = _write(fresh, at)
    for place, number in waiting:
        found[place] = ids[number]
    _fill({party.pk: party for party in known.values()}, more)
    return found


def _key(person: PartyInput) -> Key:
    number = phones.normalise(person.phone) if person.phone else ""
    return (
        keyed_hash("phone", number) if number else "",
        keyed_hash("name", person.name) if person.name else "",
    )


def _known(keys: Sequence[Key]) -> dict[Key, Party]:
    numbers = list({number for number, name in keys if number and name})
    if not numbers:
        return {}
    rows = Party.objects.raw(_KNOWN, [numbers])
    return {(row.phone_hash, row.name_hash): row for row in rows if row.name_hash}


def _joined(one: PartyInput, later: PartyInput) -> PartyInput:
    return PartyInput(one.name, one.phone, later.address or one.address, later.id_number or one.id_number)


def _note_missing(party: Party, person: PartyInput, more: dict[int, dict[str, str]]) -> None:
    for name in FILLED:
        text = getattr(person, name)
        if text and getattr(party, f"{name}_cipher") is None:
            more.setdefault(party.pk, {})[name] = text


def _fill(known: dict[int, Party], more: dict[int, dict[str, str]]) -> None:
    items = [(known[pk], name, text) for pk, texts in more.items() for name, text in texts.items()]
    if not items:
        return
    ciphers = encrypt_many([(party.key_subject, text) for party, _name, text in items])
    for (party, name, _text), cipher in zip(items, ciphers, strict=True):
        setattr(party, f"{name}_cipher", cipher)
    changed = list({party.pk: party for party, _name, _text in items}.values())
    Party.objects.bulk_update(changed, [f"{name}_cipher" for name in FILLED])


def _write(fresh: Sequence[tuple[Key, PartyInput]], at: datetime) -> list[int]:
    """Insert the new parties; return their primary keys in order."""
    if not fresh:
        return []
    ids = take_ids(Party, len(fresh))
    refs = [uuid4() for _one in fresh]
    items = [
        (f"party:{ref}", text)
        for ref, (_key, person) in zip(refs, fresh, strict=True)
        for name in TEXTS
        if (text := getattr(person, name))
    ]
    ciphers = iter(seal_for_new(items))
    rows = []
    for pk, ref, (key, person) in zip(ids, refs, fresh, strict=True):
        sealed = [next(ciphers) if getattr(person, name) else None for name in TEXTS]
        rows.append(
            (
                *(pk, ref, *sealed),
                *(key[1], masks.mask_name(person.name) if person.name else ""),
                *(key[0], phones.mask(phones.normalise(person.phone)) if key[0] else "", at),
            )
        )
    copy_rows(Party, COLUMNS, rows)
    return ids
