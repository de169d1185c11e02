"""What a bulk change does to one case, by kind: the check of the single step, the values before and after, the way back.

A rule reads what a thousand cases need with a fixed number of queries; what the single step refuses it refuses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can_in, require
from suqing.cases.actions.dispatching import check_assignment
from suqing.cases.actions.moving import Refused, require_unit
from suqing.cases.actions.supervision import (
    AGAIN_AFTER,
    LONGEST_NOTE,
    check_interval,
    check_remindable,
    told_of,
    withdraw_unanswered,
)
from suqing.cases.intake import local_day
from suqing.cases.models import BulkChange, BulkItem, Case, Dispatch, Reminder
from suqing.cases.vocabulary import DispatchState, Kind
from suqing.ledger.queries import setting
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree

N_ = str
Facts = dict[str, Any]
CHANGED_SINCE = N_("The case has changed since the preview.")
NOT_AS_LEFT = N_("The case has been changed again since.")
ENDED = N_("The case has ended.")


class Rule(ABC):
    """One bulk change under way; ``values`` are what was chosen.  Raise Refused for values nobody may choose."""

    permission: ClassVar[Permission]
    done: ClassVar[str]  # the verb of the event
    fields: ClassVar[tuple[str, ...]]  # of Case, beside the revision
    moves_revision: ClassVar[bool] = True

    def __init__(self, values: Mapping[str, Any], note: str, *, by: Person, at: datetime) -> None:
        del values  # each kind reads its own
        require(by, self.permission)
        if len(note) > LONGEST_NOTE:
            raise Refused(N_("At most %(limit)s characters."), field="note", limit=LONGEST_NOTE)
        self.by, self.at, self.note = by, at, note

    def check_chosen(self) -> None:  # noqa: B027  (a reminder needs no choice)
        """Raise Refused where nothing was chosen; an undo needs no choice."""

    @abstractmethod
    def read(self, cases: Sequence[Case]) -> None:
        """Read what the checks of these cases need."""

    @abstractmethod
    def check(self, case: Case) -> None:
        """Raise Refused where the single step would."""

    @abstractmethod
    def before(self, case: Case) -> Facts:
        """What the case has now."""

    @abstractmethod
    def after(self, case: Case) -> Facts:
        """What the case will have."""

    @abstractmethod
    def change(self, case: Case, item: BulkItem) -> None:
        """Set the fields; more is written through the writer and noted in the item."""

    def read_for_undo(self, cases: Sequence[Case], items: Sequence[BulkItem]) -> None:
        """Read what the way back of these cases needs."""
        del items
        self.read(cases)

    @abstractmethod
    def restore(self, case: Case, item: BulkItem) -> None:
        """Set the fields back.  Raise Refused where the case is not as the change left it."""

    def finish_undo(self) -> None:  # noqa: B027  (most kinds leave nothing beside the case)
        """Write what the way back of the cases so far leaves beside them."""


class Assigning(Rule):
    """Hand cases to a unit and its handler, as ``dispatching.assign`` does."""

    permission = Permission.CASE_HANDLE
    done = "bulk.assigned"
    fields = ("responsible_unit", "handler")

    def __init__(self, values: Mapping[str, Any], note: str, *, by: Person, at: datetime) -> None:
        super().__init__(values, note, by=by, at=at)
        self.unit = Unit.objects.filter(code=values.get("unit", ""), is_active=True).first()
        self.handler = Person.objects.filter(pk=values.get("handler") or 0, is_active=True).first()
        self.sent: dict[int, Dispatch] = {}
        self.units: dict[str, Unit] = {}
        self.people: dict[int, Person] = {}
        if values.get("handler") and self.handler is None:
            raise Refused(N_("This person does not handle the cases of that unit."), field="handler")
        if self.handler and self.unit and not can_in(self.handler, self.permission, self.unit):
            raise Refused(N_("This person does not handle the cases of that unit."), field="handler")

    def check_chosen(self) -> None:
        if self.unit is None:
            raise Refused(N_("This unit is no longer active."), field="unit")

    def read(self, cases: Sequence[Case]) -> None:
        rows = Dispatch.objects.filter(case__in=cases, state=DispatchState.OPEN).select_related("to_unit")
        self.sent = {row.case_id: row for row in rows}

    def check(self, case: Case) -> None:
        if case.has_ended:
            raise Refused(ENDED)
        if self.unit is not None:
            check_assignment(case, self.sent.get(case.pk), self.unit, self.handler, self.by)

    def before(self, case: Case) -> Facts:
        return {"unit": case.responsible_unit.code, "handler": case.handler_id}

    def after(self, case: Case) -> Facts:
        del case
        return {"unit": self.unit.code if self.unit else "", "handler": self.handler and self.handler.pk}

    def change(self, case: Case, item: BulkItem) -> None:
        del item
        assert self.unit is not None
        case.responsible_unit, case.handler = self.unit, self.handler

    def read_for_undo(self, cases: Sequence[Case], items: Sequence[BulkItem]) -> None:
        self.read(cases)
        codes = {item.before["unit"] for item in items} - set(self.units)
        self.units |= {unit.code: unit for unit in Unit.objects.filter(code__in=codes)} if codes else {}
        keys = {item.before["handler"] for item in items} - {None} - set(self.people)
        self.people |= Person.objects.in_bulk(keys) if keys else {}

    def restore(self, case: Case, item: BulkItem) -> None:
        if self.before(case) != item.after:
            raise Refused(NOT_AS_LEFT)
        if case.has_ended:
            raise Refused(ENDED)
        unit, handler = self.units[item.before["unit"]], self.people.get(item.before["handler"] or 0)
        check_assignment(case, self.sent.get(case.pk), unit, handler, self.by)
        case.responsible_unit, case.handler = unit, handler


class Reminding(Rule):
    """Remind the units that have the cases, as ``supervision.remind`` does: a reminder and its messages a case."""

    permission = Permission.CASE_REMIND
    done = "bulk.reminded"
    fields = ("remind_count",)
    moves_revision = False  # a form that somebody of the unit has open does not go stale

    def __init__(self, values: Mapping[str, Any], note: str, *, by: Person, at: datetime) -> None:
        super().__init__(values, note, by=by, at=at)
        self.hours = setting(AGAIN_AFTER.key)
        self.last: dict[int, Reminder] = {}
        self.sent: dict[int, Reminder] = {}
        self.climbed: set[int] = set()
        self.taken_back: list[int] = []

    def read(self, cases: Sequence[Case]) -> None:
        rows = Reminder.objects.filter(case__in=cases).order_by("case", "-at", "-pk").distinct("case")
        self.last = {row.case_id: row for row in rows}

    def check(self, case: Case) -> None:
        require_unit(case, self.by, self.permission)
        check_remindable(case)
        check_interval(case, self.last.get(case.pk), self.at, self.hours)

    def before(self, case: Case) -> Facts:
        return {"count": case.remind_count}

    def after(self, case: Case) -> Facts:
        return {"count": case.remind_count + 1}

    def change(self, case: Case, item: BulkItem) -> None:
        case.remind_count += 1
        made, _people = told_of(case, self.note, by=self.by, at=self.at)
        item.after["reminder"] = made.pk
        item.after["unit"] = case.responsible_unit.code

    def read_for_undo(self, cases: Sequence[Case], items: Sequence[BulkItem]) -> None:
        del cases
        keys = [item.after["reminder"] for item in items]
        self.sent = Reminder.objects.select_for_update().in_bulk(keys)
        climbed = Reminder.objects.filter(pk__in=keys, rungs__rung__gt=1)
        self.climbed = set(climbed.values_list("pk", flat=True))

    def restore(self, case: Case, item: BulkItem) -> None:
        require_unit(case, self.by, self.permission)
        sent = self.sent.get(item.after["reminder"])
        if sent is None or case.remind_count != item.after["count"]:
            raise Refused(NOT_AS_LEFT)
        if sent.answered_at is not None:
            raise Refused(N_("The reminder has been answered already."))
        if sent.pk in self.climbed:
            raise Refused(N_("Nobody answered the reminder, and others have been told of it."))
        case.remind_count -= 1
        self.taken_back.append(sent.pk)

    def finish_undo(self) -> None:
        withdraw_unanswered(self.taken_back, at=self.at)
        self.taken_back = []


class Reclassifying(Rule):
    """Class cases anew by the lists in use on the day each was received; fields that are not chosen stay."""

    permission = Permission.CASE_CORRECT
    done = "bulk.reclassified"
    fields = ("object_class", "issue_class")

    def __init__(self, values: Mapping[str, Any], note: str, *, by: Person, at: datetime) -> None:
        super().__init__(values, note, by=by, at=at)
        self.chosen = {kind: str(values[kind]) for kind in CLASSED if values.get(kind)}
        nodes = ClassNode.objects.filter(tree__is_active=True, tree__kind__in=self.chosen).select_related(
            "tree"
        )
        codes = set(self.chosen.values())
        self.nodes = {(node.tree_id, node.code): node for node in nodes.filter(code__in=codes)}
        self.trees: dict[tuple[str, date], ClassTree | None] = {}
        self.all_trees = list(
            ClassTree.objects.filter(is_active=True, kind__in=self.chosen).order_by("-valid_from")
        )
        self.by_key: dict[int, ClassNode] = {}
        for kind, code in self.chosen.items():
            if not any(node.tree.kind == kind and node.code == code for node in self.nodes.values()):
                raise Refused(N_("This class does not exist."), field=kind)

    def check_chosen(self) -> None:
        if not self.chosen:
            raise Refused(N_("Choose at least one class."), field=ClassKind.OBJECT.value)

    def read(self, cases: Sequence[Case]) -> None:
        """Nothing: the lists are read once."""

    def check(self, case: Case) -> None:
        require_unit(case, self.by, self.permission)
        if case.archived_at is not None:
            raise Refused(N_("The case lies in the archive."))
        wanted = self._wanted(case)
        if self.chosen and not wanted:
            raise Refused(N_("A case of this kind is classed by another list: nothing was chosen for it."))
        if None in wanted.values():
            raise Refused(N_("The list in use on the day of receipt does not have this class."))

    def _wanted(self, case: Case) -> dict[str, int | None]:
        """The classes chosen for a case of this kind and day: None where its list does not have the class."""
        issue = ClassKind.REPORT_ISSUE if case.kind == Kind.REPORT else ClassKind.ISSUE
        found: dict[str, int | None] = {}
        for field, kind in (("object_class", ClassKind.OBJECT), ("issue_class", issue)):
            if kind in self.chosen:
                tree = self._tree(kind, local_day(case.received_at))
                node = self.nodes.get((tree.pk, self.chosen[kind])) if tree else None
                found[field] = node.pk if node else None
        return found

    def _tree(self, kind: str, day: date) -> ClassTree | None:
        """The list of that day, as ``ClassTree.objects.in_use`` finds it."""
        if (kind, day) not in self.trees:
            self.trees[kind, day] = next(
                (
                    tree
                    for tree in self.all_trees
                    if tree.kind == kind
                    and tree.valid_from <= day
                    and (tree.valid_to is None or tree.valid_to >= day)
                ),
                None,
            )
        return self.trees[kind, day]

    def before(self, case: Case) -> Facts:
        return {"object_class": case.object_class_id, "issue_class": case.issue_class_id}

    def after(self, case: Case) -> Facts:
        return self.before(case) | self._wanted(case)

    def change(self, case: Case, item: BulkItem) -> None:
        case.object_class_id, case.issue_class_id = item.after["object_class"], item.after["issue_class"]

    def restore(self, case: Case, item: BulkItem) -> None:
        require_unit(case, self.by, self.permission)
        if case.archived_at is not None:
            raise Refused(N_("The case lies in the archive."))
        if self.before(case) != item.after:
            raise Refused(NOT_AS_LEFT)
        case.object_class_id, case.issue_class_id = item.before["object_class"], item.before["issue_class"]


CLASSED = (ClassKind.OBJECT.value, ClassKind.ISSUE.value, ClassKind.REPORT_ISSUE.value)
RULES: dict[str, type[Rule]] = {
    BulkChange.Kind.ASSIGN: Assigning,
    BulkChange.Kind.REMIND: Reminding,
    BulkChange.Kind.RECLASSIFY: Reclassifying,
}
