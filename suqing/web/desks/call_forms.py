"""The form of the call desk: from what was posted (or kept in a draft) to a SubmissionInput.

Fields of the contact are ``narrative`` and ``party-…``; those of a matter begin with ``m0-``, ``m1-`` …  A removed
matter leaves a gap in the numbers.  Paths of problems (``matters.0.entity.uscc``) lead to fields (``m0-uscc``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.dateparse import parse_date

from suqing.cases.intake import (
    EntityInput,
    MatterInput,
    PartyInput,
    Problem,
    SubmissionInput,
    cleaned,
    problems_of,
)
from suqing.cases.models import MarketEntity
from suqing.cases.vocabulary import ContactOutcome, Kind, SellerRole, Urgency
from suqing.telephony.models import Call
from suqing.telephony.queries import number_of

N_ = str

Fields = dict[str, list[str]]
Problems = dict[str, list[Problem]]

KNOWN_ENTITY = "e:"  # a value of the operator field that stands for a known operator
MATTER_FIELD = re.compile(r"m(\d{1,3})-[a-z_]+")
_IGNORED = frozenset({"csrfmiddlewaretoken", "version", "page", "beat", "outcome"})
_FIGURES = ("amount", "price_asked", "price_earlier")


def posted(data: QueryDict) -> Fields:
    """What a post holds, as it is kept in a draft: every field that is not empty, without what no text can hold."""
    return {
        name: kept
        for name, values in data.lists()
        if name not in _IGNORED
        and (kept := [text for value in values if (text := str(value).replace("\0", ""))])
    }


def first(fields: Mapping[str, list[str]], name: str) -> str:
    values = fields.get(name) or [""]
    return values[0]


def numbers_of(fields: Mapping[str, list[str]]) -> list[int]:
    """The numbers of the matters on the form, in order."""
    found = {int(match[1]) for name in fields if (match := MATTER_FIELD.fullmatch(name))}
    return sorted(found)


def read(
    fields: Fields,
    *,
    ref: UUID,
    call: Call | None,
    outcome: ContactOutcome,
    now: datetime,
    is_synthetic: bool,
) -> tuple[SubmissionInput, Problems]:
    """Read the form.  Figures and dates that cannot be read, and matters without a kind, are problems."""
    problems: Problems = {}
    numbers = given_numbers(fields)
    if outcome != ContactOutcome.CASES or (_alone(fields) and _nothing_said(fields)):
        # A kind chosen before the caller turned out to want nothing is no matter yet.
        chosen = {"kind"} if outcome != ContactOutcome.CASES else set()
        numbers = [n for n in numbers if not _is_blank(fields, n, chosen)]
    matters = tuple(_matter(fields, n, place, problems) for place, n in enumerate(numbers))
    submission = SubmissionInput(
        ref=ref,
        received_at=min(call.started_at, now) if call else now,
        narrative=first(fields, "narrative"),
        party=_party(fields, call, matters, outcome),
        outcome=outcome,
        matters=matters,
        call=call.pk if call else None,
        draft=ref,
        is_synthetic=is_synthetic,
    )
    if problems:
        for path, found in problems_of(cleaned(submission), now).items():
            problems.setdefault(path, found)
    return submission, problems


def given_numbers(fields: Fields) -> list[int]:
    """The numbers of the matters that count: an empty one beside others was opened by mistake."""
    return [n for n in numbers_of(fields) if not _is_blank(fields, n) or _alone(fields)]


def _alone(fields: Fields) -> bool:
    return len(numbers_of(fields)) <= 1


def _nothing_said(fields: Fields) -> bool:
    return not first(fields, "narrative").strip()


def _is_blank(fields: Fields, number: int, beside: Collection[str] = ()) -> bool:
    """Whether nobody has said anything in this matter; what the page itself fills in does not count."""
    own = {name for name in fields if name.startswith(f"m{number}-") and first(fields, name).strip()}
    return own <= {f"m{number}-{name}" for name in ("urgency", "whole", "seller_role", *beside)}


def _party(
    fields: Fields, call: Call | None, matters: Iterable[MatterInput], outcome: ContactOutcome
) -> PartyInput:
    """The person.  An empty phone is the calling number, unless all that is registered is anonymous."""
    phone = first(fields, "party-phone")
    kinds = [m for m in matters if m.kind != Kind.REPORT or m.is_real_name]
    if not phone.strip() and call is not None and (kinds or outcome != ContactOutcome.CASES):
        phone = number_of(call)
    return PartyInput(
        first(fields, "party-name"),
        phone,
        first(fields, "party-address"),
        first(fields, "party-id_number"),
    )


def matter_of(fields: Fields, number: int) -> MatterInput:
    """One matter as far as it can be read; what cannot is left out."""
    return _matter(fields, number, 0, {})


def _matter(fields: Fields, number: int, place: int, problems: Problems) -> MatterInput:
    def given(name: str) -> str:
        return first(fields, f"m{number}-{name}")

    def wrong(name: str, message: str) -> None:
        problems.setdefault(f"matters.{place}.{name}", []).append(Problem(message))

    kind = Kind(given("kind")) if given("kind") in set(Kind) else None
    if kind is None:
        wrong("kind", N_("Choose consultation, complaint or report."))
    matter = MatterInput(
        kind=kind or Kind.CONSULTATION,
        narrative=given("narrative"),
        object_class=key_of(given("object_class")),
        issue_class=key_of(given("issue_class")),
        entity=_entity(given("entity"), given("uscc"), is_person=given("is_person") == "1"),
        place=given("place"),
        address=given("address"),
        urgency=Urgency(given("urgency")) if given("urgency") in set(Urgency) else Urgency.NORMAL,
    )
    if kind == Kind.CONSULTATION or kind is None:
        return replace(matter, answer=given("answer"))
    figures = {name: _figure(given(name), name, wrong) for name in _FIGURES}
    dates = {name: _date(given(name), name, wrong) for name in ("incident_on", "price_earlier_on")}
    matter = replace(
        matter,
        goods=given("goods"),
        price_unit=given("price_unit").strip(),
        amount=figures["amount"],
        price_asked=figures["price_asked"],
        price_earlier=figures["price_earlier"],
        incident_on=dates["incident_on"],
        price_earlier_on=dates["price_earlier_on"],
        **_competence(given, wrong),
    )
    if kind == Kind.REPORT:
        return replace(matter, is_real_name=given("anonymous") != "1")
    requests = tuple(fields.get(f"m{number}-requests", ()))
    return replace(
        matter,
        requests=requests,
        request_note=given("request_note").strip(),
        publicity_consent=_ANSWERS.get(given("publicity_consent")),
        delegation_consent=_ANSWERS.get(given("delegation_consent")),
    )


_ANSWERS = {"yes": True, "no": False}


def _competence(given: Callable[[str], str], wrong: Any) -> dict[str, Any]:
    """What decides competence: how the operator sells, and the places that count."""
    role = given("seller_role") or SellerRole.ORDINARY
    if role not in set(SellerRole):
        wrong("seller_role", N_("Choose from the list."))
        role = SellerRole.ORDINARY
    places = {name: given(name).strip() for name in ("platform_place", "published_place", "act_place")}
    return {"seller_role": SellerRole(role), "platform": given("platform"), **places}


def key_of(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else None


def _entity(value: str, code: str, *, is_person: bool) -> EntityInput:
    key = key_of(value.removeprefix(KNOWN_ENTITY)) if value.startswith(KNOWN_ENTITY) else None
    if key is not None:
        known = MarketEntity.objects.filter(pk=key).first()
        if known is not None and known.is_person:
            return EntityInput(known.name, code, known.pk, is_person=True)
        if known is not None:
            return EntityInput(known.name, known.uscc or code, known.pk if known.uscc or not code else None)
        return EntityInput()
    return EntityInput(value, code, is_person=is_person)


def _figure(text: str, name: str, wrong: Any) -> Decimal | None:
    plain = text.replace(",", "").replace("，", "").removesuffix("元").strip()
    if not plain:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        wrong(name, N_("Write the amount in figures, such as 1234.50."))
        return None
    if not value.is_finite():
        wrong(name, N_("Write the amount in figures, such as 1234.50."))
        return None
    return round(value, 2) if abs(value) < Decimal("1e15") else value


def _date(text: str, name: str, wrong: Any) -> date | None:
    if not text.strip():
        return None
    try:
        found = parse_date(text.strip())
    except ValueError:
        found = None
    if found is None:
        wrong(name, N_("Write the date as 2020-01-27."))
    return found
