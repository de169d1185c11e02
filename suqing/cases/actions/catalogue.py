"""The dispatch catalogue (派单目录): rows begin and end; what once held is never rewritten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions.moving import Refused
from suqing.cases.intake import local_day
from suqing.cases.models import DispatchRule
from suqing.cases.queries.catalogue import reach_of
from suqing.cases.vocabulary import Kind, SellerRole
from suqing.lawclock.articles import cite
from suqing.ledger.actions import record
from suqing.taxonomy.models import ClassKind, ClassNode, Division

N_ = str
MAX_RANK = 9999
MAX_NOTE = 500
MAX_ARTICLE = 120
ARTICLE = re.compile(r"[A-Z]+[0-9]*:[0-9]{1,3}(\.[0-9]{1,2}){0,2}", re.ASCII)
OBJECTS = frozenset({ClassKind.OBJECT})
ISSUES = frozenset({ClassKind.ISSUE, ClassKind.REPORT_ISSUE})


@dataclass(frozen=True, slots=True)
class RuleInput:
    """What a row says: which cases (empty fields match every case) go to which unit, in which order, from when."""

    unit: Unit
    valid_from: date
    rank: int = 100
    kind: str = ""
    object_class: ClassNode | None = None
    issue_class: ClassNode | None = None
    seller_role: str = ""
    place: Division | None = None
    article: str = ""
    note: str = ""


class Overtaken(Refused):
    """Somebody ended or changed the row meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This row was ended or changed meanwhile. Nothing was overwritten; look at the catalogue again."
            )
        )


@transaction.atomic
def save_rule(
    *, rule: RuleInput, by: Person, at: datetime, replaces: DispatchRule | None = None
) -> DispatchRule:
    """Add a row, or change one: the old row ends on the day the new one begins, and both stay in the catalogue.

    Raise Refused for what cannot be, with the field; Overtaken if the row to be changed has ended meanwhile.
    """
    require(by, Permission.RULES_MANAGE)
    _check(rule, by, local_day(at))
    old = None if replaces is None else _held(replaces, local_day(at))
    _wait_for_others()
    _check_not_there_yet(rule, old)
    row = DispatchRule(
        rank=rule.rank,
        kind=rule.kind,
        object_class=rule.object_class,
        issue_class=rule.issue_class,
        seller_role=rule.seller_role,
        place=rule.place,
        unit=rule.unit,
        article=rule.article.strip(),
        note=rule.note.strip(),
        valid_from=rule.valid_from,
        replaces=old,
        changed_by=by,
        changed_at=at,
    )
    row.save(force_insert=True)
    if old is not None:
        # A row that had not begun yet never holds: it ends on its first day.
        _end(old, max(rule.valid_from, old.valid_from), by=by, at=at, replaced_by=row.pk)
    record("dispatch_rule.added", row, by=by, at=at, data={"after": facts(row), "replaces": old and old.pk})
    return row


def _wait_for_others() -> None:
    """Of two people who save rows at once the second sees what the first one saved."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('dispatch catalogue', 12317))")


@transaction.atomic
def end_rule(*, rule: DispatchRule, until: date, by: Person, at: datetime) -> DispatchRule:
    """End a row: it holds no longer from ``until`` on.  A row that has not begun yet never will."""
    require(by, Permission.RULES_MANAGE)
    today = local_day(at)
    row = _held(rule, today)
    if until < today:
        raise Refused(N_("A row cannot end in the past: what it proposed stays as it was."), field="until")
    if row.valid_until is not None and until > row.valid_until:
        raise Refused(N_("This row ends before that day already."), field="until")
    _end(row, max(until, row.valid_from), by=by, at=at)
    return row


def facts(row: DispatchRule) -> dict[str, Any]:
    """What a row says, for the events."""
    return {
        "rank": row.rank,
        "kind": row.kind,
        "object_class": row.object_class and row.object_class.code,
        "issue_class": row.issue_class and row.issue_class.code,
        "seller_role": row.seller_role,
        "place": row.place_id,
        "unit": row.unit.code,
        "article": row.article,
        "valid_from": row.valid_from.isoformat(),
    }


def _held(rule: DispatchRule, today: date) -> DispatchRule:
    """The row as it is now, locked.  Raise Overtaken if it has ended or another one has taken its place."""
    rows = DispatchRule.objects.select_for_update(of=("self",))
    row = rows.select_related("object_class__tree", "issue_class__tree", "place", "unit").get(pk=rule.pk)
    has_ended = row.valid_until is not None and row.valid_until <= max(today, row.valid_from)
    if has_ended or DispatchRule.objects.filter(replaces=row).exists():
        raise Overtaken
    return row


def _end(row: DispatchRule, until: date, *, by: Person, at: datetime, replaced_by: int | None = None) -> None:
    before = row.valid_until
    row.valid_until = until if before is None else min(until, before)
    row.changed_by, row.changed_at = by, at
    row.save(update_fields=["valid_until", "changed_by", "changed_at"])
    record(
        "dispatch_rule.ended",
        row,
        by=by,
        at=at,
        data={
            "before": {"valid_until": before and before.isoformat()},
            "after": {"valid_until": row.valid_until.isoformat()},
            "replaced_by": replaced_by,
        },
    )


def _check(rule: RuleInput, by: Person, today: date) -> None:
    _check_unit(rule.unit, by)
    if rule.valid_from < today:
        raise Refused(N_("A row cannot begin in the past."), field="valid_from")
    if not 1 <= rule.rank <= MAX_RANK:
        raise Refused(N_("The rank lies between 1 and %(limit)s."), field="rank", limit=MAX_RANK)
    if rule.kind not in {"", *Kind}:
        raise Refused(N_("There is no such kind of case."), field="kind")
    if rule.seller_role not in {"", *SellerRole}:
        raise Refused(N_("There is no such kind of seller."), field="seller_role")
    _check_class(rule.object_class, OBJECTS, "object_class")
    _check_class(rule.issue_class, ISSUES, "issue_class")
    _check_words(rule)


def _check_unit(unit: Unit, by: Person) -> None:
    if not unit.is_active or unit.kind == Unit.Kind.CENTRE:
        raise Refused(N_("Choose an active unit that handles cases."), field="unit")
    if not any(unit.path.startswith(one.path) for one in reach_of(by)):
        raise Refused(N_("This unit lies outside of your authority."), field="unit")


def _check_class(node: ClassNode | None, kinds: frozenset[ClassKind], field: str) -> None:
    if node is not None and node.tree.kind not in kinds:
        raise Refused(N_("This class does not belong here."), field=field)


def _check_words(rule: RuleInput) -> None:
    if len(rule.note.strip()) > MAX_NOTE:
        raise Refused(
            N_("The text has %(length)s characters; at most %(limit)s can be kept."),
            field="note",
            length=len(rule.note.strip()),
            limit=MAX_NOTE,
        )
    if rule.article.strip() and not _is_article(rule.article.strip()):
        raise Refused(N_("Write the article as law and number, such as O121:31."), field="article")


def _is_article(key: str) -> bool:
    try:
        return len(key) <= MAX_ARTICLE and bool(ARTICLE.fullmatch(key)) and bool(cite(key))
    except (KeyError, ValueError):
        return False


def _check_not_there_yet(rule: RuleInput, old: DispatchRule | None) -> None:
    """Two rows that say the same at the same time would be a slip."""
    same = DispatchRule.objects.in_force_from(rule.valid_from).filter(
        kind=rule.kind,
        object_class=rule.object_class,
        issue_class=rule.issue_class,
        seller_role=rule.seller_role,
        place=rule.place,
        unit=rule.unit,
    )
    if old is not None:
        same = same.exclude(pk=old.pk)
    if same.exists():
        raise Refused(
            N_("The catalogue has a row with these conditions and this unit already."), field="unit"
        )
