"""What came in: contacts, cases, people, events, by the time of receipt.

Registered is placed by the moment of receipt, accepted by the decision, closed by the end of the case: three numbers
that the press release of January 2020 mixed up.
"""

from __future__ import annotations

from suqing.analytics.conditions import EVERYTHING, Condition, Is
from suqing.analytics.facts import CASES, CONTACTS
from suqing.analytics.measures.populations import (
    COMPLAINT,
    CONSULTATION,
    EPIDEMIC_RELATED,
    PRICE_REPORT,
    REPORT,
    known,
)
from suqing.analytics.measures.shapes import number, share
from suqing.analytics.registry import Basis, Counts, Measure, Stage, Unit, register

N_ = str


def _epidemic_share(code: str, name: str, definition: str, population: Condition) -> Measure:
    formula = N_("Epidemic-related cases ÷ all cases of the population × 100.")
    return share(code, name, definition, formula, population, EPIDEMIC_RELATED, places=1, basis=Basis.COUNT)


ALL_CONTACTS = register(
    Measure(
        "contacts", N_("Contacts"),
        N_("Contacts with the centre on every channel, by the time of receipt, also those that became no case."),
        N_("Number of contacts."), Unit.PERSON_TIMES, Counts.SUBMISSIONS, Stage.RECEIVED, CONTACTS, "received_at",
        reference="接收量",
    )
)  # fmt: skip
CASES_REGISTERED = number(
    "cases_registered",
    N_("Cases registered"),
    N_("Consultations, complaints and reports registered, by the time of receipt."),
    EVERYTHING,
)
CONSULTATIONS = number(
    "consultations_registered",
    N_("Consultations registered"),
    N_("Consultations registered, by the time of receipt."),
    CONSULTATION,
)
COMPLAINTS = number(
    "complaints_registered",
    N_("Complaints registered"),
    N_("Complaints registered, by the time of receipt, whether accepted or not."),
    COMPLAINT,
)
REPORTS = number(
    "reports_registered",
    N_("Reports registered"),
    N_("Reports registered, by the time of receipt."),
    REPORT,
)
PRICE_REPORTS = number(
    "price_reports_registered",
    N_("Price reports registered"),
    N_(
        "Reports registered whose issue class is one of price or which belong to a price topic, by the time of receipt."
    ),
    PRICE_REPORT,
    basis=Basis.LOCAL,
)
EPIDEMIC_CASES = number(
    "epidemic_cases_registered",
    N_("Epidemic-related cases registered"),
    N_("Cases registered that belong to the topic of the epidemic or one below it, by the time of receipt."),
    EPIDEMIC_RELATED,
)
EPIDEMIC_REPORTS = number(
    "epidemic_reports_registered",
    N_("Epidemic-related reports registered"),
    N_(
        "Reports registered that belong to the topic of the epidemic or one below it, by the time of receipt."
    ),
    EPIDEMIC_RELATED & REPORT,
)
EPIDEMIC_PRICE_REPORTS = number(
    "epidemic_price_reports_registered",
    N_("Epidemic-related price reports registered"),
    N_(
        "Price reports registered that belong to the topic of the epidemic or one below it, by the time of receipt."
    ),
    EPIDEMIC_RELATED & PRICE_REPORT,
    basis=Basis.LOCAL,
)
EPIDEMIC_SHARE = _epidemic_share(
    "epidemic_share",
    N_("Share of epidemic-related cases"),
    N_("Epidemic-related cases among all cases registered, by the time of receipt."),
    EVERYTHING,
)
EPIDEMIC_REPORT_SHARE = _epidemic_share(
    "epidemic_report_share",
    N_("Share of epidemic-related reports"),
    N_("Epidemic-related reports among all reports registered, by the time of receipt."),
    REPORT,
)

VALIDITY = share(
    "validity",
    N_("Validity of entries"),
    N_(
        "Cases that held every fact, required or not, of the entry standard in force on their day when they were registered, by the time of receipt; cases that other systems made are left out."
    ),
    N_("Cases with every fact asked for ÷ cases registered under an entry standard × 100."),
    known("held_every_fact"),
    Is("held_every_fact", (True,)),
    places=1,
    basis=Basis.LOCAL,
    reference="要素齐全率",
)

RADAR_PRECISION = share(
    "radar_precision",
    N_("Precision of the radar"),
    N_(
        "Of the cases of which somebody decided on a flag of the radar, those with a confirmed one, by the time of receipt; what the radar missed is not in it."
    ),
    N_("Cases with a confirmed flag ÷ cases with a confirmed or dismissed flag × 100."),
    known("radar_confirmed"),
    Is("radar_confirmed", (True,)),
    places=1,
    basis=Basis.LOCAL,
    reference="敏感雷达准确率",
)


# Cases, persons and events: three counts of the same period that are never added.

PERSONS = register(
    Measure(
        "persons_registered", N_("Persons with cases registered"),
        N_("Different people who turned to the centre with the cases registered, by the time of receipt. A person is "
           "known by phone number and name together; who gave only one of them is counted anew with each contact, and "
           "a report without a name counts nobody."),
        N_("Number of people, each once."), Unit.PERSONS, Counts.PERSONS, Stage.REGISTERED, CASES, "received_at",
        EVERYTHING, distinct="party_id", basis=Basis.LOCAL,
    )
)  # fmt: skip
EVENTS = register(
    Measure(
        "events_registered", N_("Events of the cases registered"),
        N_("What the cases registered are about, by the time of receipt: the cases of one event count once, a case in "
           "no event is one by itself. Events are taken as they are grouped now."),
        N_("Number of events, each once."), Unit.EVENTS, Counts.EVENTS, Stage.REGISTERED, CASES, "received_at",
        EVERYTHING, distinct="event_key", basis=Basis.LOCAL,
    )
)  # fmt: skip
