"""Two operators that are one, one that is two, and the way back from either.

Cases are locked before operators, and both in the order of their keys: whoever handles a case at the same time waits,
and two people who merge crosswise never make a ring.  What a case says of the operator's name is not rewritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions import operator_persons, topics
from suqing.cases.actions.entities import (
    LONGEST_ADDRESS,
    code_of,
    keep_name,
    locked,
    name_of,
    new_entity,
)
from suqing.cases.actions.moving import Refused
from suqing.cases.models import Case, EntityDistinction, EntityMerge, EntityName, EntityRelation, MarketEntity
from suqing.cases.queries.sight import visible_cases
from suqing.ledger.writing import one_transaction, writer

N_ = str
MERGE, SPLIT = "merge", "split"
LONGEST_NOTE = 300
_TAKEN = ("uscc", "place_id", "address")  # what a survivor takes over where it knows nothing itself


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of the cases: ``stayed`` have another operator by now, or came from elsewhere."""

    merge: EntityMerge
    moved: int
    stayed: int


@one_transaction
def merge(
    *, survivor: MarketEntity, absorbed: MarketEntity, by: Person, at: datetime, note: str = ""
) -> EntityMerge:
    """Say that ``absorbed`` is ``survivor``: its cases, names and relations move over.

    Raise Refused for two different codes: these are two operators by law (GB 32100-2015 gives each entity one code).
    """
    require(by, Permission.ENTITY_MANAGE)
    if survivor.pk == absorbed.pk:
        raise Refused(N_("Choose two different operators."))
    note = _note(note)
    _lock_cases(Q(entity=absorbed))
    kept, gone = locked(survivor, absorbed)
    if kept.uscc and gone.uscc:
        raise Refused(
            N_("%(one)s and %(other)s have different social credit codes: they are two operators by law."),
            one=kept.name,
            other=gone.name,
        )
    if kept.is_person != gone.is_person:
        raise Refused(
            N_("One of the two is a natural person, the other is not. Correct the file that is wrong first.")
        )
    before: dict[str, Any] = {"survivor": _facts(kept), "absorbed": _facts(gone)}
    case_ids = _lock_cases(Q(entity=gone))  # also those that came before the operators were locked
    Case.objects.filter(pk__in=case_ids).update(entity=kept)
    _take_over(kept, gone)
    if kept.is_person:
        operator_persons.show_in_cases(kept)  # by one mask, whatever the two were called
    before["taken"] = {
        field: _plain(kept, field) for field in _TAKEN if _facts(kept)[field] != before["survivor"][field]
    }
    before["names"] = _take_names(kept, gone, at)
    before["relations"], before["ended"] = _take_relations(kept, gone, at)
    made = EntityMerge(
        kind=MERGE, survivor=kept, absorbed=gone, case_ids=case_ids, before=before, note=note, by=by, at=at
    )
    writer().new(made)
    topics.renew(cases=case_ids, at=at)
    _tell("merged", made, by=by, at=at, cases=len(case_ids))
    return made


@dataclass(frozen=True, slots=True)
class NewOperator:
    """The operator of its own that cases are given in a split; no address: that of the operator they come from."""

    name: str
    code: str = ""
    address: str = ""
    is_person: bool = False


@one_transaction
def split(
    *,
    entity: MarketEntity,
    cases: Sequence[int],
    to: NewOperator,
    by: Person,
    at: datetime,
    note: str = "",
) -> EntityMerge:
    """Take cases (their keys) out of an operator and give them one of their own.

    Raise Refused if a case is not (any more) one of this operator's in sight of the person, or if none would stay.
    """
    require(by, Permission.ENTITY_MANAGE)
    note, name = _note(note), name_of(to.name)
    asked = set(cases)
    row = _lock_to_split(entity, asked, by)
    fresh = _operator_of_its_own(row, name, to, at)
    writer().new(fresh)
    moved = Case.objects.filter(pk__in=asked)
    called = dict(moved.values_list("pk", "entity_name")) if fresh.is_person else {}
    moved.update(entity=fresh)
    if fresh.is_person:
        operator_persons.hide_in_cases(fresh, {name, *called.values()} - {""})
    facts = {"survivor": _facts(row), "absorbed": _facts(fresh)}
    made = EntityMerge(
        kind=SPLIT,
        survivor=row,
        absorbed=fresh,
        case_ids=sorted(asked),
        before=facts,
        note=note,
        by=by,
        at=at,
    )
    writer().new(made)
    topics.renew(cases=asked, at=at, with_texts=fresh.is_person)
    _tell("split", made, by=by, at=at, cases=len(asked))
    return made


def _lock_to_split(entity: MarketEntity, asked: set[int], by: Person) -> MarketEntity:
    """Today's row of the operator, locked after its cases.  Raise Refused for cases that cannot be taken out."""
    if not asked:
        raise Refused(N_("Choose the cases of the other operator."), field="cases")
    in_sight = set(visible_cases(by).filter(pk__in=asked).values_list("pk", flat=True))
    mine = set(_lock_cases(Q(pk__in=in_sight, entity=entity)))
    (row,) = locked(entity)
    if mine != asked:
        raise Refused(N_("Some of these cases have another operator by now. Look again."), field="cases")
    if not Case.objects.filter(entity=row).exclude(pk__in=mine).exists():
        raise Refused(
            N_("All cases are chosen: then the operator has another name; correct that."), field="cases"
        )
    return row


def _operator_of_its_own(row: MarketEntity, name: str, to: NewOperator, at: datetime) -> MarketEntity:
    """Not yet written.  The address of a natural person is not handed on to anybody else."""
    address = to.address.strip()
    if len(address) > LONGEST_ADDRESS:
        raise Refused(
            N_("This field takes at most %(limit)s characters."), field="address", limit=LONGEST_ADDRESS
        )
    if to.is_person and to.code.strip():
        raise Refused(
            N_(
                "Whoever has a social credit code is registered, no natural person. Take one of the two away."
            ),
            field="is_person",
        )
    if to.is_person:
        fresh = MarketEntity(place=row.place, created_at=at)
        operator_persons.put_on(fresh, name, address)
        return fresh
    known = "" if row.is_person else row.address
    return new_entity(name, at=at, code=code_of(to.code), place=row.place, address=address or known)


@one_transaction
def undo(*, merge: EntityMerge, by: Person, at: datetime) -> Undone:
    """Take a merge or a split back: exactly the cases it moved move back, unless they have another operator since.

    Raise Refused if it was undone already, or if one of the two was merged on since: that one is to be undone first.
    """
    require(by, Permission.ENTITY_MANAGE)
    known = EntityMerge.objects.select_for_update().get(pk=merge.pk)
    if known.undone_at is not None:
        raise Refused(N_("This has been undone already."))
    source, target = known.survivor, known.absorbed
    if known.kind == SPLIT:
        source, target = target, source
    if target.is_person != source.is_person and known.kind == MERGE:
        raise Refused(N_("One of the two became a natural person, or registered, since: correct that first."))
    came = _lock_cases(Q(pk__in=known.case_ids, entity=source))
    pair = {row.pk: row for row in MarketEntity.objects.select_for_update().filter(
        pk__in=[source.pk, target.pk]).order_by("pk")}  # fmt: skip
    source, target = pair[source.pk], pair[target.pk]
    _require_last(known, source, target)
    Case.objects.filter(pk__in=came).update(entity=target)
    if target.is_person or source.is_person:
        Case.objects.filter(pk__in=came).update(entity_name=target.name)  # what was said went with the mask
    if known.kind == MERGE:
        _give_back(known, source, target)
    else:
        _close_split(source, target)
    known.undone_by, known.undone_at = by, at
    writer().save(known, "undone_by", "undone_at")
    topics.renew(cases=came, at=at)
    stayed = len(known.case_ids) - len(came)
    _tell(f"{known.kind}_undone", known, by=by, at=at, cases=len(came), stayed=stayed)
    return Undone(known, len(came), stayed)


@one_transaction
def say_distinct(*, one: MarketEntity, other: MarketEntity, by: Person, at: datetime) -> EntityDistinction:
    """Two operators that look alike are two: they are not suggested again.  Safe to repeat."""
    require(by, Permission.ENTITY_MANAGE)
    first, second = sorted((one, other), key=lambda entity: entity.pk)
    if first.pk == second.pk:
        raise Refused(N_("Choose two different operators."))
    made, is_new = EntityDistinction.objects.get_or_create(
        one=first, other=second, defaults={"by": by, "at": at}
    )
    if is_new:
        for entity, beside in ((first, second), (second, first)):
            data = {"other": beside.pk, "name": beside.name}
            writer().record("market_entity.said_distinct", entity, by=by, at=at, data=data)
    return made


@one_transaction
def take_back_distinction(*, one: MarketEntity, other: MarketEntity, by: Person, at: datetime) -> None:
    """They may be suggested as one again.  Safe to repeat."""
    require(by, Permission.ENTITY_MANAGE)
    first, second = sorted((one, other), key=lambda entity: entity.pk)
    if EntityDistinction.objects.filter(one=first, other=second).delete()[0]:
        for entity, beside in ((first, second), (second, first)):
            data = {"other": beside.pk, "name": beside.name}
            writer().record("market_entity.distinction_taken_back", entity, by=by, at=at, data=data)


# What moves over, and back


def _note(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_NOTE:
        raise Refused(N_("This field takes at most %(limit)s characters."), field="note", limit=LONGEST_NOTE)
    return text


def _lock_cases(which: Q) -> list[int]:
    rows = Case.objects.select_for_update(of=("self",)).filter(which).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _facts(entity: MarketEntity) -> dict[str, Any]:
    return {"name": entity.name, **{field: _plain(entity, field) for field in _TAKEN}}


def _plain(entity: MarketEntity, field: str) -> Any:
    return getattr(entity, field)


def _take_over(kept: MarketEntity, gone: MarketEntity) -> None:
    """The survivor takes what it does not know itself.  A code is one operator's only, so it leaves the other first."""
    operator_persons.address_over(kept, gone)
    for field in _TAKEN:
        if not getattr(kept, field):
            setattr(kept, field, getattr(gone, field))
    gone.uscc, gone.merged_into = "", kept
    writer().save(gone, "uscc", "merged_into")
    writer().save(kept, "uscc", "place", "address", "address_cipher")


def _take_names(kept: MarketEntity, gone: MarketEntity, at: datetime) -> list[int]:
    """Keys of the names that the survivor learns; a natural person keeps one name."""
    if kept.is_person:
        return []
    names = [gone.name, *gone.names.values_list("name", flat=True)]
    rows = [keep_name(kept, name, at=at) for name in names if name != kept.name]
    return [row.pk for row in rows if row is not None]


def _take_relations(
    kept: MarketEntity, gone: MarketEntity, at: datetime
) -> tuple[dict[str, list[int]], list[int]]:
    """Move the relations in force; one that the survivor has already, or would have with itself, ends."""
    moved: dict[str, list[int]] = {"seller": [], "platform": []}
    ended: list[int] = []
    for side, beside in (("seller", "platform_id"), ("platform", "seller_id")):
        mine = EntityRelation.objects.filter(**{side: kept}, ended_at=None)
        known = set(mine.values_list(beside, "kind"))
        rows = EntityRelation.objects.select_for_update().filter(**{side: gone}, ended_at=None).order_by("pk")
        for row in rows:
            if getattr(row, beside) == kept.pk or (getattr(row, beside), row.kind) in known:
                row.ended_at = at
                writer().save(row, "ended_at")
                ended.append(row.pk)
            else:
                setattr(row, side, kept)
                writer().save(row, side)
                moved[side].append(row.pk)
    return moved, ended


def _require_last(known: EntityMerge, source: MarketEntity, target: MarketEntity) -> None:
    """What came after must be undone before."""
    if known.kind == MERGE:
        is_last = source.merged_into_id is None and target.merged_into_id == source.pk
    else:
        is_last = source.merged_into_id is None and target.merged_into_id is None
    if not is_last:
        raise Refused(N_("One of the two was merged again since: undo that first."))


def _give_back(known: EntityMerge, kept: MarketEntity, gone: MarketEntity) -> None:
    """Undo what a merge took over, as far as it still stands."""
    before = known.before
    for field, value in before.get("taken", {}).items():
        if getattr(kept, field) == value:
            setattr(kept, field, before["survivor"][field])
            if field == "address":
                kept.address_cipher = None  # it knew none of its own
    writer().save(kept, "uscc", "place", "address", "address_cipher")
    code = before["absorbed"]["uscc"]
    if code and not MarketEntity.objects.filter(uscc=code).exists():
        gone.uscc = code
    gone.merged_into = None
    writer().save(gone, "uscc", "merged_into")
    EntityName.objects.filter(pk__in=before.get("names", ()), entity=kept).delete()
    for side, keys in before.get("relations", {}).items():
        EntityRelation.objects.filter(pk__in=keys, ended_at=None, **{side: kept}).update(**{side: gone})
    EntityRelation.objects.filter(pk__in=before.get("ended", ())).update(ended_at=None)


def _close_split(fresh: MarketEntity, first: MarketEntity) -> None:
    """An operator without cases goes back into the one it was taken from; one that has got others since stays."""
    if not Case.objects.filter(entity=fresh).exists():
        fresh.uscc, fresh.merged_into = "", first
        writer().save(fresh, "uscc", "merged_into")


def _tell(verb: str, done: EntityMerge, *, by: Person, at: datetime, **counts: int) -> None:
    """An event in the story of both."""
    for entity, beside, role in (
        (done.survivor, done.absorbed, "survivor"),
        (done.absorbed, done.survivor, "absorbed"),
    ):
        data = {
            "merge": done.pk,
            "as": role,
            "other": beside.pk,
            "name": beside.name,
            "note": done.note,
            **counts,
        }
        writer().record(f"market_entity.{verb}", entity, by=by, at=at, data=data)
