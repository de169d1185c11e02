"""The form of the call desk as the page shows it: values, texts of look-ups, what is wrong beside each field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from suqing.cases.entry_standard import first as first_standard
from suqing.cases.intake import Problem
from suqing.cases.models import MarketEntity
from suqing.cases.vocabulary import Kind, SellerRole
from suqing.taxonomy.models import ClassNode, Division
from suqing.web.desks.call_checklist import Asked, Line, checklist
from suqing.web.desks.call_forms import (
    KNOWN_ENTITY,
    MATTER_FIELD,
    Fields,
    first,
    given_numbers,
    key_of,
    numbers_of,
)

N_ = str

FIRST_STANDARDS = Asked({kind: first_standard(kind) for kind in Kind})
MORE = (
    *("seller_role", "platform", "platform_place", "published_place", "act_place"),
    *("publicity_consent", "delegation_consent"),
)
PLACES = ("place", "platform_place", "published_place", "act_place")
BLANK = "__n__"  # the number of the matter in the page's template for one more
_FIELD_OF = {"entity.name": "entity", "entity.uscc": "uscc", "is_real_name": "anonymous"}
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
    "party-id_number": N_("Identity number"),
    "seller_role": N_("How the operator sells"),
    "platform": N_("Platform"),
    "platform_place": N_("Seat of the platform"),
    "published_place": N_("Published address, or seat of the publisher"),
    "act_place": N_("Where the act occurred"),
    "publicity_consent": N_("May the complaint be made public"),
    "delegation_consent": N_("May the mediation be delegated"),
    "object_class": N_("Goods or service"),
    "issue_class": N_("Problem class"),
    "answer": N_("Answer given on the spot"),
}


@dataclass(frozen=True, slots=True)
class MatterForm:
    """A matter as the page shows it: ``values`` and ``errors`` by the name of the field without the prefix."""

    number: str
    shown: int
    values: dict[str, str]
    texts: dict[str, str]
    requests: tuple[str, ...]
    errors: dict[str, str]
    asked: Asked = field(default_factory=lambda: FIRST_STANDARDS)
    is_current: bool = False

    @property
    def prefix(self) -> str:
        return f"m{self.number}"

    @property
    def checks(self) -> list[Line]:
        return checklist(self.prefix, self.asked)

    @property
    def may_be_person(self) -> bool:
        """Whether the operator was typed and is not registered as far as is told."""
        name = self.values.get("entity", "")
        return bool(name) and not name.startswith(KNOWN_ENTITY) and not self.values.get("uscc")

    @property
    def has_prices(self) -> bool:
        names = ("goods", "price_unit", "price_asked", "price_earlier", "price_earlier_on")
        return any(self.values.get(name) or self.errors.get(name) for name in names)

    @property
    def has_more(self) -> bool:
        """Whether the folded part holds something that differs from what it begins with, or is wrong."""
        given = {name: self.values.get(name, "") for name in MORE} | {"seller_role": self._special_role}
        return any(given.values()) or any(self.errors.get(name) for name in MORE)

    @property
    def _special_role(self) -> str:
        role = self.values.get("seller_role", "")
        return "" if role == SellerRole.ORDINARY else role


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


def form_of(
    fields: Fields,
    problems: Mapping[str, list[Problem]] | None = None,
    asked: Asked | None = None,
) -> CallForm:
    """What the page shows of these fields, with what is wrong beside each and what the entry standards ask for."""
    asked = asked or FIRST_STANDARDS
    numbers = numbers_of(fields) or [0]
    given = given_numbers(fields) or numbers
    wrong = {_field_name(path, given): _said(found) for path, found in (problems or {}).items()}
    texts = _texts(fields, numbers)
    matters = [
        replace(_matter_form(fields, n, place, texts, wrong), asked=asked)
        for place, n in enumerate(numbers, 1)
    ]
    shown = next((n for n, matter in enumerate(matters) if matter.errors), 0)
    matters[shown] = replace(matters[shown], is_current=True)
    values = {
        name.replace("-", "_"): first(fields, name) for name in fields if not MATTER_FIELD.fullmatch(name)
    }
    return CallForm(
        values,
        {name.replace("-", "_"): text for name, text in wrong.items() if not MATTER_FIELD.fullmatch(name)},
        matters,
        MatterForm(BLANK, 0, {}, {}, (), {}, asked),
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
    match = MATTER_FIELD.fullmatch(name)
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
        for name in ("entity", *PLACES, "object_class", "issue_class")
    }
    entities = {int(v[2:]) for v in asked["entity"] if v.startswith(KNOWN_ENTITY) and key_of(v[2:])}
    found = {"entity": {v: v for v in asked["entity"] if not v.startswith(KNOWN_ENTITY)}}
    if entities:
        known = MarketEntity.objects.filter(pk__in=entities)
        found["entity"] |= {f"{KNOWN_ENTITY}{entity.pk}": entity.name for entity in known}
    codes = {code for name in PLACES for code in asked[name]}
    if codes:
        names = {d.code: d.full_name for d in Division.objects.filter(code__in=codes)}
        found |= dict.fromkeys(PLACES, names)
    keys = {key for value in asked["object_class"] | asked["issue_class"] if (key := key_of(value))}
    if keys:
        nodes = {str(node.pk): node.label for node in ClassNode.objects.filter(pk__in=keys)}
        found["object_class"] = found["issue_class"] = nodes
    return found
