"""Which facts a case should hold, by kind: the checklist at the call desk.  Pure.

``must`` facts stop registration (``intake`` refuses); the others are asked for and counted in the completeness score.
Sources: O20 art. 9 and 24, O121 art. 10 and 28, forms 1 and 2 of FORMS26.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from suqing.cases.intake import MatterInput, PartyInput
from suqing.cases.vocabulary import Kind

N_ = str

VERSION = 1


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its name for the page, the form field that holds it, whether it stops registration, its source."""

    code: str
    label: str
    fields: tuple[str, ...]
    must: bool
    source: str
    is_given: Callable[[PartyInput, MatterInput], bool]


def _fact(
    code: str,
    label: str,
    fields: str,
    source: str,
    given: Callable[[PartyInput, MatterInput], bool],
    *,
    must: bool = False,
) -> Fact:
    return Fact(code, label, tuple(fields.split()), must, source, given)


_WORDS = _fact(
    "narrative", N_("What happened"), "narrative", "O121:10", lambda _p, m: bool(m.narrative), must=True
)
_OPERATOR = _fact(
    "entity",
    N_("Name of the operator"),
    "entity.name",
    "O121:10",
    lambda _p, m: bool(m.entity.name or m.entity.pk),
    must=True,
)
_OBJECT = _fact(
    "object_class",
    N_("Goods or service"),
    "object_class",
    "entry standard",
    lambda _p, m: m.object_class is not None,
)
_ISSUE = _fact(
    "issue_class",
    N_("Problem class"),
    "issue_class",
    "entry standard",
    lambda _p, m: m.issue_class is not None,
)
_PLACE = _fact("place", N_("District or street"), "place", "O121:10", lambda _p, m: bool(m.place))
_ADDRESS = _fact(
    "address", N_("Address of the operator"), "address", "O121:10", lambda _p, m: bool(m.address)
)

STANDARD: dict[Kind, tuple[Fact, ...]] = {
    Kind.CONSULTATION: (_WORDS, _ISSUE, _OBJECT),
    Kind.COMPLAINT: (
        _fact(
            "name", N_("Complainant's name"), "party.name", "O121:10", lambda p, _m: bool(p.name), must=True
        ),
        _fact(
            "phone",
            N_("Complainant's phone"),
            "party.phone",
            "O121:10",
            lambda p, _m: bool(p.phone),
            must=True,
        ),
        _fact(
            "contact", N_("Complainant's address"), "party.address", "O121:10", lambda p, _m: bool(p.address)
        ),
        _WORDS,
        _OPERATOR,
        _PLACE,
        _ADDRESS,
        _fact("amount", N_("Amount in dispute"), "amount", "FORMS26:1", lambda _p, m: m.amount is not None),
        _fact(
            "requests",
            N_("What the complainant asks for"),
            "requests",
            "O121:10",
            lambda _p, m: bool(m.requests),
        ),
        _fact(
            "incident_on",
            N_("Date of the purchase or service"),
            "incident_on",
            "FORMS26:1",
            lambda _p, m: m.incident_on is not None,
        ),
        _OBJECT,
        _ISSUE,
    ),
    Kind.REPORT: (
        _WORDS,
        _OPERATOR,
        _PLACE,
        _ADDRESS,
        _fact(
            "incident_on",
            N_("Date of the act"),
            "incident_on",
            "FORMS26:2",
            lambda _p, m: m.incident_on is not None,
        ),
        _OBJECT,
        _ISSUE,
        _fact(
            "identity",
            N_("Reporter's name and phone, or anonymous"),
            "party.name party.phone is_real_name",
            "FORMS26:2",
            lambda p, m: not m.is_real_name or bool(p.name and p.phone),
        ),
    ),
}


def missing(party: PartyInput, matter: MatterInput) -> list[Fact]:
    """Return the facts of the standard that are not given yet, in the order people are asked."""
    return [fact for fact in STANDARD[matter.kind] if not fact.is_given(party, matter)]


def completeness(party: PartyInput, matter: MatterInput) -> float:
    """Return the share of facts given, from 0 to 1."""
    facts = STANDARD[matter.kind]
    return 1 - len(missing(party, matter)) / len(facts)
