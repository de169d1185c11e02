"""What the script consists of: one contact with its matters and their future.  Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from suqing.cases.vocabulary import Channel, ContactOutcome, Kind, Outcome, Step


@dataclass(frozen=True, slots=True)
class Place:
    """Where an operator or a person is: division codes (NBS) and an address on an invented road."""

    district: str
    division: str
    address: str


@dataclass(frozen=True, slots=True)
class Operator:
    """An invented operator; its credit code has a valid check digit and a region that does not exist."""

    name: str
    short_name: str
    trade: str
    uscc: str
    place: Place
    phone: str


@dataclass(frozen=True, slots=True)
class Caller:
    """An invented person; the phone number is empty where it was withheld."""

    name: str
    title: str
    phone: str
    id_number: str
    place: Place


@dataclass(frozen=True, slots=True)
class Price:
    """What a thing costs now and what it cost before, in yuan a unit."""

    goods: str
    unit: str
    asked: Decimal
    earlier: Decimal
    earlier_on: date


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the handling, due ``after`` the contact.  ``district`` is the unit that a dispatch goes to;
    ``reason`` a return reason or a ground of refusal."""

    step: Step
    after: timedelta
    note: str = ""
    district: str = ""
    reason: str = ""
    outcome: Outcome | None = None
    recovered: Decimal | None = None
    penalty: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter: it becomes one case.  ``topics`` and ``is_epidemic`` are the truth, for tests only."""

    kind: Kind
    narrative: str
    object_class: str
    issue_class: str
    operator: Operator | None
    names_code: bool
    place: Place
    amount: Decimal | None
    price: Price | None
    requests: tuple[str, ...]
    incident_on: date | None
    is_real_name: bool
    topics: tuple[str, ...]
    is_epidemic: bool
    answer: str = ""
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact.  ``moment`` is when the call was answered or the form arrived, ``registered_at`` when the agent
    saved it; ``key`` names it within the script and ``ref`` in the centre."""

    key: str
    ref: UUID
    moment: datetime
    registered_at: datetime
    channel: Channel
    agent: int
    caller: Caller
    gives_name: bool
    narrative: str
    outcome: ContactOutcome
    matters: tuple[Matter, ...]
    templates: tuple[str, ...] = field(default=(), compare=False)
