"""The form of the call desk: from what was posted (or kept in a draft) to a SubmissionInput, and back to the page.

Fields of the contact are ``narrative`` and ``party-…``; those of a matter begin with ``m0-``, ``m1-`` …  A removed
matter leaves a gap in the numbers.  Paths of problems (``matters.0.entity.uscc``) lead to fields (``m0-uscc``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

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
from suqing.cases.vocabulary import ContactOutcome, Kind, Urgency
from suqing.taxonomy.models import ClassNode, Division
from suqing.telephony.models import Call
from suqing.telephony.queries import number_of
from suqing.web.desks.call_checklist import Line, checklist

N_ = str

Fields = dict[str, list[str]]
Problems = dict[str, list[Problem]]

BLANK = "__n__"  # the number of the matter in the page's template for one more
KNOWN_ENTITY = "e:"  # a value of the operator field that stands for a known operator
CASE_KINDS = (Kind.COMPLAINT, Kind.REPORT)
_MATTER_FIELD = re.compile(r"m(\d{1,3})-[a-z_]+")
_IGNORED = frozenset({"csrfmiddlewaretoken", "version", "outcome"})
_FIELD_OF = {"entity.name": "entity", "entity.uscc": "uscc", "is_real_name": "anonymous"}
_FIGURES = ("amount", "price_asked", "price_earlier")
LABELS = {
    "narrative": N_("What the caller says"),
    "party-name": N_("Name"),
    "party-phone": N_("Phone"),
    "party-address": N_("Address"),
    "kind": N_("Kind"),
    "entity": N_("Operator"),
    "uscc": N_("Unified social credit code"),
    "place": N_("District or street"),
    "address": N_("Rest of the address"),
    "incident_on": N_("Date of the matter"),
    "amount": N_("Amount in yuan"),
    "request_note": N_("Request in the caller's words"),
    "goods": N_("Goods"),
    "price_unit": N_("Unit of price"),
    "price_asked": N_("Price asked"),
    "price_earlier": N_("Earlier price"),
    "price_earlier_on": N_("Earlier price on"),
    "object_class": N_("Goods or service"),
    "issue_class": N_("Problem class"),
    "answer": N_("Answer given on the spot"),
}


def posted(data: QueryDict) -> Fields:
    """What a post holds, as it is kept in a draft: every field that is not empty."""
    return {
        name: kept
        for name, values in data.lists()
        if name not in _IGNORED and (kept := [str(value) for value in values if value != ""])
    }


def first(fields: Mapping[str, list[str]], name: str) -> str:
    values = fields.get(name) or [""]
    return values[0]


def numbers_of(fields: Mapping[str, list[str]]) -> list[int]:
    """The numbers of the matters on the form, in order."""
    found = {int(match[1]) for name in fields if (match := _MATTER_FIELD.fullmatch(name))}
    return sorted(found)


# Reading


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
    numbers = [n for n in numbers_of(fields) if not _is_blank(fields, n) or _alone(fields)]
    if outcome != ContactOutcome.CASES or (_alone(fields) and _nothing_said(fields)):
        numbers = [n for n in numbers if not _is_blank(fields, n)]
    matters = tuple(_matter(fields, n, place, problems) for place, n in enumerate(numbers))
    submission = SubmissionInput(
        ref=ref,
        received_at=min(call.started_at, now) if call else now,
        narrative=first(fields, "narrative"),
        party=_party(fields, call, matters, outcome),
        outcome=outcome,
        matters=matters,
        call=call.pk if call else None,
        is_synthetic=is_synthetic,
    )
    if problems:
        for path, found in problems_of(cleaned(submission), now).items():
            problems.setdefault(path, found)
    return submission, problems


def _alone(fields: Fields) -> bool:
    return len(numbers_of(fields)) <= 1


def _nothing_said(fields: Fields) -> bool:
    return not first(fields, "narrative").strip()


def _is_blank(fields: Fields, number: int) -> bool:
    """Whether nobody has said anything in this matter; what the page itself fills in does not count."""
    own = [name for name in fields if name.startswith(f"m{number}-") and first(fields, name).strip()]
    return set(own) <= {f"m{number}-urgency"}


def _party(
    fields: Fields, call: Call | None, matters: Iterable[MatterInput], outcome: ContactOutcome
) -> PartyInput:
    """The person.  An empty phone is the calling number, unless all that is registered is anonymous."""
    phone = first(fields, "party-phone")
    kinds = [m for m in matters if m.kind != Kind.REPORT or m.is_real_name]
    if not phone.strip() and call is not None and (kinds or outcome != ContactOutcome.CASES):
        phone = number_of(call)
    return PartyInput(first(fields, "party-name"), phone, first(fields, "party-address"))


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
        object_class=_key(given("object_class")),
        issue_class=_key(given("issue_class")),
        entity=_entity(given("entity"), given("uscc")),
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
    )
    if kind == Kind.REPORT:
        return replace(matter, is_real_name=given("anonymous") != "1")
    requests = tuple(fields.get(f"m{number}-requests", ()))
    return replace(matter, requests=requests, request_note=given("request_note").strip())


def _key(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else None


def _entity(value: str, code: str) -> EntityInput:
    key = _key(value.removeprefix(KNOWN_ENTITY)) if value.startswith(KNOWN_ENTITY) else None
    if key is not None:
        known = MarketEntity.objects.filter(pk=key).first()
        if known is not None:
            return EntityInput(known.name, known.uscc or code, known.pk if known.uscc or not code else None)
        return EntityInput()
    return EntityInput(value, code)


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


# Showing


@dataclass(frozen=True, slots=True)
class MatterForm:
    """A matter as the page shows it: ``values`` and ``errors`` by the name of the field without the prefix."""

    number: str
    shown: int
    values: dict[str, str]
    texts: dict[str, str]
    requests: tuple[str, ...]
    errors: dict[str, str]
    is_current: bool = False

    @property
    def prefix(self) -> str:
        return f"m{self.number}"

    @property
    def checks(self) -> list[Line]:
        return checklist(self.prefix)

    @property
    def has_prices(self) -> bool:
        names = ("goods", "price_unit", "price_asked", "price_earlier", "price_earlier_on")
        return any(self.values.get(name) or self.errors.get(name) for name in names)


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One line of the summary: where it leads, what the field is called, what is wrong."""

    target: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class CallForm:
    """The whole form as the page shows it."""

    values: dict[str, str]
    errors: dict[str, str]
    matters: list[MatterForm]
    blank: MatterForm
    summary: list[ErrorLine] = field(default_factory=list)

    @property
    def narrative_errors(self) -> list[str]:
        names = ("narrative", "matters", "outcome", "received_at")
        return [self.errors[name] for name in names if name in self.errors]


def form_of(fields: Fields, problems: Mapping[str, list[Problem]] | None = None) -> CallForm:
    """What the page shows of these fields, with what is wrong beside each."""
    numbers = numbers_of(fields) or [0]
    given = [n for n in numbers if not _is_blank(fields, n) or _alone(fields)] or numbers
    wrong = {_field_name(path, given): _said(found) for path, found in (problems or {}).items()}
    texts = _texts(fields, numbers)
    matters = [_matter_form(fields, n, place, texts, wrong) for place, n in enumerate(numbers, 1)]
    shown = next((n for n, matter in enumerate(matters) if matter.errors), 0)
    matters[shown] = replace(matters[shown], is_current=True)
    values = {
        name.replace("-", "_"): first(fields, name) for name in fields if not _MATTER_FIELD.fullmatch(name)
    }
    return CallForm(
        values,
        {name.replace("-", "_"): text for name, text in wrong.items() if not _MATTER_FIELD.fullmatch(name)},
        matters,
        MatterForm(BLANK, 0, {}, {}, (), {}),
        [_line(name, text, numbers) for name, text in wrong.items()],
    )


def _said(found: Iterable[Problem]) -> str:
    return " ".join(_(p.message) % p.values if p.values else _(p.message) for p in found)


def _field_name(path: str, numbers: list[int]) -> str:
    parts = path.split(".", 2)
    if parts[0] == "matters" and len(parts) == 3 and int(parts[1]) < len(numbers):
        return f"m{numbers[int(parts[1])]}-{_FIELD_OF.get(parts[2], parts[2])}"
    return path.replace("party.", "party-")


def _line(name: str, text: str, numbers: list[int]) -> ErrorLine:
    match = _MATTER_FIELD.fullmatch(name)
    own = name.split("-", 1)[1] if match else name
    label = _(LABELS[own]) if own in LABELS else ""
    if match and own == "narrative":
        label = _("What this matter is about")
    if match and len(numbers) > 1:
        label = _("Matter %(number)d, %(field)s") % {
            "number": numbers.index(int(match[1])) + 1,
            "field": label,
        }
    target = "narrative" if name in ("matters", "outcome", "received_at") else name
    if match and own == "narrative" and len(numbers) == 1:
        target = "narrative"
    return ErrorLine(f"id_{target}", label, text)


def _matter_form(
    fields: Fields, number: int, shown: int, texts: dict[str, dict[str, str]], wrong: dict[str, str]
) -> MatterForm:
    prefix = f"m{number}-"
    own = [name.removeprefix(prefix) for name in fields if name.startswith(prefix)]
    return MatterForm(
        number=str(number),
        shown=shown,
        values={name: first(fields, prefix + name) for name in own},
        texts={name: texts.get(name, {}).get(first(fields, prefix + name), "") for name in own},
        requests=tuple(fields.get(f"{prefix}requests", ())),
        errors={name.removeprefix(prefix): text for name, text in wrong.items() if name.startswith(prefix)},
    )


def _texts(fields: Fields, numbers: list[int]) -> dict[str, dict[str, str]]:
    """What the look-ups show for their values, by field and value; one query a table."""
    asked = {
        name: {first(fields, f"m{n}-{name}") for n in numbers} - {""}
        for name in ("entity", "place", "object_class", "issue_class")
    }
    entities = {int(v[2:]) for v in asked["entity"] if v.startswith(KNOWN_ENTITY) and _key(v[2:])}
    found = {"entity": {v: v for v in asked["entity"] if not v.startswith(KNOWN_ENTITY)}}
    if entities:
        known = MarketEntity.objects.filter(pk__in=entities)
        found["entity"] |= {f"{KNOWN_ENTITY}{entity.pk}": entity.name for entity in known}
    if asked["place"]:
        found["place"] = {d.code: d.full_name for d in Division.objects.filter(code__in=asked["place"])}
    keys = {key for value in asked["object_class"] | asked["issue_class"] if (key := _key(value))}
    if keys:
        nodes = {str(node.pk): node.label for node in ClassNode.objects.filter(pk__in=keys)}
        found["object_class"] = found["issue_class"] = nodes
    return found
