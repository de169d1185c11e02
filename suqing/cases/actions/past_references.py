"""What past cases point at: units, classes of the day, places, special law; read once a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from suqing.accounts.models import Person, Unit
from suqing.accounts.queries import units_of
from suqing.cases.past_cases import PastCase
from suqing.cases.special_law import facts_of_classes
from suqing.cases.vocabulary import Kind
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree, Division

ISSUE_KIND = {Kind.REPORT: ClassKind.REPORT_ISSUE}


@dataclass(slots=True)
class References:
    """Primary keys by the codes that past cases carry."""

    centre: Unit
    units: dict[str, int]
    places: dict[str, str]
    trees: dict[str, list[tuple[date, date | None, int, str]]]  # by kind, newest first
    nodes: dict[tuple[int, str], int]
    _tree_on: dict[tuple[str, date], tuple[int, str] | None] = field(default_factory=dict)
    _facts: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, cases: Sequence[PastCase], by: Person) -> References:
        """Read what this batch needs; six queries."""
        codes = {code for case in cases for code in (case.object_class, case.issue_class) if code}
        trees: dict[str, list[tuple[date, date | None, int, str]]] = {}
        rows = ClassTree.objects.filter(is_active=True).order_by("-valid_from")
        for kind, since, until, pk, code in rows.values_list("kind", "valid_from", "valid_to", "pk", "code"):
            trees.setdefault(kind, []).append((since, until, pk, code))
        nodes = ClassNode.objects.filter(code__in=codes, tree__is_active=True)
        units = {case.unit for case in cases if case.unit}
        places = {case.place for case in cases if case.place}
        return cls(
            centre_of(by),
            dict(Unit.objects.filter(code__in=units).values_list("code", "pk")),
            dict(Division.objects.filter(code__in=places).values_list("code", "pk")),
            trees,
            {(tree, code): pk for tree, code, pk in nodes.values_list("tree_id", "code", "pk")},
        )

    def unit(self, code: str) -> int:
        """The unit that has the case.  Raise KeyError for a code that does not exist."""
        return self.units[code] if code else self.centre.pk

    def object_class(self, case: PastCase, day: date) -> int | None:
        return self._node(ClassKind.OBJECT, case.object_class, day)

    def issue_class(self, case: PastCase, day: date) -> int | None:
        return self._node(ISSUE_KIND.get(case.kind, ClassKind.ISSUE), case.issue_class, day)

    def facts(self, case: PastCase, day: date) -> frozenset[str]:
        """What switches limits on, as ``clock_starts.facts_of`` finds it."""
        found: frozenset[str] = frozenset()
        if case.issue_class:
            tree = self._tree(ISSUE_KIND.get(case.kind, ClassKind.ISSUE), day)
            if tree is not None and (tree[0], case.issue_class) in self.nodes:
                key = (tree[1], case.issue_class)
                known = self._facts.get(key)
                if known is None:
                    known = self._facts[key] = facts_of_classes([key])
                found = known
        return found | {"real_name"} if case.is_real_name else found

    def _node(self, kind: str, code: str, day: date) -> int | None:
        if not code:
            return None
        tree = self._tree(kind, day)
        return self.nodes.get((tree[0], code)) if tree is not None else None

    def _tree(self, kind: str, day: date) -> tuple[int, str] | None:
        """The tree of the day; for days before the first tree that is the first one."""
        key = (kind, day)
        if key not in self._tree_on:
            trees = self.trees.get(kind, [])
            held = [
                (pk, code)
                for since, until, pk, code in trees
                if since <= day and (until is None or day <= until)
            ]
            oldest = [(pk, code) for _since, _until, pk, code in trees[-1:]]
            self._tree_on[key] = next(iter(held or oldest), None)
        return self._tree_on[key]


def centre_of(by: Person) -> Unit:
    """The centre in which this person registers: their own unit if it is one, else the first one there is."""
    mine = units_of(by)
    found = next((unit for unit in mine if unit.kind == Unit.Kind.CENTRE), None)
    found = (
        found or Unit.objects.filter(kind=Unit.Kind.CENTRE).order_by("path").first() or next(iter(mine), None)
    )
    if found is None:
        raise LookupError("there is no unit that could register a case")
    return found
