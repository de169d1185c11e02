"""Natural persons as operators: kept masked, with what was said encrypted under their own key.

Every page, list, search and file reads ``name`` and ``address`` of the operator and the operator's name in a case.  For
a natural person these hold masks only, so that no way of reading them can tell more; the plain name is asked for where
the reader's right is checked.  See ``suqing.cases.natural_persons`` for the ground.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db.models import TextField, Value
from django.db.models.functions import Replace

from suqing.accounts.models import Person
from suqing.cases.entity_names import name_keys, pinyin_key
from suqing.cases.models import Case, EntityName, MarketEntity, Submission
from suqing.cases.natural_persons import SHORTEST, hide
from suqing.cases.queries.operator_persons import operator_hash, plain_operator
from suqing.kit import masks
from suqing.ledger.writing import writer
from suqing.taxonomy.models import Division
from suqing.taxonomy.text.normalise import normalise

KEPT = (
    *("person_ref", "name_cipher", "name_hash", "address_cipher", "name", "uscc", "address"),
    *("pinyin", "name_key", "sound_key"),
)


def person_named(
    name: str, *, place: Division | None, address: str, by: Person, at: datetime
) -> MarketEntity:
    """The natural person of this whole name in this place, made if none is known."""
    name = " ".join(name.split())
    rows = MarketEntity.objects.filter(name_hash=operator_hash(name), place=place, merged_into=None)
    known = writer().held(MarketEntity, ("person", name, place and place.pk)) or rows.order_by("pk").first()
    if known is not None:
        return known
    fresh = MarketEntity(place=place, created_at=at)
    put_on(fresh, name, address)
    write = writer()
    write.new(fresh)
    write.hold(fresh, ("person", name, place and place.pk))
    write.record(
        "market_entity.made",
        fresh,
        by=by,
        at=at,
        data={"name": fresh.name, "uscc": "", "is_person": True},
        personal={fresh.key_subject: {"name": name, "address": address}},
    )
    return fresh


def put_on(row: MarketEntity, name: str, address: str) -> None:
    """Make a row that of a natural person, or change what is known of one; the caller writes it (``KEPT``)."""
    row.person_ref = row.person_ref or uuid4()
    row.uscc, row.name_hash = "", operator_hash(name)
    row.name, row.address = masks.mask_name(name), masks.mask_address(address)
    row.pinyin, row.name_key, row.sound_key = pinyin_key(row.name.rstrip(masks.STAR)), "", ""
    writer().encrypt(row, "name_cipher", row.key_subject, name)
    row.address_cipher = None
    if address:
        writer().encrypt(row, "address_cipher", row.key_subject, address)


def take_off(row: MarketEntity, name: str, code: str, address: str) -> None:
    """Make the row of a natural person that of a registered operator; the caller writes it (``KEPT``)."""
    keys = name_keys(name)
    row.person_ref, row.name_cipher, row.name_hash, row.address_cipher = None, None, "", None
    row.name, row.uscc, row.address = name, code, address
    row.pinyin, row.name_key, row.sound_key = keys.pinyin, keys.name, keys.sound


def hide_in_cases(row: MarketEntity, names: set[str]) -> None:
    """Mask the names in what is listed, searched and printed of the person's cases.

    The words as they were said stay: they open only to those who may see them, like all personal data in them.
    """
    cases = Case.objects.filter(entity=row)
    cases.update(entity_name=row.name)
    contacts = Submission.objects.filter(cases__in=cases.values("pk"))
    for name in sorted(names, key=len, reverse=True):
        folded = normalise(name).text
        if len(folded) < SHORTEST:
            continue
        masked = Replace("match_text", Value(folded), Value(hide(folded, [folded])), output_field=TextField())
        cases.filter(match_text__contains=folded).update(match_text=masked)
        contacts.filter(match_text__contains=folded).update(match_text=masked)


def show_in_cases(row: MarketEntity) -> None:
    """Name the operator in its cases again, once it turned out to be registered: the register is public."""
    Case.objects.filter(entity=row).update(entity_name=row.name)


def names_given_up(row: MarketEntity) -> set[str]:
    """All names by which the operator and its cases called it until now; the other names go."""
    others = EntityName.objects.filter(entity=row)
    names = {row.name, *others.values_list("name", flat=True)}
    names |= set(Case.objects.filter(entity=row).values_list("entity_name", flat=True).distinct())
    others.delete()
    return names - {""}


def address_over(kept: MarketEntity, gone: MarketEntity) -> None:
    """Let the survivor of a merge take the address of the other person, under its own key."""
    if kept.is_person and gone.is_person and kept.address_cipher is None and gone.address_cipher is not None:
        writer().encrypt(kept, "address_cipher", kept.key_subject, plain_operator(gone).address)
