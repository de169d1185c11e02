"""What a column of a table can mean.  A mapping page offers these; a layout says which header holds which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from suqing.cases.vocabulary import Channel, Kind, Outcome, Urgency

N_ = str  # marks an English message id for the catalogue; the page translates it

MAX_NUMBER = 60  # characters of a registration number from elsewhere


@dataclass(frozen=True, slots=True)
class Field:
    """One meaning: its code, its English label, whether a row without it is rejected, how it is read.

    ``reads`` is text, moment, day, amount, word (one of a closed list: ``words``), class, requests, unit or place.
    ``limit`` bounds a text in characters.
    """

    code: str
    label: str
    reads: str = "text"
    is_required: bool = False
    limit: int = 0
    words: tuple[str, ...] = ()


_ALL = (
    Field("number", N_("Registration number"), is_required=True, limit=MAX_NUMBER),
    Field("kind", N_("Kind of matter"), "word", is_required=True, words=tuple(Kind)),
    Field("received_at", N_("Time of receipt"), "moment", is_required=True),
    Field("narrative", N_("What it is about"), limit=20_000),
    Field("title", N_("Title, put before the text"), limit=500),
    Field("channel", N_("Channel"), "word", words=tuple(Channel)),
    Field("person_name", N_("Name of the person"), limit=60),
    Field("person_phone", N_("Phone number of the person"), limit=40),
    Field("person_address", N_("Address of the person"), limit=300),
    Field("entity_name", N_("Operator"), limit=200),
    Field("entity_uscc", N_("Unified social credit code"), limit=18),
    Field("entity_address", N_("Address of the operator"), limit=300),
    Field("object_class", N_("Object class"), "class"),
    Field("issue_class", N_("Issue class"), "class"),
    Field("issue_class_short", N_("Issue class, last level only"), "class"),
    Field("place", N_("Place of the matter"), "place", limit=300),
    Field("district", N_("District"), "place", limit=100),
    Field("street", N_("Street or town"), "place", limit=100),
    Field("incident_on", N_("Day of the matter"), "day"),
    Field("amount", N_("Amount spent (yuan)"), "amount"),
    Field("requests", N_("Requests"), "requests", limit=500),
    Field("goods", N_("Goods or service"), limit=100),
    Field("urgency", N_("Urgency"), "word", words=tuple(Urgency)),
    Field("unit", N_("Unit that handles it"), "unit", limit=200),
    Field("department", N_("Department of the unit"), limit=200),
    Field("sales_way", N_("Way of sale"), limit=100),
    Field(
        "first_check",
        N_("Result of the first check"),
        "word",
        words=("accepted", "refused", "filed", "not_filed"),
    ),
    Field("progress", N_("Progress"), "word", words=("waiting", "under_way", "ended")),
    Field("outcome", N_("How it ended"), "word", words=tuple(Outcome)),
    Field("result_note", N_("Reply or result"), limit=20_000),
    Field("dispatched_at", N_("Time of dispatch"), "moment"),
    Field("decided_at", N_("Time of the first check"), "moment"),
    Field("filed_at", N_("Time of filing for investigation"), "moment"),
    Field("closed_at", N_("Time of closing"), "moment"),
    Field("recovered_amount", N_("Loss recovered (yuan)"), "amount"),
    Field("penalty_amount", N_("Fine (yuan)"), "amount"),
    Field("confiscated_amount", N_("Confiscated (yuan)"), "amount"),
)

FIELDS: Mapping[str, Field] = {one.code: one for one in _ALL}

# What the words of the two status columns are called on a mapping page; the other lists have labels of their own.
STATUS_LABELS: Mapping[str, str] = {
    "accepted": N_("Accepted"),
    "refused": N_("Not accepted"),
    "filed": N_("Filed for investigation"),
    "not_filed": N_("Not filed"),
    "waiting": N_("Not begun"),
    "under_way": N_("Under way"),
    "ended": N_("Finished"),
}
