"""Cases that come from elsewhere or from the past, as values: a row of an import, a year of rehearsed history.

Pure.  ``actions.past_cases.write_past`` writes many of them at once; nothing here is checked, that is ``importing``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from uuid import UUID

from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.vocabulary import Channel, Kind, Outcome, State, Urgency


@dataclass(frozen=True, slots=True)
class PastCase:
    """One case as it stands.  ``ref`` names its contact: the same ref is written once.  Times are aware."""

    ref: UUID
    kind: Kind
    received_at: datetime
    narrative: str
    channel: Channel = Channel.OTHER
    registered_at: datetime | None = None  # None: when it was received
    person: PartyInput = field(default_factory=PartyInput)
    object_class: str = ""  # codes of class nodes, in the trees of the day of receipt
    issue_class: str = ""
    entity: EntityInput = field(default_factory=EntityInput)
    entity_address: str = ""
    place: str = ""  # division code
    address: str = ""
    incident_on: date | None = None
    amount: Decimal | None = None  # yuan
    requests: tuple[str, ...] = ()
    request_note: str = ""
    goods: str = ""
    price_unit: str = ""
    price_asked: Decimal | None = None
    price_earlier: Decimal | None = None
    price_earlier_on: date | None = None
    is_real_name: bool = True
    urgency: Urgency = Urgency.NORMAL
    unit: str = ""  # code of the unit that has it; "": the centre
    state: State = State.REGISTERED
    outcome: Outcome | None = None
    ground: str = ""
    dispatched_at: datetime | None = None
    decided_at: datetime | None = None
    filed_at: datetime | None = None
    closed_at: datetime | None = None
    result_note: str = ""
    recovered_amount: Decimal | None = None
    penalty_amount: Decimal | None = None
    confiscated_amount: Decimal | None = None
    is_synthetic: bool = False
    # Where it came from; an empty source means that it was made here (rehearsal).
    source: str = ""
    number: str = ""  # the registration number over there
    row: int = 0
    told: Mapping[str, str] = field(default_factory=dict)  # cells that have no field of their own
    fingerprint: str = ""  # of the row's values: an equal row changes nothing

    def __reduce__(self) -> tuple[type[PastCase], tuple[object, ...]]:
        """The values in order: half a million cases go from process to process, and ``dataclasses`` asks for each name."""
        return PastCase, _VALUES(self)


_VALUES = attrgetter(*(one.name for one in fields(PastCase)))
