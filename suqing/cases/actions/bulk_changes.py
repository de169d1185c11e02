"""Changes of many cases at once: selected, previewed, done as one event, undone as one.

The preview writes down what it saw; the doing locks the cases and changes none that has moved on since.  Each thousand
cases takes a fixed number of statements.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db import connection

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions import topics
from suqing.cases.actions.bulk_rules import CHANGED_SINCE, NOT_AS_LEFT, RULES, Facts, Rule
from suqing.cases.actions.moving import Refused, Stale
from suqing.cases.models import BulkChange, BulkItem, Case
from suqing.cases.queries import Filters, listed, visible_cases
from suqing.cases.queries.bulk_changes import MOST_CASES
from suqing.cases.queries.filters import filters_of, to_json
from suqing.ledger.writing import gathered, one_transaction, writer
from suqing.taxonomy.text.redact import redact

N_ = str
AT_ONCE = 1000
DRAFTS_KEPT = timedelta(days=1)
Fate = BulkItem.Fate
FACTS_OF_TOPICS = {"object_class", "issue_class"}  # what topic rules ask and bulk changes alter


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of one case: its values before and after, or why it is refused."""

    case: Case
    fate: str
    before: Facts
    after: Facts
    refusal: Facts


@one_transaction
def select_cases(
    *, kind: str, by: Person, at: datetime, numbers: Sequence[str] = (), filters: Filters | None = None
) -> BulkChange:
    """Begin a change of the ticked cases or of all cases of a list, as far as this person sees them.

    Raise Refused where there are none or too many.
    """
    require(by, Permission.CASE_BULK)
    require(by, RULES[kind].permission)
    BulkChange.objects.filter(by=by, at=None, prepared_at__lt=at - DRAFTS_KEPT).delete()
    if filters is not None:
        cases = listed(by, filters, at)
    else:
        cases = visible_cases(by).filter(number__in=numbers[: MOST_CASES + 1])
    revisions = dict(cases.values_list("pk", "revision")[: MOST_CASES + 1])
    _check_size(revisions)
    draft = BulkChange(
        ref=uuid4(),
        kind=kind,
        filters=to_json(filters) if filters is not None else {},
        is_list=filters is not None,
        seen={"cases": revisions},
        asked=len(revisions),
        by=by,
        prepared_at=at,
    )
    return writer().new(draft)


def _check_size(revisions: Mapping[int, int]) -> None:
    if not revisions:
        raise Refused(N_("No case is selected."))
    if len(revisions) > MOST_CASES:
        raise Refused(
            N_("More than %(limit)s cases cannot be changed at once: narrow the list."), limit=MOST_CASES
        )


@one_transaction
def preview(
    *, change: BulkChange, values: Mapping[str, Any], note: str, by: Person, at: datetime
) -> BulkChange:
    """Choose what the cases shall get, and write down what would become of each as of now; no case is changed.

    Raise Refused for values nobody may choose, or when the change is done already.
    """
    row = _own_draft(change, by)
    # Said of many cases at once: nobody of them is named in it, and no erasure would find it here.
    note = redact(note.strip()).text
    rule = RULES[row.kind](values, note, by=by, at=at)
    rule.check_chosen()
    if row.is_list:
        cases = listed(by, filters_of(row.filters), at)
    else:
        cases = visible_cases(by).filter(pk__in=[int(pk) for pk in row.seen["cases"]])
    revisions = dict(cases.values_list("pk", "revision")[: MOST_CASES + 1])
    _check_size(revisions)
    foreseen, already, refusals = 0, 0, []
    for keys in _chunks(sorted(revisions)):
        for one in _judged(rule, _read(by, keys)):
            foreseen += one.fate == Fate.CHANGED
            already += one.fate == Fate.ALREADY
            if one.fate == Fate.REFUSED:
                refusals.append([one.case.pk, one.refusal])
    row.values, row.note, row.prepared_at = dict(values), note, at
    row.asked, row.foreseen, row.already, row.refused = len(revisions), foreseen, already, len(refusals)
    row.seen = {"cases": revisions, "refusals": refusals, "is_previewed": True}
    writer().save(row, *_DRAFTED)
    return row


_DRAFTED = ("values", "note", "prepared_at", "asked", "foreseen", "already", "refused", "seen")


def _own_draft(change: BulkChange, by: Person) -> BulkChange:
    require(by, Permission.CASE_BULK)
    row = BulkChange.objects.select_for_update().get(pk=change.pk)
    if row.by_id != by.pk:
        raise Refused(N_("Somebody else has prepared this change."))
    if row.at is not None:
        raise Refused(N_("This change has been made already."))
    return row


def make_change(
    *, change: BulkChange, by: Person, at: datetime, previewed_at: datetime | None = None
) -> BulkChange:
    """Change the cases as previewed, in one transaction and one event.  A second call changes nothing more.

    Cases that moved on since the preview are refused, those that came onto the list since are left alone.  Raise Stale
    if it was previewed anew after ``previewed_at``.
    """
    with gathered():
        row = BulkChange.objects.select_for_update().get(pk=change.pk)
        if row.at is not None and row.by_id == by.pk:
            return row
        row = _own_draft(change, by)
        if previewed_at is not None and previewed_at != row.prepared_at:
            raise Stale
        if not row.seen.get("is_previewed"):
            raise Refused(N_("Look at the preview first."))
        rule = RULES[row.kind](row.values, row.note, by=by, at=at)
        rule.check_chosen()
        _make(row, rule, by, at)
        return row


def _make(row: BulkChange, rule: Rule, by: Person, at: datetime) -> None:
    seen = {int(pk): revision for pk, revision in row.seen["cases"].items()}
    counts = dict.fromkeys(Fate.values, 0)
    still_there, digest = 0, sha256()
    for keys in _chunks(sorted(seen)):
        _lock(keys)
        there = _still_listed(row, by, at, keys)
        still_there += len(there)
        # What moved on, went out of sight or left the list is refused; the rest is judged anew.
        same = [one for one in _read(by, keys) if one.revision == seen[one.pk] and one.pk in there]
        judged = {one.case.pk: one for one in _judged(rule, same)}
        items = [_item(row, key, judged.get(key)) for key in keys]
        for item in items:
            counts[item.fate] += 1
            if item.fate == Fate.CHANGED:
                _change(rule, judged[item.case_id].case, item)
            digest.update(_written(item))
        writer().new_many(items)
        changed = [judged[item.case_id].case for item in items if item.fate == Fate.CHANGED]
        _save(changed, rule)
    if row.is_list:
        row.came_since = max(0, listed(by, filters_of(row.filters), at).count() - still_there)
    row.asked, row.at = len(seen), at
    row.changed, row.already, row.refused = (
        counts[one] for one in (Fate.CHANGED, Fate.ALREADY, Fate.REFUSED)
    )
    row.seen = {}
    if row.kind == BulkChange.Kind.REMIND:
        row.note = ""  # stands in each reminder, where it is redacted with the case
    writer().save(row, "at", "came_since", "changed", *_DRAFTED)
    facts = {"values": row.values, "is_list": row.is_list, "items_sha256": digest.hexdigest()}
    for name in ("asked", "foreseen", "changed", "already", "refused", "came_since"):
        facts[name] = getattr(row, name)
    writer().record(rule.done, row, by=by, at=at, data=facts)


def _still_listed(row: BulkChange, by: Person, at: datetime, keys: list[int]) -> set[int]:
    if not row.is_list:
        return set(keys)
    rows = listed(by, filters_of(row.filters), at).filter(pk__in=keys)
    return set(rows.values_list("pk", flat=True))


def _item(row: BulkChange, key: int, judged: Judged | None) -> BulkItem:
    if judged is None:
        return BulkItem(change=row, case_id=key, fate=Fate.REFUSED, refusal={"message": CHANGED_SINCE})
    return BulkItem(
        change=row,
        case_id=key,
        fate=judged.fate,
        before=judged.before,
        after=judged.after,
        refusal=judged.refusal,
    )


def _change(rule: Rule, case: Case, item: BulkItem) -> None:
    rule.change(case, item)
    case.revision += int(rule.moves_revision)


def _save(cases: list[Case], rule: Rule) -> None:
    """One statement: all fields of the rules are whole numbers or keys of rows."""
    wanted = ("id", *rule.fields, "revision")
    columns = [str(field.column) for field in Case._meta.concrete_fields if field.name in wanted]
    values = [[getattr(case, column) for case in cases] for column in columns]
    sets = ", ".join(f"{column} = new.{column}" for column in columns[1:])
    arrays = ", ".join(["%s::bigint[]"] * len(columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE cases_case SET {sets} FROM unnest({arrays}) AS new ({', '.join(columns)})"
            " WHERE cases_case.id = new.id",
            values,
        )
    if not FACTS_OF_TOPICS.isdisjoint(rule.fields):
        topics.renew(cases=[case.pk for case in cases], at=rule.at)


def _note_undone(items: list[BulkItem]) -> None:
    """A statement for those restored, and one for each reason why others were not."""
    groups: dict[str, list[BulkItem]] = {}
    for item in items:
        groups.setdefault(json.dumps([item.undone, item.refusal], sort_keys=True), []).append(item)
    for same in groups.values():
        rows = BulkItem.objects.filter(pk__in=[item.pk for item in same])
        rows.update(undone=same[0].undone, refusal=same[0].refusal)


def _written(item: BulkItem) -> bytes:
    """An item as the event vouches for it."""
    facts = [item.case_id, item.fate, item.before, item.after, item.refusal, item.undone]
    return json.dumps(facts, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def undo(*, change: BulkChange, by: Person, at: datetime) -> BulkChange:
    """Give the cases back what they had, in one event, where they still are as the change left them.

    The others are kept as they are and listed with the reason.  A second call changes nothing more.
    """
    with gathered():
        require(by, Permission.CASE_BULK)
        row = BulkChange.objects.select_for_update().get(pk=change.pk)
        if row.at is None:
            raise Refused(N_("This change has not been made."))
        if row.undone_at is not None:
            return row
        rule = RULES[row.kind]({}, "", by=by, at=at)
        keys = list(row.items.filter(fate=Fate.CHANGED).order_by("case_id").values_list("case_id", flat=True))
        restored, digest = 0, sha256()
        for some in _chunks(keys):
            items = _undo_some(row, rule, by, some)
            restored += sum(item.undone for item in items)
            for item in items:
                digest.update(_written(item))
        row.undone_by, row.undone_at, row.kept = by, at, len(keys) - restored
        writer().save(row, "undone_by", "undone_at", "kept")
        facts = {"restored": restored, "kept": row.kept, "items_sha256": digest.hexdigest()}
        writer().record("bulk.undone", row, by=by, at=at, data=facts)
        return row


def _undo_some(row: BulkChange, rule: Rule, by: Person, keys: list[int]) -> list[BulkItem]:
    _lock(keys)
    cases = {case.pk: case for case in _read(by, keys)}
    items = list(row.items.filter(case_id__in=keys).order_by("case_id"))
    seen = [item for item in items if item.case_id in cases]
    rule.read_for_undo(list(cases.values()), seen)
    restored = []
    for item in items:
        case = cases.get(item.case_id)
        try:
            if case is None:
                raise Refused(NOT_AS_LEFT)
            rule.restore(case, item)
        except Refused as refused:
            item.refusal = _why(refused)
            continue
        item.undone = True
        case.revision += int(rule.moves_revision)
        restored.append(case)
    rule.finish_undo()
    _save(restored, rule)
    _note_undone(items)
    return items


def _judged(rule: Rule, cases: list[Case]) -> Iterator[Judged]:
    rule.read(cases)
    for case in cases:
        try:
            rule.check(case)
        except Refused as refused:
            yield Judged(case, Fate.REFUSED, {}, {}, _why(refused))
            continue
        before, after = rule.before(case), rule.after(case)
        yield Judged(case, Fate.ALREADY if before == after else Fate.CHANGED, before, after, {})


def _why(refused: Refused) -> Facts:
    values = {
        name: value if isinstance(value, int | str) else str(value) for name, value in refused.values.items()
    }
    return {"message": refused.message, "values": values, "article": refused.article}


def _lock(keys: list[int]) -> None:
    """In one order everywhere, so that two changes of the same cases wait for each other instead of blocking both."""
    list(Case.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))


def _read(by: Person, keys: list[int]) -> list[Case]:
    rows = visible_cases(by).filter(pk__in=keys).defer("narrative", "match_text", "result_note")
    return list(rows.select_related("responsible_unit", "handler").order_by("pk"))


def _chunks(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
