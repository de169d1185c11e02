"""Which unit a case should go to: the dispatch catalogue first, then the rules of jurisdiction; a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from suqing.accounts.models import Unit
from suqing.cases import jurisdiction
from suqing.cases.jurisdiction import Basis
from suqing.cases.models import Case, CompetenceDispute, DispatchRule
from suqing.cases.models.dispatching import DispatchRuleQuerySet
from suqing.cases.queries.one_case import dispatch_targets
from suqing.cases.vocabulary import Kind, SellerRole
from suqing.lawclock.regimes import regime_on
from suqing.taxonomy.models import ClassNode, Division, division_stem

N_ = str
RULE = N_("Row %(rank)s of the dispatch catalogue")
FIRST_RECEIVER = {"O20": "O20:13", "O20+XBLR": "O20:13", "O121": "O121:14"}
LOOKED_AT = 20  # complaints of one person about one operator that are compared


@dataclass(frozen=True, slots=True)
class Proposal:
    """A unit, why, and on which article; ``unit`` is None where the competent authority lies out of reach."""

    unit: Unit | None
    reason: str  # English message id
    values: Mapping[str, object] = field(default_factory=dict)
    article: str = ""


def proposals(case: Case, on: date, *, targets: Sequence[Unit] | None = None) -> list[Proposal]:
    """The units that are proposed for a case on a day, the first before the others; empty if nothing points anywhere.

    Rows of the catalogue come first, the lowest rank before the others, then the bases of O20 art. 12, 25, 27, 28 and
    O121 art. 13, 29, 31, 32.  Each unit stands once, with its first reason.
    """
    reach = dispatch_targets(case) if targets is None else list(targets)
    return _proposed(case, _catalogue(on), reach)


def first_proposals(cases: Sequence[Case], on: date) -> dict[int, Proposal]:
    """The first proposal for each of these cases that has one, by case; the catalogue is read once, and whom a unit
    can send to once a unit."""
    rules, reaches, found = list(_catalogue(on)), dict[int, list[Unit]](), dict[int, Proposal]()
    for case in cases:
        if case.responsible_unit_id not in reaches:
            reaches[case.responsible_unit_id] = dispatch_targets(case)
        first = next(iter(_proposed(case, rules, reaches[case.responsible_unit_id])), None)
        if first is not None:
            found[case.pk] = first
    return found


def _proposed(case: Case, rules: Iterable[DispatchRule], reach: Sequence[Unit]) -> list[Proposal]:
    found = [*_of_catalogue(case, rules, reach), *_of_law(case, reach)]
    inside = {one.unit.pk: one for one in reversed(found) if one.unit is not None}
    return [one for one in found if one.unit is not None and inside[one.unit.pk] is one]


def outside(case: Case, *, targets: Sequence[Unit] | None = None) -> list[Proposal]:
    """What the law points to beyond the reach of the unit that has the case: a bureau that cannot be dispatched to."""
    reach = dispatch_targets(case) if targets is None else list(targets)
    return [one for one in _of_law(case, reach) if one.unit is None]


def proposal_for_place(
    sender: Unit, kind: Kind, seller: SellerRole, place: Division, on: date
) -> Proposal | None:
    """The unit that would be proposed first for a matter in a place, before anything is registered; or None.

    ``sender`` is the unit that would send it.  Classes are left out: a row of the catalogue that names one waits for it.
    """
    case = Case(
        kind=kind, seller_role=seller, place=place, responsible_unit=sender, regime=regime_on(on).id
    )  # never saved
    return next(iter(proposals(case, on)), None)


def _catalogue(on: date) -> DispatchRuleQuerySet:
    rows = DispatchRule.objects.in_force(on).in_order()
    return rows.select_related("object_class__tree", "issue_class__tree", "place")


def _of_catalogue(case: Case, rules: Iterable[DispatchRule], reach: Sequence[Unit]) -> list[Proposal]:
    known = {unit.pk: unit for unit in reach}
    return [
        Proposal(known[row.unit_id], RULE, {"rank": row.rank}, row.article)
        for row in rules
        if row.unit_id in known and matches(row, case)
    ]


def matches(row: DispatchRule, case: Case) -> bool:
    """Whether every field that the row names fits the case; a class or place counts with all below it."""
    return (
        row.kind in ("", case.kind)
        and row.seller_role in ("", case.seller_role)
        and _lies_under(case.object_class, row.object_class)
        and _lies_under(case.issue_class, row.issue_class)
        and _lies_in(case.place, row.place)
    )


def _lies_under(node: ClassNode | None, named: ClassNode | None) -> bool:
    if named is None:
        return True
    return node is not None and node.tree.code == named.tree.code and node.code.startswith(named.code)


def _lies_in(place: Division | None, named: Division | None) -> bool:
    if named is None:
        return True
    return place is not None and place.code.startswith(division_stem(named.code))


def _of_law(case: Case, reach: Sequence[Unit]) -> list[Proposal]:
    role = SellerRole(case.seller_role)
    has_address = case.published_place_id is not None
    rules = jurisdiction.bases(Kind(case.kind), case.regime, role, has_published_address=has_address)
    return [found for basis in rules if (found := _proposal(case, basis, reach)) is not None]


def _proposal(case: Case, basis: Basis, reach: Sequence[Unit]) -> Proposal | None:
    place, reason = _place_of(case, basis)
    if place is None:
        return None
    unit = _bureau_of(place, basis, reach)
    if unit is None and not place.district_code:
        return None  # known only to the city: the county-level bureau cannot be told
    name = place.name if unit is not None else place.full_name
    return Proposal(unit, reason, {"place": name}, basis.article)


def _place_of(case: Case, basis: Basis) -> tuple[Division | None, str]:
    if basis.place == jurisdiction.Place.ACT and case.act_place is None:
        return case.place, jurisdiction.ACT_ASSUMED
    places = {
        jurisdiction.Place.OPERATOR: case.place,
        jurisdiction.Place.PLATFORM: case.platform_place,
        jurisdiction.Place.PUBLISHED: case.published_place,
        jurisdiction.Place.ACT: case.act_place,
    }
    return places[basis.place], basis.reason


def _bureau_of(place: Division, basis: Basis, reach: Sequence[Unit]) -> Unit | None:
    """The bureau of the district; of the city where only that is known and the rule says county level or above."""
    bureaus = {unit.division_code: unit for unit in reach if unit.kind == Unit.Kind.BUREAU}
    if place.district_code:
        return bureaus.get(place.district_code)
    return bureaus.get(place.code[:4]) if basis.or_above and place.city_code else None


@dataclass(frozen=True, slots=True)
class SameDispute:
    """Another open complaint that may be about the same dispute and lies with another unit."""

    other: Case
    came_first: bool  # the other one was received before this one
    article: str


def same_dispute(case: Case) -> SameDispute | None:
    """The earliest open complaint of the same person about the same operator in another unit; one query at most.

    Of two competent authorities the one that received the complaint first handles it (O20 art. 13, O121 art. 14).
    """
    party, article = case.party, FIRST_RECEIVER.get(case.regime, "")
    is_open_complaint = case.kind == Kind.COMPLAINT and not case.has_ended and bool(article)
    if not is_open_complaint or party is None or party.erased_at is not None or not case.entity_name:
        return None
    people = Q(party=party)
    if party.phone_hash:
        people |= Q(party__phone_hash=party.phone_hash, party__erased_at=None)
    operator = Q(entity=case.entity_id) if case.entity_id is not None else Q()
    if case.entity is None or not case.entity.is_person:  # two people may have one mask
        operator |= Q(entity_name=case.entity_name)
    rows = Case.objects.filter(people, operator, kind=Kind.COMPLAINT, closed_at=None).exclude(pk=case.pk)
    rows = rows.exclude(responsible_unit=case.responsible_unit_id).select_related("responsible_unit")
    own = case.responsible_unit.path
    for other in rows.order_by("received_at", "id")[:LOOKED_AT]:
        theirs = other.responsible_unit.path
        if not theirs.startswith(own) and not own.startswith(theirs):
            came_first = (other.received_at, other.pk) < (case.received_at, case.pk)
            return SameDispute(other, came_first, article)
    return None


def disputes_of(case: Case) -> list[CompetenceDispute]:
    """The disputes over competence in a case, oldest first."""
    names = ("unit", "other_unit", "raised_by", "asked_of", "settled_by", "competent_unit")
    return list(case.disputes.select_related(*names).order_by("raised_at", "id"))
