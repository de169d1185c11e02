"""What is wrong with the facts of a case: missing, contradictory, in doubt, or corrected late.  Pure.

Missing is judged by the entry standard in force on the day of receipt, or by one that the caller names.  A contradiction
is two facts that cannot both be true; a doubt is worth a look and may well be right.  Late is a correction made later than
a number of hours after registration: local policy, no law names one.  Source of the wish: domain S19 (Suzhou's notice on
standardising the first entry), whose follow-up was a list of entries to put right, by person and district.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from suqing.cases.entry_standard import KNOWN, Fact, Standard
from suqing.cases.intake import CLOCK_TOLERANCE, MatterInput, PartyInput, local_day
from suqing.cases.vocabulary import Kind

N_ = str

SLIPS = (
    Decimal(10),
    Decimal(100),
    Decimal(1000),
    Decimal(10_000),
)  # zeros or the point; the last is a lost 万


class Sort(StrEnum):
    """How a fact is wrong, in the order of weight; the columns of the report."""

    REQUIRED = "required"
    WANTED = "wanted"
    CONTRADICTION = "contradiction"
    DOUBT = "doubt"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Entry:
    """A case as it stands, as far as its quality is judged.

    ``party`` says only whether a fact was given: any text will do, nothing here reads it.  ``sums_told`` are the sums of
    money in the words of the case, in yuan.  ``is_party_known`` is false where the person's data have been erased: what
    they once gave cannot be missed.
    """

    party: PartyInput
    matter: MatterInput
    received_at: datetime
    registered_at: datetime
    sums_told: tuple[Decimal, ...] = ()
    prices_told: tuple[Decimal, ...] = ()
    is_own_name: bool = False  # the operator is called as the person who turned to the centre
    is_about_rise: bool = False  # it is about a price that was raised
    is_party_known: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule by name: what it says of a case it finds, and why that cannot be, as English message ids."""

    code: str
    sort: Sort
    label: str
    reason: str
    holds: Callable[[Entry], bool] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with one case: ``code`` is the rule's, or the fact's after the sort: ``required.amount``."""

    sort: Sort
    code: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of facts after registration: when, and the fields whose value became another."""

    at: datetime
    fields: tuple[str, ...]


def _after_receipt(entry: Entry) -> bool:
    day = entry.matter.incident_on
    return day is not None and day > local_day(entry.received_at)


def _before_receipt(entry: Entry) -> bool:
    return entry.registered_at < entry.received_at - CLOCK_TOLERANCE


def _earlier_price_after(entry: Entry) -> bool:
    """The day of the earlier price lies after the purchase, or after the call where the purchase has no day."""
    known, bought = entry.matter.price_earlier_on, entry.matter.incident_on
    return known is not None and known > (bought or local_day(entry.received_at))


def _negative(entry: Entry) -> bool:
    sums = (entry.matter.amount, entry.matter.price_asked, entry.matter.price_earlier)
    return any(one is not None and one < 0 for one in sums)


def _rise_that_fell(entry: Entry) -> bool:
    asked, earlier = entry.matter.price_asked, entry.matter.price_earlier
    return entry.is_about_rise and asked is not None and earlier is not None and asked < earlier


def _nobody_by_real_name(entry: Entry) -> bool:
    is_real = entry.matter.kind == Kind.REPORT and entry.matter.is_real_name
    return is_real and entry.is_party_known and not (entry.party.name and entry.party.phone)


def _below_price(entry: Entry) -> bool:
    """Less than one of the goods costs, and less than what was charged too much for one of them."""
    amount, asked = entry.matter.amount, entry.matter.price_asked
    if amount is None or asked is None:
        return False
    earlier = entry.matter.price_earlier
    overcharge = asked - earlier if earlier is not None and earlier < asked else asked
    return 0 <= amount < overcharge


def _slipped(entry: Entry) -> bool:
    """No sum in the words is the amount in dispute, but one is it with a zero or more too many or too few."""
    amount, told = entry.matter.amount, entry.sums_told
    if not amount or amount in told or amount in entry.prices_told:
        return False
    return any(amount in (one * slip, one / slip) for one in told if one for slip in SLIPS)


RULES: tuple[Rule, ...] = (
    Rule(
        "happened_after_receipt",
        Sort.CONTRADICTION,
        N_("Happened after it was received"),
        N_("The day of the matter lies after the day on which the case was received."),
        _after_receipt,
    ),
    Rule(
        "registered_before_receipt",
        Sort.CONTRADICTION,
        N_("Registered before it was received"),
        N_("The moment of registration lies before the moment of receipt."),
        _before_receipt,
    ),
    Rule(
        "earlier_price_after",
        Sort.CONTRADICTION,
        N_("Earlier price is of a later day"),
        N_("The day of the earlier price lies after the day of the purchase, or of receipt."),
        _earlier_price_after,
    ),
    Rule(
        "negative_sum",
        Sort.CONTRADICTION,
        N_("Sum below zero"),
        N_("An amount or a price lies below zero."),
        _negative,
    ),
    Rule(
        "rise_that_fell",
        Sort.CONTRADICTION,
        N_("Price rise with a lower price"),
        N_("The case is about a raised price, but the price asked lies below the earlier price."),
        _rise_that_fell,
    ),
    Rule(
        "real_name_missing",
        Sort.CONTRADICTION,
        N_("Real-name report without name or phone"),
        N_("The report counts as given under a real name, but name or phone is missing."),
        _nobody_by_real_name,
    ),
    Rule(
        "own_operator",
        Sort.CONTRADICTION,
        N_("Person and operator have the same name"),
        N_("The operator is called exactly as the person who turned to the centre."),
        lambda entry: entry.is_own_name,
    ),
    Rule(
        "amount_below_price",
        Sort.DOUBT,
        N_("Amount below the price"),
        N_(
            "The amount in dispute is less than the price of one piece, and less than what was charged too much for it."
        ),
        _below_price,
    ),
    Rule(
        "amount_slipped",
        Sort.DOUBT,
        N_("Amount with a zero too many or too few"),
        N_(
            "The words of the case name a sum that is 10, 100, 1000 or 10,000 times the amount in dispute, or that part of it."
        ),
        _slipped,
    ),
)
RULE_OF = {rule.code: rule for rule in RULES}

# Facts that a correction can change, in the order of the form.
CORRECTED = {"amount": N_("Amount in dispute"), "incident_on": N_("Date of the purchase or service")}
_ABOUT_PARTY = "party."


def missing(entry: Entry, standard: Standard) -> list[Fact]:
    """The facts this standard asks for that the case does not hold, in the order people are asked.  Facts about a person
    whose data have been erased are not asked for any more."""
    found = standard.missing(entry.party, entry.matter)
    if entry.is_party_known:
        return found
    return [fact for fact in found if not any(name.startswith(_ABOUT_PARTY) for name in fact.fields)]


def is_valid(entry: Entry, standard: Standard) -> bool:
    """Whether the case holds every fact this standard asks for, required or not."""
    return not missing(entry, standard)


def judge(entry: Entry, standard: Standard) -> tuple[Finding, ...]:
    """What is missing by this standard, contradictory or in doubt, in the order of the sorts."""
    return (*sorted(_missing(entry, standard), key=_weight), *_broken(entry))


def _missing(entry: Entry, standard: Standard) -> Iterator[Finding]:
    for fact in missing(entry, standard):
        sort = Sort.REQUIRED if fact.must else Sort.WANTED
        yield Finding(sort, f"{sort}.{fact.code}")


_PLACES = {sort: place for place, sort in enumerate(Sort)}


def _weight(finding: Finding) -> int:
    return _PLACES[finding.sort]


def _broken(entry: Entry) -> Iterator[Finding]:
    for rule in RULES:
        if rule.holds(entry):
            yield Finding(rule.sort, rule.code)


def late(registered_at: datetime, corrections: Iterable[Correction], after: timedelta) -> tuple[Finding, ...]:
    """The facts given or changed more than this long after registration, each once; exactly so long is in time."""
    fields = {
        name
        for one in corrections
        if one.at - registered_at > after
        for name in one.fields
        if name in CORRECTED
    }
    return tuple(Finding(Sort.LATE, f"{Sort.LATE}.{name}") for name in CORRECTED if name in fields)


SORT_LABELS = {
    Sort.REQUIRED: N_("Required fact missing"),
    Sort.WANTED: N_("Asked fact missing"),
    Sort.CONTRADICTION: N_("Contradiction"),
    Sort.DOUBT: N_("Doubt"),
    Sort.LATE: N_("Corrected late"),
}
_FACT_LABELS = {fact.code: fact.label for facts in KNOWN.values() for fact in facts}


def told(code: str) -> tuple[str, str]:
    """The name and the reason of a finding's code, English message ids.  Raise KeyError for no such code."""
    if code in RULE_OF:
        return RULE_OF[code].label, RULE_OF[code].reason
    sort, _dot, name = code.partition(".")
    labels = CORRECTED if sort == Sort.LATE else _FACT_LABELS
    return labels[name], _REASONS[sort]


_REASONS: dict[str, str] = {
    Sort.REQUIRED: N_("The entry standard in force on its day requires this fact."),
    Sort.WANTED: N_("The entry standard in force on its day asks for this fact."),
    Sort.LATE: N_("The fact was given or changed later after registration than local policy allows."),
}


def known_codes() -> tuple[str, ...]:
    """Every code a finding may have, in the order of the sorts and of the form."""
    facts = tuple(_FACT_LABELS)
    return (
        *(f"{sort}.{code}" for sort in (Sort.REQUIRED, Sort.WANTED) for code in facts),
        *(rule.code for rule in RULES),
        *(f"{Sort.LATE}.{name}" for name in CORRECTED),
    )


def sort_of(code: str) -> Sort:
    """How serious a known code is."""
    return RULE_OF[code].sort if code in RULE_OF else Sort(code.partition(".")[0])
