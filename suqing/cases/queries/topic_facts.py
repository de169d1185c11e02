"""What topic rules may ask of a case beside its words: its kind, classes, place, operator, amount and day.

Read only where a rule asks: most rules ask the words alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from suqing.cases.intake import MatterInput, local_day
from suqing.cases.models import Case
from suqing.taxonomy.models import ClassNode, Division
from suqing.taxonomy.text.normalise import fold_case, normalise_word
from suqing.taxonomy.text.rules.matching import Facts

_NONE: frozenset[str] = frozenset()
_COLUMNS = ("pk", "kind", "object_class_id", "issue_class_id", "place_id", "entity_name", "entity__person_ref",
            "amount", "received_at")  # fmt: skip


def facts_of(cases: Collection[int]) -> dict[int, Facts]:
    """The facts of cases that are stored, by key; three queries however many."""
    rows = list(Case.objects.filter(pk__in=cases).values_list(*_COLUMNS))
    names = _names({key for row in rows for key in row[2:4] if key}, {row[4] for row in rows if row[4]})
    return {
        pk: Facts(
            kind=kind,
            classes=names.of_classes(object_class, issue_class),
            districts=names.places.get(place, _NONE),
            operator="" if person is not None else _folded(entity_name),
            amount=amount,
            day=local_day(received_at),
        )
        for pk, kind, object_class, issue_class, place, entity_name, person, amount, received_at in rows
    }


def facts_of_new(case: Case) -> Facts:
    """The facts of a case that is being registered."""
    keys = [key for key in (case.object_class_id, case.issue_class_id) if key]
    names = _names(keys, [case.place_id] if case.place_id else [])
    is_person = case.entity is not None and case.entity.is_person
    return Facts(
        kind=case.kind,
        classes=names.of_classes(*keys),
        districts=names.places.get(case.place_id or "", _NONE),
        operator="" if is_person else _folded(case.entity_name),
        amount=case.amount,
        day=local_day(case.received_at),
    )


def facts_of_matter(matter: MatterInput, day: date) -> Facts:
    """The facts of a matter that is not registered yet, received on a day; the names of registered operators are not read."""
    keys = [key for key in (matter.object_class, matter.issue_class) if key]
    names = _names(keys, [matter.place] if matter.place else [])
    return Facts(
        kind=matter.kind,
        classes=names.of_classes(*keys),
        districts=names.places.get(matter.place or "", _NONE),
        operator="" if matter.entity.is_person else _folded(matter.entity.name),
        amount=matter.amount,
        day=day,
    )


def _folded(name: str) -> str:
    return fold_case(normalise_word(name))


@dataclass(frozen=True, slots=True)
class _Names:
    """Codes and names of classes by key and of places by code, each with those above it."""

    classes: dict[int, frozenset[str]]
    places: dict[str, frozenset[str]]

    def of_classes(self, *keys: int | None) -> frozenset[str]:
        found = [self.classes.get(key, _NONE) for key in keys if key]
        return found[0].union(*found[1:]) if found else _NONE


def _names(classes: Iterable[int], places: Iterable[str]) -> _Names:
    keys, codes = set(classes), set(places)
    nodes = ClassNode.objects.filter(pk__in=keys).select_related("parent__parent__parent") if keys else []
    divisions = (
        Division.objects.filter(pk__in=codes).select_related("parent__parent__parent") if codes else []
    )
    return _Names(
        {node.pk: frozenset(_said(node)) for node in nodes},
        {place.code: frozenset(_said(place)) for place in divisions},
    )


def _said(one: ClassNode | Division) -> Iterable[str]:
    """How a class or a place and those above it are written in a rule."""
    above: ClassNode | Division | None = one
    while above is not None:
        others = above.aliases if isinstance(above, Division) else ()
        yield from (normalise_word(name) for name in (above.code, above.name, *others))
        above = above.parent
