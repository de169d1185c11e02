"""What a contact brings in, as values, and what is wrong with it.  Pure; ``actions.registration`` writes it.

Errors are English message ids with their values; the page translates them and shows each beside its field.  The
path of a field is ``party.phone`` or ``matters.0.entity.uscc``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from suqing.cases.vocabulary import Channel, ContactOutcome, Kind, SellerRole, Urgency
from suqing.kit import phones, uscc

N_ = str

MAX_NARRATIVE = 20_000  # characters; a spoken complaint of an hour stays far below
MAX_MATTERS = 20
MAX_ID_NUMBER = 40  # characters; passports and permits are longer than an identity card's 18
MAX_AMOUNT = Decimal("999999999999.99")
MAX_PRICE = Decimal("9999999999.99")
CLOCK_TOLERANCE = timedelta(minutes=2)  # a desk's clock may run a little ahead of the centre's
FIRST_YEAR = 1990  # earlier dates are slips of the keyboard
LOCAL_ZONE = ZoneInfo("Asia/Shanghai")

_USCC_PROBLEMS = {
    "length": N_("A unified social credit code has 18 characters, this one has %(detail)s."),
    "letter": N_(
        "The letter %(detail)s never occurs in a unified social credit code; check 0/O, 1/I, 2/Z, 5/S."
    ),
    "character": N_("The character %(detail)s cannot occur in a unified social credit code."),
    "division": N_(
        "Characters 3 to 8 of a unified social credit code are a division code of digits, not %(detail)s."
    ),
    "check_digit": N_("The check digit %(detail)s does not match: one character of the code is wrong."),
}


def local_day(moment: datetime) -> date:
    """Return the centre's calendar day of a moment."""
    return moment.astimezone(LOCAL_ZONE).date()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field: an English message id and its values."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class Invalid(Exception):
    """The contact cannot be registered as it stands; ``problems`` maps field paths to what is wrong."""

    def __init__(self, problems: Mapping[str, list[Problem]]) -> None:
        super().__init__("; ".join(f"{path}: {p}" for path, found in problems.items() for p in found))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class PartyInput:
    """The person who turned to the centre, as far as given."""

    name: str = ""
    phone: str = ""
    address: str = ""
    id_number: str = ""


@dataclass(frozen=True, slots=True)
class EntityInput:
    """The operator, as named by the person or picked from the look-up (``pk``)."""

    name: str = ""
    uscc: str = ""
    pk: int | None = None
    is_person: bool = False  # a natural person without registration


@dataclass(frozen=True, slots=True)
class MatterInput:
    """One matter of the contact: it becomes one case."""

    kind: Kind
    narrative: str = ""
    object_class: int | None = None  # primary key of the class node
    issue_class: int | None = None
    entity: EntityInput = field(default_factory=EntityInput)
    place: str = ""  # division code, district or street
    address: str = ""
    incident_on: date | None = None
    amount: Decimal | None = None
    requests: tuple[str, ...] = ()
    request_note: str = ""
    goods: str = ""
    price_unit: str = ""
    price_asked: Decimal | None = None
    price_earlier: Decimal | None = None
    price_earlier_on: date | None = None
    is_real_name: bool = True
    urgency: Urgency = Urgency.NORMAL
    answer: str = ""  # a consultation answered on the spot
    # What decides competence (O20 art. 12 and 27, O121 art. 13, 31, 32); places are division codes.
    seller_role: SellerRole = SellerRole.ORDINARY
    platform: str = ""
    platform_place: str = ""
    published_place: str = ""
    act_place: str = ""
    # Form 1 of FORMS26 asks both; None: nobody has asked.
    publicity_consent: bool | None = None
    delegation_consent: bool | None = None

    @property
    def places(self) -> dict[str, str]:
        """The division codes given, by field."""
        names = ("place", "platform_place", "published_place", "act_place")
        return {name: code for name in names if (code := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class SubmissionInput:
    """One contact.  ``ref`` makes registration safe to repeat: the same ref is registered once."""

    ref: UUID
    received_at: datetime
    channel: Channel = Channel.PHONE
    narrative: str = ""
    party: PartyInput = field(default_factory=PartyInput)
    outcome: ContactOutcome = ContactOutcome.CASES
    matters: tuple[MatterInput, ...] = ()
    call: int | None = None
    draft: UUID | None = None
    is_synthetic: bool = False


def cleaned(submission: SubmissionInput) -> SubmissionInput:
    """Trim what people type: spaces, the form of numbers; a single matter without words of its own takes those of
    the contact."""
    party = submission.party
    party = PartyInput(
        party.name.strip(),
        phones.normalise(party.phone) or party.phone.strip(),
        party.address.strip(),
        party.id_number.strip().upper(),
    )
    alone = len(submission.matters) == 1
    matters = tuple(
        replace(
            matter,
            narrative=matter.narrative.strip() or (submission.narrative.strip() if alone else ""),
            entity=replace(
                matter.entity, name=matter.entity.name.strip(), uscc=uscc.normalise(matter.entity.uscc)
            ),
            address=matter.address.strip(),
            goods=matter.goods.strip(),
            answer=matter.answer.strip(),
            platform=matter.platform.strip(),
        )
        for matter in submission.matters
    )
    return replace(submission, narrative=submission.narrative.strip(), party=party, matters=matters)


def problems_of(submission: SubmissionInput, now: datetime) -> dict[str, list[Problem]]:
    """Return what forbids registration, by field path; empty when all is well.  Expects cleaned input."""
    found: dict[str, list[Problem]] = {}
    for path, problem in _problems(submission, now):
        found.setdefault(path, []).append(problem)
    return found


def _problems(submission: SubmissionInput, now: datetime) -> Iterator[tuple[str, Problem]]:
    if submission.received_at > now + CLOCK_TOLERANCE:
        yield "received_at", Problem(N_("The time of receipt lies in the future."))
    yield from _length("narrative", submission.narrative)
    yield from _party_problems(submission)
    if submission.outcome == ContactOutcome.CASES and not submission.matters:
        yield "matters", Problem(N_("Enter at least one matter, or say what else the contact was."))
    if submission.outcome != ContactOutcome.CASES and submission.matters:
        yield (
            "outcome",
            Problem(
                N_("A contact with this outcome has no cases. Remove the matters or choose another outcome.")
            ),
        )
    if len(submission.matters) > MAX_MATTERS:
        yield "matters", Problem(N_("A contact can have at most %(limit)s matters."), {"limit": MAX_MATTERS})
    for number, matter in enumerate(submission.matters):
        for path, problem in _matter_problems(matter, now, submission.narrative):
            yield f"matters.{number}.{path}", problem


def _length(path: str, text: str) -> Iterator[tuple[str, Problem]]:
    if len(text) > MAX_NARRATIVE:
        yield (
            path,
            Problem(
                N_(
                    "The text has %(length)s characters; at most %(limit)s can be registered. The draft keeps all of it."
                ),
                {"length": len(text), "limit": MAX_NARRATIVE},
            ),
        )


def _party_problems(submission: SubmissionInput) -> Iterator[tuple[str, Problem]]:
    party = submission.party
    kinds = {matter.kind for matter in submission.matters}
    real_report = any(m.kind == Kind.REPORT and m.is_real_name for m in submission.matters)
    if party.phone and not phones.normalise(party.phone):
        yield "party.phone", Problem(N_("This is not a phone number."))
    if len(party.name) > 60:
        yield "party.name", Problem(N_("A name has at most 60 characters."))
    if len(party.address) > 300:
        yield "party.address", Problem(N_("An address has at most 300 characters."))
    if len(party.id_number) > MAX_ID_NUMBER:
        yield (
            "party.id_number",
            Problem(N_("This field takes at most %(limit)s characters."), {"limit": MAX_ID_NUMBER}),
        )
    # O20 art. 9 and O121 art. 10: a complaint names the complainant and how to reach them.
    if Kind.COMPLAINT in kinds or real_report:
        if not party.name:
            yield "party.name", Problem(N_("A complaint and a real-name report need the person's name."))
        if not party.phone:
            yield "party.phone", Problem(N_("A complaint and a real-name report need a phone number."))


def _matter_problems(matter: MatterInput, now: datetime, said: str) -> Iterator[tuple[str, Problem]]:
    if not matter.narrative:
        yield "narrative", Problem(N_("Write down what this matter is about."))
    if matter.narrative != said:  # the words of the contact have been measured already
        yield from _length("narrative", matter.narrative)
    yield from _entity_problems(matter)
    yield from _date_problems(matter, local_day(now))
    amounts = (
        ("amount", matter.amount, MAX_AMOUNT),
        ("price_asked", matter.price_asked, MAX_PRICE),
        ("price_earlier", matter.price_earlier, MAX_PRICE),
    )
    for path, value, limit in amounts:
        if value is not None and (not value.is_finite() or value < 0 or value > limit):
            yield path, Problem(N_("An amount lies between 0 and %(limit)s yuan."), {"limit": limit})
    for path, text, length in _bounded(matter):
        if len(text) > length:
            yield path, Problem(N_("This field takes at most %(limit)s characters."), {"limit": length})


def _date_problems(matter: MatterInput, today: date) -> Iterator[tuple[str, Problem]]:
    for path, day in (("incident_on", matter.incident_on), ("price_earlier_on", matter.price_earlier_on)):
        if day is not None and day > today:
            yield path, Problem(N_("This date lies in the future."))
        if day is not None and day.year < FIRST_YEAR:
            yield path, Problem(N_("This date lies too far in the past."))


def _bounded(matter: MatterInput) -> tuple[tuple[str, str, int], ...]:
    return (
        ("address", matter.address, 300),
        ("request_note", matter.request_note, 500),
        ("goods", matter.goods, 100),
        ("price_unit", matter.price_unit, 20),
        ("platform", matter.platform, 200),
        ("answer", matter.answer, MAX_NARRATIVE),
    )


def _entity_problems(matter: MatterInput) -> Iterator[tuple[str, Problem]]:
    entity = matter.entity
    if len(entity.name) > 200:
        yield "entity.name", Problem(N_("The name of an operator has at most 200 characters."))
    if matter.kind in (Kind.COMPLAINT, Kind.REPORT) and not entity.name and entity.pk is None:
        yield "entity.name", Problem(N_("A complaint and a report name the operator they are about."))
    if not entity.uscc:
        return
    if entity.is_person:
        message = N_(
            "Whoever has a social credit code is registered, no natural person. Take one of the two away."
        )
        yield "entity.uscc", Problem(message)
    try:
        uscc.check(entity.uscc)
    except uscc.BadUscc as bad:
        yield "entity.uscc", Problem(_USCC_PROBLEMS[bad.reason], {"detail": bad.detail})
