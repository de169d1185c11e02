"""What the call desk asks while somebody types: operators, places, classes, credit codes, and what a narrative offers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.accounts.queries import units_of
from suqing.cases import queries
from suqing.cases.intake import (
    MAX_NARRATIVE,
    EntityInput,
    MatterInput,
    SubmissionInput,
    local_day,
    problems_of,
)
from suqing.cases.natural_persons import looks_like_person
from suqing.cases.vocabulary import Kind, SellerRole
from suqing.kit import phones, uscc
from suqing.taxonomy.models import ClassKind, ClassNode, Division, DivisionLevel
from suqing.taxonomy.queries import NamedPlace, places_in, search_divisions, search_nodes, suggest_classes
from suqing.taxonomy.text.addresses import SEVERAL
from suqing.taxonomy.text.dates import find_dates
from suqing.taxonomy.text.extract import Extracted, extract
from suqing.taxonomy.text.redact import match_text
from suqing.web.context import moment_of
from suqing.web.desks.call_forms import KNOWN_ENTITY, MATTER_FIELD, Fields, first, posted
from suqing.web.desks.call_topics import topics_told
from suqing.web.wording import day_text, money_text

KEYS = "qweryuiop"  # one key a chip; T and A stay free for the form
SUGGESTIONS = 3
EQUAL_PLACES = 4
# What of the words after a place is its address: up to the last road, number or building.
_ROAD = re.compile(
    "[^，。、,的买卖在有]{1,30}(?:[0-9０-９一二三四五六七八九十百]+号|[路街巷弄]|大道|广场|大厦|商场|市场|菜场|新村|花园)"
)
_NO_REF = UUID(int=0)


@require_GET
def entities(request: HttpRequest) -> JsonResponse:
    """Operators by name, code, pinyin or initials."""
    found = queries.search_entities(request.GET.get("q", ""))
    return JsonResponse(
        {
            "results": [
                {
                    "value": f"{KNOWN_ENTITY}{entity.pk}",
                    "text": entity.name,
                    "hint": " · ".join(
                        part
                        for part in (
                            entity.place.name if entity.place else "",
                            _("natural person") if entity.is_person else entity.uscc,
                            _("%(count)d cases") % {"count": entity.case_count},  # type: ignore[attr-defined]
                        )
                        if part
                    ),
                    "uscc": entity.uscc,
                    "place": entity.place_id or "",
                    "place_text": entity.place.full_name if entity.place else "",
                    "address": ""
                    if entity.is_person
                    else entity.address,  # a mask is no address to write down
                }
                for entity in found
            ]
        }
    )


@require_POST
def natural_person(request: HttpRequest) -> HttpResponse:
    """The tick that an operator is a natural person, as the name that was typed proposes it; empty for known ones.

    By POST: the name of a person stands in no address.
    """
    fields = posted(request.POST)
    prefix = next((name.removesuffix("-entity") for name in fields if name.endswith("-entity")), "")
    name, code = first(fields, f"{prefix}-entity").strip(), first(fields, f"{prefix}-uscc").strip()
    if not MATTER_FIELD.fullmatch(f"{prefix}-entity") or name.startswith(KNOWN_ENTITY):
        return HttpResponse()
    facts = {"p": prefix, "is_offered": bool(name) and not code, "is_person": looks_like_person(name, code)}
    return render(request, "web/call_desk/_natural_person.html", facts)


@require_GET
def places(request: HttpRequest) -> JsonResponse:
    """Districts and streets by name, pinyin, initials or code; those of the city first."""
    words = request.GET.get("q", "").strip()
    found = search_divisions(words, under=_city(request), limit=20) if words else _districts(request)
    return JsonResponse({"results": [{"value": d.code, "text": d.full_name, "hint": d.code} for d in found]})


def _districts(request: HttpRequest) -> list[Division]:
    inside = Division.objects.under(_city(request))
    return list(inside.at_level(DivisionLevel.DISTRICT).in_pinyin_order())


def _city(request: HttpRequest) -> str:
    """The city of the reader's unit, "" where none is known: its places come first, the others follow."""
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    codes = (unit.division_code for unit in units_of(request.user))
    return next((f"{code[:4]}00" for code in codes if len(code) >= 4), "")


@require_GET
def classes(request: HttpRequest, tree: str) -> JsonResponse:
    """Classes of goods (``object``) or of problems (``issue``: the tree of complaints or of reports by kind)."""
    kinds = [str(value) for name, value in request.GET.items() if name.endswith("-kind")]
    kind = _tree(tree, kinds[0] if kinds else "")
    on = local_day(moment_of(request).now)
    found = search_nodes(kind, request.GET.get("q", ""), limit=30, on=on)
    return JsonResponse({"results": [{"value": str(n.pk), "text": n.label, "hint": _path(n)} for n in found]})


def _path(node: ClassNode) -> str:
    """Where the class hangs, unless it is a top class and its name says all."""
    return "" if node.parent_id is None else node.path_name.replace("->", " › ")


def _tree(tree: str, kind: str) -> str:
    if tree == "object":
        return ClassKind.OBJECT
    return ClassKind.REPORT_ISSUE if kind == Kind.REPORT else ClassKind.ISSUE


@require_GET
def credit_code(request: HttpRequest) -> HttpResponse:
    """Whether a credit code can be right, said while it is typed."""
    typed = next((str(value) for name, value in request.GET.items() if name.endswith("uscc")), "")
    code = uscc.normalise(typed)
    facts: dict[str, Any] = {"code": code, "length": len(code), "missing": uscc.LENGTH - len(code)}
    if len(code) >= uscc.LENGTH:
        facts["problem"] = _code_problem(code, moment_of(request).now)
    return render(request, "web/call_desk/_uscc.html", facts)


def _code_problem(code: str, now: Any) -> str:
    matter = MatterInput(kind=Kind.CONSULTATION, narrative="-", entity=EntityInput(uscc=code))
    found = problems_of(SubmissionInput(ref=_NO_REF, received_at=now, matters=(matter,)), now)
    problem = next(iter(found.get("matters.0.entity.uscc", [])), None)
    return _(problem.message) % problem.values if problem else ""


# What a narrative offers


@dataclass(frozen=True, slots=True)
class Chip:
    """One offer: accepted by its key or a click, it fills the fields in ``fill`` (name without the prefix)."""

    label: str
    text: str
    words: tuple[str, ...]  # the words that decided
    fill: dict[str, str]
    key: str = ""
    share: str = ""  # how probable the centre's own model holds it
    unit: str = ""  # the unit that the rules of jurisdiction or the catalogue propose for the place

    @property
    def fill_json(self) -> str:
        return json.dumps(self.fill, ensure_ascii=False)

    @property
    def words_json(self) -> str:
        return json.dumps(self.words, ensure_ascii=False)

    @property
    def key_word(self) -> str:
        return self.key.replace("+", " ").title()


@require_POST
def offers(request: HttpRequest) -> HttpResponse:
    """What can be taken over from the words of one matter: classes with the words that decided, and figures."""
    fields = posted(request.POST)
    prefix = first(fields, "matter")
    own = first(fields, f"{prefix}-narrative").strip()
    words = (own or first(fields, "narrative").strip())[:MAX_NARRATIVE]
    kind = first(fields, f"{prefix}-kind")
    on = local_day(moment_of(request).now)
    chips = list(_chips(words, kind, on)) if words else []
    chips += _place_chips(request, fields, prefix, words)
    chips += _day_chips(words, on) if kind != Kind.CONSULTATION else []
    named = [replace(chip, fill=_full_names(chip.fill, prefix)) for chip in chips]
    open_ = [chip for chip in named if not all(_is_filled(fields, name) for name in chip.fill)]
    keyed = [replace(chip, key=f"alt+{key}") for chip, key in zip(open_, KEYS, strict=False)]
    topics = topics_told(fields, prefix, words, moment_of(request).now)
    return render(request, "web/call_desk/_offers.html", {"chips": keyed, "topics": " ".join(topics)})


def _is_filled(fields: Fields, name: str) -> bool:
    return name.endswith("_text") or bool(first(fields, name))


def _full_names(fill: dict[str, str], prefix: str) -> dict[str, str]:
    return {name if name.startswith("party-") else f"{prefix}-{name}": value for name, value in fill.items()}


def _chips(words: str, kind: str, on: date) -> Iterator[Chip]:
    plain = match_text(words).text
    trees = (
        (_("Problem"), "issue_class", _tree("issue", kind)),
        (_("Goods"), "object_class", ClassKind.OBJECT),
    )
    for label, name, tree in trees:
        for found in suggest_classes(plain, tree, on, SUGGESTIONS):
            fill = {name: str(found.node.pk), f"{name}_text": found.node.label}
            share = "" if found.probability is None else f"{found.probability:.0%}"
            yield Chip(label, found.node.label, _as_said(words, found.words), fill, share=share)
    if kind != Kind.CONSULTATION:
        yield from _figures(extract(words, on))


def _as_said(text: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words as they stand in the text: N95, not n95."""
    low = text.lower()
    places = [(low.find(word), word) for word in words]
    return tuple(
        text[at : at + len(word)] if at >= 0 and len(low) == len(text) else word for at, word in places
    )


def _place_chips(request: HttpRequest, fields: Fields, prefix: str, words: str) -> list[Chip]:
    """The place that the address or else the words name, with the unit proposed for it; equal places are all offered."""
    if first(fields, f"{prefix}-place"):
        return []
    typed = first(fields, f"{prefix}-address").strip()
    city = _city(request)
    found = _small(places_in(typed, city)) or _small(places_in(words, city))
    best = found[:1]
    if best and SEVERAL in best[0].guess.reasons:
        best = [one for one in found if one.guess.start == best[0].guess.start][:EQUAL_PLACES]
    return [_place_chip(request, fields, prefix, one, has_address=bool(typed)) for one in best]


def _small(found: list[NamedPlace]) -> list[NamedPlace]:
    return [one for one in found if one.division.level in (DivisionLevel.DISTRICT, DivisionLevel.STREET)]


def _place_chip(
    request: HttpRequest, fields: Fields, prefix: str, named: NamedPlace, *, has_address: bool
) -> Chip:
    place = named.division
    fill = {"place": place.code, "place_text": place.full_name}
    if not has_address and (road := _ROAD.match(named.guess.rest)):
        fill["address"] = road[0]
    label = place.full_name if SEVERAL in named.guess.reasons else place.name
    text = " ".join(part for part in (label, fill.get("address", "")) if part)
    # 观前街 says why it is 姑苏区; 木渎镇 is itself
    why = () if named.guess.text in label else (named.guess.text,)
    return Chip(_("Place"), text, why, fill, unit=_unit_of(request, fields, prefix, place))


def _unit_of(request: HttpRequest, fields: Fields, prefix: str, place: Division) -> str:
    """Name the unit that a matter of such a kind in that place would be proposed for; "" where nothing points to one."""
    kind, role = first(fields, f"{prefix}-kind"), first(fields, f"{prefix}-seller_role")
    if kind not in set(Kind) or kind == Kind.CONSULTATION:
        return ""
    seller = SellerRole(role) if role in set(SellerRole) else SellerRole.ORDINARY
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    units = units_of(request.user)
    on = local_day(moment_of(request).now)
    proposal = queries.proposal_for_place(units[0], Kind(kind), seller, place, on) if units else None
    return proposal.unit.name if proposal is not None and proposal.unit is not None else ""


def _figures(found: Extracted) -> Iterator[Chip]:
    for price in found.prices[:1]:
        fill = {"goods": price.goods, "price_unit": price.unit}
        fill |= {"price_asked": str(price.asked)} if price.asked is not None else {}
        fill |= {"price_earlier": str(price.earlier)} if price.earlier is not None else {}
        fill |= {"price_earlier_on": price.earlier_on.isoformat()} if price.earlier_on else {}
        text = " ".join(
            part
            for part in (
                price.goods,
                money_text(price.asked) if price.asked is not None else "",
                _("(earlier %(price)s)") % {"price": money_text(price.earlier)}
                if price.earlier is not None
                else "",
            )
            if part
        )
        yield Chip(_("Price"), text, (), {name: value for name, value in fill.items() if value})
    asked = [amount for amount in found.amounts if not amount.is_earlier]
    if asked:
        largest = max(amount.value for amount in asked)
        yield Chip(_("Amount"), money_text(largest), (), {"amount": str(largest)})
    for code in found.credit_codes[:1]:
        yield Chip(_("Credit code"), code, (), {"uscc": code})
    for number in found.phones[:1]:
        yield Chip(_("Phone"), phones.mask(number), (), {"party-phone": number})


def _day_chips(words: str, on: date) -> list[Chip]:
    """The first single day up to today that the words name."""
    days = [found for found in find_dates(words, on) if found.first == found.last <= on]
    return [
        Chip(
            _("Date of the matter"),
            day_text(found.first, on),
            (words[found.start : found.end],),
            {"incident_on": found.first.isoformat()},
        )
        for found in days[:1]
    ]
