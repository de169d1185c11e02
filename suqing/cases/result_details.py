"""What came of a case beyond its outcome: the result fields of a real bureau system of 2019-20 (domain 5.5).  Pure.

The fields are the system's, none is asked for by a regulation: every one may stay empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from suqing.cases.intake import MAX_AMOUNT
from suqing.cases.labels import Labels
from suqing.cases.vocabulary import Kind, State

N_ = str


class MediationWay(StrEnum):
    """How the sides were brought together (调解方式)."""

    ON_SITE = "on_site"
    THREE_WAY = "three_way"
    OTHER = "other"


class Evidence(StrEnum):
    """What the consumer could show (证据)."""

    INVOICE = "invoice"
    RECEIPT = "receipt"
    TILL_SLIP = "till_slip"
    AUDIO = "audio"
    VIDEO = "video"
    WITNESS = "witness"
    NONE = "none"


class Finding(StrEnum):
    """Whether what was reported is true (属实)."""

    TRUE_FILED = "true_filed"
    TRUE_NOT_FILED = "true_not_filed"
    PENDING = "pending"


class CheckClass(StrEnum):
    """At which stage of the trade the matter was checked (核查分类)."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"
    DISTRIBUTION = "distribution"
    SERVICE = "service"
    CATERING = "catering"
    OTHER = "other"


LABELS = Labels(
    (MediationWay.ON_SITE, N_("On site")),
    (MediationWay.THREE_WAY, N_("Three-way call")),
    (MediationWay.OTHER, N_("In another way")),
    (Evidence.INVOICE, N_("Invoice")),
    (Evidence.RECEIPT, N_("Receipt")),
    (Evidence.TILL_SLIP, N_("Till slip")),
    (Evidence.AUDIO, N_("Sound recording")),
    (Evidence.VIDEO, N_("Video recording")),
    (Evidence.WITNESS, N_("Witness")),
    (Evidence.NONE, N_("No evidence")),
    (Finding.TRUE_FILED, N_("True, a case was filed")),
    (Finding.TRUE_NOT_FILED, N_("True, no case was filed")),
    (Finding.PENDING, N_("Not settled yet")),
    (CheckClass.DEVELOPMENT, N_("Development")),
    (CheckClass.PRODUCTION, N_("Production")),
    (CheckClass.DISTRIBUTION, N_("Distribution")),
    (CheckClass.SERVICE, N_("Service")),
    (CheckClass.CATERING, N_("Catering and use")),
    (CheckClass.OTHER, N_("Another stage")),
)


@dataclass(frozen=True, slots=True)
class ResultDetails:
    """The optional facts of a result; amounts in yuan.

    ``filing_number``, ``filed_on`` and ``cause`` name the penalty case: for a report its own, for a complaint the one
    that came of it (诉转案).
    """

    mediation_way: str = ""
    compensation_way: str = ""
    evidence: tuple[str, ...] = ()
    moral_damages: Decimal | None = None
    multiple_damages: Decimal | None = None
    filing_number: str = ""
    filed_on: date | None = None
    cause: str = ""
    finding: str = ""
    confiscated_amount: Decimal | None = None
    is_cancelled: bool = False
    check_class: str = ""

    @property
    def is_empty(self) -> bool:
        """True if nothing was said."""
        return self == ResultDetails()

    def given(self) -> dict[str, Any]:
        """The facts that were said, JSON-safe."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        # Nothing to pay is a fact, too: an amount of 0 was said.
        return {
            name: _plain(value)
            for name, value in said.items()
            if isinstance(value, Decimal) or value not in (None, "", (), False)
        }


# What only one kind of case can have.
OF_COMPLAINTS = ("mediation_way", "compensation_way", "evidence", "moral_damages", "multiple_damages")
OF_REPORTS = ("finding", "confiscated_amount", "is_cancelled")
AMOUNTS = ("moral_damages", "multiple_damages", "confiscated_amount")
LONGEST = {"compensation_way": 100, "filing_number": 60, "cause": 200}
_CLOSED_LISTS: dict[str, type[StrEnum]] = {
    "mediation_way": MediationWay,
    "finding": Finding,
    "check_class": CheckClass,
}

NOT_OF_THIS_KIND = N_("This fact does not belong to a case of this kind.")
UNKNOWN_WORD = N_("Choose one of the list.")
TOO_LONG = N_("The text is too long.")
BAD_AMOUNT = N_("This is no amount that can be kept.")
NONE_AND_SOME = N_("Either there is no evidence, or there is some.")
IN_THE_FUTURE = N_("This day has not come yet.")
FINDING_CONTRADICTS = N_("This finding contradicts the decision on filing.")


def mistakes(details: ResultDetails, kind: Kind, state: State, today: date) -> Iterator[tuple[str, str]]:
    """Yield each field that cannot be kept for such a case, with the reason as an English message id."""
    foreign = OF_REPORTS if kind == Kind.COMPLAINT else OF_COMPLAINTS
    said = details.given()
    yield from ((name, NOT_OF_THIS_KIND) for name in foreign if name in said)
    yield from _bad_words(details)
    yield from ((name, BAD_AMOUNT) for name in AMOUNTS if not _is_sane(getattr(details, name)))
    if details.filed_on is not None and details.filed_on > today:
        yield "filed_on", IN_THE_FUTURE
    if _contradicts(details.finding, state):
        yield "finding", FINDING_CONTRADICTS


def _bad_words(details: ResultDetails) -> Iterator[tuple[str, str]]:
    for name, known in _CLOSED_LISTS.items():
        if getattr(details, name) not in ("", *known):
            yield name, UNKNOWN_WORD
    if not set(details.evidence) <= set(Evidence):
        yield "evidence", UNKNOWN_WORD
    elif Evidence.NONE in details.evidence and len(set(details.evidence)) > 1:
        yield "evidence", NONE_AND_SOME
    yield from ((name, TOO_LONG) for name, limit in LONGEST.items() if len(getattr(details, name)) > limit)


def _is_sane(amount: Decimal | None) -> bool:
    return amount is None or (amount.is_finite() and Decimal(0) <= amount <= MAX_AMOUNT)


def _contradicts(finding: str, state: State) -> bool:
    """A filed case is not "true, not filed", and the other way round."""
    return (finding == Finding.TRUE_NOT_FILED and state == State.FILED) or (
        finding == Finding.TRUE_FILED and state == State.NOT_FILED
    )


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
