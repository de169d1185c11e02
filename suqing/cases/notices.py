"""What must be told to whom about a case, and by which ways.  Pure.

Ways: the notes to the forms of 2026 (FORMS26; domain 2.7).  Duties with a number of days are limits of ``lawclock``
(D3, D6, D7); those without are the special laws' of ``special_law``.
"""

from __future__ import annotations

from enum import StrEnum

from suqing.cases.labels import Labels
from suqing.cases.vocabulary import Kind

N_ = str


class Way(StrEnum):
    """How somebody is told."""

    INTERNET = "internet"
    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


class Told(StrEnum):
    """Who is told."""

    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"
    REPORTER = "reporter"
    CALLER = "caller"


class Matter(StrEnum):
    """What is told; from UNFAIR_COMPETITION on the codes are those of the special laws' duties."""

    TERMINATION = "termination"
    FILING = "filing"
    ADVERTISING = "advertising"
    UNFAIR_COMPETITION = "unfair_competition"
    UNLICENSED_TRADE = "unlicensed_trade"
    FOOD_ANSWER = "food_answer"
    FOOD_TRANSFER = "food_transfer"
    MEDICAL_DEVICE = "medical_device"
    DRUG = "drug"
    COSMETICS = "cosmetics"


LABELS = Labels(
    (Way.INTERNET, N_("Over the internet")),
    (Way.PHONE, N_("By phone")),
    (Way.SMS, N_("By text message")),
    (Way.EMAIL, N_("By e-mail")),
    (Way.LETTER, N_("By letter")),
    (Told.COMPLAINANT, N_("Complainant")),
    (Told.RESPONDENT, N_("Respondent")),
    (Told.REPORTER, N_("Reporter")),
    (Told.CALLER, N_("Caller")),
    (Matter.TERMINATION, N_("Termination of the mediation")),
    (Matter.FILING, N_("Decision on filing")),
    (Matter.ADVERTISING, N_("Handling of the advertising matter")),
    (Matter.UNFAIR_COMPETITION, N_("Result on unfair competition")),
    (Matter.UNLICENSED_TRADE, N_("Result on unlicensed trade")),
    (Matter.FOOD_ANSWER, N_("Answer in the food matter")),
    (Matter.FOOD_TRANSFER, N_("Transfer of the food matter, in writing")),
    (Matter.MEDICAL_DEVICE, N_("Answer in the matter of medical devices")),
    (Matter.DRUG, N_("Answer in the drug matter")),
    (Matter.COSMETICS, N_("Answer in the cosmetics matter")),
)

# The limit that each notice fulfils.
LIMIT_OF = {Matter.TERMINATION: "D3", Matter.FILING: "D6", Matter.ADVERTISING: "D7"}
MATTER_OF = {limit: matter for matter, limit in LIMIT_OF.items()}
# What the law asks to be told in writing (食品安全法 115: 书面通知), which a phone call is not.
IN_WRITING = frozenset({Matter.FOOD_TRANSFER})
WRITTEN_WAYS = frozenset({Way.INTERNET, Way.SMS, Way.EMAIL, Way.LETTER})


def who_is_told(kind: Kind, matter: Matter) -> tuple[Told, ...]:
    """Who must be told of a matter: both sides of a mediation that ended (O20 art. 21(2), O121 art. 23(2)), else the
    person who turned to the centre.  The operator is never told anything of a report (O20 art. 33, O121 art. 37)."""
    if matter == Matter.TERMINATION:
        return (Told.COMPLAINANT, Told.RESPONDENT)
    return (
        {Kind.COMPLAINT: Told.COMPLAINANT, Kind.REPORT: Told.REPORTER, Kind.CONSULTATION: Told.CALLER}[kind],
    )


def may_be_told(kind: Kind) -> tuple[Told, ...]:
    """Who may be told anything of a case of this kind."""
    if kind == Kind.COMPLAINT:
        return (Told.COMPLAINANT, Told.RESPONDENT)
    return who_is_told(kind, Matter.ADVERTISING)
