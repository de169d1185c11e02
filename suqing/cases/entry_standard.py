"""Which facts a case should hold, by kind, in versions: the checklist at the call desk.  Pure.

A standard names facts that must and facts that should be given.  ``must`` facts stop registration; the others are asked
for and counted in the completeness score.  What the law itself asks for is in every version and cannot be lowered.  A version
may ask more of cases of a topic (mask prices: the price asked and the earlier one); that adds to what it asks of all.
Sources: O20 art. 9 and 24, O121 art. 10 and 28, forms 1 and 2 of FORMS26; versions: domain S19 (Suzhou's notice on
standardising the first entry).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from suqing.cases.intake import MatterInput, PartyInput
from suqing.cases.vocabulary import Kind
from suqing.lawclock.regimes import regime_on

N_ = str

FIRST_VERSION = 1


class Level(StrEnum):
    """How much a standard asks for a fact."""

    MUST = "must"
    SHOULD = "should"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its name for the page, the form fields that hold it, whether it stops registration, its source.

    ``source`` is a key of a form, ``OWN``, or article keys with a space between them.
    """

    code: str
    label: str
    fields: tuple[str, ...]
    must: bool
    source: str
    is_given: Callable[[PartyInput, MatterInput], bool]

    def article_on(self, day: date) -> str:
        """The article of the regulation in force on that day that asks for the fact; "" if none does."""
        law = regime_on(day).id.partition("+")[0]
        return next((key for key in self.source.split() if key.startswith(f"{law}:")), "")


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


# What both regulations ask for, order no. 20 and order no. 121: a page cites the articles one after the other.
OWN = "entry standard"
_OF_COMPLAINTS = "O20:9 O121:10"
_OF_REPORTS = "O20:24 O121:28"


def _words(source: str) -> Fact:
    return _fact(
        "narrative", N_("What happened"), "narrative", source, lambda _p, m: bool(m.narrative), must=True
    )


def _respondent(source: str) -> tuple[Fact, ...]:
    """Who is complained of or reported, and where."""
    return (
        _fact(
            "entity",
            N_("Name of the operator"),
            "entity.name",
            source,
            lambda _p, m: bool(m.entity.name or m.entity.pk),
            must=True,
        ),
        _fact("place", N_("District or street"), "place", source, lambda _p, m: bool(m.place)),
        _fact("address", N_("Address of the operator"), "address", source, lambda _p, m: bool(m.address)),
    )


_OBJECT = _fact(
    "object_class",
    N_("Goods or service"),
    "object_class",
    OWN,
    lambda _p, m: m.object_class is not None,
)
_ISSUE = _fact(
    "issue_class",
    N_("Problem class"),
    "issue_class",
    OWN,
    lambda _p, m: m.issue_class is not None,
)

FIRST: dict[Kind, tuple[Fact, ...]] = {
    Kind.CONSULTATION: (_words(OWN), _ISSUE, _OBJECT),
    Kind.COMPLAINT: (
        _fact(
            "name",
            N_("Complainant's name"),
            "party.name",
            _OF_COMPLAINTS,
            lambda p, _m: bool(p.name),
            must=True,
        ),
        _fact(
            "phone",
            N_("Complainant's phone"),
            "party.phone",
            _OF_COMPLAINTS,
            lambda p, _m: bool(p.phone),
            must=True,
        ),
        _fact(
            "contact",
            N_("Complainant's address"),
            "party.address",
            _OF_COMPLAINTS,
            lambda p, _m: bool(p.address),
        ),
        _words(_OF_COMPLAINTS),
        *_respondent(_OF_COMPLAINTS),
        _fact("amount", N_("Amount in dispute"), "amount", "FORMS26:1", lambda _p, m: m.amount is not None),
        _fact(
            "requests",
            N_("What the complainant asks for"),
            "requests",
            _OF_COMPLAINTS,
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
        _words(_OF_REPORTS),
        *_respondent(_OF_REPORTS),
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

_ID_NUMBER = _fact(
    "id_number",
    N_("Complainant's identity number"),
    "party.id_number",
    "FORMS26:1",
    lambda p, _m: bool(p.id_number),
)
_PRICES = (
    _fact("goods", N_("Goods"), "goods", OWN, lambda _p, m: bool(m.goods)),
    _fact(
        "price_asked",
        N_("Price asked"),
        "price_asked",
        OWN,
        lambda _p, m: m.price_asked is not None,
    ),
    _fact(
        "price_earlier",
        N_("Earlier price"),
        "price_earlier",
        OWN,
        lambda _p, m: m.price_earlier is not None,
    ),
)
_USCC = _fact(
    "uscc",
    N_("Unified social credit code"),
    "entity.uscc",
    OWN,
    lambda _p, m: bool(m.entity.uscc),
)
_CONSENTS = (
    _fact(
        "publicity_consent",
        N_("Whether the complaint may be made public"),
        "publicity_consent",
        "FORMS26:1",
        lambda _p, m: m.publicity_consent is not None,
    ),
    _fact(
        "delegation_consent",
        N_("Whether the mediation may be delegated"),
        "delegation_consent",
        "FORMS26:1",
        lambda _p, m: m.delegation_consent is not None,
    ),
)
_ACT_PLACE = _fact(
    "act_place",
    N_("Place where the act occurred"),
    "act_place",
    "O20:25 O121:29",
    lambda _p, m: bool(m.act_place),
)

# What a later version may ask for besides the first.
KNOWN: dict[Kind, tuple[Fact, ...]] = {
    Kind.CONSULTATION: FIRST[Kind.CONSULTATION],
    Kind.COMPLAINT: (*FIRST[Kind.COMPLAINT], _ID_NUMBER, _USCC, *_PRICES, *_CONSENTS),
    Kind.REPORT: (*FIRST[Kind.REPORT], _USCC, *_PRICES, _ACT_PLACE),
}


@dataclass(frozen=True, slots=True)
class Standard:
    """One version for one kind, in force from a day on; ``effective_on`` None: from the beginning.

    ``topics`` has what it asks of cases of a topic beside ``facts``, by the topic's code.
    """

    kind: Kind
    version: int
    effective_on: date | None
    facts: tuple[Fact, ...]
    topics: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)

    def of_topics(self, codes: Iterable[str]) -> Standard:
        """What it asks of a case of these topics: the stricter level of each fact, in the order people are asked."""
        asked = [self.topics[code] for code in codes if code in self.topics]
        if not asked:
            return self
        levels: dict[str, bool] = {}
        for fact in (*self.facts, *(one for facts in asked for one in facts)):
            levels[fact.code] = levels.get(fact.code, False) or fact.must
        facts = (replace(one, must=levels[one.code]) for one in KNOWN[self.kind] if one.code in levels)
        return replace(self, facts=tuple(facts), topics={})

    def topics_asking(self, fact: Fact, codes: Iterable[str]) -> list[str]:
        """Which of these topics make it ask for a fact, or require it, that it does not of all cases."""
        known = {one.code: one.must for one in self.facts}
        return [
            code
            for code in codes
            for one in self.topics.get(code, ())
            if one.code == fact.code and (one.code not in known or one.must > known[one.code])
        ]

    def missing(self, party: PartyInput, matter: MatterInput) -> list[Fact]:
        """Return the facts that are not given yet, in the order people are asked."""
        return [fact for fact in self.facts if not fact.is_given(party, matter)]

    def refused(self, party: PartyInput, matter: MatterInput) -> list[Fact]:
        """Return the missing facts that stop registration."""
        return [fact for fact in self.missing(party, matter) if fact.must]

    def completeness(self, party: PartyInput, matter: MatterInput) -> Decimal:
        """Return the share of facts given, from 0 to 1, to three places."""
        share = 1 - Decimal(len(self.missing(party, matter))) / len(self.facts)
        return round(share, 3)


def first(kind: Kind) -> Standard:
    """Return version 1, which stands in the program itself."""
    return Standard(kind, FIRST_VERSION, None, FIRST[kind])


def of_levels(
    kind: Kind,
    version: int,
    effective_on: date,
    levels: Mapping[str, str],
    topics: Mapping[str, Mapping[str, str]] | None = None,
) -> Standard:
    """Return a version from the levels kept for it, of all cases and by topic; codes that this program does not know are
    left out."""
    by_topic = {code: _facts(kind, of_topic) for code, of_topic in (topics or {}).items()}
    return Standard(kind, version, effective_on, _facts(kind, levels), by_topic)


def _facts(kind: Kind, levels: Mapping[str, str]) -> tuple[Fact, ...]:
    return tuple(
        replace(fact, must=levels[fact.code] == Level.MUST) for fact in KNOWN[kind] if fact.code in levels
    )


def needless(levels: Mapping[str, str], topics: Mapping[str, Mapping[str, str]]) -> tuple[str, str] | None:
    """Return a topic and a fact that it asks for no more strictly than all cases are asked; None if each adds something."""
    return next(
        (
            (topic, code)
            for topic, of_topic in topics.items()
            for code, level in of_topic.items()
            if levels.get(code) in (Level.MUST, level)
        ),
        None,
    )


def lowered(kind: Kind, levels: Mapping[str, str]) -> Fact | None:
    """Return a fact that the law asks for and these levels do not; None if the minimum is kept."""
    return next((fact for fact in FIRST[kind] if fact.must and levels.get(fact.code) != Level.MUST), None)


def in_force(standards: Iterable[Standard], kind: Kind, day: date) -> Standard:
    """Return the newest version of a kind that has taken effect by this day: a newer one takes the place of all
    before it from its own day on."""
    known = [
        one for one in standards if one.kind == kind and (one.effective_on is None or one.effective_on <= day)
    ]
    return max(known, key=lambda one: one.version, default=first(kind))


@dataclass(frozen=True, slots=True)
class Change:
    """What the next version of a kind asks for that the one before it did not, and what it no longer asks for."""

    standard: Standard
    added: tuple[Fact, ...]
    raised: tuple[Fact, ...]  # asked for before, required from then on
    dropped: tuple[Fact, ...]
    topics: tuple[
        tuple[str, Fact], ...
    ] = ()  # topic and fact that it newly asks for, or requires, of its cases alone


def change_to(standard: Standard, before: Standard) -> Change:
    """Compare a version with the one it takes the place of."""
    known = {fact.code: fact for fact in before.facts}
    kept = {fact.code for fact in standard.facts}
    return Change(
        standard,
        tuple(fact for fact in standard.facts if fact.code not in known),
        tuple(
            fact for fact in standard.facts if fact.code in known and fact.must and not known[fact.code].must
        ),
        tuple(fact for fact in before.facts if fact.code not in kept),
        tuple(
            (topic, fact)
            for topic, facts in standard.topics.items()
            for fact in facts
            if not _is_asked(before.of_topics([topic]), fact)
        ),
    )


def _is_asked(standard: Standard, fact: Fact) -> bool:
    """Whether a standard asks for a fact at least as strictly."""
    return any(one.code == fact.code and one.must >= fact.must for one in standard.facts)


def coming(standards: Iterable[Standard], kind: Kind, day: date) -> Change | None:
    """The next version that will be in force after this day, against the one in force on it; None if none is issued."""
    known = list(standards)
    later = sorted(
        (one.effective_on, one.version)
        for one in known
        if one.kind == kind and one.effective_on and one.effective_on > day
    )
    for effective_on, version in later:
        found = in_force(known, kind, effective_on)
        if found.version == version:
            return change_to(found, in_force(known, kind, day))
    return None


def follower(standards: Iterable[Standard], standard: Standard) -> date | None:
    """The first day on which another version takes the place of this one; None while none does."""
    known = list(standards)
    days = sorted(
        one.effective_on
        for one in known
        if one.kind == standard.kind
        and one.effective_on
        and one.effective_on >= (standard.effective_on or date.min)
    )
    return next(
        (day for day in days if in_force(known, standard.kind, day).version != standard.version), None
    )
